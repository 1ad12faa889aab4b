"""Tells every scan anew from the rows, and compares it with its entry in the ledger.

Of scans whose evidence was given up only their own row and what is left of their events is
compared; what stood after the last of them is compared with the snapshot of that time.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from residency.store.audit_entries import Body, Entries
from residency.store.entries import (
    digest,
    event_leaf,
    leaves_root,
    part_of,
    subscriptions_sha256,
)
from residency.store.fault import Fault
from residency.store.lines import Labels, Lines, root_of
from residency.store.memory import Memory, NewRows
from residency.store.remember import remember_rows
from residency.store.replay import Playback
from residency.store.schema import secret_of
from residency.store.tables import SCAN

_COLUMNS = ("id", "started_at", "finished_at", "complete", "verdict", "policy_sha256")


def scan_faults(connection: Connection, entries: Entries, since: int) -> Iterator[Fault]:
    """Compare every scan; until the scan `since` evidence was given up.

    Raises LookupError, TypeError or ValueError where rows do not follow one another.
    """
    anew = _Anew(connection, since)
    if since:
        yield from anew.standing(since, entries)
    events = _Events(connection, anew.memory)
    seen = 0
    for row in connection.execute(select(SCAN).order_by(SCAN.c.seq)).mappings():
        seen, number = seen + 1, row["seq"]
        found = {**_of_row(row), **(anew.step(number) if number > since else {})}
        happened = events.of(number)
        told = entries.scans.get(number)
        if told is None or number != seen:
            yield Fault(where=f"scan {number}", what="is not in the ledger, or out of order")
            continue
        if number > since or happened:
            found["events"] = leaves_root(happened)
        yield from _differences(number, told, found)
        if number > since:
            yield from anew.standing(number, entries)
    if seen != max(entries.scans, default=0):
        yield Fault(where=f"scan {seen}", what="is the last, and the ledger has others after it")
    events.require_end()
    yield from events.missing()


class _Anew:
    """What stood and what changed, as the rows alone tell it."""

    def __init__(self, connection: Connection, since: int) -> None:
        secret = secret_of(connection)
        self.memory = Memory()
        remember_rows(connection, self.memory)
        self._playback = Playback(connection, self.memory, until=since)
        self._lines = Lines(self.memory, NewRows(), Labels(secret), again=True)

    def step(self, scan: int) -> dict[str, object]:
        changed = root_of(self._lines.of(self._playback.step(scan)))
        subscriptions = subscriptions_sha256(self.memory.subscriptions)
        return {"changes": asdict(changed), "subscriptions_sha256": subscriptions}

    def standing(self, scan: int, entries: Entries) -> Iterator[Fault]:
        """Compare all that stands with the snapshot of this scan, where there is one."""
        snapshot = entries.snapshots.get(scan)
        if snapshot is not None:
            found = root_of(self._lines.standing(self._playback.standing()))
            yield from _differences(scan, snapshot, {"standing": asdict(found)})


def _of_row(row: RowMapping) -> dict[str, object]:
    return {
        **{name: row[name] for name in _COLUMNS},
        "reasons_sha256": digest(json.loads(row["reasons"])),
        "requests_sha256": digest(json.loads(row["requests"])),
        "log_sha256": digest(json.loads(row["log"])),
        "counts": json.loads(row["counts"]),
    }


def _differences(scan: int, told: Body, found: Mapping[str, object]) -> Iterator[Fault]:
    for name, value in found.items():
        if told.get(name) != value:
            yield Fault(where=f"scan {scan}", what=f"its {name} is not what was written")


class _Events:
    """The events of scan after scan, read in order; not all of a month at once."""

    def __init__(self, connection: Connection, memory: Memory) -> None:
        """Read them; `memory` knows the rows that they name."""
        query = "SELECT resource, scan, kind, subject, before, after FROM event ORDER BY scan, seq"
        self._groups = groupby(_rows(connection, query), key=itemgetter(1))
        self._next = next(self._groups, None)
        self._memory = memory
        self._subjects = {known.row: part_of(name) for name, known in memory.resources.items()}
        self._facts: set[int] = set()
        self._states: set[int] = set()
        self._side = lru_cache(maxsize=10_000)(self._read)  # many events have the same
        self._kind = lru_cache(maxsize=100)(part_of)

    def of(self, scan: int) -> list[bytes]:
        """Give the hashes of the events of a scan.

        Raises LookupError where there are some of no scan, or of a resource that is not there.
        """
        if self._next is None or self._next[0] > scan:
            return []
        if self._next[0] < scan:
            self.require_end()
        found = [
            event_leaf(
                self._kind(kind),
                part_of(subject) if resource is None else self._subjects[resource],
                self._side(before),
                self._side(after),
            )
            for resource, _, kind, subject, before, after in self._next[1]
        ]
        self._next = next(self._groups, None)
        return found

    def require_end(self) -> None:
        """Raise LookupError where events are left of no scan."""
        if self._next is not None:
            raise LookupError(f"events are of scan {self._next[0]}, which is not there")

    def missing(self) -> Iterator[Fault]:
        """Tell the facts and states that only events name any more, and that are not there."""
        facts = self._facts - self._memory.facts.keys()
        states = self._states - self._memory.states.keys()
        for name, rows in (("fact", facts), ("state", states)):
            for row in sorted(rows):
                what = "is named by an event, and is not there"
                yield Fault(where=f"{name} {row}", what=what)

    def _read(self, text: str) -> bytes:
        """Read one side of an event, and keep in mind which rows it names."""
        told: dict[str, object] = json.loads(text)
        facts, state = told.get("facts"), told.get("state")
        if isinstance(facts, list):
            self._facts.update(each for each in facts if isinstance(each, int))
            self._states.update([state] if isinstance(state, int) else ())
        return part_of(told)


def _rows(connection: Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """Read rows one by one as the driver gives them."""
    cursor: Any = connection.exec_driver_sql(query).cursor
    found: Iterator[tuple[Any, ...]] = iter(cursor)
    return found
