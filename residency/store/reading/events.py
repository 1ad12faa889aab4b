"""The events of the store, with what stood before and after, and who has seen them."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from residency.model import Placement
from residency.store.events import EventKind
from residency.store.reading.history import Judged, judged_of
from residency.store.reading.placements import facts_of, placement_of
from residency.store.reading.scans import Scanned, parts, scans_of
from residency.store.reading.seen import Acknowledged, Seen, Told
from residency.store.tables import EVENT, RESOURCE, SCAN, STATE
from residency.store.times import written

_Row = tuple[int, int, str, str, str, str]
"""Number, scan, kind, subject, before and after of an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What stood on one side of an event.

    Attributes:
        judged: What the policy said; None where the subject is no resource, or was not there.
        places: The places with what proves them.
        told: What else the event says.
    """

    judged: Judged | None
    places: tuple[Placement, ...]
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One event.

    Attributes:
        scan: The scan that found it.
        since: The scan before, which found it otherwise; None where there was none.
        acknowledged: The first who saw it.
    """

    seq: int
    kind: EventKind
    subject: str
    scan: Scanned
    since: Scanned | None
    before: Side
    after: Side
    acknowledged: Acknowledged | None


def last_event(connection: Connection) -> int:
    """Read the number of the last event; 0 before the first."""
    return connection.scalar(select(func.max(EVENT.c.seq))) or 0


def events_after(  # noqa: PLR0913 - each narrows what is read
    connection: Connection,
    number: int = 0,
    *,
    kinds: Collection[str] = (),
    since: datetime | None = None,
    resource: int | None = None,
    until_scan: int | None = None,
    most: int | None = None,
) -> tuple[Happened, ...]:
    """Read the events after one, oldest first.

    Args:
        connection: Sees one state throughout.
        number: Of the last event that is not wanted.
        kinds: Those that are wanted; empty: all.
        since: Only of scans that ended at this time or later.
        resource: Only of this one, by its row; None: of all, and of what is no resource.
        until_scan: Only what this scan, or one before it, found.
        most: How many at most; None: all.
    """
    which = EVENT.c.seq > number
    if resource is not None:
        which &= EVENT.c.resource == resource
    if kinds:
        which &= EVENT.c.kind.in_(sorted(kinds))
    if since is not None:
        which &= SCAN.c.finished_at >= written(since)
    if until_scan is not None:
        which &= EVENT.c.scan <= until_scan
    return tuple(_happened(connection, _rows(connection, which, most)))


def events_before(connection: Connection, number: int | None, most: int) -> tuple[Happened, ...]:
    """Read the events before one, newest first.

    Args:
        connection: Sees one state throughout.
        number: Of the event that follows what is wanted; None: the newest are wanted.
        most: How many at most.
    """
    which = EVENT.c.seq < number if number is not None else EVENT.c.seq > 0
    return tuple(_happened(connection, _rows(connection, which, most, newest=True)))


def _rows(
    connection: Connection, which: ColumnElement[bool], most: int | None, *, newest: bool = False
) -> Sequence[_Row]:
    subject = func.coalesce(RESOURCE.c.id, EVENT.c.subject)
    columns = EVENT.c.seq, EVENT.c.scan, EVENT.c.kind, subject, EVENT.c.before, EVENT.c.after
    query = select(*columns).join(SCAN, SCAN.c.seq == EVENT.c.scan)
    query = query.outerjoin(RESOURCE, RESOURCE.c.pk == EVENT.c.resource).where(which)
    order = EVENT.c.seq.desc() if newest else EVENT.c.seq
    found: Sequence[Any] = connection.execute(query.order_by(order).limit(most)).all()
    return found


def _happened(connection: Connection, rows: Sequence[_Row]) -> Iterator[Happened]:
    numbers = {scan for _, scan, *_ in rows}
    scans = scans_of(connection, numbers | {number - 1 for number in numbers})
    seen = Seen(
        connection, {seq for seq, _, kind, *_ in rows if kind == EventKind.VIOLATION_CLOSED}
    )
    sides = _Sides(connection, {side for *_, before, after in rows for side in (before, after)})
    for seq, number, kind, subject, before, after in rows:
        scan, since = scans[number], scans.get(number - 1)
        now = sides.of(after, scan.started_at)
        told = Told(seq=seq, kind=EventKind(kind), episode=str(now.told.get("episode", "")))
        yield Happened(
            seq=seq,
            kind=told.kind,
            subject=subject,
            scan=scan,
            since=since,
            before=sides.of(before, (since or scan).started_at),
            after=now,
            acknowledged=seen.of(told),
        )


class _Sides:
    """Looks up the rows of states and facts that events name; many events tell of the same."""

    def __init__(self, connection: Connection, texts: Collection[str]) -> None:
        self._told: Mapping[str, Any] = {text: json.loads(text) for text in texts}
        self._known: dict[tuple[str, datetime], Side] = {}
        states: set[int] = set()
        facts: set[int] = set()
        for side in self._told.values():
            facts.update(_numbers(side.get("facts")))
            states.update(_numbers([side.get("state")]))
        self._facts = facts_of(connection, facts)
        self._states: dict[int, Judged] = {}
        for part in parts(states):
            for row in connection.execute(select(STATE).where(STATE.c.pk.in_(part))):
                self._states[row.pk] = judged_of(row)

    def of(self, text: str, read_at: datetime) -> Side:
        key = text, read_at
        if key not in self._known:
            self._known[key] = self._side(self._told[text], read_at)
        return self._known[key]

    def _side(self, told: Mapping[str, Any], read_at: datetime) -> Side:
        facts = _numbers(told.get("facts"))
        (state, *_) = (*_numbers([told.get("state")]), 0)
        rows = {"facts", "state"} if "facts" in told else set()
        return Side(
            judged=self._states.get(state),
            places=tuple(
                placement_of(self._facts[each], read_at) for each in facts if each in self._facts
            ),
            told={name: value for name, value in told.items() if name not in rows},
        )


def _numbers(values: Any) -> tuple[int, ...]:  # noqa: ANN401 - what JSON holds
    """Give the numbers of rows; the `state` of a subscription is a word, and names none."""
    return tuple(each for each in values or () if isinstance(each, int))
