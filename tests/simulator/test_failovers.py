"""Failovers: the bodies before and after, and what the logs tell."""

from collections.abc import Mapping

import pytest

from residency.simulator import failovers
from residency.simulator.trial import Trial
from residency.simulator.world import Body


def properties(world: Trial, resource_id: str) -> Body:
    found: Body = world.get(resource_id).body["properties"]
    return found


def sku(world: Trial, resource_id: str) -> str:
    return str(world.get(resource_id).body["sku"]["name"])


def events(world: Trial, scope: str) -> list[Body]:
    since = "eventTimestamp ge '2026-11-01T00:00:00Z'"
    path = f"{scope}/providers/Microsoft.Insights/eventtypes/management/values"
    return world.follow(path, "2015-04-01", **{"$filter": since})


@pytest.mark.parametrize(
    ("name", "planned", "sku_after", "secondary_after"),
    [
        ("stgrs", True, "Standard_GRS", "westeurope"),
        ("stgrs", False, "Standard_LRS", None),
        ("stgzrs", True, "Standard_RAGZRS", "westeurope"),
        ("stgzrs", False, "Standard_ZRS", None),
    ],
)
def test_a_storage_failover_moves_the_primary_and_not_the_location(
    world: Trial,
    ids: Mapping[str, str],
    name: str,
    *,
    planned: bool,
    sku_after: str,
    secondary_after: str | None,
) -> None:
    failovers.fail_over_storage(world.simulator, ids[name], planned=planned)
    body = world.get(ids[name]).body
    assert body["location"] == "westeurope"
    assert body["properties"]["primaryLocation"] == "northeurope"
    assert body["properties"].get("secondaryLocation") == secondary_after
    assert body["properties"]["lastGeoFailoverTime"] == "2026-11-02T09:00:00.000000Z"
    assert "failoverInProgress" not in body["properties"]
    assert body["sku"]["name"] == sku_after


def test_an_unplanned_failover_leaves_no_trace_of_the_secondary(
    world: Trial, ids: Mapping[str, str]
) -> None:
    failovers.fail_over_storage(world.simulator, ids["stgrs"])
    assert "statusOfSecondary" not in properties(world, ids["stgrs"])
    expanded = world.get(ids["stgrs"], **{"$expand": "geoReplicationStats"}).body
    assert "geoReplicationStats" not in expanded["properties"]


def test_a_failover_that_takes_time_shows_that_it_is_in_progress(
    world: Trial, ids: Mapping[str, str]
) -> None:
    failovers.fail_over_storage(world.simulator, ids["stgrs"], duration_seconds=600)
    during = properties(world, ids["stgrs"])
    assert (during["failoverInProgress"], during["primaryLocation"]) == (True, "westeurope")
    world.clock.advance(600)
    after = properties(world, ids["stgrs"])
    assert "failoverInProgress" not in after
    assert after["primaryLocation"] == "northeurope"
    assert after["lastGeoFailoverTime"] == "2026-11-02T09:10:00.000000Z"


def test_what_was_due_before_happened_when_it_was_due(world: Trial, ids: Mapping[str, str]) -> None:
    failovers.fail_over_storage(world.simulator, ids["stgrs"], duration_seconds=600)
    world.clock.advance(7200)
    after = properties(world, ids["stgrs"])
    assert after["lastGeoFailoverTime"] == "2026-11-02T09:10:00.000000Z"
    changed = "resourcechanges | project t=tostring(properties.changeAttributes.timestamp)"
    times = {row["t"] for row in world.ask(changed).body["data"]}
    assert times == {"2026-11-02T09:00:00.000000Z", "2026-11-02T09:10:00.000000Z"}


@pytest.mark.parametrize("planned", [True, False])
def test_a_storage_account_can_come_back(
    world: Trial, ids: Mapping[str, str], *, planned: bool
) -> None:
    failovers.fail_over_storage(world.simulator, ids["stgzrs"], planned=planned)
    world.clock.advance(3600)
    failovers.fail_back_storage(world.simulator, ids["stgzrs"], sku="Standard_RAGZRS")
    after = properties(world, ids["stgzrs"])
    assert (after["primaryLocation"], after["secondaryLocation"]) == ("westeurope", "northeurope")
    assert after["lastGeoFailoverTime"] == "2026-11-02T10:00:00.000000Z"
    assert sku(world, ids["stgzrs"]) == "Standard_RAGZRS"


def test_without_a_secondary_there_is_nothing_to_fail_over_to(
    world: Trial, ids: Mapping[str, str]
) -> None:
    with pytest.raises(ValueError, match="no secondary"):
        failovers.fail_over_storage(world.simulator, ids["stlrs"])


def test_an_account_that_is_not_there_cannot_fail_over(
    world: Trial, ids: Mapping[str, str]
) -> None:
    with pytest.raises(KeyError):
        failovers.fail_over_storage(world.simulator, ids["stgrs"] + "x")


def group_roles(world: Trial, server: str) -> tuple[str, str]:
    found = properties(world, f"{server}/failoverGroups/fog")
    return found["replicationRole"], found["partnerServers"][0]["replicationRole"]


def link_roles(world: Trial, server: str) -> tuple[str, str]:
    found = properties(world, f"{server}/databases/crm/replicationLinks/link")
    return found["role"], found["partnerRole"]


