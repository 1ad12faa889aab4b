"""What a demo and a test do to Azure over HTTP."""

from collections.abc import Mapping

import pytest

from residency.simulator.trial import Trial


def test_every_kind_of_failover_has_a_switch(world: Trial, ids: Mapping[str, str]) -> None:
    replies = [
        world.control("fail-over-storage", account=ids["stgrs"], planned=True),
        world.control("fail-back-storage", account=ids["stgrs"]),
        world.control("fail-over-sql-group", group=f"{ids['west']}/failoverGroups/fog"),
        world.control("change-cosmos-write-region", account=ids["cosmos"], region="North Europe"),
    ]
    assert [reply.status for reply in replies] == [200] * 4
    assert world.get(ids["stgrs"]).body["properties"]["primaryLocation"] == "westeurope"
    group = world.get(f"{ids['north']}/failoverGroups/fog").body
    assert group["properties"]["replicationRole"] == "Primary"


def test_a_resource_comes_changes_and_goes(world: Trial, ids: Mapping[str, str]) -> None:
    body = world.get(ids["stlrs"]).body
    fresh = {**body, "id": ids["stlrs"] + "2", "name": "stlrs2"}
    count = "resources | where name == 'stlrs2' | project l=location, t=tags"
    world.control("create", body=fresh)
    assert world.get(fresh["id"]).body == fresh
    changes = {"location": "northeurope", "tags": {"product": None, "customer": "acme"}}
    world.control("patch", resource_id=fresh["id"], changes=changes)
    assert world.ask(count).body["data"] == [{"l": "northeurope", "t": {"customer": "acme"}}]
    world.control("delete", resource_id=fresh["id"])
    assert world.get(fresh["id"]).code == "ResourceNotFound"
    assert world.ask(count).body["data"] == []
    (deleted,) = world.follow(f"{ids['alpha']}/providers/Microsoft.Storage/deletedAccounts")
    assert deleted["properties"]["storageAccountResourceId"] == fresh["id"]
    kinds = world.ask("resourcechanges | project k=properties.changeType | distinct tostring(k)")
    assert {row["k"] for row in kinds.body["data"]} == {"Create", "Update", "Delete"}


def test_deleting_a_server_deletes_its_databases(world: Trial, ids: Mapping[str, str]) -> None:
    world.control("delete", resource_id=ids["west"])
    assert world.get(f"{ids['west']}/databases/crm").status == 404
    query = "resources | where type =~ 'microsoft.sql/servers/databases' | count"
    assert world.ask(query).body["data"] == [{"Count": 1}]


def test_an_item_of_a_child_list_can_be_patched_put_and_deleted(
    world: Trial, ids: Mapping[str, str]
) -> None:
    path = f"{ids['west']}/databases/crm/replicationLinks"
    changes = {"properties": {"partnerLocation": "UK South"}}
    world.control("patch", resource_id=f"{path}/link", changes=changes, caller=None)
    assert world.follow(path)[0]["properties"]["partnerLocation"] == "UK South"
    world.control("put-child", path=path, item={"id": f"{path}/two", "name": "two"})
    assert [one["name"] for one in world.follow(path)] == ["link", "two"]
    world.control("delete", resource_id=f"{path}/link", caller=None)
    assert [one["name"] for one in world.follow(path)] == ["two"]


def test_a_subscription_is_hidden_and_shown_again(world: Trial, ids: Mapping[str, str]) -> None:
    alpha = ids["alpha"].rpartition("/")[2]
    count = f"resources | where subscriptionId == '{alpha}' | count"
    world.control("set-subscription", subscription_id=alpha, in_graph=False)
    assert world.ask(count).body["data"] == [{"Count": 0}]
    assert world.get(ids["stgrs"]).status == 200
    world.control("set-subscription", subscription_id=alpha, in_graph=True, state="Disabled")
    assert world.ask(count).body["data"] == [{"Count": 9}]
    assert world.get(ids["alpha"]).body["state"] == "Disabled"
    name = "resourcecontainers | where id endswith '{0}' | project s=properties.state"
    assert world.ask(name.format(alpha)).body["data"] == [{"s": "Disabled"}]


