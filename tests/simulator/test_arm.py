"""What Azure Resource Manager answers to a GET."""

from collections.abc import Mapping

import pytest

from residency.simulator.trial import Trial
from residency.simulator.world import Body


def names(items: list[Body]) -> list[str]:
    return [item["name"] for item in items]


def test_every_call_needs_a_bearer_token(world: Trial) -> None:
    reply = world.send("GET", "/subscriptions?api-version=2022-12-01", headers={})
    assert (reply.status, reply.code) == (401, "AuthenticationFailed")
    assert reply.headers["www-authenticate"].startswith("Bearer authorization_uri=")


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ("", "MissingApiVersionParameter"),
        ("latest", "InvalidApiVersionParameter"),
        ("2099-01-01", "NoRegisteredProviderFound"),
    ],
)
def test_a_wrong_api_version_is_refused(
    world: Trial, ids: Mapping[str, str], version: str, code: str
) -> None:
    reply = world.get(ids["stgrs"], api=version)
    assert (reply.status, reply.code) == (400, code)


def test_subscriptions_come_in_pages_and_an_unlisted_one_does_not_show(world: Trial) -> None:
    world.simulator.behaviour.list_page_size = 2
    listed = world.follow("/subscriptions", "2022-12-01")
    assert [one["displayName"] for one in listed] == ["alpha", "beta", "shut", "silent", "partial"]
    assert listed[0]["state"] == "Enabled"


@pytest.mark.parametrize(
    ("scope", "status", "code"),
    [("shut", 403, "AuthorizationFailed"), ("gone", 404, "SubscriptionNotFound")],
)
def test_a_subscription_that_may_not_be_read_refuses_everything(
    world: Trial, ids: Mapping[str, str], scope: str, status: int, code: str
) -> None:
    for path in ("", "/resources", "/providers/Microsoft.Storage/storageAccounts"):
        reply = world.get(ids[scope] + path)
        assert (reply.status, reply.code) == (status, code)


def test_locations_have_pairs_and_no_restricted_regions(
    world: Trial, ids: Mapping[str, str]
) -> None:
    found = {one["name"]: one for one in world.get(f"{ids['alpha']}/locations").body["value"]}
    assert found["westeurope"]["metadata"]["pairedRegion"][0]["name"] == "northeurope"
    assert found["westeurope"]["regionalDisplayName"] == "(Europe) West Europe"
    assert found["polandcentral"]["metadata"]["pairedRegion"] == []
    assert found["europe"]["metadata"]["regionType"] == "Logical"
    assert "francesouth" not in found
    assert {one["type"] for one in found.values()} == {"Region"}


def test_extended_locations_are_shown_on_request(world: Trial, ids: Mapping[str, str]) -> None:
    query = {"includeExtendedLocations": "true"}
    found = world.get(f"{ids['alpha']}/locations", **query).body["value"]
    assert "EdgeZone" in {one["type"] for one in found}


def test_the_tenant_and_its_data_boundary_can_be_read(world: Trial) -> None:
    assert world.get("/tenants").body["value"][0]["countryCode"] == "NL"
    boundary = world.get("/providers/Microsoft.Resources/dataBoundaries/default").body
    assert boundary["properties"]["dataBoundary"] == "NotDefined"


def test_a_management_group_names_every_subscription_even_what_cannot_be_seen(world: Trial) -> None:
    path = "/providers/Microsoft.Management/managementGroups/MG-Root/descendants"
    found = world.follow(path)
    assert len(found) == 6
    assert {one["type"] for one in found} == {"/subscriptions"}
    assert world.get(path.replace("MG-Root", "other")).status == 403


def test_resource_groups_are_listed_and_read_in_any_case(
    world: Trial, ids: Mapping[str, str]
) -> None:
    assert names(world.follow(f"{ids['alpha']}/resourceGroups")) == ["RG-Data"]
    assert world.get(f"{ids['alpha']}/RESOURCEGROUPS/rg-data").body["name"] == "RG-Data"
    missing = world.get(f"{ids['alpha']}/resourceGroups/none")
    assert (missing.status, missing.code) == (404, "ResourceGroupNotFound")


