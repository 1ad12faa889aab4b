"""What is not seen any more is gone only where Azure says so; until then it is unknown."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from residency.model import Status
from residency.scan import document
from residency.simulator.faults import Effect
from residency.simulator.lifecycle import delete

if TYPE_CHECKING:
    from tests.watch.conftest import Build, World

Make = Callable[..., "World"]


def hide(tenant: "World", *names: str) -> None:
    """Let Resource Graph lose resources that Azure Resource Manager still has."""
    for name in names:
        tenant.simulator.graph.remove(tenant.id_of(name))


@pytest.mark.parametrize("logged", [True, False], ids=["in the log", "by a read of its own"])
def test_what_is_deleted_is_gone_and_its_history_stays(world: Make, *, logged: bool) -> None:
    tenant = world()
    tenant.scan()
    if logged:
        delete(tenant.simulator, tenant.id_of("vnet1"))
    else:
        tenant.simulator.remove(tenant.id_of("vnet1"))
    found = tenant.scan()
    assert found.verdict == "compliant"
    assert found.unseen == ()
    assert ("placement-removed", "vnet1") in tenant.events()
    assert tenant.faults() == ()
    assert tenant.remembered().committed.changes == 0


def test_what_resource_graph_loses_is_unknown_and_not_gone(world: Make) -> None:
    tenant = world()
    tenant.scan()
    hide(tenant, "vnet1")
    found = tenant.scan()
    assert found.verdict == "not-proven"
    assert [each.name for each in found.unseen] == ["vnet1"]
    assert "resources-unseen: 1 resources" in found.reasons
    assert found.counts[Status.UNKNOWN] == 1
    (told,) = [each for each in document(found)["resources"] if each["name"] == "vnet1"]
    assert (told["status"], told["reasons"]) == ("unknown", ["facet-unreadable"])
    assert ("became-unknown", "vnet1") in tenant.events()
    assert ("placement-removed", "vnet1") not in tenant.events()
    tenant.simulator.graph.put(tenant.body("vnet1"))
    back = tenant.scan()
    assert back.verdict == "compliant"
    assert tenant.faults() == ()


def test_a_sudden_drop_is_held_against_azures_own_list(world: Make) -> None:
    tenant = world()
    tenant.scan()
    hide(tenant, *(f"vnet{number}" for number in range(4)))
    found = tenant.scan()
    entry = next(each for each in found.coverage if each.name == "apps")
    assert not found.complete
    assert entry.reasons == (
        "inventory-suspect: 4 of 4 missing resources are still in Azure's own list",
    )
    assert len(found.unseen) == 4


def test_a_drop_that_cannot_be_held_against_the_list_is_not_believed(world: Make) -> None:
    tenant = world()
    tenant.scan()
    for number in range(4):
        tenant.simulator.remove(tenant.id_of(f"vnet{number}"))
    tenant.fault(Effect.STATUS, path=r"/subscriptions/[^/]+/resources$", status=403)
    found = tenant.scan()
    assert len(found.unseen) == 4
    assert not found.complete
    assert any("cannot be read" in reason for each in found.coverage for reason in each.reasons)


def test_a_drop_that_the_list_confirms_is_believed_and_told(
    world: Make, build: "type[Build]"
) -> None:
    tenant = world()
    tenant.scan()
    for number in range(4):
        tenant.simulator.remove(tenant.id_of(f"vnet{number}"))
    found = tenant.scan()
    assert found.unseen == ()
    assert found.verdict == "compliant"
    assert ("inventory-dropped", build.apps) in tenant.events()
    tenant.scan()
    assert [kind for kind, _ in tenant.events()].count("inventory-dropped") == 1


def test_a_refused_read_is_no_proof_that_something_is_gone(world: Make) -> None:
    tenant = world()
    tenant.scan()
    tenant.simulator.remove(tenant.id_of("vnet1"))
    tenant.fault(Effect.STATUS, path="/vnet1$", status=403)
    assert [each.name for each in tenant.scan().unseen] == ["vnet1"]
    tenant.simulator.faults.clear()
    assert tenant.scan().unseen == ()


NO_PROOF = {
    "of another kind": "InvalidResourceType",
    "of the subscription": "SubscriptionNotFound",
    "of nothing": "",
    "of something else": "LocationNotFound",
}


@pytest.mark.parametrize("code", NO_PROOF.values(), ids=NO_PROOF.keys())
def test_a_404_that_is_not_about_the_resource_is_no_proof_that_it_is_gone(
    world: Make, code: str
) -> None:
    tenant = world()
    tenant.scan()
    hide(tenant, "vnet1")
    body = {"error": {"code": code, "message": "It was not found."}}
    tenant.fault(Effect.STATUS, path="/vnet1$", status=404, body=body)
    assert [each.name for each in tenant.scan().unseen] == ["vnet1"]


PROOF = ("ResourceNotFound", "ResourceGroupNotFound", "NotFound", "VirtualNetworkNotFound")


@pytest.mark.parametrize("code", PROOF)
def test_a_404_that_names_the_resource_is_proof(world: Make, code: str) -> None:
    tenant = world()
    tenant.scan()
    hide(tenant, "vnet1")
    body = {"error": {"code": code, "message": "It was not found."}}
    tenant.fault(Effect.STATUS, path="/vnet1$", status=404, body=body)
    assert tenant.scan().unseen == ()


def test_an_event_subscription_of_a_hidden_subscription_is_not_gone(
    world: Make, build: "type[Build]"
) -> None:
    topic = build.resource("Microsoft.EventGrid/eventSubscriptions", "events", build.apps)
    tenant = world(topic)
    tenant.scan()
    hide(tenant, "events")
    body = {"error": {"code": "SubscriptionNotFound", "message": "It was not found."}}
    tenant.fault(Effect.STATUS, path="/events$", status=404, body=body)
    assert [each.name for each in tenant.scan().unseen] == ["events"]


def test_an_older_delete_in_the_log_is_no_proof_that_what_came_after_is_gone(
    world: Make,
) -> None:
    tenant = world()
    tenant.scan()
    vnet = tenant.body("vnet1")
    delete(tenant.simulator, vnet["id"])
    tenant.simulator.put(vnet)
    assert tenant.scan(minutes=5).unseen == ()
    hide(tenant, "vnet1")
    assert [each.name for each in tenant.scan(minutes=5).unseen] == ["vnet1"]


def test_what_is_in_a_lost_subscription_stands_and_is_unknown(
    world: Make, build: "type[Build]"
) -> None:
    tenant = world()
    tenant.scan()
    tenant.simulator.set_subscription(build.apps, readable=False)
    lost = tenant.scan()
    assert not lost.complete
    assert {each.subscription_id for each in lost.unseen} == {build.apps}
    assert len(lost.unseen) == 11
    assert ("subscription-lost", build.apps) in tenant.events()
    assert not [kind for kind, _ in tenant.events() if kind == "placement-removed"]
    tenant.simulator.set_subscription(build.apps, readable=True)
    back = tenant.scan()
    assert back.verdict == "compliant"
    assert ("subscription-back", build.apps) in tenant.events()
    assert tenant.faults() == ()


def test_a_subscription_that_leaves_the_manifest_and_the_list_is_none_of_ours(
    world: Make, build: "type[Build]"
) -> None:
    tenant = world()
    tenant.scan()
    tenant.simulator.set_subscription(build.apps, listed=False)
    assert not tenant.scan().complete
    tenant.sections = {"scope": {"subscriptions": [{"id": build.data, "name": "data"}]}}
    found = tenant.scan()
    assert found.complete
    assert found.unseen == ()
