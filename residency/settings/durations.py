"""Durations with their unit: `15m`, `72h`, `90d`; and retentions, which may also be in years."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema

LONGEST = timedelta(days=36_500)
"""A hundred years: beyond it a date is not worth computing."""

LONGEST_YEARS = 100

_DURATION = re.compile(r"([0-9]{1,12})(s|m|h|d)")
_RETENTION = re.compile(r"([0-9]{1,12})(d|y)")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_DAYS_FROM = timedelta(days=7)


def parse_duration(value: object) -> timedelta:
    """Read `60s`, `15m`, `72h` or `90d`.

    Raises:
        ValueError: No unit, not positive, or over a hundred years.
    """
    found = value if isinstance(value, timedelta) else _read_duration(value)
    if found <= timedelta(0):
        raise ValueError("must be more than zero, such as 15m")
    if found > LONGEST:
        raise ValueError("is over a hundred years: give a shorter time")
    return found


def _read_duration(value: object) -> timedelta:
    if isinstance(value, str) and value.strip().startswith("-"):
        raise ValueError("must be more than zero, such as 15m")
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("needs a unit, such as 72h")
    count, unit = match.groups()
    seconds = int(count) * _SECONDS[unit]
    return min(timedelta(seconds=min(seconds, 10**10)), LONGEST + timedelta(seconds=1))


def format_duration(duration: timedelta) -> str:
    """Write a duration of whole seconds so that `parse_duration` reads it back: `72h`."""
    seconds = duration // timedelta(seconds=1)
    units = ("d", "h", "m", "s") if duration >= _DAYS_FROM else ("h", "m", "s")
    unit = next(unit for unit in units if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(s|m|h|d)$", "examples": ["72h"]}),
]
"""A time with its unit; in the configuration `60s`, `15m`, `72h` or `90d`."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long something is kept: whole days, or whole years of the calendar."""

    count: int
    unit: Literal["d", "y"]

    def __str__(self) -> str:
        """Write it as the configuration does: `7y`."""
        return f"{self.count}{self.unit}"

    def cutoff(self, now: datetime) -> datetime:
        """What is older than this may go. From 29 February, years lead to 28 February."""
        if self.unit == "d":
            return now - timedelta(days=self.count)
        year = now.year - self.count
        is_leap_day = (now.month, now.day) == (2, 29)
        return now.replace(year=year, day=28) if is_leap_day else now.replace(year=year)


def parse_retention(value: object) -> Retention:
    """Read `90d` or `7y`.

    Raises:
        ValueError: No unit, not positive, or over a hundred years.
    """
    if isinstance(value, Retention):
        return value
    match = _RETENTION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("needs a number of days or years, such as 90d or 7y")
    count, unit = int(match[1]), cast("Literal['d', 'y']", match[2])
    if count == 0:
        raise ValueError("must be more than zero, such as 7y")
    if count > (LONGEST_YEARS if unit == "y" else LONGEST.days):
        raise ValueError("is over a hundred years: give a shorter time")
    return Retention(count, unit)


RetentionTime = Annotated[
    Retention,
    PlainValidator(parse_retention),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(d|y)$", "examples": ["7y"]}),
]
"""A retention; in the configuration `90d` or `7y`."""
