"""Each kind of event is told once, with the scan that found it and what stood before and after."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from residency.simulator.failovers import change_cosmos_write_region
from residency.simulator.faults import Effect
from residency.simulator.lifecycle import create, patch
from residency.store.reading.events import Happened, events_after

if TYPE_CHECKING:
    from residency.scan import Scan
    from tests.watch.conftest import Build, World

Make = Callable[..., "World"]


def happened(tenant: "World", kind: str, name: str = "") -> tuple[Happened, ...]:
    with tenant.watching().store.database.reading() as connection:
        found = events_after(connection, kinds={kind})
    return tuple(each for each in found if each.subject.endswith(name.lower()))


def places(side: Any) -> list[tuple[str, str]]:
    return sorted((str(each.role), each.region) for each in side.places)


def test_a_copy_that_comes_moves_and_goes(world: Make, build: "type[Build]") -> None:
    one = {"primaryLocation": "westeurope", "secondaryLocation": ""}
    tenant = world({**build.account("stcopy", **one), "sku": {"name": "Standard_LRS"}})
    tenant.scan()
    account = tenant.id_of("stcopy")
    found: list[Scan] = []
    for sku, second in (
        ("Standard_GRS", "northeurope"),
        ("Standard_GRS", "swedencentral"),
        ("Standard_LRS", ""),
    ):
        changes = {"sku": {"name": sku}, "properties": {"secondaryLocation": second or None}}
        patch(tenant.simulator, account, changes)
        found.append(tenant.scan())
        tenant.scan()
    kinds = [kind for kind, name in tenant.events() if name == "stcopy"]
    assert kinds == ["placement-added", "placement-moved", "placement-removed"]
    at_home, copy, far = ("primary", "westeurope"), ("replica", "northeurope"), "swedencentral"
    sides = [
        ([at_home], [at_home, copy]),
        ([at_home, copy], [at_home, ("replica", far)]),
        ([at_home, ("replica", far)], [at_home]),
    ]
    told = [event for kind in kinds for event in happened(tenant, kind, "/stcopy")]
    assert [(places(each.before), places(each.after)) for each in told] == sides
    assert [each.scan.id for each in told] == [each.id for each in found]
    assert all(each.since is not None and each.since.seq + 1 == each.scan.seq for each in told)
    assert all(place.evidence.path for each in told for place in each.after.places)
    assert tenant.faults() == ()


def test_a_violation_has_its_evidence_before_and_after(world: Make, build: "type[Build]") -> None:
    tenant = world()
    tenant.scan()
    create(tenant.simulator, build.account("stlondon", secondaryLocation="uksouth"))
    tenant.scan()
    patch(
        tenant.simulator,
        tenant.id_of("stlondon"),
        {"properties": {"secondaryLocation": "northeurope"}},
    )
    tenant.scan()
    (opened,) = happened(tenant, "violation-opened")
    (closed,) = happened(tenant, "violation-closed")
    assert (opened.before.judged, places(opened.before)) == (None, [])
    assert opened.after.judged is not None
    assert closed.before.judged == opened.after.judged
    assert ("replica", "uksouth") in places(opened.after)
    assert ("replica", "northeurope") in places(closed.after)
    assert tenant.faults() == ()


def test_a_subscription_that_was_not_expected_is_told_once_whenever_it_comes(
    world: Make, build: "type[Build]"
) -> None:
    tenant = world()
    tenant.sections = {"scope": {"subscriptions": [{"id": build.data, "name": "data"}]}}
    tenant.simulator.set_subscription(build.apps, listed=False, in_graph=False)
    assert tenant.scan().complete
    assert happened(tenant, "subscription-unexpected") == ()
    tenant.simulator.set_subscription(build.apps, listed=True, in_graph=True)
    found = tenant.scan()
    for _ in range(2):
        tenant.scan()
    (event,) = happened(tenant, "subscription-unexpected")
    assert (event.subject, event.before.told) == (build.apps, {})
    assert event.after.told["state"] == "unexpected"
    assert {each.resource.subscription_id for each in found.judged} == {build.data, build.apps}
    assert tenant.faults() == ()


def test_a_subscription_is_lost_and_back_once_each_with_its_states(
    world: Make, build: "type[Build]"
) -> None:
    tenant = world()
    tenant.scan()
    for listed in (False, True):
        tenant.simulator.set_subscription(build.apps, listed=listed)
        tenant.scan()
        tenant.scan()
    (lost,) = happened(tenant, "subscription-lost")
    (back,) = happened(tenant, "subscription-back")
    assert (lost.before.told["state"], lost.after.told["state"]) == ("read", "missing")
    assert (back.before.told["state"], back.after.told["state"]) == ("missing", "read")
    assert tenant.faults() == ()


def test_a_further_hop_that_is_no_worse_extends_the_episode(
    world: Make, build: "type[Build]"
) -> None:
    regions = ("West Europe", "North Europe", "Germany West Central", "France Central")
    body = build.cosmos(*regions)
    tenant = world({**body, "id": f"{body['id']}4", "name": "cosmos4"})
    tenant.scan()
    account = tenant.id_of("cosmos4")
    for region in regions[1:]:
        change_cosmos_write_region(tenant.simulator, account, region)
        tenant.scan()
    kinds = [kind for kind, name in tenant.events() if name == "cosmos4" and "failover" in kind]
    assert kinds == ["failover-opened", "failover-escalated", "failover-extended"]
    (episode,) = tenant.episodes()
    assert episode.path[1:] == ("northeurope", "germanywestcentral", "francecentral")
    assert tenant.faults() == ()


def test_a_type_that_falls_to_zero_is_held_against_azures_own_list(
    world: Make, build: "type[Build]"
) -> None:
    tenant = world()
    tenant.scan()
    tenant.simulator.graph.remove(tenant.id_of("stapps"))
    accounts = f"{build.apps}/providers/Microsoft.Storage/storageAccounts$"
    tenant.fault(Effect.STATUS, path=accounts, status=200, body={"value": []})
    found = tenant.scan()
    entry = next(each for each in found.coverage if each.name == "apps")
    assert any(each.startswith("inventory-suspect: 1 of 1") for each in entry.reasons)
    assert [each.name for each in found.unseen] == ["stapps"]
    assert ("became-unknown", "stapps") in tenant.events()
    assert not happened(tenant, "placement-removed")


def test_an_event_is_not_told_again_by_the_scan_after_a_restart(
    world: Make, build: "type[Build]"
) -> None:
    tenant = world()
    tenant.scan()
    create(tenant.simulator, build.account("stlondon", secondaryLocation="uksouth"))
    tenant.scan()
    before = tenant.events()
    tenant.restart()
    tenant.scan()
    assert tenant.events() == before
