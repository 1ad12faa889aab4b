"""A month as a customer means it: from midnight to midnight where it lives, counted in UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from residency.errors import ConfigError

_WRITTEN = re.compile(r"(?P<year>[0-9]{4})-(?P<number>0[1-9]|1[0-2])")
_MONTHS = 12
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A calendar month in a time zone.

    Attributes:
        number: From 1 to 12.
        timezone: IANA name of the zone in which it begins and ends.
    """

    year: int
    number: int
    timezone: str

    @classmethod
    def parse(cls, text: str, timezone: str) -> Self:
        """Read `2026-10`. Raises ConfigError: it is no month."""
        found = _WRITTEN.fullmatch(text)
        if found is None or found["year"] == "0000":
            raise ConfigError(f"--month {text!r} is no month: write it as in 2026-10")
        return cls(year=int(found["year"]), number=int(found["number"]), timezone=timezone)

    @classmethod
    def of(cls, moment: datetime, timezone: str) -> Self:
        """Give the month in which a moment lies."""
        local = moment.astimezone(ZoneInfo(timezone))
        return cls(year=local.year, number=local.month, timezone=timezone)

    @property
    def since(self) -> datetime:
        """When it begins, in UTC."""
        return day_begins(date(self.year, self.number, 1), self.timezone)

    @property
    def until(self) -> datetime:
        """When it is over, in UTC: when the next one begins."""
        return self.next.since

    @property
    def hours(self) -> int:
        """How many hours it has: 745 in an October of which one is lived twice."""
        return (self.until - self.since) // _HOUR

    @property
    def next(self) -> "Month":
        """The month after it."""
        return self._moved(1)

    @property
    def former(self) -> "Month":
        """The month before it."""
        return self._moved(-1)

    def __str__(self) -> str:
        """Write it as `parse` reads it."""
        return f"{self.year:04}-{self.number:02}"

    def _moved(self, months: int) -> "Month":
        year, number = divmod(self.year * _MONTHS + self.number - 1 + months, _MONTHS)
        return Month(year=year, number=number + 1, timezone=self.timezone)


def day_begins(day: date, timezone: str) -> datetime:
    """Give the moment at which a day begins in a zone, in UTC.

    Where a zone skips midnight, it is the first moment that its clocks show of the day.
    """
    return datetime.combine(day, time.min, ZoneInfo(timezone)).astimezone(UTC)
