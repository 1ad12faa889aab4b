"""Writes what a scan adds to the tables; the caller's transaction decides whether it stands."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import Connection, Table

from residency.store.draft import Draft
from residency.store.failpoint import failpoint
from residency.store.memory import Memory, Standing, both
from residency.store.tables import (
    COVERAGE,
    EVENT,
    FACT,
    PLACEMENT,
    RESOURCE,
    SCAN,
    STANDING,
    STATE,
    VERSION,
)
from residency.store.times import written, written_spans

Row = Mapping[str, Any]

_NOTHING = Standing(0, ())
"""Stands for what is not there: no row has this number."""

_ENCODER = msgspec.json.Encoder(order="sorted")
"""Of what an event says: of a month there are hundreds of thousands, so without blanks."""

_FEW_COLUMNS = 3
_NARROW = 50
"""How many rows of few columns go in one statement; fewer than SQLite takes parameters."""

_PART = 10_000
"""How many rows are made ready at a time: a multiple of those in one statement."""


def write(connection: Connection, memory: Memory, draft: Draft) -> None:
    """Write what a scan adds to the tables. The caller's transaction decides whether it stands."""
    for table in (RESOURCE, STATE, FACT):
        _insert_tuples(connection, table, tuple(table.columns.keys()), draft.inserted[table.name])
    failpoint("facts")
    _insert(connection, SCAN, [_scan_row(draft)])
    failpoint("scan")
    _standing(connection, memory, draft)
    failpoint("standing")
    _coverage(connection, memory, draft)
    _versions(connection, draft)
    failpoint("versions")
    _insert(connection, EVENT, list(_event_rows(memory, draft)))
    failpoint("events")


def _insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows with the same columns."""
    if rows:
        names = tuple(rows[0])
        _insert_tuples(connection, table, names, [tuple(map(row.get, names)) for row in rows])


def _insert_tuples(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert many rows, past what SQLAlchemy does for each; some at once, which is quicker."""
    for at_once, part in _parts_of(rows, _NARROW if len(names) <= _FEW_COLUMNS else 1):
        marks = ", ".join([f"({', '.join('?' * len(names))})"] * at_once)
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {marks}"  # noqa: S608 - our own names
        connection.exec_driver_sql(statement, part)


def _parts_of(
    rows: Sequence[tuple[Any, ...]], at_once: int
) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """Give rows in values of so many rows each, then the last ones one by one."""
    even = len(rows) - len(rows) % at_once
    for first in range(0, even, _PART):
        starts = range(first, min(even, first + _PART), at_once)
        yield at_once, [tuple(chain.from_iterable(rows[n : n + at_once])) for n in starts]
    if rows[even:]:
        yield 1, list(rows[even:])


def _scan_row(draft: Draft) -> Mapping[str, Any]:
    record = draft.record
    return {
        "seq": draft.seq,
        "id": record.id,
        "started_at": written(record.started_at),
        "finished_at": written(record.finished_at),
        "complete": record.complete,
        "verdict": record.verdict,
        "policy_sha256": record.policy_sha256,
        "reasons": json.dumps(record.reasons),
        "counts": json.dumps(draft.counts, sort_keys=True),
        "requests": json.dumps(record.requests, sort_keys=True),
        "log": json.dumps(written_spans(record.log), sort_keys=True),
    }


def _standing(connection: Connection, memory: Memory, draft: Draft) -> None:
    """End the intervals that no longer hold, then open those that hold from now on."""
    if not draft.changes:
        return
    row_of = both(memory.resources, draft.new.resources)
    ended: list[Row] = []
    left: list[Row] = []
    opened: list[tuple[int, int, int]] = []
    came: list[tuple[int, int, int]] = []
    for name, before, after in draft.changes:
        row = row_of[name].row
        state_before, facts_before = before or _NOTHING
        state_after, facts_after = after or _NOTHING
        if state_before != state_after:
            ended.extend([{"resource": row}] * (before is not None))
            opened.extend([(row, state_after, draft.seq)] * (after is not None))
        left.extend(
            {"resource": row, "fact": fact} for fact in facts_before if fact not in facts_after
        )
        came.extend((row, fact, draft.seq) for fact in facts_after if fact not in facts_before)
    _end(connection, STANDING, "resource = :resource", ended, draft.seq)
    _end(connection, PLACEMENT, "resource = :resource AND fact = :fact", left, draft.seq)
    _insert_tuples(connection, STANDING, ("resource", "state", "from_scan"), opened)
    _insert_tuples(connection, PLACEMENT, ("resource", "fact", "from_scan"), came)


def _end(connection: Connection, table: Table, which: str, rows: Sequence[Row], seq: int) -> None:
    if rows:
        update = f"UPDATE {table.name} SET to_scan = {seq} WHERE {which} AND to_scan IS NULL"  # noqa: S608 - our own names
        connection.exec_driver_sql(update, [dict(row) for row in rows])


def _open(connection: Connection, table: Table, rows: Sequence[Row], seq: int) -> None:
    _insert(connection, table, [{**row, "from_scan": seq} for row in rows])


def _coverage(connection: Connection, memory: Memory, draft: Draft) -> None:
    """End and open the intervals of subscriptions whose coverage changed."""
    former, now = memory.subscriptions, draft.subscriptions
    ended = [{"id": name} for name, found in former.items() if now.get(name) != found]
    opened = [
        {
            "subscription_id": name,
            "name": found.name,
            "state": found.state,
            "reasons": json.dumps(found.reasons),
        }
        for name, found in now.items()
        if former.get(name) != found
    ]
    _end(connection, COVERAGE, "subscription_id = :id", ended, draft.seq)
    _open(connection, COVERAGE, opened, draft.seq)


def _versions(connection: Connection, draft: Draft) -> None:
    ended = [{"kind": turn.kind, "id": turn.id} for turn in draft.turns if turn.before]
    opened = [
        {"kind": turn.kind, "id": turn.id, "body": turn.after} for turn in draft.turns if turn.after
    ]
    _end(connection, VERSION, "kind = :kind AND id = :id", ended, draft.seq)
    _open(connection, VERSION, opened, draft.seq)


def _event_rows(memory: Memory, draft: Draft) -> Iterator[Mapping[str, Any]]:
    if not draft.events:
        return  # who asks for resources reads them all
    known = both(memory.resources, draft.new.resources)
    for number, event in enumerate(draft.events, memory.events + 1):
        resource = known.get(event.subject)
        yield {
            "seq": number,
            "scan": draft.seq,
            "kind": event.kind,
            "resource": resource.row if resource else None,
            "subject": None if resource else event.subject,
            "before": _ENCODER.encode(event.before).decode(),
            "after": _ENCODER.encode(event.after).decode(),
        }
