"""Resource Graph's pages, read to the end and counted; whatever is amiss is never a smaller whole.

https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data
"""

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from residency.model import SubscriptionState, Verdict
from residency.scan import Scan
from residency.simulator.faults import Effect
from residency.simulator.world import Subscription

if TYPE_CHECKING:
    from tests.scan.conftest import Azure, Build

GRAPH = "resourcegraph"
ROWS = 1112
PAGES = 2
OTHER_QUERIES = 2


def headers(**more: str) -> dict[str, str]:
    return {"content-type": "application/json"} | {k.replace("_", "-"): v for k, v in more.items()}


def reasons(found: Scan) -> str:
    return " ".join(reason for entry in found.coverage for reason in entry.reasons)


def queries(azure: "Azure") -> int:
    return len(azure.calls(GRAPH))


def is_inventory(body: bytes) -> bool:
    return b"resourceGroup" in body


def token_of(body: bytes) -> str | None:
    found: str | None = json.loads(body)["options"].get("$skipToken")
    return found


def assert_not_whole(found: Scan, reason: str) -> None:
    assert reason in reasons(found)
    assert not found.complete
    assert found.verdict is Verdict.NOT_PROVEN


def test_all_pages_are_read_though_each_says_that_nothing_was_truncated(
    azure: "Azure", build: "type[Build]"
) -> None:
    azure.use(build.estate(nets=2100))
    found = azure.scan()
    assert len(found.judged) == 2112
    assert queries(azure) == 3 + OTHER_QUERIES
    assert found.verdict is Verdict.COMPLIANT


def test_a_truncated_result_is_incomplete(azure: "Azure") -> None:
    azure.fault(Effect.TRUNCATED_RESULT, api=GRAPH)
    assert_not_whole(azure.scan(), "inventory-truncated")


def test_a_count_that_is_wrong_once_is_read_once_more(wide: "Azure") -> None:
    wide.fault(Effect.LOW_COUNT, api=GRAPH, times=1)
    found = wide.scan()
    assert queries(wide) == 1 + PAGES + OTHER_QUERIES
    assert found.verdict is Verdict.COMPLIANT


def test_a_count_that_stays_wrong_is_incomplete_after_two_readings(wide: "Azure") -> None:
    wide.fault(Effect.LOW_COUNT, api=GRAPH)
    assert_not_whole(wide.scan(), f"inventory-short: {ROWS} of {ROWS + 1} rows")
    assert queries(wide) == 2 * (PAGES + OTHER_QUERIES)


def test_a_row_that_comes_on_two_pages_counts_once(wide: "Azure") -> None:
    wide.fault(Effect.DUPLICATE_ROWS, api=GRAPH)
    found = wide.scan()
    assert len(found.judged) == ROWS
    assert found.verdict is Verdict.COMPLIANT


def test_a_row_that_is_lost_between_pages_is_found_by_reading_again(wide: "Azure") -> None:
    pending = [Effect.MISSING_ROWS]

    def lose_one(_method: str, _path: str, body: bytes) -> None:
        if is_inventory(body) and pending:
            wide.fault(pending.pop(), api=GRAPH, times=1)

    wide.stage.intercept = lose_one
    found = wide.scan()
    assert queries(wide) == 2 * PAGES + OTHER_QUERIES
    assert len(found.judged) == ROWS
    assert found.verdict is Verdict.COMPLIANT


def test_a_row_that_stays_lost_is_incomplete(wide: "Azure") -> None:
    wide.fault(Effect.MISSING_ROWS, api=GRAPH)
    assert_not_whole(wide.scan(), f"inventory-short: {ROWS - PAGES} of {ROWS} rows")


def test_a_row_lost_while_another_comes_twice_does_not_add_up(azure: "Azure") -> None:
    azure.fault(Effect.MISSING_ROWS, api=GRAPH)
    azure.fault(Effect.DUPLICATE_ROWS, api=GRAPH)
    assert_not_whole(azure.scan(), "inventory-short: 27 of 28 rows")


@pytest.mark.parametrize("effect", [Effect.LOOP, Effect.REPEAT_TOKEN])
def test_pages_that_lead_back_to_themselves_end_and_are_incomplete(
    azure: "Azure", build: "type[Build]", effect: Effect
) -> None:
    azure.use(build.estate(nets=2100))
    azure.fault(effect, api=GRAPH)
    assert_not_whole(azure.scan(), "inventory-broken-off: PageLoop")
    assert queries(azure) < 12


