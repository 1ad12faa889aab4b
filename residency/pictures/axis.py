"""Ticks of a time axis: as many as there is room for, at times that a person would name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import chain, count, takewhile

MOST_TICKS = 9

_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)
_DAYS = (1, 2, 7, 14)
_MONTHS = (1, 2, 3, 6)
_MONDAY = 1
"""What the number of a day leaves over, divided by 7, on a Monday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far apart ticks are: minutes, days or months, and not more than one of them."""

    minutes: int = 0
    days: int = 0
    months: int = 0


def ticks(since: datetime, until: datetime, zone: tzinfo) -> tuple[Step, Sequence[datetime]]:
    """Give the smallest step whose ticks fit, and its ticks in UTC.

    They are on whole hours, midnights, Mondays and firsts of months where the reader is; so an
    hour that summer time takes or gives moves none of them.
    """
    tried = ((step, _within(step, since, until, zone)) for step in _steps())
    return next((step, found) for step, found in tried if found is not None)


def _steps() -> Iterator[Step]:
    yield from (Step(minutes=each) for each in _MINUTES)
    yield from (Step(days=each) for each in _DAYS)
    yield from (Step(months=each) for each in _MONTHS)
    yield from (Step(months=12 * years) for years in chain((1, 2, 5), count(10, 10)))


def _within(
    step: Step, since: datetime, until: datetime, zone: tzinfo
) -> Sequence[datetime] | None:
    """Give the ticks of a step between two times; None where they are too many."""
    if _shortest(step) * (MOST_TICKS + 1) < until - since:
        return None
    first = since.astimezone(zone).replace(tzinfo=None)
    last = until.astimezone(zone).replace(tzinfo=None) + timedelta(hours=3)
    walls = takewhile(lambda wall: wall <= last, _walls(step, first))
    moments = {wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls}
    found = sorted(each for each in moments if since <= each <= until)
    return found if len(found) <= MOST_TICKS else None


def _shortest(step: Step) -> timedelta:
    return timedelta(minutes=step.minutes, days=step.days + 28 * step.months)


def _walls(step: Step, first: datetime) -> Iterator[datetime]:
    """Give times on the clock of the wall, from one at or before the first."""
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    if step.minutes:
        yield from (midnight + timedelta(minutes=step.minutes * each) for each in count())
    elif step.days:
        over = (midnight.toordinal() - _MONDAY) % step.days
        yield from (midnight + timedelta(days=step.days * each - over) for each in count())
    else:
        number = (midnight.year * 12 + midnight.month - 1) // step.months * step.months
        for month in count(number, step.months):
            yield midnight.replace(year=month // 12, month=month % 12 + 1, day=1)
