"""Plays the rows of the store back, scan by scan: what stood, and what each scan changed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from residency.store.memory import Change, Memory, Standing, Subscription
from residency.store.tables import COVERAGE, PLACEMENT, STANDING


@dataclass(slots=True)
class _Open:
    """What stands of one resource while rows are played back."""

    state: int | None = None
    facts: set[int] = field(default_factory=set)

    def standing(self) -> Standing | None:
        """Give it as memory has it; None where the resource is not there.

        Raises ValueError where places outlive the resource.
        """
        if self.state is None and self.facts:
            raise ValueError(f"facts {sorted(self.facts)} are of a resource that is not there")
        return None if self.state is None else Standing(self.state, tuple(sorted(self.facts)))


class Playback:
    """What stood after each scan, in order. The subscriptions of `memory` are brought forward."""

    def __init__(self, connection: Connection, memory: Memory, *, until: int = 0) -> None:
        """Begin with what stood after the scan `until`; `memory` knows the rows by number."""
        self._name_of = {known.row: name for name, known in memory.resources.items()}
        self._open: dict[int, _Open] = {}
        self._memory = memory
        memory.subscriptions = {}
        self._turns = {table: _Turns(connection, table, until) for table in _TABLES}
        for table in _TABLES:
            for row in connection.execute(_standing_after(table, until)):
                self._begin(table, row)

    def step(self, scan: int) -> tuple[Change, ...]:
        """Play the next scan back; gives what it changed."""
        touched: dict[int, Standing | None] = {}
        for table in _TABLES:
            ended, began = self._turns[table].at(scan)
            for row in ended:
                self._touch(table, row, touched)
                self._end(table, row)
            for row in began:
                self._touch(table, row, touched)
                self._begin(table, row)
        changes = (
            Change(resource_id=self._name_of[row], before=before, after=self._open[row].standing())
            for row, before in touched.items()
        )
        return tuple(change for change in changes if change.before != change.after)

    def standing(self) -> dict[str, Standing]:
        """Give all that stands now."""
        found = ((self._name_of[row], each.standing()) for row, each in self._open.items())
        return {name: standing for name, standing in found if standing is not None}

    def _touch(self, table: Table, row: Row[Any], touched: dict[int, Standing | None]) -> None:
        if table is not COVERAGE and row.resource not in touched:
            touched[row.resource] = self._open.setdefault(row.resource, _Open()).standing()

    def _begin(self, table: Table, row: Row[Any]) -> None:
        """Let a row hold. Raises ValueError where another of its kind still does."""
        if table is COVERAGE:
            found = Subscription(row.name, row.state, tuple(json.loads(row.reasons)))
            _refuse(row.subscription_id in self._memory.subscriptions, table, row)
            self._memory.subscriptions[row.subscription_id] = found
            return
        standing = self._open.setdefault(row.resource, _Open())
        if table is STANDING:
            _refuse(standing.state is not None, table, row)
            standing.state = row.state
        else:
            _refuse(row.fact in standing.facts, table, row)
            standing.facts.add(row.fact)

    def _end(self, table: Table, row: Row[Any]) -> None:
        """Let a row hold no longer. Raises LookupError where it did not."""
        if table is COVERAGE:
            del self._memory.subscriptions[row.subscription_id]
        elif table is STANDING:
            _refuse(self._open[row.resource].state != row.state, table, row)
            self._open[row.resource].state = None
        else:
            self._open[row.resource].facts.remove(row.fact)


def _refuse(wrong: bool, table: Table, row: Row[Any]) -> None:  # noqa: FBT001 - a condition
    if wrong:
        raise ValueError(f"row {row.pk} of {table.name} does not follow the one before it")


_TABLES = (STANDING, PLACEMENT, COVERAGE)


class _Turns:
    """The rows of a table as they end and begin, read in order of the scans."""

    def __init__(self, connection: Connection, table: Table, after: int) -> None:
        ends = select(table).where(table.c.to_scan > after).order_by(table.c.to_scan)
        begins = select(table).where(table.c.from_scan > after).order_by(table.c.from_scan)
        self._ends = _Grouped(connection.execute(ends), "to_scan")
        self._begins = _Grouped(connection.execute(begins), "from_scan")

    def at(self, scan: int) -> tuple[list[Row[Any]], list[Row[Any]]]:
        return self._ends.at(scan), self._begins.at(scan)


class _Grouped:
    """Rows that come sorted by a scan, given a scan at a time."""

    def __init__(self, rows: Iterable[Row[Any]], column: str) -> None:
        self._groups = groupby(rows, key=lambda row: int(getattr(row, column)))
        self._next = next(self._groups, None)

    def at(self, scan: int) -> list[Row[Any]]:
        if self._next is None or self._next[0] != scan:
            return []
        found = list(self._next[1])
        self._next = next(self._groups, None)
        return found


def _standing_after(table: Table, scan: int) -> Any:  # noqa: ANN401 - a statement
    holds = (table.c.from_scan <= scan) & (table.c.to_scan.is_(None) | (table.c.to_scan > scan))
    return select(table).where(holds)
