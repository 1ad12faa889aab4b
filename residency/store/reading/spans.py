"""For how long, at most, what scans found may have been so."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from residency.store.reading.concern import Asked, Concerned, Stood
from residency.store.reading.scans import scans_of
from residency.store.times import Span


class Spans:
    """The widest times of stretches: from the scan before the first to the one that ended it."""

    def __init__(self, connection: Connection, asked: Asked, found: Iterable[Concerned]) -> None:
        """Read the scans that the stretches of `found` begin and end with."""
        self._asked = asked
        numbers = {
            number
            for each in found
            for stood in each.stood
            for number in (stood.from_scan - 1, stood.to_scan or 0)
        }
        self._scans = scans_of(connection, numbers)

    def of(self, stood: Stood) -> Span:
        """Give the widest time of a stretch, within what is asked for."""
        before = self._scans.get(stood.from_scan - 1)
        after = self._scans.get(stood.to_scan or 0)
        since, until = self._asked.since, self._asked.until
        return Span(
            max(since, before.finished_at) if before else since,
            min(until, after.started_at) if after else until,
        )

    def concern(self, found: Concerned, since: datetime, until: datetime) -> bool:
        """Whether a resource may have concerned the customer at some time of a stretch."""
        return any(begins <= until and since <= ends for begins, ends in map(self.of, found.stood))