def test_the_generic_list_has_no_properties_and_comes_in_pages(
    world: Trial, ids: Mapping[str, str]
) -> None:
    path = f"{ids['alpha']}/resources"
    whole = world.follow(path)
    assert len(whole) == 9
    assert not any("properties" in one for one in whole)
    assert names(world.follow(path, **{"$top": "2"})) == names(whole)
    assert len(world.get(path, **{"$top": "2"}).body["value"]) == 2
    assert world.get(path, **{"$top": "none"}).code == "InvalidTopValue"


def test_the_generic_list_works_in_a_resource_group(world: Trial, ids: Mapping[str, str]) -> None:
    assert len(world.follow(f"{ids['data']}/resources")) == 9
    missing = world.get(f"{ids['alpha']}/resourceGroups/none/resources")
    assert missing.code == "ResourceGroupNotFound"


def test_a_provider_lists_its_resources_in_a_subscription_and_in_a_group(
    world: Trial, ids: Mapping[str, str]
) -> None:
    kind = "/providers/Microsoft.Storage/storageAccounts"
    accounts = ["stgrs", "stgzrs", "stlrs"]
    assert names(world.follow(ids["alpha"] + kind)) == accounts
    assert names(world.follow(ids["data"] + kind, **{"$top": "1"})) == accounts
    assert world.follow(ids["beta"] + kind) == []


def test_a_resource_is_read_in_any_case_with_its_whole_body(
    world: Trial, ids: Mapping[str, str]
) -> None:
    body = world.get(ids["stgrs"].upper().replace("/PROVIDERS/", "/providers/")).body
    assert body["id"] == ids["stgrs"]
    assert body["properties"]["primaryLocation"] == "westeurope"


def test_geo_replication_shows_only_when_it_is_expanded(
    world: Trial, ids: Mapping[str, str]
) -> None:
    expand = {"$expand": "geoReplicationStats"}
    assert "geoReplicationStats" not in world.get(ids["stgrs"]).body["properties"]
    shown = world.get(ids["stgrs"], **expand).body["properties"]["geoReplicationStats"]
    assert (shown["status"], shown["postFailoverRedundancy"]) == ("Live", "Standard_LRS")
    assert shown["lastSyncTime"] == "2026-11-02T08:55:00Z"
    assert "geoReplicationStats" not in world.get(ids["stlrs"], **expand).body["properties"]


def test_a_child_list_shows_what_only_it_knows(world: Trial, ids: Mapping[str, str]) -> None:
    path = f"{ids['west']}/databases/crm/replicationLinks"
    assert names(world.follow(path)) == ["link"]
    assert world.get(f"{path}/link").body["properties"]["role"] == "Primary"
    assert names(world.follow(f"{ids['west']}/databases")) == ["crm"]


def test_a_child_list_that_nothing_is_said_of_is_empty_where_its_parent_is(
    world: Trial, ids: Mapping[str, str]
) -> None:
    path = f"{ids['stgrs']}/objectReplicationPolicies"
    assert world.get(path).body == {"value": []}
    missing = world.get(path.replace("stgrs", "none"))
    assert (missing.status, missing.code) == (404, "ParentResourceNotFound")


@pytest.mark.parametrize(
    "path",
    [
        "{alpha}/providers/Microsoft.Sql/locations/westeurope/longTermRetentionBackups",
        "{data}/providers/Microsoft.Sql/locations/westeurope/instanceFailoverGroups",
    ],
)
def test_a_list_under_a_location_is_empty_and_not_missing(
    world: Trial, ids: Mapping[str, str], path: str
) -> None:
    assert world.get(path.format(**ids)).body == {"value": []}