@pytest.mark.parametrize("forced", [False, True])
@pytest.mark.parametrize("called_at", ["west", "north"])
def test_a_sql_failover_flips_the_roles_on_both_servers_and_links(
    world: Trial, ids: Mapping[str, str], *, forced: bool, called_at: str
) -> None:
    group = f"{ids[called_at]}/failoverGroups/fog"
    assert group_roles(world, ids["west"]) == ("Primary", "Secondary")
    assert link_roles(world, ids["north"]) == ("Secondary", "Primary")
    failovers.fail_over_sql_group(world.simulator, group, forced=forced)
    for read in (group_roles, link_roles):
        assert read(world, ids["west"]) == ("Secondary", "Primary")
        assert read(world, ids["north"]) == ("Primary", "Secondary")
    assert properties(world, f"{ids['west']}/databases/crm")["secondaryType"] == "Geo"
    assert "secondaryType" not in properties(world, f"{ids['north']}/databases/crm")
    assert world.get(f"{ids['west']}/databases/crm").body["location"] == "westeurope"


def test_a_sql_failover_and_its_way_back_restore_every_role(
    world: Trial, ids: Mapping[str, str]
) -> None:
    group = f"{ids['west']}/failoverGroups/fog"
    for _ in range(2):
        failovers.fail_over_sql_group(world.simulator, group)
    assert group_roles(world, ids["west"]) == link_roles(world, ids["west"])
    assert group_roles(world, ids["west"]) == ("Primary", "Secondary")


@pytest.mark.parametrize(
    ("forced", "operation"),
    [
        (False, "microsoft.sql/servers/failovergroups/failover/action"),
        (True, "microsoft.sql/servers/failovergroups/forcefailoverallowdataloss/action"),
    ],
)
def test_a_sql_failover_is_logged_at_the_server_that_becomes_primary(
    world: Trial, ids: Mapping[str, str], *, forced: bool, operation: str
) -> None:
    group = f"{ids['west']}/failoverGroups/fog"
    failovers.fail_over_sql_group(world.simulator, group, forced=forced)
    found = events(world, ids["alpha"])
    assert {one["operationName"]["value"].lower() for one in found} == {operation}
    assert {one["resourceId"] for one in found} == {f"{ids['north']}/failoverGroups/fog"}


def test_a_cosmos_account_changes_its_write_region(world: Trial, ids: Mapping[str, str]) -> None:
    failovers.change_cosmos_write_region(world.simulator, ids["cosmos"], "northeurope")
    after = properties(world, ids["cosmos"])
    ranked = [("North Europe", 0), ("West Europe", 1)]
    for field in ("locations", "readLocations", "failoverPolicies"):
        assert [(one["locationName"], one["failoverPriority"]) for one in after[field]] == ranked
    assert [one["locationName"] for one in after["writeLocations"]] == ["North Europe"]


def test_a_cosmos_account_cannot_write_where_it_is_not(
    world: Trial, ids: Mapping[str, str]
) -> None:
    with pytest.raises(ValueError, match="not in uksouth"):
        failovers.change_cosmos_write_region(world.simulator, ids["cosmos"], "uksouth")


def test_an_operators_failover_is_started_accepted_and_succeeded(
    world: Trial, ids: Mapping[str, str]
) -> None:
    failovers.fail_over_storage(world.simulator, ids["stgrs"], duration_seconds=60)
    world.clock.advance(61)
    found = events(world, ids["alpha"])
    assert [one["status"]["value"] for one in found] == ["Succeeded", "Started", "Accepted"]
    assert len({one["correlationId"] for one in found}) == 1
    assert len({one["eventDataId"] for one in found}) == 3
    assert {one["caller"] for one in found} == {"operator@example.com"}
    assert found[0]["eventTimestamp"] == "2026-11-02T09:01:00.000000Z"
    assert found[0]["submissionTimestamp"] > found[0]["eventTimestamp"]


def test_a_failover_by_microsoft_leaves_the_activity_log_silent(
    world: Trial, ids: Mapping[str, str]
) -> None:
    failovers.fail_over_storage(world.simulator, ids["stgrs"], caller=None)
    failovers.fail_over_sql_group(world.simulator, f"{ids['west']}/failoverGroups/fog", caller=None)
    failovers.change_cosmos_write_region(
        world.simulator, ids["cosmos"], "North Europe", caller=None
    )
    assert events(world, ids["alpha"]) == []
    assert properties(world, ids["stgrs"])["primaryLocation"] == "northeurope"


@pytest.mark.parametrize(("caller", "changed_by"), [(None, "System"), ("me", "me")])
def test_resource_changes_tell_what_moved_and_by_whom(
    world: Trial, ids: Mapping[str, str], caller: str | None, changed_by: str
) -> None:
    failovers.fail_over_storage(world.simulator, ids["stgrs"], caller=caller)
    query = (
        "resourcechanges | where isnotnull(properties.changes['properties.primaryLocation']) "
        "| project change=properties.changes['properties.primaryLocation'], "
        "by=properties.changeAttributes.changedBy"
    )
    (row,) = world.ask(query).body["data"]
    assert row["by"] == changed_by
    assert row["change"]["previousValue"] == "westeurope"
    assert row["change"]["newValue"] == "northeurope"


def test_resource_graph_follows_a_failover_after_its_lag(
    world: Trial, ids: Mapping[str, str]
) -> None:
    world.simulator.behaviour.graph_lag_seconds = 120
    failovers.fail_over_storage(world.simulator, ids["stgrs"])
    query = "resources | where name == 'stgrs' | project p=properties.primaryLocation"
    assert world.ask(query).body["data"] == [{"p": "westeurope"}]
    world.clock.advance(121)
    assert world.ask(query).body["data"] == [{"p": "northeurope"}]
