"""Writes what a scan adds to the tables; the caller's transaction decides whether it stands."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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


def write(connection: Connection, memory: Memory, draft: Draft) -> None:
    """Write what a scan adds to the tables. The caller's transaction decides whether it stands."""
    for table in (RESOURCE, STATE, FACT):
        _insert(connection, table, draft.inserted[table.name])
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
    """Insert many rows with the same columns, past what SQLAlchemy does for each of them."""
    if not rows:
        return
    names = tuple(rows[0])
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names
    connection.exec_driver_sql(statement, [tuple(map(row.__getitem__, names)) for row in rows])


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
    row_of = both(memory.resources, draft.new.resources)
    ended: list[Row] = []
    left: list[Row] = []
    opened: list[Row] = []
    came: list[Row] = []
    for change in draft.changes:
        row = {"resource": row_of[change.resource_id].row}
        state_before, facts_before = _parts(change.before)
        state_after, facts_after = _parts(change.after)
        if state_before != state_after:
            ended.extend([row] * (state_before is not None))
            opened.extend([{**row, "state": state_after}] * (state_after is not None))
        left.extend({**row, "fact": fact} for fact in facts_before - facts_after)
        came.extend({**row, "fact": fact} for fact in facts_after - facts_before)
    _end(connection, STANDING, "resource = :resource", ended, draft.seq)
    _end(connection, PLACEMENT, "resource = :resource AND fact = :fact", left, draft.seq)
    _open(connection, STANDING, opened, draft.seq)
    _open(connection, PLACEMENT, came, draft.seq)


def _parts(standing: Standing | None) -> tuple[int | None, frozenset[int]]:
    return (standing.state, frozenset(standing.facts)) if standing else (None, frozenset())


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
    for number, event in enumerate(draft.events, memory.events + 1):
        yield {
            "seq": number,
            "scan": draft.seq,
            "kind": event.kind,
            "subject": event.subject,
            "before": json.dumps(event.before, sort_keys=True),
            "after": json.dumps(event.after, sort_keys=True),
        }
