"""An api-version that Azure refuses is replaced, once, by one that the provider itself lists."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from residency.model import Reason, Verdict
from residency.simulator.faults import Effect

if TYPE_CHECKING:
    from residency.policy import Judged
    from residency.scan import Scan
    from tests.scan.conftest import Azure

GROUPS = "microsoft.sql/servers/failovergroups"
PROVIDER = "/providers/Microsoft.Sql"


def versions(azure: "Azure", path: str, status: int = 200) -> set[str]:
    calls = [call for call in azure.calls(path=path) if call.status == status]
    return {call.query["api-version"] for call in calls}


def asked_of(azure: "Azure", provider: str) -> int:
    return len([call for call in azure.calls() if call.path.lower().endswith(provider.lower())])


@pytest.mark.parametrize(
    ("offered", "taken"),
    [
        pytest.param(["2019-01-01", "2021-06-01"], "2021-06-01", id="the newest"),
        pytest.param(
            ["2023-01-01-preview", "2021-06-01", "2020-01-01"], "2021-06-01", id="no preview"
        ),
        pytest.param(
            ["2020-01-01-preview", "2023-01-01-preview"],
            "2023-01-01-preview",
            id="a preview where there is nothing else",
        ),
    ],
)
def test_a_refused_version_is_replaced_by_one_that_the_provider_lists(
    azure: "Azure", offered: list[str], taken: str
) -> None:
    azure.simulator.behaviour.api_versions = {GROUPS: offered}
    found = azure.scan()
    assert found.verdict is Verdict.COMPLIANT
    assert versions(azure, "/failoverGroups") == {taken}
    assert asked_of(azure, PROVIDER) == 1


def test_a_provider_is_asked_once_for_all_its_types_and_resources(azure: "Azure") -> None:
    links = "microsoft.sql/servers/replicationlinks"
    azure.simulator.behaviour.api_versions = {GROUPS: ["2021-06-01"], links: ["2020-01-01"]}
    assert azure.scan().verdict is Verdict.COMPLIANT
    assert versions(azure, "/failoverGroups") == {"2021-06-01"}
    assert versions(azure, "/replicationLinks") == {"2020-01-01"}
    assert asked_of(azure, PROVIDER) == 1


def test_a_list_of_the_inventory_has_another_version_as_well(azure: "Azure") -> None:
    accounts = "microsoft.storage/storageaccounts"
    azure.simulator.behaviour.api_versions = {accounts: ["2024-01-01"]}
    found = azure.scan()
    assert found.complete
    assert versions(azure, "/providers/Microsoft.Storage/storageAccounts") >= {"2024-01-01"}


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "InvalidApiVersionParameter"),
        (400, "NoRegisteredProviderFound"),
        (400, "UnsupportedApiVersion"),
        (404, "InvalidResourceType"),
    ],
)
def test_whichever_way_azure_refuses_a_version_another_is_asked(
    azure: "Azure", status: int, code: str
) -> None:
    refusal = {"error": {"code": code, "message": "no"}}
    azure.simulator.behaviour.api_versions = {GROUPS: ["2021-06-01"]}
    azure.fault(Effect.STATUS, path="/failoverGroups$", status=status, body=refusal, times=2)
    assert azure.scan().verdict is Verdict.COMPLIANT
    assert versions(azure, "/failoverGroups", status) == {"2025-01-01"}
    assert versions(azure, "/failoverGroups") == {"2021-06-01"}


def refuse_provider(azure: "Azure") -> None:
    azure.simulator.behaviour.api_versions = {GROUPS: ["2021-06-01"]}
    azure.fault(Effect.STATUS, path=f"{PROVIDER}$", status=403)


def offer_nothing(azure: "Azure") -> None:
    azure.simulator.behaviour.api_versions = {GROUPS: ["2021-06-01"]}
    azure.fault(Effect.STATUS, path=f"{PROVIDER}$", status=200, body={"resourceTypes": []})


def offer_nonsense(azure: "Azure") -> None:
    azure.simulator.behaviour.api_versions = {GROUPS: ["2021-06-01"]}
    kind: dict[str, Any] = {"resourceType": "servers/failoverGroups", "apiVersions": ["1&x=../.."]}
    azure.fault(Effect.STATUS, path=f"{PROVIDER}$", status=200, body={"resourceTypes": [kind]})


@pytest.mark.parametrize("spoil", [refuse_provider, offer_nothing, offer_nonsense])
def test_where_no_other_version_is_offered_the_facet_is_unread_with_the_refusal(
    azure: "Azure",
    judged: "Callable[[Scan, str], Judged]",
    spoil: Callable[["Azure"], None],
) -> None:
    spoil(azure)
    found = azure.scan()
    database = judged(found, "sql-west/databases/crm").judgement
    assert Reason.FACET_UNREADABLE in database.reasons
    assert "NoRegisteredProviderFound" in " ".join(
        str(place.placement.evidence) for place in database.placements
    )
    assert found.verdict is Verdict.NOT_PROVEN
    assert asked_of(azure, PROVIDER) == 1


def test_another_refusal_is_none_of_the_version(azure: "Azure") -> None:
    azure.fault(Effect.STATUS, path="/failoverGroups$", status=400)
    assert azure.scan().verdict is Verdict.NOT_PROVEN
    assert asked_of(azure, PROVIDER) == 0
