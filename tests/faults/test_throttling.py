"""Azure says: not so fast. Faults 1 to 4.

https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests
https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from residency.errors import AzureError
from residency.model import Reason, Status

if TYPE_CHECKING:
    from tests.faults.conftest import Find, Tenant

GRAPH = "resourcegraph"
STORAGE = "microsoft.storage"


def test_fault_01_a_refusal_for_quota_is_waited_out_for_as_long_as_resource_graph_says(
    tenant: "Tenant", find: "type[Find]"
) -> None:
    spent = {"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:02"}
    tenant.refuse(429, api=GRAPH, headers=spent, times=1)
    found = tenant.scan()
    assert find(found).is_whole()
    assert [call.status for call in tenant.calls(GRAPH)] == [429, 200, 200, 200]
    assert tenant.seconds > 2


def test_fault_01_a_refusal_by_one_provider_is_waited_out_while_others_go_on(
    tenant: "Tenant", find: "type[Find]"
) -> None:
    busy = {"Retry-After": "2"}
    tenant.refuse(429, path="stgrs/objectReplicationPolicies", headers=busy, times=1)
    assert find(tenant.scan()).is_whole()
    refused = next(call for call in tenant.calls(STORAGE) if call.status == 429)
    asked_again = [call for call in tenant.calls(path=refused.path) if call is not refused]
    assert [call.status for call in asked_again] == [200]
    assert (asked_again[0].time - refused.time).total_seconds() >= 2
    others = tenant.calls("microsoft.sql")
    assert others
    assert all(call.time < asked_again[0].time for call in others)


@pytest.mark.parametrize("where", [GRAPH, STORAGE])
def test_fault_02_refusals_without_end_leave_unknown_what_they_hide_after_few_calls(
    tenant: "Tenant", find: "type[Find]", where: str
) -> None:
    tenant.refuse(429, api=where)
    seen = find(tenant.scan(deadline_seconds=2))
    if where == GRAPH:
        assert seen.is_not_whole("inventory-failed")
    for name in ("stgrs", "stlrs", "stapps") if where == STORAGE else ():
        assert seen.judged(name).judgement.status is Status.UNKNOWN
    assert len(tenant.calls(where)) <= 5 * 5


def test_fault_02_a_storm_over_everything_ends_in_a_typed_error(tenant: "Tenant") -> None:
    tenant.refuse(429)
    with pytest.raises(AzureError):
        tenant.scan(deadline_seconds=2)
    assert len(tenant.calls()) <= 5


@pytest.mark.parametrize("where", [GRAPH, STORAGE])
def test_fault_03_a_retry_after_of_a_day_is_given_up_at_once_and_others_go_on(
    tenant: "Tenant", find: "type[Find]", where: str
) -> None:
    tenant.refuse(429, api=where, headers={"Retry-After": "86400"})
    found = tenant.scan(deadline_seconds=20)
    assert tenant.seconds < 10
    asked = Counter(call.path for call in tenant.calls(where))
    assert max(asked.values()) == 1, "what is asked after it waits for the same, so it is not"
    if where == GRAPH:
        assert find(found).is_not_whole("inventory-failed: RetryAfter")
        return
    reasons = {reason for name in ("stgrs", "stlrs") for reason in _reasons(find(found), name)}
    assert reasons <= {Reason.FACET_UNREADABLE, Reason.FACET_PENDING}
    assert find(found).judged("/cosmos").judgement.status is Status.COMPLIANT
    assert find(found).judged("sql-west/databases/crm").judgement.status is Status.COMPLIANT


def _reasons(find: "Find", name: str) -> tuple[Reason, ...]:
    judgement = find.judged(name).judgement
    assert judgement.status is Status.UNKNOWN
    return judgement.reasons


def _date(**ahead: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(**ahead), usegmt=True)


@pytest.mark.parametrize("where", [GRAPH, STORAGE])
@pytest.mark.parametrize(
    "retry_after",
    [
        pytest.param("soon", id="garbage"),
        pytest.param("", id="empty"),
        pytest.param("-5", id="negative"),
        pytest.param("0", id="zero"),
        pytest.param("1e400", id="endless"),
        pytest.param("nan", id="not a number"),
        pytest.param("Wed, 21 Oct 2015 07:28:00 GMT", id="a date that is past"),
        pytest.param("in a second", id="a date to come"),
    ],
)
def test_fault_04_retry_after_as_date_negative_or_garbage_is_waited_out_like_none(
    tenant: "Tenant", find: "type[Find]", retry_after: str, where: str
) -> None:
    asked = _date(seconds=1) if retry_after == "in a second" else retry_after
    tenant.refuse(429, api=where, headers={"Retry-After": asked}, times=1)
    assert find(tenant.scan()).is_whole()
    assert tenant.seconds < 10
