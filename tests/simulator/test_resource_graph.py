"""Resource Graph: real queries, pages, scopes, and what it leaves out without a word."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from residency.simulator.trial import Reply, Trial
from residency.simulator.world import Body

GEO = (
    "resources | where isnotnull(properties.secondaryLocation) | summarize n=count() by "
    "l=tostring(properties.secondaryLocation)"
)
COSMOS = (
    "resources | where name == 'cosmos' | mv-expand l=properties.readLocations "
    "| project n=l.locationName"
)
JOINED = (
    "resources | where name == 'web' | join kind=inner (resourcecontainers | where type =~ "
    "'microsoft.resources/subscriptions' | project subscriptionId, s=name) on "
    "subscriptionId | project name, s"
)
GROUPS = "resourcecontainers | where type =~ 'microsoft.management/managementgroups' | project name"
INVENTORY = (
    "resources | project id, name, type, location, ['kind'], sku, tags, managedBy, "
    "extendedLocation, subscriptionId, resourceGroup, properties = iff(type in~ "
    "('microsoft.storage/storageaccounts', 'microsoft.documentdb/databaseaccounts'), "
    "properties, dynamic(null)) | order by id asc"
)


def rows(world: Trial, query: str, **options: Any) -> Any:
    reply = world.ask(query, **options)
    assert reply.status == 200, reply.raw
    return reply.body["data"]


def details(reply: Reply) -> list[str]:
    return [one["code"] for one in reply.body["error"]["details"]]


def test_the_inventory_query_gives_rows_as_azure_spells_them(
    world: Trial, ids: Mapping[str, str]
) -> None:
    found = {row["name"]: row for row in rows(world, INVENTORY)}
    assert found["web"]["type"] == "microsoft.web/sites"
    assert found["web"]["location"] == "westeurope"
    assert found["web"]["kind"] == "app"
    assert found["web"]["properties"] is None
    assert found["stgrs"]["id"] == ids["stgrs"]
    assert found["stgrs"]["resourceGroup"] == "rg-data"
    assert found["stgrs"]["sku"] == {"name": "Standard_GRS", "tier": "Standard"}
    assert found["stgrs"]["properties"]["primaryLocation"] == "westeurope"
    assert found["stgrs"]["managedBy"] == ""
    assert found["stgrs"]["extendedLocation"] is None


def test_a_property_is_projected_as_the_value_that_it_is(world: Trial) -> None:
    query = "resources | where name == 'stgrs' | project p=properties.primaryLocation, sku=sku.name"
    assert rows(world, query) == [{"p": "westeurope", "sku": "Standard_GRS"}]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("resources | where type =~ 'Microsoft.Sql/servers' | count", [{"Count": 2}]),
        (
            GEO,
            [{"l": "northeurope", "n": 3}],
        ),
        ("resources | where name == 'web' | project t=tolower(name)", [{"t": "web"}]),
        (
            COSMOS,
            [{"n": "West Europe"}, {"n": "North Europe"}],
        ),
        (
            "resources | where name == 'web' | project t=todatetime('2026-01-02T03:04:05Z')",
            [{"t": "2026-01-02T03:04:05.0000000Z"}],
        ),
        (
            JOINED,
            [{"name": "web", "s": "beta"}],
        ),
        ("recoveryservicesresources | project name", [{"name": "vm1"}]),
        (
            GROUPS,
            [{"name": "mg-root"}],
        ),
    ],
)
def test_kusto_is_answered(world: Trial, query: str, expected: list[Body]) -> None:
    assert rows(world, query) == expected


def test_subscriptions_and_groups_are_containers(world: Trial) -> None:
    subscriptions = rows(
        world,
        "resourcecontainers | where type =~ 'microsoft.resources/subscriptions' "
        "| project id, subscriptionId, name, properties | order by id asc",
    )
    assert [one["name"] for one in subscriptions] == ["alpha", "beta", "partial"]
    assert subscriptions[0]["properties"]["state"] == "Enabled"
    groups = rows(
        world,
        "resourcecontainers | where type =~ 'microsoft.resources/subscriptions/resourcegroups' "
        "| project id, subscriptionId, name, tags, managedBy | order by id asc",
    )
    assert [one["name"] for one in groups] == ["RG-Data", "rg-web", "RG-Data"]
    assert groups[0]["tags"] == {"a": "b"}


def test_pages_repeat_the_query_and_add_up(world: Trial) -> None:
    whole = [row["id"] for row in rows(world, INVENTORY)]
    reply = world.ask(INVENTORY, top=4).body
    assert (reply["totalRecords"], reply["count"], reply["resultTruncated"]) == (11, 4, "false")
    seen = [row["id"] for row in reply["data"]]
    while token := reply.get("$skipToken"):
        reply = world.ask(INVENTORY, skipToken=token).body
        assert (reply["totalRecords"], reply["resultTruncated"]) == (11, "false")
        seen += [row["id"] for row in reply["data"]]
    assert seen == whole


def test_a_page_may_be_asked_for_again_and_does_not_change(
    world: Trial, ids: Mapping[str, str]
) -> None:
    token = world.ask(INVENTORY, top=4).body["$skipToken"]
    first = world.ask(INVENTORY, skipToken=token).body["data"]
    world.simulator.remove(ids["stgrs"])
    assert world.ask(INVENTORY, skipToken=token).body["data"] == first


def test_skip_starts_later(world: Trial) -> None:
    whole = rows(world, INVENTORY)
    assert rows(world, INVENTORY, skip=9) == whole[9:]


@pytest.mark.parametrize("token", ["nonsense", "eyJyIjogIngifQ=="])
def test_a_token_of_nobody_is_refused(world: Trial, token: str) -> None:
    assert details(world.ask(INVENTORY, skipToken=token)) == ["InvalidSkipToken"]


def test_a_token_belongs_to_its_query(world: Trial) -> None:
    token = world.ask(INVENTORY, top=4).body["$skipToken"]
    assert details(world.ask("resources | project id", skipToken=token)) == ["InvalidSkipToken"]


def test_a_token_expires(world: Trial) -> None:
    token = world.ask(INVENTORY, top=4).body["$skipToken"]
    world.clock.advance(601)
    assert details(world.ask(INVENTORY, skipToken=token)) == ["InvalidSkipToken"]


@pytest.mark.parametrize(
    "query",
    ["resources | project id | limit 5", "resources | take 5", "resources | project properties"],
)
def test_what_cannot_be_paged_says_truncated_and_gives_no_token(world: Trial, query: str) -> None:
    reply = world.ask(query, top=2).body
    assert (reply["resultTruncated"], reply["count"]) == ("true", 2)
    assert "$skipToken" not in reply


def test_subscriptions_that_cannot_be_read_are_left_out_without_a_word(
    world: Trial, ids: Mapping[str, str]
) -> None:
    scopes = [ids[one].rpartition("/")[2] for one in ("alpha", "shut", "silent", "gone")]
    found = rows(world, "resources | distinct subscriptionId", subscriptions=scopes)
    assert found == [{"subscriptionId": scopes[0]}]


def test_without_any_readable_subscription_it_is_forbidden(
    world: Trial, ids: Mapping[str, str]
) -> None:
    scopes = [ids["shut"].rpartition("/")[2], "00000000-0000-0000-0000-000000000000"]
    assert world.ask("resources | count", subscriptions=scopes).status == 403


def test_a_subscription_that_the_graph_leaves_out_has_no_rows(
    world: Trial, ids: Mapping[str, str]
) -> None:
    scopes = [ids["silent"].rpartition("/")[2]]
    assert rows(world, "resources | project id", subscriptions=scopes) == []


def test_too_many_subscriptions_are_cut_with_a_header(world: Trial) -> None:
    assert "x-ms-tenant-subscription-limit-hit" not in world.ask("resources | count").headers
    world.simulator.behaviour.subscription_limit = 1
    reply = world.ask("resources | distinct subscriptionId")
    assert reply.headers["x-ms-tenant-subscription-limit-hit"] == "true"
    assert reply.body["count"] == 1


def test_an_answer_that_is_too_large_is_refused(world: Trial) -> None:
    world.simulator.behaviour.payload_limit_bytes = 500
    reply = world.ask(INVENTORY)
    assert (reply.status, reply.code) == (400, "BadRequest")
    assert details(reply) == ["ResponsePayloadTooLarge"]
    assert world.ask("resources | project name", top=1).status == 200


def test_the_table_format_has_columns_and_rows(world: Trial) -> None:
    query = "resources | where name == 'web' | project name, properties, n=1"
    data = world.ask(query, resultFormat="table").body["data"]
    kinds = [(one["name"], one["type"]) for one in data["columns"]]
    assert kinds == [("name", "string"), ("properties", "object"), ("n", "integer")]
    assert data["rows"] == [["web", {"state": "Up"}, 1]]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("RESOURCES", "InvalidTableName"),
        ("resources | project kind", "BareKind"),
        ("resources | where (", "ParserFailure"),
        ("resources | project nothing", "InvalidQuery"),
        ("resources | project bag_keys(properties)", "NotInSimulator"),
    ],
)
def test_a_bad_query_is_refused_with_its_cause(world: Trial, query: str, code: str) -> None:
    reply = world.ask(query)
    assert (reply.status, details(reply)) == (400, ["InvalidQuery", code])


@pytest.mark.parametrize(
    "body",
    [
        {"query": 3},
        {},
        [],
        {"query": "resources", "options": {"$top": 1001}},
        {"query": "resources", "options": {"$top": 0}},
        {"query": "resources", "options": {"$skip": -1}},
        {"query": "resources", "options": {"resultFormat": "csv"}},
        {"query": "resources", "subscriptions": ["a"], "managementGroups": ["b"]},
    ],
)
def test_a_bad_request_is_refused(world: Trial, body: object) -> None:
    path = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01"
    assert world.send("POST", path, body).status == 400


def test_a_management_group_is_a_scope(world: Trial) -> None:
    path = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01"
    query = {"query": "resources | count", "managementGroups": ["mg-root"]}
    assert world.send("POST", path, query).body["data"] == [{"Count": 11}]
    assert world.send("POST", path, {**query, "managementGroups": ["x"]}).status == 403


def test_the_graph_may_be_behind(world: Trial, ids: Mapping[str, str]) -> None:
    world.simulator.behaviour.graph_lag_seconds = 60
    query = "resources | where name == 'stgrs' | project l=location"
    body = world.get(ids["stgrs"]).body
    world.simulator.put({**body, "location": "northeurope"})
    assert world.get(ids["stgrs"]).body["location"] == "northeurope"
    assert rows(world, query) == [{"l": "westeurope"}]
    world.clock.advance(60)
    assert rows(world, query) == [{"l": "northeurope"}]


def test_a_change_is_recorded_with_what_it_changed(world: Trial, ids: Mapping[str, str]) -> None:
    body = world.get(ids["stgrs"]).body
    world.simulator.put({**body, "location": "northeurope"}, operation="x/write", caller="me")
    (record,) = rows(world, "resourcechanges | project properties")
    change = record["properties"]
    assert change["targetResourceId"] == ids["stgrs"]
    assert (change["changeType"], change["changeAttributes"]["changedBy"]) == ("Update", "me")
    assert json.dumps(change["changes"]["location"]["newValue"]) == '"northeurope"'


def test_mv_expand_is_cut_at_128_for_each_row_without_a_word(
    world: Trial, ids: Mapping[str, str]
) -> None:
    body = world.get(ids["web"]).body
    long = {**body, "properties": {"items": list(range(200))}}
    world.simulator.put(long)
    query = "resources | where name == 'web' | mv-expand item=properties.items{0} | count"
    assert rows(world, query.format("")) == [{"Count": 128}]
    assert rows(world, query.format(" limit 400")) == [{"Count": 200}]


def test_a_changed_server_keeps_its_databases_in_the_graph(
    world: Trial, ids: Mapping[str, str]
) -> None:
    count = "resources | where type =~ 'microsoft.sql/servers/databases' | count"
    world.simulator.put({**world.get(ids["west"]).body, "location": "northeurope"})
    assert rows(world, count) == [{"Count": 2}]


def test_a_deleted_vault_takes_its_items_along(world: Trial, ids: Mapping[str, str]) -> None:
    assert rows(world, "recoveryservicesresources | count") == [{"Count": 1}]
    world.simulator.remove(ids["vault"])
    assert rows(world, "recoveryservicesresources | count") == [{"Count": 0}]


def test_names_that_look_like_a_query_stay_names(world: Trial, ids: Mapping[str, str]) -> None:
    body = world.get(ids["stgrs"]).body
    name = "o'brien\" | union <script> 🇳🇱"
    world.simulator.put({**body, "id": ids["stgrs"] + "9", "name": name})
    assert rows(world, "resources | where id endswith '9' | project name") == [{"name": name}]
