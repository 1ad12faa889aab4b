"""What another resource told, in a subscription that cannot be seen now: it is not taken back.

A failover group of a server elsewhere says where a database is. Where that subscription is lost,
the group is not gone: what it told of the database is unknown
(docs/policy.md, rule 11).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from residency.check import unreadable
from residency.errors import AzureError
from residency.inventory import Inventory
from residency.model import Placement, Role, SubscriptionState
from residency.scan.placing import Placed
from residency.store.memory import FactRow, Memory

_LOST = frozenset({SubscriptionState.UNREADABLE, SubscriptionState.MISSING})
_DECIDES = frozenset({Role.PRIMARY, Role.REPLICA})


def carried(memory: Memory, inventory: Inventory, placed: tuple[Placed, ...]) -> tuple[Placed, ...]:
    """Add to each resource what a lost subscription told of it before, as unreadable."""
    lost = {entry.id for entry in inventory.coverage if entry.state in _LOST}
    told = {row: fact for row, fact in memory.facts.items() if subscription_of(fact.path) in lost}
    if not told:
        return placed
    return tuple(_with_what_was_told(each, memory, told) for each in placed)


def subscription_of(path: str) -> str:
    """Give the subscription of the resource that evidence cites, lower-cased; or nothing."""
    match path.lower().split("/", 3):
        case ["", "subscriptions", subscription, *_]:
            return subscription
        case _:
            return ""


def _with_what_was_told(placed: Placed, memory: Memory, told: Mapping[int, FactRow]) -> Placed:
    resource = placed.resource
    standing = memory.by_id.get(resource.id)
    if standing is None or told.keys().isdisjoint(standing.facts):
        return placed
    former = [told[row] for row in standing.facts if row in told]
    elsewhere = [each for each in former if subscription_of(each.path) != resource.subscription_id]
    still = {(each.role, each.evidence.path) for each in placed.placements}
    missing = [each for each in elsewhere if (Role(each.role), each.path) not in still]
    if not missing:
        return placed
    added = _unreadable(missing, placed)
    return replace(placed, placements=(*placed.placements, *added))


def _unreadable(missing: Iterable[FactRow], placed: Placed) -> tuple[Placement, ...]:
    error = AzureError("its subscription cannot be read", code="SubscriptionLost")
    read_at = placed.resource.reading.read_at
    return tuple(
        unreadable(
            Role(each.role),
            error,
            path=each.path,
            read_at=read_at,
            decides_primary=Role(each.role) in _DECIDES,
        )
        for each in missing
    )
