"""What a scan found to be otherwise than it stood. Reads and writes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from residency.model import Resource
from residency.policy import Attribution, Judged
from residency.store.facts import Shared, fact, state, unseen
from residency.store.memory import Change, FactRow, Known, Memory, NewRows, Standing, StateRow

Row = Mapping[str, Any]


class Differ:
    """Compares one scan with what stands, and collects the rows that are new."""

    def __init__(self, memory: Memory) -> None:
        """Compare with `memory`, which stays as it is until the scan is committed."""
        self._memory = memory
        self.new = NewRows()
        self.inserted: dict[str, list[Row]] = {"resource": [], "state": [], "fact": []}
        self._states: dict[bytes, int] = {}
        self._facts: dict[bytes, int] = {}
        self.unseen = 0
        self._by_judgement: dict[tuple[int, int, object], Standing] = {}
        self._by_state: dict[tuple[object, ...], int] = {}

    def changes(self, judged: Iterable[Judged], gone: frozenset[str]) -> Iterator[Change]:
        """Give what is otherwise, then what is gone or was not seen."""
        standing, known = self._memory.by_id, self._by_judgement
        seen: list[str] = []
        for each in judged:  # of 100,000 resources nearly all are as they were: nothing else here
            resource_id = each.resource.id
            seen.append(resource_id)
            key = (id(each.judgement), id(each.attribution), each.holds)
            after = known.get(key) or self._standing(each, key)
            before = standing.get(resource_id)
            if before != after:
                self._know(each.resource)
                yield Change(resource_id=resource_id, before=before, after=after)
        for resource_id in sorted(standing.keys() - set(seen)):
            former = standing[resource_id]
            left = None if resource_id in gone else self._unseen(former)
            self.unseen += left is not None
            if former != left:
                yield Change(resource_id=resource_id, before=former, after=left)

    def _unseen(self, before: Standing) -> Standing:
        """Let the places of what was not seen stand as they were, and its state be unknown."""
        known = self._memory.states[before.state]
        row = self._row_of(unseen(known), known.holds, known.attribution)
        return Standing(row, before.facts)

    def _standing(self, judged: Judged, key: tuple[int, int, object]) -> Standing:
        """Give the rows of a judgement; most resources share theirs, down to the same object."""
        places = (each.placement for each in judged.judgement.placements)
        rows = {self._fact(fact(place)) for place in places}
        found = Standing(self._state(judged), tuple(sorted(rows)))
        self._by_judgement[key] = found
        return found

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
        row = len(self._memory.states) + len(self._states) + 1
        self._states[shared.sha256] = row
        status = str(shared.row["status"])
        self.new.states[row] = StateRow(shared.sha256, status, holds, attribution)
        self.inserted["state"].append(_row(row, shared))
        return row

    def _fact(self, shared: Shared) -> int:
        known = self._memory.fact_of.get(shared.sha256) or self._facts.get(shared.sha256)
        if known is not None:
            return known
        row = len(self._memory.facts) + len(self._facts) + 1
        self._facts[shared.sha256] = row
        told = shared.row
        against = '"against"' in told["more"]
        self.new.facts[row] = FactRow(
            shared.sha256, told["role"], told["region"], against, told["path"]
        )
        self.inserted["fact"].append(_row(row, shared))
        return row

    def _know(self, resource: Resource) -> None:
        if resource.id in self._memory.resources or resource.id in self.new.resources:
            return
        row = len(self._memory.resources) + len(self.new.resources) + 1
        self.new.resources[resource.id] = Known(
            row, resource.type, resource.name, resource.subscription_id, resource.resource_group
        )
        self.inserted["resource"].append(
            {
                "pk": row,
                "id": resource.id,
                "type": resource.type,
                "name": resource.name,
                "subscription_id": resource.subscription_id,
                "resource_group": resource.resource_group,
            }
        )


def _row(number: int, shared: Shared) -> Row:
    return {"pk": number, "sha256": shared.sha256, **shared.row}
