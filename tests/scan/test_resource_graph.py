"""Resource Graph's pages, read to the end and counted; whatever is amiss is never a smaller whole.

https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data
"""

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from residency.model import SubscriptionState, Verdict
from residency.scan import Scan
from residency.simulator.world import Subscription

if TYPE_CHECKING:
    from tests.scan.conftest import Azure, Build

GRAPH = "resourcegraph"
ROWS = 1112
PAGES = 2
OTHER_QUERIES = 2


def reasons(found: Scan) -> str:
    return " ".join(reason for entry in found.coverage for reason in entry.reasons)


def queries(azure: "Azure") -> int:
    return len(azure.calls(GRAPH))


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
