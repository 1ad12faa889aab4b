"""Which copies stood on both sides of the events of places, as one customer may be told of them."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from residency.model import UNKNOWN_REGION
from residency.store.events import EventKind
from residency.store.reading.concern import Asked
from residency.store.reading.history import attribution_of
from residency.store.reading.placements import NEVER_SHOWN, facts_of, placement_of
from residency.store.reading.withheld import Withheld
from residency.store.tables import STATE

_KINDS = (EventKind.PLACEMENT_ADDED, EventKind.PLACEMENT_REMOVED, EventKind.PLACEMENT_MOVED)
_EVENTS = """
SELECT resource, seq, scan, before, after FROM event WHERE seq IN (
  SELECT seq FROM event WHERE resource IN (SELECT value FROM json_each(?)) AND scan BETWEEN ? AND ?
) AND kind IN (SELECT value FROM json_each(?)) ORDER BY seq
"""
"""The numbers first: rows are then read one after the other, as they lie."""

_Side = tuple[int | None, tuple[int, ...]]
"""The rows of a state and of facts."""


class PlacedEvent(NamedTuple):
    """An event of the places of a resource; both sides are JSON, which many events share."""

    resource: int
    seq: int
    scan: int
    before: str
    after: str


class Copies(NamedTuple):
    """The copies of one role on one side of an event.

    `whole`: every place of them is known; so it is where there is none.
    """

    regions: frozenset[str] = frozenset()
    whole: bool = True
    evidence: tuple[str, ...] = ()


class _Place(NamedTuple):
    """A place; `region` is None where it is not known."""

    role: str
    region: str | None
    evidence: str


Sides = tuple[Mapping[str, Copies], Mapping[str, Copies]]
"""The copies before and after an event, by role."""


def placed_events(
    connection: Connection, resources: Collection[int], within: Collection[int]
) -> Mapping[int, Sequence[PlacedEvent]]:
    """Read how the places of each resource changed in some scans, oldest first.

    Of the events of one scan the first is given: all of them have the same sides.
    """
    found: dict[int, list[PlacedEvent]] = {}
    if within:
        told = json.dumps(list(resources)), min(within), max(within), json.dumps(_KINDS)
        rows = connection.exec_driver_sql(_EVENTS, told).cursor.fetchall()
        for event in map(PlacedEvent._make, rows):
            pk, _, scan, *_ = event
            if scan not in within:
                continue
            if pk not in found:
                found[pk] = [event]
            elif found[pk][-1].scan != scan:
                found[pk].append(event)
    return found


class CopiesOf:
    """Gives the copies of both sides of events; None for an event that is not the customer's."""

    def __init__(
        self,
        connection: Connection,
        asked: Asked,
        events: Iterable[Sequence[PlacedEvent]],
        kept: Withheld,
    ) -> None:
        """Read what the `events` name; what they tell is `kept` free of others."""
        texts = {text for chain in events for each in chain for text in each[3:]}
        self._sides = {text: _side(text) for text in texts}
        self._concern = set(_concerning(connection, asked))
        self._places = _places(
            connection, {row for _, rows in self._sides.values() for row in rows}
        )
        self._kept = kept
        self.of = cache(self._of)

    def _of(self, before: str, after: str, assigned: bool) -> Sides | None:  # noqa: FBT001 - a key
        if not any(self._sides[each][0] in self._concern for each in (before, after)):
            return None
        return self._by_role(before, assigned=assigned), self._by_role(after, assigned=assigned)

    def _by_role(self, text: str, *, assigned: bool) -> Mapping[str, Copies]:
        state, facts = self._sides[text]
        told = assigned and state in self._concern
        places = [self._places[row] for row in facts if row in self._places]
        return {
            role: self._of_role([each for each in places if each.role == role], told=told)
            for role in {each.role for each in places}
        }

    def _of_role(self, places: Sequence[_Place], *, told: bool) -> Copies:
        known = frozenset(each.region for each in places if each.region is not None)
        texts = (self._kept.text(each.evidence) for each in places if told)
        whole = all(each.region is not None for each in places)
        return Copies(known, whole, tuple(dict.fromkeys(texts)))


def _side(text: str) -> _Side:
    told: Mapping[str, Any] = json.loads(text)
    state = told.get("state")
    return state if isinstance(state, int) else None, tuple(told.get("facts", ()))


def _concerning(connection: Connection, asked: Asked) -> Iterator[int]:
    """Give the rows of the states of what concerns the customer."""
    for pk, product, customers in connection.execute(
        select(STATE.c.pk, STATE.c.product, STATE.c.customers)
    ):
        if asked.concerns(attribution_of(product, customers, "")):
            yield pk


def _places(connection: Connection, rows: Collection[int]) -> Mapping[int, _Place]:
    found: dict[int, _Place] = {}
    for pk, row in facts_of(connection, rows).items():
        place = placement_of(row, NEVER_SHOWN)
        unknown = place.unresolved is not None or place.region == UNKNOWN_REGION
        found[pk] = _Place(place.role, None if unknown else place.region, str(place.evidence))
    return found
