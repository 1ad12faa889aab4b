"""All that a scan adds to what is remembered, worked out before anything is written. Pure."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from residency.model import Status
from residency.store.changes import Differ
from residency.store.events import Event, EventKind, Teller
from residency.store.lines import Labels, Line, Lines
from residency.store.memory import Change, Memory, NewRows, Standing, Subscription, both
from residency.store.record import ScanRecord
from residency.store.times import written
from residency.store.versions import Turn, turns

WHOLE_KINDS = frozenset({"exemption", "declaration", "policy"})
"""Kinds of which a scan gives all that are live."""

CLOCK = "clock: "
"""Before what a scan says of a clock that went back. Its number, not its time, gives its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that a scan adds to what is remembered, worked out before anything is written.

    Attributes:
        places: The rows of places that no scan of this process had told before.
        standing: All that stands with this scan, by resource id.
        where: How many resources of each group there are with this scan, by subscription.
    """

    seq: int
    record: ScanRecord
    counts: Mapping[str, int]
    changes: tuple[Change, ...]
    new: NewRows
    places: Mapping[tuple[object, ...], int]
    inserted: Mapping[str, Sequence[tuple[Any, ...]]]
    subscriptions: Mapping[str, Subscription]
    turns: tuple[Turn, ...]
    events: tuple[Event, ...]
    lines: tuple[Line, ...]
    standing: dict[str, Standing]
    where: dict[str, Counter[str]]

    @property
    def month(self) -> str:
        """The month of the scan in UTC, `2026-11`."""
        return written(self.record.started_at)[:7]


def drafted(memory: Memory, record: ScanRecord, labels: Labels) -> Draft:
    """Work out what a scan adds. Reads and writes nothing."""
    record = replace(record, reasons=(*record.reasons, *_of_clock(memory, record)))
    differ = Differ(memory)
    changes = tuple(differ.changes(record.judged, record.gone))
    turned = tuple(turns(memory.versions, record.versions, WHOLE_KINDS))
    now = {
        each.id: Subscription(each.name, each.state, each.reasons) for each in record.subscriptions
    }
    states = both(memory.states, differ.new.states)
    teller = Teller(memory, states, both(memory.facts, differ.new.facts))
    return Draft(
        seq=memory.scan + 1,
        record=record,
        counts=_counts(record, differ.unseen),
        changes=changes,
        new=differ.new,
        places=differ.places,
        inserted=differ.inserted,
        subscriptions=now,
        turns=turned,
        events=(
            *teller.of_resources(changes),
            *_of_types(teller, differ.new),
            *teller.of_subscriptions(now),
            *teller.of_reasons(record.reasons),
            *_of_exemptions(turned),
            *record.events,
        ),
        lines=tuple(Lines(memory, differ.new, labels).of(changes)) if changes else (),
        standing=_standing(memory, changes),
        where=_where(memory, changes, differ.new, labels),
    )


def _of_clock(memory: Memory, record: ScanRecord) -> Iterator[str]:
    """Tell where the clock went back: since the scan before, or during this one."""
    began, ended = written(record.started_at), written(record.finished_at)
    if began < memory.finished_at:
        yield f"{CLOCK}began at {began}, before scan {memory.scan} ended at {memory.finished_at}"
    if ended < began:
        yield f"{CLOCK}ended at {ended}, before it began at {began}"


def _standing(memory: Memory, changes: Iterable[Change]) -> dict[str, Standing]:
    found = dict(memory.by_id)
    for change in changes:
        if change.after is None:
            del found[change.resource_id]
        else:
            found[change.resource_id] = change.after
    return found


def _where(
    memory: Memory, changes: Sequence[Change], new: NewRows, labels: Labels
) -> dict[str, Counter[str]]:
    if not changes:
        return memory.where
    states = both(memory.states, new.states)
    known = both(memory.resources, new.resources)
    moved: Counter[tuple[int, str]] = Counter()
    for name, before, after in changes:
        subscription = known[name].subscription_id
        if before is not None:
            moved[before.state, subscription] -= 1
        if after is not None:
            moved[after.state, subscription] += 1
    found = {label: Counter(counted) for label, counted in memory.where.items()}
    for (state, subscription), by in moved.items():
        label = labels.of(states[state].attribution)
        found.setdefault(label, Counter())[subscription] += by
    return {label: kept for label, counted in found.items() if (kept := +counted)}


def _of_types(teller: Teller, new: NewRows) -> Iterator[Event]:
    """Tell the types that are new; where no resource is, no type can be."""
    if new.resources:
        yield from teller.of_types(each.type for each in new.resources.values())


def _of_exemptions(turned: Iterable[Turn]) -> Iterator[Event]:
    for turn in turned:
        if turn.kind == "exemption" and None in {turn.before, turn.after}:
            started = turn.before is None
            kind = EventKind.EXEMPTION_STARTED if started else EventKind.EXEMPTION_EXPIRED
            before = json.loads(turn.before) if turn.before else {}
            after = json.loads(turn.after) if turn.after else {}
            yield Event(kind=kind, subject=turn.id, before=before, after=after)


def _counts(record: ScanRecord, unseen: int) -> dict[str, int]:
    """Count the resources by status; those that were not seen are unknown."""
    found = Counter(map(attrgetter("judgement.status"), record.judged))
    found[Status.UNKNOWN] += unseen
    return {"resources": found.total(), **{str(status): found[status] for status in Status}}
