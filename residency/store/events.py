"""What happened, told once: the events between what stood and what a scan found. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from residency.model import Status, SubscriptionState
from residency.store.memory import (
    Change,
    FactRow,
    Memory,
    Standing,
    StateRow,
    Subscription,
)

_LOST = frozenset({SubscriptionState.UNREADABLE, SubscriptionState.MISSING})
PAIR = "region-pair: "
"""Before what a scan says of a pair of regions that Azure changed."""

PAIRS_UNREAD = "regions-unread: "
"""Before why a scan could not read Azure's list of regions, so that it says nothing of pairs."""

Regions = dict[str, set[str]]


class EventKind(StrEnum):
    """What can happen."""

    VIOLATION_OPENED = "violation-opened"
    VIOLATION_CLOSED = "violation-closed"
    PLACEMENT_ADDED = "placement-added"
    PLACEMENT_REMOVED = "placement-removed"
    PLACEMENT_MOVED = "placement-moved"
    BECAME_UNKNOWN = "became-unknown"
    SOURCES_DISAGREE = "sources-disagree"
    TYPE_FIRST_SEEN = "type-first-seen"
    SUBSCRIPTION_LOST = "subscription-lost"
    SUBSCRIPTION_BACK = "subscription-back"
    SUBSCRIPTION_UNEXPECTED = "subscription-unexpected"
    EXEMPTION_STARTED = "exemption-started"
    EXEMPTION_EXPIRED = "exemption-expired"
    INVENTORY_DROPPED = "inventory-dropped"
    REGION_PAIR_CHANGED = "region-pair-changed"
    FAILOVER_OPENED = "failover-opened"
    FAILOVER_EXTENDED = "failover-extended"
    FAILOVER_ESCALATED = "failover-escalated"
    FAILOVER_ORDER_SKIPPED = "failover-order-skipped"
    FAILOVER_RETURNED = "failover-returned"
    FAILOVER_CLOSED = "failover-closed"
    FAILOVER_UNTRACED = "failover-untraced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to a subject: a resource, a subscription, a type, an exemption.

    Attributes:
        before: What stood; of a resource the rows of its state and places, which prove it.
        after: What stands now, likewise.
    """

    kind: EventKind
    subject: str
    before: Mapping[str, object]
    after: Mapping[str, object]


class Teller:
    """Tells the events of one scan. `states` and `facts` hold the rows of before and after."""

    def __init__(
        self, memory: Memory, states: Mapping[int, StateRow], facts: Mapping[int, FactRow]
    ) -> None:
        """Compare with `memory`, which is as it was before the scan."""
        self._memory = memory
        self._states = states
        self._facts = facts

    def of_resources(self, changes: Iterable[Change]) -> Iterator[Event]:
        """Tell what happened to resources. A first scan opens, and moves nothing."""
        for change in changes:
            subject, before, after = change.resource_id, _rows(change.before), _rows(change.after)
            for kind in self._of_state(change):
                yield Event(kind=kind, subject=subject, before=before, after=after)
            for kind, told in self._of_places(change) if self._memory.scan else ():
                yield Event(kind=kind, subject=subject, before=before, after={**after, **told})

    def of_types(self, types: Iterable[str]) -> Iterator[Event]:
        """Tell the types that no scan saw before; in a first scan that is no news."""
        if self._memory.scan:
            for found in sorted(set(types) - self._memory.types):
                yield Event(kind=EventKind.TYPE_FIRST_SEEN, subject=found, before={}, after={})

    def of_subscriptions(self, now: Mapping[str, Subscription]) -> Iterator[Event]:
        """Tell which subscription was lost, is back, or was not expected."""
        for name, found in sorted(now.items()):
            former = self._memory.subscriptions.get(name)
            was = SubscriptionState(former.state) if former else None
            kind = _of_subscription(was, SubscriptionState(found.state))
            if kind is not None:
                yield Event(
                    kind=kind,
                    subject=name,
                    before={"state": former.state} if former else {},
                    after={"state": found.state, "reasons": list(found.reasons)},
                )

    def of_reasons(self, reasons: Collection[str]) -> Iterator[Event]:
        """Tell the pairs of regions that Azure changed since they were last read."""
        for told in sorted(pairs_told(reasons, self._memory.pairs) - self._memory.pairs):
            kind = EventKind.REGION_PAIR_CHANGED
            yield Event(kind=kind, subject=told, before={}, after={"told": told})

    def _of_state(self, change: Change) -> Iterator[EventKind]:
        was = self._states[change.before.state].status if change.before else None
        now = self._states[change.after.state].status if change.after else None
        if Status.VIOLATION in {was, now} and was != now:
            opened = now == Status.VIOLATION
            yield EventKind.VIOLATION_OPENED if opened else EventKind.VIOLATION_CLOSED
        if now == Status.UNKNOWN and was != now:
            yield EventKind.BECAME_UNKNOWN
        if self._contradicted(change.after) and not self._contradicted(change.before):
            yield EventKind.SOURCES_DISAGREE

    def _contradicted(self, standing: Standing | None) -> bool:
        return standing is not None and any(self._facts[row].against for row in standing.facts)

    def _of_places(self, change: Change) -> Iterator[tuple[EventKind, dict[str, object]]]:
        was, now = self._regions(change.before), self._regions(change.after)
        for role in sorted(was.keys() | now.keys()):
            left = sorted(was.get(role, set()) - now.get(role, set()))
            came = sorted(now.get(role, set()) - was.get(role, set()))
            if len(left) == len(came) == 1:
                yield EventKind.PLACEMENT_MOVED, {"role": role, "from": left[0], "to": came[0]}
                continue
            for region in left:
                yield EventKind.PLACEMENT_REMOVED, {"role": role, "region": region}
            for region in came:
                yield EventKind.PLACEMENT_ADDED, {"role": role, "region": region}

    def _regions(self, standing: Standing | None) -> Regions:
        found: Regions = {}
        for row in standing.facts if standing else ():
            fact = self._facts[row]
            found.setdefault(fact.role, set()).add(fact.region)
        return found


def pairs_told(reasons: Collection[str], before: frozenset[str]) -> frozenset[str]:
    """Give the pairs that Azure changed, by what a scan says; as `before` where it read none."""
    if any(each.startswith(PAIRS_UNREAD) for each in reasons):
        return before
    return frozenset(each.removeprefix(PAIR) for each in reasons if each.startswith(PAIR))


def _rows(standing: Standing | None) -> dict[str, object]:
    return {"state": standing.state, "facts": list(standing.facts)} if standing else {}


def _of_subscription(was: SubscriptionState | None, now: SubscriptionState) -> EventKind | None:
    if now in _LOST and was not in _LOST:
        return EventKind.SUBSCRIPTION_LOST
    if now is SubscriptionState.UNEXPECTED and was is not now:
        return EventKind.SUBSCRIPTION_UNEXPECTED
    if was in _LOST and now not in _LOST:
        return EventKind.SUBSCRIPTION_BACK
    return None
