"""For how long, at most, what scans found may have been so."""

from datetime import datetime

from residency.store.reading.concern import Asked, Concerned, Stood
from residency.store.reading.scans import Clock
from residency.store.times import Span


class Spans:
    """The widest times of stretches: from the scan before the first to the one that ended it."""

    def __init__(self, asked: Asked, clock: Clock) -> None:
        """Look times up in `clock`."""
        self._asked = asked
        self._clock = clock

    def of(self, stood: Stood) -> Span:
        """Give the widest time of a stretch, within what is asked for."""
        before = self._clock.ended[stood.from_scan - 1]
        after = self._clock.began[stood.to_scan or 0]
        since, until = self._asked.since, self._asked.until
        return Span(max(since, before) if before else since, min(until, after) if after else until)

    def concern(self, found: Concerned, since: datetime, until: datetime) -> bool:
        """Whether a resource may have concerned the customer at some time of a stretch."""
        return any(begins <= until and since <= ends for begins, ends in map(self.of, found.stood))