def test_a_child_list_goes_with_its_resource(world: Trial, ids: Mapping[str, str]) -> None:
    path = f"{ids['west']}/failoverGroups"
    assert names(world.follow(path)) == ["fog"]
    world.simulator.remove(ids["west"])
    assert world.get(path).code == "ParentResourceNotFound"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("{stgrs}x", "ResourceNotFound"),
        ("{alpha}/resourceGroups/none/providers/Microsoft.Web/sites/a", "ResourceGroupNotFound"),
        ("{alpha}/nonsense", "InvalidRequestUri"),
        ("/nonsense", "InvalidRequestUri"),
    ],
)
def test_what_is_not_there_is_404(
    world: Trial, ids: Mapping[str, str], path: str, code: str
) -> None:
    reply = world.get(path.format(**ids))
    assert (reply.status, reply.code) == (404, code)


def test_a_denied_path_names_the_missing_action(world: Trial, ids: Mapping[str, str]) -> None:
    reply = world.get(f"{ids['vault']}/backupstorageconfig/vaultstorageconfig")
    action = "Microsoft.RecoveryServices/vaults/backupstorageconfig/read"
    assert (reply.status, reply.code) == (403, "AuthorizationFailed")
    assert f"'{action}'" in reply.body["error"]["message"]


def test_denying_one_account_leaves_another_with_a_longer_name(
    world: Trial, ids: Mapping[str, str]
) -> None:
    world.simulator.deny(ids["stgrs"][:-1])
    assert world.get(ids["stgrs"]).status == 200
    world.simulator.deny(ids["stgrs"])
    assert world.get(ids["stgrs"]).status == 403
    world.simulator.allow(ids["stgrs"])
    assert world.get(ids["stgrs"]).status == 200


def test_permissions_are_told_and_hold(world: Trial, ids: Mapping[str, str]) -> None:
    path = "/providers/Microsoft.Authorization/permissions"
    (held,) = world.follow(ids["partial"] + path)
    assert held["actions"] == ["Microsoft.Storage/*/read"]
    assert world.get(f"{ids['partial']}/providers/Microsoft.Storage/storageAccounts").status == 200
    assert world.get(f"{ids['partial']}/providers/Microsoft.Sql/servers").status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/providers/Microsoft.ResourceHealth/events",
        "{alpha}/providers/Microsoft.ResourceHealth/events",
        "{alpha}/providers/Microsoft.Storage/deletedAccounts",
        "{alpha}/providers/Microsoft.KeyVault/deletedVaults",
    ],
)
def test_lists_of_a_quiet_tenant_are_empty(world: Trial, ids: Mapping[str, str], path: str) -> None:
    assert world.follow(path.format(**ids)) == []


def test_a_health_event_shows_once_it_is_set(world: Trial, ids: Mapping[str, str]) -> None:
    world.simulator.health_events.append({"name": "ABC1-234"})
    path = f"{ids['alpha']}/providers/Microsoft.ResourceHealth/events"
    assert names(world.follow(path)) == ["ABC1-234"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST", "HEAD"])
def test_whatever_is_not_a_read_is_refused_and_remembered(
    world: Trial, ids: Mapping[str, str], method: str
) -> None:
    assert world.send(method, f"{ids['stgrs']}?api-version=2023-05-01").status == 405
    (breach,) = world.simulator.breaches
    assert (breach.method, breach.api) == (method, "microsoft.storage")


def test_the_journal_tells_who_asked_what(world: Trial, ids: Mapping[str, str]) -> None:
    world.get(f"{ids['alpha']}/resources")
    world.get(ids["stgrs"] + "x")
    first, second = world.simulator.requests
    assert (first.api, first.status, first.query["api-version"]) == ("resources", 200, "2022-09-01")
    assert (second.api, second.status) == ("microsoft.storage", 404)
    assert second.subscription == ids["alpha"].rpartition("/")[2]
    assert world.simulator.journal.count_by_api["resources"] == 1
    assert world.simulator.breaches == []


def test_every_answer_has_a_request_id(world: Trial) -> None:
    headers = world.get("/subscriptions").headers
    assert headers["x-ms-request-id"] == headers["x-ms-correlation-request-id"]
    assert headers["x-ms-ratelimit-remaining-tenant-reads"] == "249"
