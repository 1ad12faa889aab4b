"""Lists of Azure Resource Manager: every page, only Azure's own, and never more than reads."""

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from azure.core.rest import HttpRequest

from residency.azure import open_session
from residency.azure.arm import is_at
from residency.errors import AzureError, BadAnswer
from residency.model import Reason, Verdict
from residency.simulator.faults import Effect

if TYPE_CHECKING:
    from collections.abc import Callable

    from residency.policy import Judged
    from residency.scan import Scan
    from tests.scan.conftest import Azure, Build

POLICIES = "stgrs/objectReplicationPolicies"


def test_all_pages_of_every_list_are_read(azure: "Azure", build: "type[Build]") -> None:
    azure.add(build.account(build.data, "stthird"))
    azure.simulator.behaviour.list_page_size = 2
    found = azure.scan()
    assert found.verdict is Verdict.COMPLIANT
    assert len(found.coverage) == 3
    assert len(azure.calls("subscriptions")) == 2
    accounts = f"{build.data}/providers/Microsoft.Storage/storageAccounts"
    assert len(azure.calls("microsoft.storage", accounts)) == 2


def linking(azure: "Azure", link: str) -> None:
    page: dict[str, Any] = {"value": [], "nextLink": link}
    azure.fault(Effect.STATUS, path=POLICIES, status=200, body=page)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(("127.0.0.1", "localhost"), id="another host"),
        pytest.param(("http://", "https://"), id="another scheme"),
        pytest.param(("127.0.0.1", "127.0.0.1.example.com"), id="a longer host"),
        pytest.param(("http://", "http://user@"), id="a user before the host"),
    ],
)
def test_a_next_link_that_leads_away_is_refused_and_our_token_is_not_sent_there(
    azure: "Azure", judged: "Callable[[Scan, str], Judged]", change: tuple[str, str]
) -> None:
    linking(azure, azure.stage.url.replace(*change) + "/stolen?api-version=1")
    found = azure.scan()
    hosts = {host for host, _ in azure.stage.heard}
    assert hosts == {azure.stage.url.removeprefix("http://")}
    assert not azure.calls(path="/stolen")
    account = judged(found, "/stgrs").judgement
    assert account.reasons == (Reason.FACET_UNREADABLE,)
    assert "ForeignNextLink" in " ".join(str(p.placement.evidence) for p in account.placements)
    assert found.verdict is Verdict.NOT_PROVEN


@pytest.mark.parametrize(
    ("link", "stays"),
    [
        ("https://management.azure.com/subscriptions?x=1", True),
        ("https://management.azure.com:443/subscriptions", True),
        ("https://Management.Azure.com/subscriptions", True),
        ("https://management.azure.com:8443/subscriptions", False),
        ("https://management.azure.com:no/subscriptions", False),
        ("http://management.azure.com/subscriptions", False),
        ("https://management.azure.com.example.com/", False),
        ("https://management.azure.com@example.com/", False),
        ("https://x:y@management.azure.com/", False),
        ("//management.azure.com/subscriptions", False),
        ("/subscriptions", False),
    ],
)
def test_a_next_link_stays_with_azure_whatever_its_spelling(link: str, *, stays: bool) -> None:
    assert is_at("https://management.azure.com", link) is stays


def test_a_next_link_to_itself_ends_and_leaves_the_facet_unread(
    azure: "Azure", judged: "Callable[[Scan, str], Judged]"
) -> None:
    linking(azure, f"{azure.stage.url}/subscriptions/a/{POLICIES}?api-version=1")
    found = azure.scan()
    assert len(azure.calls(path=POLICIES)) == 2
    assert judged(found, "/stgrs").judgement.reasons == (Reason.FACET_UNREADABLE,)
    assert found.verdict is Verdict.NOT_PROVEN


def test_a_list_of_subscriptions_that_loops_is_a_bad_answer(azure: "Azure") -> None:
    azure.simulator.behaviour.list_page_size = 1
    azure.fault(Effect.REPEAT_TOKEN, path="^/subscriptions$")
    with pytest.raises(BadAnswer, match="lead back"):
        azure.scan()


def test_a_scan_sends_nothing_but_get_and_the_query_of_resource_graph(azure: "Azure") -> None:
    azure.scan()
    sent = {(call.method, call.api == "resourcegraph") for call in azure.simulator.requests}
    assert sent == {("GET", False), ("POST", True)}
    assert azure.simulator.breaches == []


def sent_through_the_pipeline(azure: "Azure", method: str, path: str) -> AzureError:
    async def send() -> None:
        settings = azure.settings()
        async with open_session(settings.azure, timedelta(seconds=5)) as arm:
            await arm.send(HttpRequest(method, f"{azure.stage.url}{path}"))

    with pytest.raises(AzureError) as caught:
        asyncio.run(send())
    return caught.value


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST", "HEAD"])
def test_whatever_could_change_something_is_refused_before_it_is_sent(
    azure: "Azure", method: str
) -> None:
    refused = sent_through_the_pipeline(azure, method, "/subscriptions/a/x?api-version=1")
    assert refused.code == "ReadOnly"
    assert azure.stage.heard == []


def test_a_post_beside_resource_graph_is_refused(azure: "Azure") -> None:
    path = "/providers/Microsoft.ResourceGraph/resources/../../subscriptions"
    assert sent_through_the_pipeline(azure, "POST", path).code == "ReadOnly"
    assert azure.stage.heard == []


def test_the_registration_that_the_sdk_would_send_by_itself_is_refused(
    azure: "Azure", judged: "Callable[[Scan, str], Judged]"
) -> None:
    missing = {
        "code": "MissingSubscriptionRegistration",
        "message": "The subscription is not registered to use namespace 'Microsoft.Storage'.",
        "details": [{"code": "MissingSubscriptionRegistration", "target": "Microsoft.Storage"}],
    }

    def unregistered(
        method: str, path: str, _body: bytes
    ) -> tuple[int, dict[str, str], bytes] | None:
        if method == "GET" and path.endswith("/objectReplicationPolicies"):
            body = json.dumps({"error": missing}).encode()
            return 409, {"content-type": "application/json"}, body
        return None

    azure.stage.intercept = unregistered
    found = azure.scan()
    assert azure.simulator.breaches == []
    assert not azure.calls(path="/register")
    assert judged(found, "/stgrs").judgement.reasons == (Reason.FACET_UNREADABLE,)
    assert found.verdict is Verdict.NOT_PROVEN
