"""Storage accounts: the provider's own list stands above Resource Graph.

A failover that Microsoft starts shows there first
(https://learn.microsoft.com/azure/governance/resource-graph/overview).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from residency.model import Reason, Status, Verdict
from residency.policy import Judged
from residency.scan import Scan
from residency.simulator.faults import Effect

if TYPE_CHECKING:
    from tests.scan.conftest import Azure, Build

Find = Callable[[Scan, str], Judged]
DISAGREE = "sources-disagree: 1 resources"


def test_an_account_that_only_the_provider_lists_is_scanned_and_counted(
    azure: "Azure", build: "type[Build]", judged: Find
) -> None:
    azure.simulator.behaviour.graph_lag_seconds = 3600
    azure.add(build.account(build.data, "stnew", secondaryLocation="uksouth"))
    found = azure.scan()
    assert judged(found, "/stnew").judgement.status is Status.VIOLATION
    assert found.verdict is Verdict.VIOLATION
    assert DISAGREE in found.reasons
    assert {each.name: each.resources for each in found.coverage}["data"] == 11


def test_an_account_that_only_resource_graph_shows_is_kept_and_reported(
    azure: "Azure", build: "type[Build]", judged: Find
) -> None:
    azure.simulator.behaviour.graph_lag_seconds = 3600
    azure.simulator.remove(build.account(build.data, "stlrs")["id"])
    found = azure.scan()
    assert judged(found, "/stlrs").resource.name == "stlrs"
    assert DISAGREE in found.reasons


def test_sources_that_agree_in_other_spellings_do_not_disagree(
    azure: "Azure", build: "type[Build]"
) -> None:
    azure.add({**build.account(build.data, "stspelled"), "location": "West Europe"})
    assert azure.scan().reasons == ()


def test_what_resource_graph_shows_of_one_account_is_told_of_no_other_that_says_the_same(
    azure: "Azure", build: "type[Build]", judged: Find
) -> None:
    names = ("sta", "stb", "stc")
    geo = build.account(build.data, "stb")
    lagging = {
        **geo,
        "properties": {"primaryLocation": "northeurope", "secondaryLocation": "westeurope"},
    }
    azure.add(*(build.account(build.data, name) for name in names if name != "stb"), lagging)
    azure.simulator.behaviour.graph_lag_seconds = 3600
    azure.add(geo)
    found = azure.scan()
    against = {
        name: [
            each.placement.evidence.against
            for each in judged(found, f"/{name}").judgement.placements
            if each.placement.evidence.against
        ]
        for name in names
    }
    assert against == {"sta": [], "stb": ["northeurope", "westeurope"], "stc": []}
    assert DISAGREE in found.reasons


@pytest.mark.parametrize("refusal", ["denied", "failing", "misshapen"])
def test_a_list_that_the_provider_refuses_leaves_those_accounts_unknown_and_no_others(
    azure: "Azure", build: "type[Build]", judged: Find, refusal: str
) -> None:
    path = f"/subscriptions/{build.data}/providers/microsoft.storage/storageaccounts"
    match refusal:
        case "denied":
            azure.simulator.tenant.denied.append(path)
            for account in ("stgrs", "stlrs"):
                azure.fault(
                    Effect.STATUS, path=f"{account}/objectRep", status=200, body={"value": []}
                )
        case "failing":
            azure.fault(Effect.STATUS, path=f"{path}$", status=400)
        case _:
            azure.fault(Effect.STATUS, path=f"{path}$", status=200, body={"value": [{"x": 1}]})
    found = azure.scan()
    for account in ("/stgrs", "/stlrs"):
        judgement = judged(found, account).judgement
        assert judgement.status is Status.UNKNOWN
        assert judgement.reasons == (Reason.FACET_UNREADABLE,)
    assert judged(found, "/stapps").judgement.status is Status.COMPLIANT
    assert found.counts[Status.UNKNOWN] == 2
    assert found.verdict is Verdict.NOT_PROVEN


def test_the_provider_is_asked_even_where_resource_graph_fails(
    azure: "Azure", build: "type[Build]", judged: Find
) -> None:
    azure.add(build.account(build.data, "stuk", secondaryLocation="uksouth"))
    azure.fault(Effect.STATUS, api="resourcegraph", status=400)
    found = azure.scan()
    assert judged(found, "/stuk").judgement.status is Status.VIOLATION
    assert not found.complete
    assert not found.saw_nothing
    assert found.verdict is Verdict.VIOLATION
    assert not [reason for reason in found.reasons if "disagree" in reason]
