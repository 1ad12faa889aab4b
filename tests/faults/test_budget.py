"""Quotas that are too small for the estate: what fits is read, what does not is pending."""

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from residency.model import Reason, Status
from residency.simulator.floor import demand_of_calls, floor_seconds

if TYPE_CHECKING:
    from tests.faults.conftest import Find, Tenant
    from tests.scan.conftest import Build

LISTS = 100


def bodies(tenant: "Tenant") -> list[dict[str, Any]]:
    return [json.loads(raw) for raw in tenant.azure.simulator.tenant.encoded()]


def test_lists_beyond_the_quota_of_storage_are_pending_at_once_and_all_else_is_read(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    more = (build.account(build.data, f"st{number:03}", "Standard_LRS") for number in range(130))
    tenant.azure.add(*more)
    found = find(tenant.scan(deadline_seconds=45))
    asked = Counter(
        (call.subscription, call.status) for call in tenant.calls(path="/objectReplicationPolicies")
    )
    assert asked == {(build.data, 200): LISTS, (build.apps, 200): 2}
    unknown = [each for each in found.found.judged if each.judgement.status is Status.UNKNOWN]
    assert len(unknown) == 132 - LISTS
    assert {each.judgement.reasons for each in unknown} == {(Reason.FACET_PENDING,)}
    assert {each.resource.subscription_id for each in unknown} == {build.data}
    assert tenant.seconds < 40


def test_more_reads_than_a_bucket_holds_take_little_longer_than_they_must(
    tenant: "Tenant", build: "type[Build]"
) -> None:
    regions = ("westeurope", "northeurope", "francecentral", "swedencentral")
    for number in range(20):
        for region in regions:
            account = build.account(build.data, f"st{number}{region}", "Standard_LRS")
            tenant.azure.add(account | {"location": region})
    found = tenant.scan(deadline_seconds=60)
    floor = floor_seconds(demand_of_calls(tenant.calls(), bodies(tenant)))
    assert found.complete
    assert found.counts[Status.UNKNOWN] == 0
    assert floor > 3
    assert floor < tenant.seconds < floor + 12
