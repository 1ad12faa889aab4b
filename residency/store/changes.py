"""What a scan found to be otherwise than it stood. Reads and writes nothing."""

from collections.abc import Iterator, Sequence
from itertools import compress
from operator import ne
from typing import Any

from sqlalchemy import Table

from residency.model import Placement, Resource
from residency.policy import Attribution, Judged
from residency.store.facts import Shared, fact, has_more, state, unseen
from residency.store.memory import Change, FactRow, Known, Memory, NewRows, Standing, StateRow
from residency.store.tables import FACT, STATE

Row = tuple[Any, ...]
"""A row as its table has it, column by column."""


class Differ:
    """Compares one scan with what stands, and collects the rows that are new."""

    def __init__(self, memory: Memory) -> None:
        """Compare with `memory`, which stays as it is until the scan is committed."""
        self._memory = memory
        self.new = NewRows()
        self.inserted: dict[str, list[Row]] = {"resource": [], "state": [], "fact": []}
        self._states: dict[bytes, int] = {}
        self._facts: dict[bytes, int] = {}
        self._last_state = max(memory.states, default=0)  # a prune leaves gaps: no count tells it
        self._last_fact = max(memory.facts, default=0)
        self.unseen = 0
        self.places: dict[tuple[object, ...], int] = {}
        self._by_state: dict[tuple[object, ...], int] = {}

    def changes(self, judged: Sequence[Judged], gone: frozenset[str]) -> Iterator[Change]:
        """Give what is otherwise, then what is gone or was not seen.

        Of 100,000 resources nearly all are as they were, so little is done for each.
        """
        standing = self._memory.by_id
        ids, found = [each.resource.id for each in judged], self._found(judged)
        former = list(map(standing.get, ids))
        for place in compress(range(len(ids)), map(ne, former, found)):
            self._know(judged[place].resource)
            yield Change(ids[place], former[place], found[place])
        yield from self._missing(set(standing).difference(ids), gone)

    def _missing(self, names: set[str], gone: frozenset[str]) -> Iterator[Change]:
        standing = self._memory.by_id
        for resource_id in sorted(names):
            former = standing[resource_id]
            left = None if resource_id in gone else self._unseen(former)
            self.unseen += left is not None
            if former != left:
                yield Change(resource_id, former, left)

    def _unseen(self, before: Standing) -> Standing:
        """Let the places of what was not seen stand as they were, and its state be unknown."""
        known = self._memory.states[before.state]
        row = self._row_of(unseen(known), known.holds, known.attribution)
        return Standing(row, before.facts)

    def _found(self, judged: Sequence[Judged]) -> list[Standing]:
        """Give the rows of each judgement; most share theirs, down to the same object."""
        keys = [(id(each.judgement), id(each.attribution), each.holds) for each in judged]
        distinct = dict(zip(keys, judged, strict=True))
        known = {key: self._standing(each) for key, each in distinct.items()}
        return list(map(known.__getitem__, keys))

    def _standing(self, judged: Judged) -> Standing:
        rows = {self._place(each.placement) for each in judged.judgement.placements}
        return Standing(self._state(judged), tuple(sorted(rows)))

    def _state(self, judged: Judged) -> int:
        """Give the row of a state; few states are told of many judgements."""
        told = judged.judgement
        parts = told.status, told.severity, told.reasons, told.exemptions
        key = (*parts, judged.holds, judged.attribution)
        row = self._by_state.get(key)
        if row is None:
            row = self._row_of(state(judged), judged.holds, judged.attribution)
            self._by_state[key] = row
        return row

    def _row_of(self, shared: Shared, holds: str | None, attribution: Attribution) -> int:
        known = self._memory.state_of.get(shared.sha256) or self._states.get(shared.sha256)
        if known is not None:
            return known
        row = self._last_state + len(self._states) + 1
        self._states[shared.sha256] = row
        status = str(shared.row["status"])
        self.new.states[row] = StateRow(shared.sha256, status, holds, attribution)
        self.inserted["state"].append(_row(STATE, row, shared))
        return row

    def _place(self, place: Placement) -> int:
        """Give the row of a place; most places of an estate are told in the same words."""
        if has_more(place):
            return self._fact(fact(place))
        told = place.evidence
        parts = place.role, place.region, place.country, place.basis
        key = (*parts, told.api, told.path, told.value)
        row = self._memory.places.get(key) or self.places.get(key)
        if row is None:
            row = self.places[key] = self._fact(fact(place))
        return row

    def _fact(self, shared: Shared) -> int:
        known = self._memory.fact_of.get(shared.sha256) or self._facts.get(shared.sha256)
        if known is not None:
            return known
        row = self._last_fact + len(self._facts) + 1
        self._facts[shared.sha256] = row
        told = shared.row
        against = '"against"' in told["more"]
        self.new.facts[row] = FactRow(
            shared.sha256, told["role"], told["region"], against, told["path"]
        )
        self.inserted["fact"].append(_row(FACT, row, shared))
        return row

    def _know(self, resource: Resource) -> None:
        if resource.id in self._memory.resources or resource.id in self.new.resources:
            return
        row = len(self._memory.resources) + len(self.new.resources) + 1
        known = self.new.resources[resource.id] = Known(
            row, resource.type, resource.name, resource.subscription_id, resource.resource_group
        )
        _, *told = known
        self.inserted["resource"].append((row, resource.id, *told))


def _row(table: Table, number: int, shared: Shared) -> Row:
    told = {"pk": number, "sha256": shared.sha256, **shared.row}
    return tuple(told[name] for name in table.columns.keys())  # noqa: SIM118 - no dict