def test_tokens_that_are_ever_new_for_the_same_rows_end_too(wide: "Azure") -> None:
    first = iter(range(10_000))

    def same_page(_method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        if "resourcegraph" not in path.lower() or not is_inventory(body):
            return None
        row = {"id": "/subscriptions/a/x", "subscriptionId": "a", "type": "a/b"}
        page = {"totalRecords": 9, "resultTruncated": "false", "data": [row]}
        return 200, headers(), json.dumps(page | {"$skipToken": f"t{next(first)}"}).encode()

    wide.stage.intercept = same_page
    assert_not_whole(wide.scan(), "inventory-broken-off: PageLoop")
    assert next(first) < 6


def expiring(wide: "Azure", times: int) -> Counter[str]:
    seen: Counter[str] = Counter()

    def expire(_method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        if "resourcegraph" not in path.lower() or not is_inventory(body):
            return None
        kind = "later" if token_of(body) else "first"
        seen[kind] += 1
        if kind == "first" or seen[kind] > times:
            return None
        error = {"error": {"code": "BadRequest", "message": "The skip token has expired."}}
        return 400, headers(), json.dumps(error).encode()

    wide.stage.intercept = expire
    return seen


def test_a_token_that_has_expired_starts_the_reading_over(wide: "Azure") -> None:
    seen = expiring(wide, times=1)
    found = wide.scan()
    assert seen == {"first": 2, "later": PAGES}
    assert len(found.judged) == ROWS
    assert found.verdict is Verdict.COMPLIANT


def test_tokens_that_always_expire_start_over_once_and_are_incomplete(wide: "Azure") -> None:
    seen = expiring(wide, times=1000)
    found = wide.scan()
    assert seen == {"first": 2, "later": 2}
    assert_not_whole(found, "inventory-broken-off: BadRequest")
    assert len(found.judged) >= 1000, "what the first page showed is judged all the same"


def test_over_a_hundred_subscriptions_are_asked_in_batches(
    azure: "Azure", build: "type[Build]"
) -> None:
    many = [Subscription(id=f"dddddddd-0000-4000-8000-{n:012}", name=f"s{n}") for n in range(120)]
    last = build.resource(many[-1].id, "Microsoft.KeyVault/vaults", "kvlast", properties={})
    estate = build.estate(many)
    azure.use(replace(estate, resources=[*estate.resources, last]))
    asked: list[int] = []

    def listen(_method: str, path: str, body: bytes) -> None:
        if "resourcegraph" in path.lower():
            asked.append(len(json.loads(body)["subscriptions"]))

    azure.stage.intercept = listen
    scope = {"subscriptions": [{"id": each} for each in (*build.names, *(m.id for m in many))]}
    found = azure.scan(scope=scope)
    assert asked == [100, 23] * (1 + OTHER_QUERIES)
    assert found.verdict is Verdict.COMPLIANT
    assert len(found.judged) == 29
    assert Counter(each.state for each in found.coverage) == {SubscriptionState.READ: 123}


def test_a_page_over_the_limit_is_halved_until_it_fits(wide: "Azure") -> None:
    wide.simulator.behaviour.payload_limit_bytes = 170_000
    found = wide.scan()
    by_status = Counter(call.status for call in wide.calls(GRAPH))
    assert by_status[400] == 2
    assert by_status[200] == OTHER_QUERIES + 5
    assert len(found.judged) == ROWS
    assert found.verdict is Verdict.COMPLIANT


def test_one_row_over_the_limit_is_an_error_of_its_subscription_alone(
    azure: "Azure", build: "type[Build]"
) -> None:
    huge = {"x": "y" * 20_000}
    azure.add(build.resource(build.data, "Microsoft.Automation/automationAccounts", "a", tags=huge))
    azure.simulator.behaviour.payload_limit_bytes = 15_000
    found = azure.scan()
    states = {entry.id: entry.state for entry in found.coverage}
    assert states[build.data] is SubscriptionState.UNREADABLE
    assert states[build.apps] is SubscriptionState.READ
    assert states[build.nets] is SubscriptionState.READ
    assert_not_whole(found, "ResponsePayloadTooLarge")


def test_the_header_of_the_subscription_limit_is_incomplete(azure: "Azure") -> None:
    azure.simulator.behaviour.subscription_limit = 2
    found = azure.scan()
    assert_not_whole(found, "subscription-limit-hit")


def test_quotas_are_obeyed_before_azure_has_to_refuse(wide: "Azure") -> None:
    wide.simulator.behaviour.quotas = True
    for _ in range(13):
        wide.simulator.quotas.graph("Bearer simulator", wide.simulator.clock().timestamp())
    found = wide.scan()
    assert found.verdict is Verdict.COMPLIANT
    assert 429 not in {call.status for call in wide.simulator.requests}
    assert (found.finished_at - found.started_at).total_seconds() > 3


def test_reads_of_a_subscription_slow_down_before_azure_has_to_refuse(
    azure: "Azure", build: "type[Build]"
) -> None:
    estate = build.estate()
    more = [build.account(build.data, f"st{number}") for number in range(60)]
    azure.use(replace(estate, resources=[*estate.resources, *more]))
    azure.simulator.behaviour.quotas = True
    now = azure.simulator.clock().timestamp()
    for _ in range(200):
        azure.simulator.quotas.arm("Bearer simulator", build.data, now)
    found = azure.scan()
    assert found.verdict is Verdict.COMPLIANT
    assert 429 not in {call.status for call in azure.simulator.requests}


def test_a_refusal_for_quota_without_retry_after_is_waited_out(azure: "Azure") -> None:
    spent = {"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:01"}
    azure.fault(Effect.STATUS, api=GRAPH, status=429, headers=spent, times=1)
    found = azure.scan()
    assert found.verdict is Verdict.COMPLIANT
    assert [call.status for call in azure.calls(GRAPH)] == [429, 200, 200, 200]
    assert (found.finished_at - found.started_at).total_seconds() > 1


@pytest.mark.parametrize("retry_after", ["soon", "-5", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_an_odd_retry_after_is_waited_out_like_none(azure: "Azure", retry_after: str) -> None:
    rule: dict[str, Any] = {"status": 429, "headers": {"Retry-After": retry_after}, "times": 1}
    azure.fault(Effect.STATUS, api=GRAPH, **rule)
    assert azure.scan().verdict is Verdict.COMPLIANT


def test_quota_refusals_without_end_are_incomplete_after_few_requests(azure: "Azure") -> None:
    azure.fault(Effect.STATUS, api=GRAPH, status=429)
    assert_not_whole(azure.scan(deadline="1s"), "inventory-failed")
    assert queries(azure) <= 12


PAGE: dict[str, Any] = {
    "totalRecords": 1,
    "count": 1,
    "resultTruncated": "false",
    "data": [{"id": "/subscriptions/a/x", "subscriptionId": "a", "name": "x", "type": "a/b"}],
}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({k: v for k, v in PAGE.items() if k != "data"}, id="data is missing"),
        pytest.param(PAGE | {"data": {"columns": [], "rows": []}}, id="the table format"),
        pytest.param(PAGE | {"data": [{"name": "x"}]}, id="a row without id"),
        pytest.param(PAGE | {"totalRecords": "1"}, id="a number as text"),
        pytest.param({k: v for k, v in PAGE.items() if k != "resultTruncated"}, id="no flag"),
        pytest.param({"error": {"code": "X"}}, id="an error with 200"),
        pytest.param("", id="nothing"),
    ],
)
def test_an_answer_of_another_shape_is_incomplete_and_not_zero_resources(
    azure: "Azure", body: object
) -> None:
    azure.fault(Effect.STATUS, api=GRAPH, status=200, body=body)
    assert_not_whole(azure.scan(deadline="5s"), "inventory-failed: BadAnswer")


@pytest.mark.parametrize("effect", [Effect.HTML, Effect.TRUNCATE, Effect.RESET, Effect.WRONG_SHAPE])
def test_an_answer_that_is_spoiled_once_is_asked_again(azure: "Azure", effect: Effect) -> None:
    azure.fault(effect, api=GRAPH, times=1)
    assert azure.scan().verdict is Verdict.COMPLIANT


@pytest.mark.parametrize(
    ("effect", "reason"),
    [
        (Effect.HTML, "inventory-failed: BadAnswer"),
        (Effect.TRUNCATE, "inventory-failed: BadAnswer"),
        (Effect.RESET, "inventory-failed"),
        (Effect.STATUS, "inventory-failed"),
    ],
)
def test_an_answer_that_is_always_spoiled_is_incomplete(
    azure: "Azure", effect: Effect, reason: str
) -> None:
    azure.fault(effect, api=GRAPH)
    assert_not_whole(azure.scan(deadline="1s"), reason)


@pytest.mark.parametrize("status", [502, 503])
def test_a_failure_that_passes_is_asked_again(azure: "Azure", status: int) -> None:
    azure.fault(Effect.STATUS, api=GRAPH, status=status, times=1)
    assert azure.scan().verdict is Verdict.COMPLIANT


def test_an_empty_result_while_azure_lists_resources_is_not_an_empty_tenant(
    azure: "Azure",
) -> None:
    azure.fault(Effect.STATUS, api=GRAPH, status=200, body=PAGE | {"data": [], "totalRecords": 0})
    assert_not_whole(azure.scan(), "left-out-by-resource-graph")
