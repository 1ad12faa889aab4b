"""Pages of Resource Graph that do not add up. Faults 10 to 17.

https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data
"""

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from residency.model import SubscriptionState
from residency.simulator.faults import Effect

if TYPE_CHECKING:
    from tests.faults.conftest import Find, Tenant
    from tests.scan.conftest import Build

GRAPH = "resourcegraph"
ROWS = 1113
PAGES = 2
OTHER_QUERIES = 2
Answer = tuple[int, dict[str, str], bytes]

JSON = {"content-type": "application/json"}


@pytest.fixture
def wide(tenant: "Tenant", build: "type[Build]") -> "Tenant":
    """The same tenant with so many resources that Resource Graph gives two pages."""
    tenant.use(build.estate(nets=1100))
    return tenant


def is_inventory(path: str, body: bytes) -> bool:
    return "resourcegraph" in path.lower() and b"extendedLocation" in body


def page(*rows: dict[str, Any], **more: Any) -> Answer:
    body = {"totalRecords": len(rows), "resultTruncated": "false", "data": rows, **more}
    return 200, JSON, json.dumps(body).encode()


def test_fault_10_an_empty_result_while_azure_lists_resources_is_not_an_empty_tenant(
    tenant: "Tenant", find: "type[Find]"
) -> None:
    nothing = {"totalRecords": 0, "count": 0, "resultTruncated": "false", "data": []}
    tenant.refuse(200, api=GRAPH, body=nothing)
    found = find(tenant.scan())
    assert found.is_not_whole("left-out-by-resource-graph")
    assert set(found.states().values()) == {SubscriptionState.UNREADABLE}


def test_fault_10_no_rows_of_one_subscription_are_checked_against_its_own_list(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    for row in list(tenant.azure.simulator.tenant.ids(f"/subscriptions/{build.nets}/resources")):
        tenant.azure.simulator.graph.remove(row)
    found = find(tenant.scan())
    assert found.is_not_whole("left-out-by-resource-graph")
    assert found.states()[build.nets] is SubscriptionState.UNREADABLE
    assert found.states()[build.data] is SubscriptionState.READ


@pytest.mark.parametrize("effect", [Effect.LOOP, Effect.REPEAT_TOKEN])
def test_fault_11_pages_that_lead_back_to_themselves_end_and_are_incomplete(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]", effect: Effect
) -> None:
    tenant.use(build.estate(nets=2100))
    tenant.fault(effect, api=GRAPH)
    assert find(tenant.scan()).is_not_whole("inventory-broken-off: PageLoop")
    assert len(tenant.calls(GRAPH)) < 12


def test_fault_11_tokens_that_are_ever_new_for_the_same_rows_end_too(
    wide: "Tenant", find: "type[Find]"
) -> None:
    first = iter(range(10_000))

    def same_page(_method: str, path: str, body: bytes) -> Answer | None:
        if not is_inventory(path, body):
            return None
        row = {"id": "/subscriptions/a/x", "subscriptionId": "a", "type": "a/b"}
        return page(row, totalRecords=9, **{"$skipToken": f"t{next(first)}"})

    wide.azure.stage.intercept = same_page
    assert find(wide.scan()).is_not_whole("inventory-broken-off: PageLoop")
    assert next(first) < 6


def expiring(wide: "Tenant", times: int) -> Counter[str]:
    seen: Counter[str] = Counter()

    def expire(_method: str, path: str, body: bytes) -> Answer | None:
        if not is_inventory(path, body):
            return None
        kind = "later" if json.loads(body)["options"].get("$skipToken") else "first"
        seen[kind] += 1
        if kind == "first" or seen[kind] > times:
            return None
        error = {"error": {"code": "BadRequest", "message": "The skip token has expired."}}
        return 400, JSON, json.dumps(error).encode()

    wide.azure.stage.intercept = expire
    return seen


def test_fault_12_a_token_that_has_expired_starts_the_reading_over(
    wide: "Tenant", find: "type[Find]"
) -> None:
    seen = expiring(wide, times=1)
    found = wide.scan()
    assert seen == {"first": 2, "later": PAGES}
    assert len(found.judged) == ROWS
    assert find(found).is_whole()


def test_fault_12_tokens_that_always_expire_start_over_once_and_are_incomplete(
    wide: "Tenant", find: "type[Find]"
) -> None:
    seen = expiring(wide, times=1000)
    found = wide.scan()
    assert seen == {"first": 2, "later": 2}
    assert find(found).is_not_whole("inventory-broken-off: BadRequest")
    assert len(found.judged) >= 1000, "what the first page showed is judged all the same"


def test_fault_13_a_truncated_result_is_incomplete(tenant: "Tenant", find: "type[Find]") -> None:
    tenant.fault(Effect.TRUNCATED_RESULT, api=GRAPH)
    assert find(tenant.scan()).is_not_whole("inventory-truncated")


