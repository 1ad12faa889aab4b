"""What this identity may see changes, or Azure shows less than there is. Faults 20 to 25."""

from typing import TYPE_CHECKING, Any

import pytest

from residency.model import Reason, Status, SubscriptionState
from residency.simulator.world import Subscription

if TYPE_CHECKING:
    from tests.faults.conftest import Find, Tenant
    from tests.scan.conftest import Build

NEW = "eeeeeeee-0000-4000-8000-000000000005"
READ = SubscriptionState.READ


def test_fault_20_a_subscription_that_is_refused_is_unreadable_and_the_others_are_whole(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    tenant.azure.subscription(build.data, readable=False)
    found = find(tenant.scan())
    assert found.states() == {
        build.data: SubscriptionState.UNREADABLE,
        build.apps: READ,
        build.nets: READ,
    }
    assert found.is_not_whole("reads-refused: AuthorizationFailed")
    assert found.judged("/stplanted").judgement.status is Status.VIOLATION


def test_fault_21_a_subscription_that_resource_graph_leaves_out_silently_is_found(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    tenant.azure.subscription(build.nets, in_graph=False)
    found = find(tenant.scan())
    assert found.states()[build.nets] is SubscriptionState.UNREADABLE
    assert found.is_not_whole("left-out-by-resource-graph")


@pytest.mark.parametrize(
    ("change", "state", "whole"),
    [
        pytest.param({"state": "Disabled"}, SubscriptionState.DISABLED, True, id="disabled"),
        pytest.param(
            {"state": "Disabled", "readable": False},
            SubscriptionState.UNREADABLE,
            False,
            id="disabled and refused",
        ),
        pytest.param(
            {"listed": False}, SubscriptionState.MISSING, False, id="deleted, or of another tenant"
        ),
        pytest.param({"name": "renamed"}, READ, True, id="renamed"),
    ],
)
def test_fault_22_what_became_of_a_subscription_is_its_state_and_never_its_removal(
    tenant: "Tenant",
    find: "type[Find]",
    build: "type[Build]",
    change: dict[str, Any],
    state: SubscriptionState,
    *,
    whole: bool,
) -> None:
    tenant.azure.subscription(build.nets, **change)
    found = find(tenant.scan())
    assert found.states() == {build.data: READ, build.apps: READ, build.nets: state}
    assert found.found.complete is whole


def test_fault_22_a_subscription_that_left_the_management_group_is_unexpected_and_still_scanned(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    inside = [
        {"type": "/subscriptions", "name": one, "properties": {"displayName": "n"}}
        for one in (build.data, build.nets)
    ]
    tenant.refuse(200, path="/descendants$", body={"value": inside})
    found = find(tenant.scan(scope={"management_group": "mg-root"}))
    assert found.states()[build.apps] is SubscriptionState.UNEXPECTED
    assert found.judged("/stplanted").judgement.status is Status.VIOLATION


def test_fault_23_a_new_subscription_that_the_manifest_lacks_is_scanned_and_named(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    tenant.use(build.estate([Subscription(id=NEW, name="new")]))
    tenant.azure.add(build.account(NEW, "stnew", secondaryLocation="uksouth"))
    found = find(tenant.scan())
    assert found.states()[NEW] is SubscriptionState.UNEXPECTED
    assert found.judged("/stnew").judgement.status is Status.VIOLATION


def test_fault_24_rights_that_lose_one_type_are_partial_though_all_else_can_be_read(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    """What the identity may not read, Resource Graph hides without a sign."""
    simulator = tenant.azure.simulator
    for row in list(simulator.tenant.ids(f"/subscriptions/{build.data}/resources")):
        if "/microsoft.sql/" in row:
            simulator.graph.remove(row)
    tenant.azure.subscription(build.data, not_actions=("Microsoft.Sql/*/read",))
    found = find(tenant.scan())
    assert not [each for each in found.found.judged if "/microsoft.sql/" in each.resource.id]
    assert found.states()[build.data] is SubscriptionState.PARTIAL
    assert found.is_not_whole("rights-narrower-than-read-all")


def test_fault_25_a_type_that_no_check_knows_is_unknown_by_name(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    tenant.azure.add(build.resource(build.apps, "Microsoft.Unheard/of", "thing"))
    found = find(tenant.scan())
    assert found.judged("/thing").judgement.status is Status.UNKNOWN
    assert found.judged("/thing").judgement.reasons == (Reason.TYPE_UNKNOWN,)
    assert found.found.unknown_types == {"microsoft.unheard/of": 1}
