"""Where the data of one customer's resources was, stay by stay, and when that was not known."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from residency.model import Status
from residency.policy import unknown_reasons
from residency.store.reading.concern import Asked, Concerned, Scans, Stood
from residency.store.reading.history import Judged, Named
from residency.store.reading.scans import Clock
from residency.store.reading.spans import Spans
from residency.store.tables import SCAN
from residency.store.times import Span

_FACTS = """
SELECT resource, fact, from_scan, to_scan FROM placement
WHERE resource IN (SELECT value FROM json_each(?)) AND (to_scan IS NULL OR to_scan > ?)
AND from_scan <= ? ORDER BY fact
"""


class Stay(NamedTuple):
    """What stood of a resource as long as nothing of it changed, as scans measured it.

    Attributes:
        since: The end of the scan that found it so first; the beginning of what is asked for where
            that was the first scan of all.
        until: The end of the scan that found it otherwise, or the end of what is asked for.
        scan: The number of that first scan.
        facts: The numbers of its facts.
    """

    since: datetime
    until: datetime
    scan: int
    judged: Judged
    facts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Had:
    """A resource of the customer's, or of nobody's.

    Attributes:
        assigned: Something said whose it is.
        stays: In order; none overlap.
        blind: When it was not known where its data was, as long as that may have been so; scans
            that did not take place are not among it.
    """

    resource: Named
    assigned: bool
    stays: tuple[Stay, ...]
    blind: tuple[Span, ...]

    def facts_at(self, moment: datetime) -> tuple[int, ...] | None:
        """Give the facts that were known at a moment; None where it was not there, or not seen."""
        for stay in self.stays:
            if stay.since <= moment < stay.until and not is_blind(stay.judged):
                return stay.facts
        return None


def is_blind(judged: Judged) -> bool:
    """Whether a judgement says that it is not known where all of the data is."""
    return not judged.seen or bool(unknown_reasons(judged.reasons))


def is_outside_promise(judged: Judged) -> bool:
    """Whether it was said that the resource holds no customer data (`estate.outside_promise`)."""
    return judged.status is Status.EXEMPT and not judged.exemptions


def stays_of(
    connection: Connection, asked: Asked, found: Sequence[Concerned], scans: Scans, clock: Clock
) -> tuple[Had, ...]:
    """Give the stays of what concerns a customer, in the order of `found`."""
    facts = _facts(connection, found, scans)
    first = connection.scalar(select(func.min(SCAN.c.seq))) or 1
    cut = _Cut(asked, clock, first)
    spans = Spans(asked, clock)
    return tuple(
        Had(
            resource=each.resource,
            assigned=each.assigned,
            stays=tuple(cut.stays(each.stood, facts.get(each.resource.pk, ()))),
            blind=tuple(spans.of(stood) for stood in each.stood if is_blind(stood.judged)),
        )
        for each in found
    )


class _Fact(NamedTuple):
    """A fact from a scan until, and without, another."""

    number: int
    since: int
    until: int | None

    def holds(self, scan: int) -> bool:
        return self.since <= scan and (self.until is None or scan < self.until)


def _facts(
    connection: Connection, found: Sequence[Concerned], scans: Scans
) -> Mapping[int, Sequence[_Fact]]:
    told = (json.dumps([each.resource.pk for each in found]), scans.first, scans.last)
    rows = connection.exec_driver_sql(_FACTS, told).cursor.fetchall()
    facts: dict[int, list[_Fact]] = {}
    for resource, *fact in rows:
        facts.setdefault(resource, []).append(_Fact(*fact))
    return facts


class _Cut:
    """Cuts what stood wherever a fact of it begins or ends."""

    def __init__(self, asked: Asked, clock: Clock, first: int) -> None:
        self._asked = asked
        self._clock = clock
        self._first = first

    def stays(self, stood: Sequence[Stood], facts: Sequence[_Fact]) -> Iterator[Stay]:
        edges = {edge for each in facts for edge in (each.since, each.until) if edge is not None}
        for each in stood:
            within = {edge for edge in edges if edge > each.from_scan and not _ends(each, edge)}
            ends: list[int | None] = [each.from_scan, *sorted(within), each.to_scan]
            for scan, ended in pairwise(ends):
                yield from self._stay(each.judged, facts, scan or 0, ended)

    def _stay(
        self, judged: Judged, facts: Sequence[_Fact], scan: int, ended: int | None
    ) -> Iterator[Stay]:
        since, until = self._since(scan), self._until(ended)
        if since < until:
            held = tuple(each.number for each in facts if each.holds(scan))
            yield Stay(since, until, scan, judged, held)

    def _since(self, scan: int) -> datetime:
        """Nothing says when it came that was there at the first scan: it counts from the start."""
        began = self._clock.ended[scan] if scan > self._first else None
        return max(self._asked.since, began) if began else self._asked.since

    def _until(self, scan: int | None) -> datetime:
        ended = self._clock.ended[scan] if scan is not None else None
        return min(self._asked.until, ended) if ended else self._asked.until


def _ends(stood: Stood, edge: int) -> bool:
    """Whether what stood was over by a scan."""
    return stood.to_scan is not None and edge >= stood.to_scan
