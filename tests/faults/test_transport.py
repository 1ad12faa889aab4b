"""Azure fails, or what stands between spoils its answers. Faults 5 to 9."""

import socket
from typing import TYPE_CHECKING, Any

import pytest

from residency.errors import AzureError, BadAnswer, Unavailable
from residency.model import Reason
from residency.simulator.faults import Effect

if TYPE_CHECKING:
    from tests.faults.conftest import Find, Tenant

GRAPH = "resourcegraph"
POLICIES = "stgrs/objectReplicationPolicies"
SERVER_ERRORS = [500, 502, 503, 504]


@pytest.mark.parametrize("where", [{"api": GRAPH}, {"path": POLICIES}], ids=[GRAPH, "a list"])
@pytest.mark.parametrize("status", SERVER_ERRORS)
def test_fault_05_a_failure_that_passes_is_asked_again(
    tenant: "Tenant", find: "type[Find]", status: int, where: dict[str, str]
) -> None:
    tenant.refuse(status, **where, times=1)
    assert find(tenant.scan()).is_whole()


@pytest.mark.parametrize("status", SERVER_ERRORS)
def test_fault_06_failures_without_end_are_incomplete(
    tenant: "Tenant", find: "type[Find]", status: int
) -> None:
    tenant.refuse(status, api=GRAPH)
    assert find(tenant.scan(deadline_seconds=1)).is_not_whole("inventory-failed")
    assert len(tenant.calls(GRAPH)) <= 5


def test_fault_06_failures_of_one_facet_leave_it_unread_and_the_rest_standing(
    tenant: "Tenant", find: "type[Find]"
) -> None:
    tenant.refuse(503, path=POLICIES)
    found = find(tenant.scan(deadline_seconds=2))
    assert found.judged("/stgrs").judgement.reasons == (Reason.FACET_UNREADABLE,)
    assert found.judged("/stapps").judgement.reasons == ()
    assert len(tenant.calls(path=POLICIES)) <= 5


@pytest.mark.parametrize("effect", [Effect.RESET, Effect.HTML])
@pytest.mark.parametrize("where", [{"api": GRAPH}, {"path": POLICIES}], ids=[GRAPH, "a list"])
def test_fault_07_a_reset_or_a_page_of_a_proxy_that_passes_is_asked_again(
    tenant: "Tenant", find: "type[Find]", effect: Effect, where: dict[str, str]
) -> None:
    tenant.fault(effect, times=1, **where)
    assert find(tenant.scan()).is_whole()


@pytest.mark.parametrize(
    ("effect", "reason"),
    [(Effect.RESET, "inventory-failed"), (Effect.HTML, "inventory-failed: BadAnswer")],
)
def test_fault_07_a_reset_or_a_page_of_a_proxy_that_stays_is_incomplete(
    tenant: "Tenant", find: "type[Find]", effect: Effect, reason: str
) -> None:
    tenant.fault(effect, api=GRAPH)
    assert find(tenant.scan(deadline_seconds=1)).is_not_whole(reason)


def test_fault_07_a_proxy_before_everything_is_an_error_and_not_an_empty_tenant(
    tenant: "Tenant",
) -> None:
    tenant.fault(Effect.HTML)
    with pytest.raises(BadAnswer, match="something else than documented"):
        tenant.scan()


def nobody_answers(url: str) -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return url.replace(url.rpartition(":")[2], str(free.getsockname()[1]))


def plain_behind_tls(url: str) -> str:
    return url.replace("http://", "https://")


def a_name(url: str) -> str:
    return url.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("address", [nobody_answers, plain_behind_tls, a_name])
def test_fault_07_dns_tls_or_connection_that_fails_is_an_error_and_not_an_empty_tenant(
    tenant: "Tenant", monkeypatch: pytest.MonkeyPatch, address: Any
) -> None:
    def no_name(*_args: object, **_options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    endpoint = address(tenant.azure.stage.url)
    if address is a_name:
        monkeypatch.setattr(socket, "getaddrinfo", no_name)
    with pytest.raises(Unavailable):
        tenant.scan(deadline_seconds=1, azure={"endpoint": endpoint, "credential": "none"})


def test_fault_07_what_could_not_be_reached_is_told_by_the_kind_of_failure(
    tenant: "Tenant",
) -> None:
    endpoint = nobody_answers(tenant.azure.stage.url)
    with pytest.raises(Unavailable) as caught:
        tenant.scan(deadline_seconds=9, azure={"endpoint": endpoint, "credential": "none"})
    assert caught.value.code == "ServiceRequestError"


@pytest.mark.parametrize("where", [{"api": GRAPH}, {"path": POLICIES}], ids=[GRAPH, "a list"])
def test_fault_08_an_answer_that_is_cut_short_once_is_asked_again(
    tenant: "Tenant", find: "type[Find]", where: dict[str, str]
) -> None:
    tenant.fault(Effect.TRUNCATE, times=1, **where)
    assert find(tenant.scan()).is_whole()


def test_fault_08_answers_that_are_always_cut_short_are_incomplete(
    tenant: "Tenant", find: "type[Find]"
) -> None:
    tenant.fault(Effect.TRUNCATE, api=GRAPH)
    assert find(tenant.scan()).is_not_whole("inventory-failed: BadAnswer")
    assert len(tenant.calls(GRAPH)) <= 2 * 3


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
def test_fault_09_an_answer_of_another_shape_is_incomplete_and_not_zero_resources(
    tenant: "Tenant", find: "type[Find]", body: object
) -> None:
    tenant.refuse(200, api=GRAPH, body=body)
    assert find(tenant.scan()).is_not_whole("inventory-failed: BadAnswer")


def test_fault_09_a_shape_that_is_wrong_once_is_asked_again(
    tenant: "Tenant", find: "type[Find]"
) -> None:
    tenant.fault(Effect.WRONG_SHAPE, api=GRAPH, times=1)
    assert find(tenant.scan()).is_whole()


@pytest.mark.parametrize("body", [{"values": []}, {"value": {}}, {"value": [7]}, []])
def test_fault_09_a_list_of_another_shape_leaves_its_facet_unread(
    tenant: "Tenant", find: "type[Find]", body: object
) -> None:
    tenant.refuse(200, path=POLICIES, body=body)
    account = find(tenant.scan()).judged("/stgrs").judgement
    assert account.reasons == (Reason.FACET_UNREADABLE,)


def test_fault_09_subscriptions_of_another_shape_are_an_error(tenant: "Tenant") -> None:
    tenant.refuse(200, path="^/subscriptions$", body={"value": [{"subscriptionId": 7}]})
    with pytest.raises(AzureError):
        tenant.scan()
