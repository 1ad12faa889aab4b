"""A failover made in Azure is in the next scan; one made back is gone from the scan after it."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from residency.model import Reason, Role, Severity, Status, Verdict
from residency.policy import Judged
from residency.scan import Scan
from residency.simulator.failovers import (
    change_cosmos_write_region,
    fail_back_storage,
    fail_over_sql_group,
    fail_over_storage,
)
from residency.simulator.lifecycle import patch

if TYPE_CHECKING:
    from tests.scan.conftest import Azure, Build

Find = Callable[[Scan, str], Judged]


def primaries(judged: Judged) -> set[str]:
    places = judged.judgement.placements
    return {p.placement.region for p in places if p.placement.role is Role.PRIMARY}


@pytest.mark.parametrize("planned", ["planned", "unplanned"])
def test_a_storage_failover_to_ireland_is_fallback_until_it_is_back(
    azure: "Azure", build: "type[Build]", judged: Find, planned: str
) -> None:
    account = build.account(build.data, "stgrs")["id"]
    fail_over_storage(azure.simulator, account, planned=planned == "planned")
    over = azure.scan()
    one = judged(over, "/stgrs")
    assert one.judgement.status is Status.FALLBACK
    assert one.judgement.reasons == (Reason.FAILOVER_ACTIVE,)
    assert primaries(one) == {"northeurope"}
    replicas = {
        p.placement.region for p in one.judgement.placements if p.placement.role is Role.REPLICA
    }
    assert replicas == ({"westeurope"} if planned == "planned" else set())
    assert over.verdict is Verdict.COMPLIANT, "a failover within the promise is no violation"
    fail_back_storage(azure.simulator, account)
    back = azure.scan()
    assert judged(back, "/stgrs").judgement.status is Status.COMPLIANT
    assert back.counts[Status.COMPLIANT] == 28


def test_a_storage_failover_out_of_the_eu_is_a_violation_and_a_failover(
    azure: "Azure", build: "type[Build]", judged: Find
) -> None:
    azure.add(build.account(build.data, "stuk", secondaryLocation="uksouth"))
    fail_over_storage(azure.simulator, build.account(build.data, "stuk")["id"])
    judgement = judged(azure.scan(), "/stuk").judgement
    assert judgement.status is Status.VIOLATION
    assert judgement.severity is Severity.CRITICAL
    assert {Reason.OUTSIDE_EU, Reason.FAILOVER_ACTIVE} <= set(judgement.reasons)


def test_a_storage_failover_that_lasts_too_long_is_overdue(
    azure: "Azure", build: "type[Build]", judged: Find
) -> None:
    account = build.account(build.data, "stgrs")["id"]
    fail_over_storage(azure.simulator, account, planned=True)
    since = azure.simulator.clock() - timedelta(hours=73)
    changes = {"properties": {"lastGeoFailoverTime": since.isoformat()}}
    patch(azure.simulator, account, changes, caller=None)
    found = azure.scan()
    assert Reason.FAILOVER_OVERDUE in judged(found, "/stgrs").judgement.reasons
    assert found.verdict is Verdict.VIOLATION


def test_a_sql_failover_group_turns_both_databases_round_and_back(
    azure: "Azure", judged: Find
) -> None:
    group = next(call for call in azure.simulator.tenant.all_children())[1][0]["id"]
    fail_over_sql_group(azure.simulator, group)
    over = azure.scan()
    west, north = judged(over, "sql-west/databases/crm"), judged(over, "sql-north/databases/crm")
    assert primaries(west) == primaries(north) == {"northeurope"}
    for database in (west, north):
        assert database.judgement.status is Status.FALLBACK
        assert database.judgement.reasons == (Reason.FAILOVER_ACTIVE,)
    assert judged(over, "sql-west/databases/only1").judgement.status is Status.COMPLIANT
    fail_over_sql_group(azure.simulator, group)
    back = azure.scan()
    assert back.counts[Status.COMPLIANT] == 28
    assert primaries(judged(back, "sql-north/databases/crm")) == {"westeurope"}


def test_a_cosmos_account_that_writes_elsewhere_is_misplaced_until_something_explains_it(
    azure: "Azure", judged: Find
) -> None:
    """No field keeps the former write region, so one scan alone cannot call it a failover."""
    account = judged(azure.scan(), "/cosmos").resource.id
    change_cosmos_write_region(azure.simulator, account, "northeurope")
    over = azure.scan()
    cosmos = judged(over, "/cosmos")
    assert primaries(cosmos) == {"northeurope"}
    assert cosmos.judgement.status is Status.VIOLATION
    assert cosmos.judgement.reasons == (Reason.PRIMARY_MISPLACED,)
    assert over.verdict is Verdict.VIOLATION
    change_cosmos_write_region(azure.simulator, account, "West Europe")
    assert judged(azure.scan(), "/cosmos").judgement.status is Status.COMPLIANT
