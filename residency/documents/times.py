"""Times as documents write them."""

from datetime import UTC, datetime, timedelta


def instant(moment: datetime | None) -> str | None:
    """Give a time in UTC, as JSON has it."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def of_length(length: timedelta) -> str:
    """Give a length of time in its two largest units, rounded down."""
    minutes = length // timedelta(minutes=1)
    days, hours, left = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {left} min" if hours else f"{left} min"
