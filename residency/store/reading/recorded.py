"""What was recorded of every resource in a time, as intervals of scans."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, select

from residency.model import UNKNOWN_REGION, Basis, Failover, Placement, Reason
from residency.store.episodes.episode import Episode, annotate, failover_of
from residency.store.episodes.kept import EPISODE, annotations
from residency.store.reading.history import Judged, Named, judged_of, named
from residency.store.reading.placements import facts_of, placement_of
from residency.store.tables import PLACEMENT, RESOURCE, STANDING, STATE, VERSION

LONG_AGO = datetime.min.replace(tzinfo=UTC)
"""A time of reading that is stale under any configuration."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From a scan until, and without, another; it holds still where `until` is None."""

    since: int
    until: int | None

    def holds(self, scan: int) -> bool:
        """Whether a scan found it so."""
        return self.since <= scan and (self.until is None or scan < self.until)


@dataclass(slots=True, kw_only=True)
class Recorded:
    """One resource: its judgements, its facts, and the failovers known of it."""

    resource: Named
    states: list[tuple[Interval, Judged]] = field(default_factory=list)
    facts: list[tuple[Interval, int]] = field(default_factory=list)
    failovers: list[tuple[Interval, Failover]] = field(default_factory=list)

    def state_at(self, scan: int) -> Judged | None:
        """Give the judgement of a scan; None where it was not there."""
        return next((judged for when, judged in self.states if when.holds(scan)), None)

    def facts_at(self, scan: int) -> tuple[int, ...]:
        """Give the numbers of the facts of a scan."""
        return tuple(sorted(number for when, number in self.facts if when.holds(scan)))

    def failover_at(self, scan: int) -> Failover | None:
        """Give the failover that was open by a scan."""
        return next((told for when, told in self.failovers if when.holds(scan)), None)

    def edges(self) -> Iterator[int]:
        """Give the scans where something of it begins or ends."""
        for when in (each for each, _ in (*self.states, *self.facts, *self.failovers)):
            yield when.since
            if when.until is not None:
                yield when.until


def recorded(connection: Connection, first: int, last: int) -> tuple[Recorded, ...]:
    """Read what the scans from `first` to `last` found, by resource id."""
    found: dict[int, Recorded] = {}
    states: dict[int, Judged] = {
        row.pk: judged_of(row) for row in connection.execute(select(STATE))
    }
    for row in _overlapping(connection, STANDING, first, last):
        if row.resource not in found:
            found[row.resource] = Recorded(resource=named(row))
        when = Interval(row.from_scan, row.to_scan)
        found[row.resource].states.append((when, states[row.state]))
    for row in _overlapping(connection, PLACEMENT, first, last):
        if row.resource in found:
            when = Interval(row.from_scan, row.to_scan)
            found[row.resource].facts.append((when, row.fact))
    by_id = {each.resource.id: each for each in found.values()}
    for when, episode in _episodes(connection, first, last):
        for name in episode.resource_ids if episode.open else ():
            if name in by_id:
                by_id[name].failovers.append((when, failover_of(episode, episode.started_at)))
    return tuple(by_id[name] for name in sorted(by_id))


def _overlapping(connection: Connection, table: Table, first: int, last: int) -> Iterator[Any]:
    query = (
        select(table, RESOURCE)
        .join(RESOURCE, RESOURCE.c.pk == table.c.resource)
        .where(_within(table, first, last))
        .order_by(table.c.from_scan)
    )
    yield from connection.execute(query)


def _within(table: Table, first: int, last: int) -> ColumnElement[bool]:
    return (table.c.to_scan.is_(None) | (table.c.to_scan > first)) & (table.c.from_scan <= last)


def _episodes(connection: Connection, first: int, last: int) -> Iterator[tuple[Interval, Episode]]:
    """Give the versions of episodes, with what people recorded of them since."""
    notes = annotations(connection)
    query = select(VERSION).where((VERSION.c.kind == EPISODE) & _within(VERSION, first, last))
    for row in connection.execute(query.order_by(VERSION.c.from_scan)):
        episode = msgspec.json.decode(row.body, type=Episode)
        note = notes.get(episode.id)
        if note is not None:
            episode = annotate(episode, note.reason, explained=note.explained)
        yield Interval(row.from_scan, row.to_scan), episode


class Places:
    """Gives the places of facts: the same tuple for the same facts, so that judging is quick."""

    def __init__(
        self, connection: Connection, found: Sequence[Recorded], read_at: datetime
    ) -> None:
        """Read the facts of `found`; `read_at` is when they count as read, unless stale."""
        numbers = {number for each in found for _, number in each.facts}
        self._rows: Mapping[int, Mapping[str, Any]] = facts_of(connection, numbers)
        self._read_at = read_at
        self._known: dict[tuple[tuple[int, ...], bool], tuple[Placement, ...]] = {}

    def of(self, facts: tuple[int, ...], *, stale: bool) -> tuple[Placement, ...]:
        """Give the places of facts without what was only declared of them."""
        key = (facts, stale)
        if key not in self._known:
            read_at = LONG_AGO if stale else self._read_at
            places = (placement_of(self._rows[number], read_at) for number in facts)
            self._known[key] = tuple(map(_undeclared, places))
        return self._known[key]


def _undeclared(place: Placement) -> Placement:
    """Take a declaration back: nobody knows the place, unless it is declared again."""
    if place.basis is not Basis.DECLARED:
        return place
    return replace(
        place,
        region=UNKNOWN_REGION,
        country=None,
        basis=Basis.OBSERVED,
        unresolved=Reason.REGION_UNKNOWN,
    )
