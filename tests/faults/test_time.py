"""What moved, and what moved back. Faults 29 to 33.

One scan has no memory: what it must do is to say what is so now, and nothing that is not. The
story between scans is the store's.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from residency.model import Reason, Role, Status
from residency.simulator.failovers import fail_back_storage, fail_over_storage
from residency.simulator.lifecycle import create, delete, patch

if TYPE_CHECKING:
    from residency.policy import Judged
    from tests.faults.conftest import Find, Tenant
    from tests.scan.conftest import Build


def regions(judged: "Judged", role: Role = Role.PRIMARY) -> set[str]:
    places = judged.judgement.placements
    return {each.placement.region for each in places if each.placement.role is role}


def test_fault_29_a_failover_that_resource_graph_does_not_show_yet_is_seen(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    tenant.azure.simulator.behaviour.graph_lag_seconds = 3600
    account = build.account(build.data, "stgrs")["id"]
    fail_over_storage(tenant.azure.simulator, account, caller=None)
    found = find(tenant.scan())
    assert regions(found.judged("/stgrs")) == {"northeurope"}
    assert found.judged("/stgrs").judgement.status is Status.FALLBACK
    assert found.judged("/stgrs").judgement.reasons == (Reason.FAILOVER_ACTIVE,)
    assert "sources-disagree: 1 resources" in found.found.reasons


@pytest.mark.parametrize(
    "stats",
    [
        pytest.param({"status": "Live", "lastSyncTime": None}, id="no time of the last copy"),
        pytest.param({"status": "Bootstrap"}, id="still copying"),
        pytest.param({"status": "Unavailable"}, id="unavailable"),
    ],
)
def test_fault_30_a_copy_of_unknown_age_is_still_known_to_be_where_it_is(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]", stats: dict[str, Any]
) -> None:
    account = build.account(build.data, "stgrs")["id"].lower()
    tenant.azure.simulator.tenant.geo_replication[account] = stats
    found = find(tenant.scan())
    assert regions(found.judged("/stgrs"), Role.REPLICA) == {"northeurope"}
    assert found.judged("/stgrs").judgement.status is Status.COMPLIANT


def test_fault_31_a_failover_and_failback_between_scans_leave_what_is_true_now(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    before = find(tenant.scan()).judged("/stgrs").judgement
    account = build.account(build.data, "stgrs")["id"]
    fail_over_storage(tenant.azure.simulator, account, planned=True)
    fail_back_storage(tenant.azure.simulator, account)
    after = find(tenant.scan()).judged("/stgrs")
    assert before.status is after.judgement.status is Status.COMPLIANT
    assert regions(after) == {"westeurope"}
    assert regions(after, Role.REPLICA) == {"northeurope"}


def test_fault_31_a_failover_that_is_under_way_is_unknown_and_not_the_place_of_before(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    account = build.account(build.data, "stgrs")["id"]
    changes = {"properties": {"failoverInProgress": True, "primaryLocation": None}}
    patch(tenant.azure.simulator, account, changes, caller=None)
    assert find(tenant.scan()).judged("/stgrs").judgement.status is Status.UNKNOWN


def test_fault_32_a_second_failover_is_told_as_one_that_is_active_since_the_last(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    account = build.account(build.data, "stgrs")["id"]
    fail_over_storage(tenant.azure.simulator, account, planned=True)
    fail_back_storage(tenant.azure.simulator, account)
    fail_over_storage(tenant.azure.simulator, account, planned=True)
    found = find(tenant.scan()).judged("/stgrs")
    assert regions(found) == {"northeurope"}
    assert found.judgement.reasons == (Reason.FAILOVER_ACTIVE,)


def test_fault_32_ireland_as_the_new_normal_is_overdue_and_does_not_become_compliant(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    account = build.account(build.data, "stgrs")["id"]
    fail_over_storage(tenant.azure.simulator, account, planned=True)
    since = tenant.azure.simulator.clock() - timedelta(days=90)
    changes = {"properties": {"lastGeoFailoverTime": since.isoformat()}}
    patch(tenant.azure.simulator, account, changes, caller=None)
    found = find(tenant.scan()).judged("/stgrs").judgement
    assert found.status is Status.VIOLATION
    assert Reason.FAILOVER_OVERDUE in found.reasons


def test_fault_33_a_resource_that_was_replaced_elsewhere_is_misplaced_and_no_failover(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    simulator = tenant.azure.simulator
    vault = build.resource(build.apps, "Microsoft.KeyVault/vaults", "kv", properties={})
    assert find(tenant.scan()).judged("/kv").judgement.status is Status.COMPLIANT
    delete(simulator, vault["id"])
    create(simulator, vault | {"location": "germanywestcentral"})
    found = find(tenant.scan()).judged("microsoft.keyvault/vaults/kv")
    assert regions(found) == {"germanywestcentral"}
    assert found.judgement.status is Status.VIOLATION
    assert Reason.PRIMARY_MISPLACED in found.judgement.reasons
    assert Reason.FAILOVER_ACTIVE not in found.judgement.reasons
