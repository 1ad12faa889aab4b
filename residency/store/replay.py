"""Plays the rows of the store back, scan by scan: what stood, and what each scan changed."""

import json
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection

from residency.store.memory import Change, Memory, Standing, Subscription

_Row = tuple[Any, ...]
"""What it is of, what it says, the number of the row, and what else it says."""

_Rows = Sequence[_Row]

_COLUMNS_OF = {
    "standing": ("resource", "state", "pk"),
    "placement": ("resource", "fact", "pk"),
    "coverage": ("subscription_id", "name", "pk", "state", "reasons"),
}
_LISTED = "json_group_array(CASE typeof({0}) WHEN 'blob' THEN hex({0}) ELSE {0} END)"
"""No scan writes bytes, which JSON cannot hold: somebody who did is found out by what follows."""

_RESOURCE = itemgetter(0)


class Playback:
    """What stood after each scan, in order. The subscriptions of `memory` are brought forward."""

    def __init__(self, connection: Connection, memory: Memory, *, until: int = 0) -> None:
        """Begin with what stood after the scan `until`; `memory` knows the rows by number."""
        self._name_of = {known.row: name for name, known in memory.resources.items()}
        self._states: dict[int, int] = {}
        self._facts: dict[int, tuple[int, ...]] = {}
        self._memory = memory
        memory.subscriptions = {}
        self._turns = {table: _Turns(connection, table, until) for table in _COLUMNS_OF}
        self._begin_states(_holding(connection, "standing", until))
        self._begin_facts(_holding(connection, "placement", until))
        self._begin_coverage(_holding(connection, "coverage", until))

    def step(self, scan: int) -> tuple[Change, ...]:
        """Play the next scan back; gives what it changed."""
        left, came = self._turns["standing"].at(scan)
        went, found = self._turns["placement"].at(scan)
        touched = dict.fromkeys(map(_RESOURCE, (*left, *came, *went, *found)))
        before = list(map(self._standing, touched))
        self._end_states(left)
        self._begin_states(came)
        self._end_facts(went)
        self._begin_facts(found)
        unread, read = self._turns["coverage"].at(scan)
        for row in unread:
            del self._memory.subscriptions[row[0]]
        self._begin_coverage(read)
        after = map(self._standing, touched)
        names = map(self._name_of.__getitem__, touched)
        changes = map(Change, names, before, after)
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
                raise ValueError(f"facts {list(facts)} are of a resource that is not there")
            return None
        return Standing(state, facts)

    def _begin_states(self, rows: Iterable[_Row]) -> None:
        """Let rows hold. Raises ValueError where another of the resource still does."""
        states = self._states
        for row in rows:
            resource, state, *_ = row
            _refuse(resource in states, "standing", row)
            states[resource] = state

    def _end_states(self, rows: Iterable[_Row]) -> None:
        """Let rows hold no longer. Raises LookupError or ValueError where one did not."""
        for row in rows:
            _refuse(self._states.pop(row[0]) != row[1], "standing", row)

    def _begin_facts(self, rows: Iterable[_Row]) -> None:
        """Let rows hold, in the order of their facts. Raises ValueError where one still does."""
        facts = self._facts
        for row in rows:
            resource, fact, *_ = row
            former = facts.get(resource, ())
            _refuse(fact in former, "placement", row)
            in_order = not former or former[-1] < fact
            facts[resource] = (*former, fact) if in_order else tuple(sorted((*former, fact)))

    def _end_facts(self, rows: Iterable[_Row]) -> None:
        """Let rows hold no longer. Raises LookupError or ValueError where one did not."""
        for row in rows:
            resource, fact, *_ = row
            former = self._facts[resource]
            _refuse(fact not in former, "placement", row)
            self._facts[resource] = tuple(each for each in former if each != fact)

    def _begin_coverage(self, rows: Iterable[_Row]) -> None:
        """Let rows hold. Raises ValueError where another of the subscription still does."""
        for row in rows:
            subscription, name, _, state, reasons = row
            _refuse(subscription in self._memory.subscriptions, "coverage", row)
            found = Subscription(name, state, tuple(json.loads(reasons)))
            self._memory.subscriptions[subscription] = found


def _refuse(wrong: bool, table: str, row: _Row) -> None:  # noqa: FBT001 - a condition
    if wrong:
        raise ValueError(f"row {row[2]} of {table} does not follow the one before it")


class _Turns:
    """The rows of a table as they end and begin, read in order of the scans."""

    def __init__(self, connection: Connection, table: str, after: int) -> None:
        self._ends = _Grouped(connection, table, "to_scan", after)
        self._begins = _Grouped(connection, table, "from_scan", after)

    def at(self, scan: int) -> tuple[_Rows, _Rows]:
        return self._ends.at(scan), self._begins.at(scan)


class _Grouped:
    """Rows that begin or end, a scan at a time; which of a scan comes first says nothing.

    As lists in one row: values come so in half of the time that rows take.
    """

    def __init__(self, connection: Connection, table: str, scan: str, after: int) -> None:
        columns = ", ".join(map(_LISTED.format, _COLUMNS_OF[table]))
        query = f"SELECT {scan}, {columns} FROM {table} WHERE {scan} > {after} GROUP BY {scan}"  # noqa: S608 - our own names
        cursor: Any = connection.exec_driver_sql(f"{query} ORDER BY {scan}").cursor
        self._groups: Iterator[tuple[Any, ...]] = iter(cursor)
        self._next = next(self._groups, None)

    def at(self, scan: int) -> _Rows:
        if self._next is None or self._next[0] != scan:
            return ()
        _, *columns = self._next
        self._next = next(self._groups, None)
        return tuple(zip(*map(msgspec.json.decode, columns), strict=True))


def _holding(connection: Connection, table: str, scan: int) -> Iterator[_Row]:
    """Read the rows that hold after a scan, one by one as the driver gives them."""
    columns = ", ".join(_COLUMNS_OF[table])
    holds = f"from_scan <= {scan} AND (to_scan IS NULL OR to_scan > {scan})"
    query = f"SELECT {columns} FROM {table} WHERE {holds} ORDER BY pk"  # noqa: S608 - our own names
    cursor: Any = connection.exec_driver_sql(query).cursor
    found: Iterator[_Row] = iter(cursor)
    return found
