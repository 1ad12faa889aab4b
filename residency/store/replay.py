"""Plays the rows of the store back, scan by scan: what stood, and what each scan changed."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from residency.store.memory import Change, Memory, Standing, Subscription

_Row = tuple[Any, ...]
"""Number of the row, what it is of, what it says, and from which scan until which."""

_OF = {
    "standing": "resource, state",
    "placement": "resource, fact",
    "coverage": "subscription_id, json_array(name, state, reasons)",
}
_FROM, _TO = itemgetter(3), itemgetter(4)


class Playback:
    """What stood after each scan, in order. The subscriptions of `memory` are brought forward."""

    def __init__(self, connection: Connection, memory: Memory, *, until: int = 0) -> None:
        """Begin with what stood after the scan `until`; `memory` knows the rows by number."""
        self._name_of = {known.row: name for name, known in memory.resources.items()}
        self._states: dict[int, int] = {}
        self._facts: dict[int, set[int]] = {}
        self._memory = memory
        memory.subscriptions = {}
        self._turns = {table: _Turns(connection, table, until) for table in _OF}
        for table in _OF:
            for row in _rows(connection, table, f"{_holds(until)} ORDER BY pk"):
                self._begin(table, row)

    def step(self, scan: int) -> tuple[Change, ...]:
        """Play the next scan back; gives what it changed."""
        touched: dict[int, Standing | None] = {}
        for table, turns in self._turns.items():
            ended, began = turns.at(scan)
            if table != "coverage":
                for _, resource, *_ in (*ended, *began):
                    if resource not in touched:
                        touched[resource] = self._standing(resource)
            for row in ended:
                self._end(table, row)
            for row in began:
                self._begin(table, row)
        changes = (
            Change(self._name_of[resource], before, self._standing(resource))
            for resource, before in touched.items()
        )
        return tuple(change for change in changes if change.before != change.after)

    def standing(self) -> dict[str, Standing]:
        """Give all that stands now."""
        numbers = dict.fromkeys((*self._states, *self._facts))
        found = ((self._name_of[number], self._standing(number)) for number in numbers)
        return {name: standing for name, standing in found if standing is not None}

    def _standing(self, resource: int) -> Standing | None:
        """Give it as memory has it; None where the resource is not there.

        Raises ValueError where places outlive the resource.
        """
        state, facts = self._states.get(resource), self._facts.get(resource, ())
        if state is None:
            if facts:
                raise ValueError(f"facts {sorted(facts)} are of a resource that is not there")
            return None
        return Standing(state, tuple(sorted(facts)))

    def _begin(self, table: str, row: _Row) -> None:
        """Let a row hold. Raises ValueError where another of its kind still does."""
        _, of, told, *_ = row
        if table == "placement":
            facts = self._facts.setdefault(of, set())
            _refuse(told in facts, table, row)
            facts.add(told)
        elif table == "standing":
            _refuse(of in self._states, table, row)
            self._states[of] = told
        else:
            _refuse(of in self._memory.subscriptions, table, row)
            name, state, reasons = json.loads(told)
            found = Subscription(name, state, tuple(json.loads(reasons)))
            self._memory.subscriptions[of] = found

    def _end(self, table: str, row: _Row) -> None:
        """Let a row hold no longer. Raises LookupError where it did not."""
        _, of, told, *_ = row
        if table == "placement":
            self._facts[of].remove(told)
        elif table == "standing":
            _refuse(self._states.pop(of) != told, table, row)
        else:
            del self._memory.subscriptions[of]


def _refuse(wrong: bool, table: str, row: _Row) -> None:  # noqa: FBT001 - a condition
    if wrong:
        raise ValueError(f"row {row[0]} of {table} does not follow the one before it")


class _Turns:
    """The rows of a table as they end and begin, read in order of the scans."""

    def __init__(self, connection: Connection, table: str, after: int) -> None:
        ends = _rows(connection, table, f"to_scan > {after} ORDER BY to_scan, pk")
        begins = _rows(connection, table, f"from_scan > {after} ORDER BY from_scan, pk")
        self._ends = _Grouped(ends, _TO)
        self._begins = _Grouped(begins, _FROM)

    def at(self, scan: int) -> tuple[list[_Row], list[_Row]]:
        return self._ends.at(scan), self._begins.at(scan)


class _Grouped:
    """Rows that come sorted by a scan, given a scan at a time."""

    def __init__(self, rows: Iterable[_Row], by: Callable[[_Row], int]) -> None:
        self._groups = groupby(rows, key=by)
        self._next = next(self._groups, None)

    def at(self, scan: int) -> list[_Row]:
        if self._next is None or self._next[0] != scan:
            return []
        found = list(self._next[1])
        self._next = next(self._groups, None)
        return found


def _rows(connection: Connection, table: str, which: str) -> Iterator[_Row]:
    """Read rows one by one as the driver gives them: there are hundreds of thousands."""
    columns = f"pk, {_OF[table]}, from_scan, to_scan"
    query = f"SELECT {columns} FROM {table} WHERE {which}"  # noqa: S608 - our own names
    cursor: Any = connection.exec_driver_sql(query).cursor
    found: Iterator[_Row] = iter(cursor)
    return found


def _holds(scan: int) -> str:
    return f"from_scan <= {scan} AND (to_scan IS NULL OR to_scan > {scan})"
