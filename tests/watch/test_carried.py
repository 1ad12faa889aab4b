"""What a resource elsewhere told stays told, and unknown, while its subscription is lost."""

from datetime import UTC, datetime

import pytest

from residency.inventory import Inventory
from residency.inventory.coverage import Coverage
from residency.model import (
    Basis,
    Evidence,
    Holds,
    Placement,
    Reading,
    Reason,
    Resource,
    Role,
    SubscriptionState,
)
from residency.policy import Groups
from residency.scan.carried import carried
from residency.scan.placing import Placed
from residency.store.memory import FactRow, Memory, Standing

NOW = datetime(2026, 11, 1, tzinfo=UTC)
OWN, OTHER = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"
MACHINE = f"/subscriptions/{OWN}/resourcegroups/g/providers/microsoft.compute/virtualmachines/vm"
ITEM = f"/subscriptions/{OTHER}/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v/x"
HERE = Placement(
    role=Role.PRIMARY,
    region="westeurope",
    basis=Basis.OBSERVED,
    evidence=Evidence(api="resourcegraph", path="location", value="westeurope", read_at=NOW),
)


def place(role: Role, path: str) -> Placement:
    told = Evidence(api="arm", path=path, value="x", read_at=NOW)
    return Placement(role=role, region="northeurope", basis=Basis.OBSERVED, evidence=told)


def inventory(state: SubscriptionState, reasons: tuple[str, ...] = ()) -> Inventory:
    coverage = (
        Coverage(id=OWN, name="own", state=SubscriptionState.READ, reasons=(), resources=1),
        Coverage(id=OTHER, name="other", state=state, reasons=reasons, resources=0),
    )
    return Inventory(
        coverage=coverage,
        resources={},
        groups=Groups(),
        incomplete=(),
        doubts=(),
        notices=(),
        unread={},
    )


def memory(path: str) -> Memory:
    facts = {1: FactRow(b"1", "primary", "westeurope", against=False, path="location")}
    facts[2] = FactRow(b"2", "replica", "northeurope", against=False, path=path)
    return Memory(scan=1, facts=facts, by_id={MACHINE: Standing(1, (1, 2))})


def placed(*places: Placement) -> tuple[Placed, ...]:
    reading = Reading(api="resourcegraph", path="", body={}, read_at=NOW)
    resource = Resource(
        id=MACHINE,
        type="microsoft.compute/virtualmachines",
        name="vm",
        subscription_id=OWN,
        resource_group="g",
        reading=reading,
    )
    return (Placed(resource=resource, holds=Holds.STORES, placements=places),)


@pytest.mark.parametrize("state", [SubscriptionState.UNREADABLE, SubscriptionState.MISSING])
def test_what_a_lost_subscription_told_is_unknown_now(state: SubscriptionState) -> None:
    (found,) = carried(memory(f"{ITEM} properties.x"), inventory(state), placed(HERE))
    kept, added = found.placements
    assert kept == HERE
    assert (added.role, added.region) == (Role.REPLICA, "unknown")
    assert added.unresolved is Reason.FACET_UNREADABLE
    assert added.decides_primary
    assert added.evidence.path == f"{ITEM} properties.x"


@pytest.mark.parametrize(
    ("path", "state", "places"),
    [
        (f"{ITEM} properties.x", SubscriptionState.READ, (HERE,)),
        (f"{ITEM} properties.x", SubscriptionState.PARTIAL, (HERE,)),
        (ITEM.replace(OTHER, OWN), SubscriptionState.UNREADABLE, (HERE,)),
        ("location", SubscriptionState.UNREADABLE, (HERE,)),
        (ITEM, SubscriptionState.UNREADABLE, (HERE, place(Role.REPLICA, ITEM))),
    ],
    ids=[
        "the subscription is read: it is gone",
        "the subscription is seen, if not whole",
        "it was told in the own subscription",
        "it cites no other resource",
        "it is still told",
    ],
)
def test_everything_else_stays_as_it_is(
    path: str, state: SubscriptionState, places: tuple[Placement, ...]
) -> None:
    before = placed(*places)
    assert carried(memory(path), inventory(state), before) == before
