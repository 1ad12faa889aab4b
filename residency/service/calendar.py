"""When to scan and when to look: a calendar that asks nobody what time it is."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from residency.settings import Settings

SHIFT_RATIO = 0.1
"""How much of an interval a scan may come late, so that several services do not scan at once."""

LEAST_REST = timedelta(seconds=15)
"""Between the end of a scan and the start of one that is wanted before its time."""

REST_AFTER_FAILURE = timedelta(minutes=1)

LONGEST_REST = timedelta(minutes=2)

_RESTS = 2
"""How many times as long as a scan took the next wanted one waits, so that what is told, however
much it is, does not use Azure's quotas up."""


class Calendar:
    """Keeps when the last scan and the last look were, and says when the next are due.

    A scan is due an interval after the one before. Runs that were missed are made up by one. It is
    wanted before its time where something was found elsewhere, where the configuration changed,
    where the last one failed, and when an exemption or a declaration has expired.
    """

    def __init__(self, last: datetime | None, now: datetime, settings: Settings) -> None:
        """Begin after a last scan, which another process may have made, or None."""
        interval = settings.scan.interval
        self._due = now if last is None else min(max(last + interval, now), now + interval)
        self._shift = timedelta(0)
        self._began = last or now
        self._rested = now
        self._wanted = False
        self._looked = now

    def want(self) -> None:
        """Bring the next scan forward: as soon as the rest after the last one is over."""
        self._wanted = True

    def notice(self, settings: Settings, now: datetime) -> None:
        """Note what time it is: a clock that was set back puts nothing off for longer than usual.

        So does an interval that was made shorter.
        """
        self._due = min(self._due, now + settings.scan.interval)
        self._rested = min(self._rested, now + LONGEST_REST)
        self._looked = min(self._looked, now)

    def scan_at(self, settings: Settings) -> datetime:
        """Say when the next scan is due."""
        return min(self._reasons(settings))

    def _reasons(self, settings: Settings) -> Iterator[datetime]:
        yield self._due + self._shift
        if self._wanted:
            yield self._rested
        yield from (at for at in _expiries(settings) if at > self._began)

    def look_at(self, settings: Settings) -> datetime:
        """Say when the next look is due."""
        return self._looked + settings.scan.fast_interval

    def began(self, settings: Settings, now: datetime, share: float) -> None:
        """Note that a scan began; the next comes up to a tenth of the interval late, by `share`."""
        interval = settings.scan.interval
        if now >= self._due:
            missed = now >= self._due + interval
            self._due = (now if missed else self._due) + interval
        self._shift = interval * SHIFT_RATIO * share
        self._began, self._wanted = now, False

    def ended(self, now: datetime, *, failed: bool = False) -> None:
        """Note that the scan ended. One that failed is tried again before the next is due."""
        rest = max(LEAST_REST, min(LONGEST_REST, _RESTS * (now - self._began)))
        self._rested = now + (max(rest, REST_AFTER_FAILURE) if failed else rest)
        self._looked = now
        self._wanted = self._wanted or failed

    def looked(self, now: datetime) -> None:
        """Note that a look ended."""
        self._looked = now


def _expiries(settings: Settings) -> Iterator[datetime]:
    """Give the first moments at which an exemption or a declaration does not count any more."""
    second = timedelta(seconds=1)
    yield from (each.expires + second for each in settings.exemptions)
    yield from (each.expires + second for each in settings.declarations)
