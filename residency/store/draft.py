"""All that a scan adds to what is remembered, worked out before anything is written. Pure."""

import json
from collections import ChainMap, Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from residency.store.changes import Differ
from residency.store.events import Event, EventKind, Teller
from residency.store.lines import Labels, Line, Lines
from residency.store.memory import Change, Memory, NewRows, Standing, Subscription
from residency.store.record import ScanRecord
from residency.store.times import written
from residency.store.versions import Turn, turns

WHOLE_KINDS = frozenset({"exemption", "declaration", "policy"})
"""Kinds of which a scan gives all that are live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that a scan adds to what is remembered, worked out before anything is written."""

    seq: int
    record: ScanRecord
    changes: tuple[Change, ...]
    new: NewRows
    inserted: Mapping[str, Sequence[Mapping[str, Any]]]
    subscriptions: Mapping[str, Subscription]
    turns: tuple[Turn, ...]
    events: tuple[Event, ...]
    lines: tuple[Line, ...]

    @property
    def month(self) -> str:
        """The month of the scan in UTC, `2026-11`."""
        return written(self.record.started_at)[:7]

    def standing(self, memory: Memory) -> dict[str, Standing]:
        """Give what stands with this scan."""
        found = dict(memory.by_id)
        for change in self.changes:
            found.pop(change.resource_id, None)
            if change.after is not None:
                found[change.resource_id] = change.after
        return found

    def where(self, memory: Memory, labels: Labels) -> dict[str, Counter[str]]:
        """Count the resources of each group by subscription, with this scan."""
        found = {label: Counter(counted) for label, counted in memory.where.items()}
        states = ChainMap(self.new.states, memory.states)
        known = ChainMap(self.new.resources, memory.resources)
        for change in self.changes:
            for standing, by in ((change.before, -1), (change.after, 1)):
                if standing is not None:
                    label = labels.of(states[standing.state].attribution)
                    subscription = known[change.resource_id].subscription_id
                    found.setdefault(label, Counter())[subscription] += by
        return {label: +counted for label, counted in found.items() if +counted}


def drafted(memory: Memory, record: ScanRecord, labels: Labels) -> Draft:
    """Work out what a scan adds. Reads and writes nothing."""
    differ = Differ(memory)
    changes = tuple(differ.changes(record.judged))
    turned = tuple(turns(memory.versions, record.versions, WHOLE_KINDS))
    now = {
        each.id: Subscription(each.name, each.state, each.reasons) for each in record.subscriptions
    }
    teller = Teller(
        memory, ChainMap(differ.new.states, memory.states), ChainMap(differ.new.facts, memory.facts)
    )
    return Draft(
        seq=memory.scan + 1,
        record=record,
        changes=changes,
        new=differ.new,
        inserted=differ.inserted,
        subscriptions=now,
        turns=turned,
        events=(
            *teller.of_resources(changes),
            *teller.of_types(each.type for each in differ.new.resources.values()),
            *teller.of_subscriptions(now),
            *teller.of_reasons(record.reasons),
            *_of_exemptions(turned),
            *record.events,
        ),
        lines=tuple(Lines(memory, differ.new, labels).of(changes)),
    )


def _of_exemptions(turned: Iterable[Turn]) -> Iterator[Event]:
    for turn in turned:
        if turn.kind == "exemption" and None in {turn.before, turn.after}:
            started = turn.before is None
            kind = EventKind.EXEMPTION_STARTED if started else EventKind.EXEMPTION_EXPIRED
            before = json.loads(turn.before) if turn.before else {}
            after = json.loads(turn.after) if turn.after else {}
            yield Event(kind=kind, subject=turn.id, before=before, after=after)
