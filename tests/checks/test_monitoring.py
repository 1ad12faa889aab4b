"""Failovers, roles and traps of logs, keys and tests, beside what the fixtures say."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checks import data_collection_endpoints, data_collection_rules, log_analytics, managed_hsm
from checks.web_tests import TAGS
from residency import regions
from residency.errors import AccessDenied, AzureError, NotFound
from residency.model import Placement, Reason, Role
from residency.testing import JsonReader, run_check

GROUP = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers"
WORKSPACE = f"{GROUP}/Microsoft.OperationalInsights/workspaces/log-we"
ENDPOINT = f"{GROUP}/Microsoft.Insights/dataCollectionEndpoints/dce-we"
RULE = f"{GROUP}/Microsoft.Insights/dataCollectionRules/dcr-we"
POOL = f"{GROUP}/Microsoft.KeyVault/managedHSMs/hsm"
LISTS = ("dataExports", "linkedStorageAccounts", "linkedServices")
STATES = f"{WORKSPACE}/providers/Microsoft.SecurityInsights/onboardingStates"
SWITCHED = {
    "replication": {"enabled": True, "location": "northeurope"},
    "failover": {"state": "Active", "lastModifiedDate": "2026-10-31T08:00:00Z"},
}


def body(resource_id: str, resource_type: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": resource_id,
        "type": resource_type,
        "location": "westeurope",
        "properties": properties,
    }


def workspace(
    told: dict[str, Any] | AzureError, shown: dict[str, Any] | None = None, **answers: Any
) -> tuple[Placement, ...]:
    row = body(WORKSPACE, "microsoft.operationalinsights/workspaces", shown or {})
    known: dict[str, Any] = {f"{WORKSPACE}/{name}": {"value": []} for name in LISTS}
    known[STATES] = answers.get("states", {"value": []})
    known[WORKSPACE] = told if isinstance(told, AzureError) else {**row, "properties": told}
    reader = JsonReader(answers=known, inventory=[row])
    return run_check(log_analytics.CHECKS[0], row, reader)


def test_a_workspace_that_was_switched_over_says_from_where_and_since_when() -> None:
    primary, _ = workspace(SWITCHED)
    assert primary.writer
    assert primary.failover is not None
    assert primary.failover.path == ("westeurope",)
    assert primary.failover.since == datetime(2026, 10, 31, 8, tzinfo=UTC)


def test_the_provider_wins_over_resource_graph_and_the_evidence_shows_both() -> None:
    shown = {**SWITCHED, "failover": {"state": "Inactive"}}
    primary, _ = workspace(SWITCHED, shown)
    assert primary.region == "northeurope"
    assert primary.failover is not None
    assert primary.failover.evidence.against == "Inactive"


def test_a_workspace_that_its_provider_does_not_show_is_in_doubt_about_its_primary() -> None:
    unread, *_ = workspace(AccessDenied("no", code="AuthorizationFailed"), SWITCHED)
    assert unread.decides_primary
    assert unread.unresolved is Reason.FACET_UNREADABLE


@pytest.mark.parametrize("state", ["Activating", "Deactivating", "Failed", "Somehow"])
def test_a_workspace_between_two_regions_is_never_called_written_in_either(state: str) -> None:
    places = workspace({**SWITCHED, "failover": {"state": state}})
    (primary,) = (place for place in places if place.role is Role.PRIMARY)
    assert (primary.region, primary.decides_primary) == ("unknown", True)


@pytest.mark.parametrize(
    "error",
    [NotFound("none"), AzureError("not registered", code="MissingSubscriptionRegistration")],
)
def test_a_subscription_that_does_not_use_sentinel_handles_nothing_elsewhere(
    error: AzureError,
) -> None:
    (place,) = workspace({}, states=error)
    assert place.role is Role.PRIMARY


def test_whether_sentinel_is_on_is_unknown_where_it_may_not_be_read() -> None:
    places = workspace({}, states=AccessDenied("no", code="AuthorizationFailed"))
    assert places[-1].unresolved is Reason.FACET_UNREADABLE
    assert places[-1].role is Role.PROCESSING


def test_an_endpoint_that_failed_over_says_from_where() -> None:
    told = {"failoverConfiguration": {"activeLocation": "northeurope", "locations": []}}
    row = body(ENDPOINT, "microsoft.insights/datacollectionendpoints", told)
    (primary,) = run_check(
        data_collection_endpoints.CHECKS[0], row, JsonReader(answers={ENDPOINT: row})
    )
    assert primary.writer
    assert primary.failover is not None
    assert primary.failover.path == ("westeurope",)


def test_an_endpoint_that_is_active_at_home_has_not_failed_over() -> None:
    told = {"failoverConfiguration": {"activeLocation": "West Europe", "locations": []}}
    row = body(ENDPOINT, "microsoft.insights/datacollectionendpoints", told)
    (primary,) = run_check(
        data_collection_endpoints.CHECKS[0], row, JsonReader(answers={ENDPOINT: row})
    )
    assert primary.failover is None


def test_the_copy_of_a_rule_in_the_pair_holds_the_rule_and_none_of_the_data() -> None:
    row = body(RULE, "microsoft.insights/datacollectionrules", {"destinations": {}})
    copies = run_check(data_collection_rules.CHECKS[0], row)
    (copy,) = (place for place in copies if place.role is Role.BACKUP)
    assert copy.metadata_only


def test_a_pool_whose_regions_may_not_be_read_is_in_doubt_about_its_primary() -> None:
    row = body(POOL, "microsoft.keyvault/managedhsms", {})
    reader = JsonReader(answers={f"{POOL}/regions": AccessDenied("no")})
    unread, _ = run_check(managed_hsm.CHECKS[0], row, reader)
    assert unread.decides_primary


def test_every_tag_of_a_web_test_stands_for_a_place_that_is_known() -> None:
    assert [tag for tag, place in TAGS.items() if regions.find(place) is None] == []


def test_no_tag_of_a_web_test_is_taken_for_the_country_in_its_name() -> None:
    meant = {tag: regions.find(TAGS[tag]) for tag in ("emea-se-sto-edge", "emea-ru-msa-edge")}
    assert {tag: place and place.country for tag, place in meant.items()} == {
        "emea-se-sto-edge": "GB",
        "emea-ru-msa-edge": "GB",
    }