def test_denials_faults_and_behaviour_are_set(world: Trial, ids: Mapping[str, str]) -> None:
    world.control("deny", path=ids["stgrs"])
    assert world.get(ids["stgrs"]).status == 403
    world.control("allow", path=ids["stgrs"])
    world.control("add-fault", effect="status", status=500, times=1)
    assert [world.get(ids["stgrs"]).status for _ in range(2)] == [500, 200]
    world.control("add-fault", effect="html")
    world.control("clear-faults")
    assert world.get(ids["stgrs"]).status == 200
    settings = world.control("behave", graph_lag_seconds=5, quotas=True).body["result"]
    assert (settings["graph_lag_seconds"], settings["quotas"]) == (5, True)


def test_the_data_boundary_and_health_events_are_set(world: Trial) -> None:
    world.control("set-data-boundary", boundary="EU")
    boundary = world.get("/providers/Microsoft.Resources/dataBoundaries/default").body
    assert boundary["properties"]["dataBoundary"] == "EU"
    world.control("add-health-event", event={"name": "ABC1"})
    assert world.follow("/providers/Microsoft.ResourceHealth/events") == [{"name": "ABC1"}]


def test_the_journal_is_told_and_control_is_no_part_of_it(world: Trial) -> None:
    world.get("/subscriptions")
    world.send("DELETE", "/subscriptions")
    told = world.control("journal").body["result"]
    assert told["by_status"] == {"200": 1, "405": 1}
    assert told["by_kind"] == {"list subscriptions": 2}
    assert told["breaches"] == ["DELETE /subscriptions"]
    world.control("clear-journal")
    assert world.control("journal").body["result"]["by_status"] == {}
    assert world.control("journal").body["result"]["by_kind"] == {}


def test_calls_are_counted_by_what_they_ask(world: Trial, ids: Mapping[str, str]) -> None:
    world.ask("Resources | project id")
    world.ask("resourcecontainers")
    world.get(f"{ids['alpha']}/resources")
    world.get(ids["stgrs"])
    world.get(f"{ids['stgrs']}/objectReplicationPolicies")
    world.get(f"{ids['alpha']}/providers/Microsoft.Storage/storageAccounts")
    assert world.control("journal").body["result"]["by_kind"] == {
        "query resources": 1,
        "query resourcecontainers": 1,
        "list subscriptions/resources": 1,
        "read microsoft.storage/storageaccounts": 1,
        "list microsoft.storage/storageaccounts/objectreplicationpolicies": 1,
        "list microsoft.storage/storageaccounts": 1,
    }


def test_quotas_are_full_again_after_a_refill(world: Trial, ids: Mapping[str, str]) -> None:
    world.control("behave", quotas=True)
    lists = f"{ids['stgrs']}/objectReplicationPolicies"
    assert [world.get(lists).status for _ in range(101)] == [200] * 100 + [429]
    world.control("refill-quotas")
    assert world.get(lists).status == 200


def test_the_floor_of_what_was_asked_is_told(world: Trial, ids: Mapping[str, str]) -> None:
    for number in range(101):
        world.get(f"{ids['stgrs']}/list{number}")
    assert world.control("floor").body["result"] == {
        "seconds": 300,
        "least_resources_queries": 1,
    }


@pytest.mark.parametrize(
    ("action", "arguments", "status"),
    [
        ("nonsense", {}, 404),
        ("fail-over-storage", {"account": "/subscriptions/x"}, 400),
        ("fail-over-storage", {"nothing": 1}, 400),
        ("add-fault", {"effect": "nonsense"}, 400),
        ("behave", {"nothing": 1}, 400),
        ("set-subscription", {"subscription_id": "nobody"}, 400),
        ("delete", {"resource_id": "/subscriptions/x/resourceGroups/y"}, 400),
    ],
)
def test_a_wrong_control_says_so(
    world: Trial, action: str, arguments: dict[str, object], status: int
) -> None:
    reply = world.control(action, **arguments)
    assert reply.status == status
    assert reply.body["error"]["message"]
