"""Times as commands print them: in UTC, with the time of people's own zone beside it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from residency.errors import ConfigError
from residency.settings.durations import format_duration, parse_duration


def of_moment(moment: datetime | None, zone: str) -> str:
    """Give a time in UTC for people, and the time of `zone` (`report.timezone`) beside it."""
    if moment is None:
        return "—"
    utc = moment.astimezone(UTC)
    local = moment.astimezone(ZoneInfo(zone))
    if local.utcoffset() == timedelta(0):
        return f"{utc:%Y-%m-%d %H:%M:%S} UTC"
    day = "" if local.date() == utc.date() else f"{local:%Y-%m-%d} "
    return f"{utc:%Y-%m-%d %H:%M:%S} UTC ({day}{local:%H:%M:%S %Z})"


def length_of(option: str, text: str) -> timedelta:
    """Read a length of time that an option gives, such as `24h`. Raises ConfigError."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ConfigError(f"{option} {text}: {error}") from error


def written_length(length: timedelta) -> str:
    """Write a length of time as the configuration does."""
    return format_duration(length)