def test_fault_13_a_count_that_is_wrong_once_is_read_once_more(
    wide: "Tenant", find: "type[Find]"
) -> None:
    wide.fault(Effect.LOW_COUNT, api=GRAPH, times=1)
    assert find(wide.scan()).is_whole()
    assert len(wide.calls(GRAPH)) == 1 + PAGES + OTHER_QUERIES


def test_fault_13_a_count_that_stays_wrong_is_incomplete_after_two_readings(
    wide: "Tenant", find: "type[Find]"
) -> None:
    wide.fault(Effect.LOW_COUNT, api=GRAPH)
    assert find(wide.scan()).is_not_whole(f"inventory-short: {ROWS} of {ROWS + 1} rows")
    assert len(wide.calls(GRAPH)) == 2 * (PAGES + OTHER_QUERIES)


def test_fault_14_a_row_that_comes_on_two_pages_counts_once(
    wide: "Tenant", find: "type[Find]"
) -> None:
    wide.fault(Effect.DUPLICATE_ROWS, api=GRAPH)
    found = wide.scan()
    assert len(found.judged) == ROWS
    assert find(found).is_whole()


def contradicting(tenant: "Tenant", build: "type[Build]", times: int | None) -> None:
    """Let a vault come twice: as it is, and in another region and another spelling of its id."""
    left = [times]
    vault = build.resource(build.apps, "Microsoft.KeyVault/vaults", "KV", location="uksouth")
    row = vault | {"subscriptionId": build.apps, "id": vault["id"].upper()}

    def twice(_method: str, path: str, body: bytes) -> Answer | None:
        if not is_inventory(path, body) or left[0] == 0:
            return None
        left[0] = None if left[0] is None else left[0] - 1
        rows = [row, row | {"location": "westeurope"}]
        return page(*rows, totalRecords=1)

    tenant.azure.stage.intercept = twice


def test_fault_14_a_row_that_comes_twice_and_differs_is_read_again(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    contradicting(tenant, build, times=1)
    assert find(tenant.scan()).is_whole()


def test_fault_14_rows_that_stay_at_odds_leave_their_subscription_unproven_and_no_other(
    tenant: "Tenant", find: "type[Find]", build: "type[Build]"
) -> None:
    contradicting(tenant, build, times=None)
    found = find(tenant.scan())
    assert found.is_not_whole("inventory-conflict")
    reasons = {entry.id: " ".join(entry.reasons) for entry in found.found.coverage}
    assert "inventory-conflict" in reasons[build.apps]
    assert "inventory-conflict" not in reasons[build.data]


def test_fault_15_a_row_that_is_lost_between_pages_is_found_by_reading_again(
    wide: "Tenant", find: "type[Find]"
) -> None:
    pending = [Effect.MISSING_ROWS]

    def lose_one(_method: str, path: str, body: bytes) -> None:
        if is_inventory(path, body) and pending:
            wide.fault(pending.pop(), api=GRAPH, times=1)

    wide.azure.stage.intercept = lose_one
    found = wide.scan()
    assert len(wide.calls(GRAPH)) == 2 * PAGES + OTHER_QUERIES
    assert len(found.judged) == ROWS
    assert find(found).is_whole()


def test_fault_15_a_row_that_stays_lost_is_incomplete(wide: "Tenant", find: "type[Find]") -> None:
    wide.fault(Effect.MISSING_ROWS, api=GRAPH)
    assert find(wide.scan()).is_not_whole(f"inventory-short: {ROWS - PAGES} of {ROWS} rows")


def test_fault_15_a_row_lost_while_another_comes_twice_does_not_add_up(
    tenant: "Tenant", find: "type[Find]"
) -> None:
    tenant.fault(Effect.MISSING_ROWS, api=GRAPH)
    tenant.fault(Effect.DUPLICATE_ROWS, api=GRAPH)
    assert find(tenant.scan()).is_not_whole("inventory-short: 28 of 29 rows")


def test_fault_16_the_header_of_the_subscription_limit_is_incomplete(
    tenant: "Tenant", find: "type[Find]"
) -> None:
    tenant.azure.simulator.behaviour.subscription_limit = 2
    assert find(tenant.scan()).is_not_whole("subscription-limit-hit")


def test_fault_17_a_page_over_the_limit_is_halved_until_it_fits(
    wide: "Tenant", find: "type[Find]"
) -> None:
    wide.azure.simulator.behaviour.payload_limit_bytes = 170_000
    found = wide.scan()
    by_status = Counter(call.status for call in wide.calls(GRAPH))
    assert by_status[400] == 2
    assert by_status[200] == OTHER_QUERIES + 5
    assert len(found.judged) == ROWS
    assert find(found).is_whole()
