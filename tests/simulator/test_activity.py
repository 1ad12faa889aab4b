"""The activity log: its narrow filter, its lag, its pages."""

from collections.abc import Mapping

import pytest

from residency.simulator.trial import Reply, Trial

PATH = "/providers/Microsoft.Insights/eventtypes/management/values"
SINCE = "eventTimestamp ge '2026-11-01T00:00:00Z'"


def read(world: Trial, ids: Mapping[str, str], text: str) -> Reply:
    return world.get(ids["alpha"] + PATH, "2015-04-01", **{"$filter": text})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "eventTimestamp le '2026-11-02T00:00:00Z'",
        "eventTimestamp ge '2026-08-01T00:00:00Z'",
        "eventTimestamp ge 'yesterday'",
        "eventTimestamp ge '2026-11-01T00:00:00'",
        f"{SINCE} and operationName eq 'x'",
        f"{SINCE} or resourceUri eq 'x'",
        f"{SINCE} and resourceGroupName eq 'x' and resourceProvider eq 'y'",
        f"{SINCE} and status eq 'Failed'",
        "nonsense",
    ],
)
def test_a_filter_that_azure_does_not_take_is_refused(
    world: Trial, ids: Mapping[str, str], text: str
) -> None:
    assert read(world, ids, text).status == 400


def test_the_filter_is_required(world: Trial, ids: Mapping[str, str]) -> None:
    assert world.get(ids["alpha"] + PATH, "2015-04-01").status == 400


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ("", 6),
        (" and eventTimestamp le '2026-11-02T09:30:00Z'", 3),
        (" and eventTimestamp ge '2026-11-02T09:30:00Z'", 3),
        (" and resourceUri eq '{stgrs}'", 3),
        (" and resourceGroupName eq 'rg-data'", 6),
        (" and resourceProvider eq 'microsoft.sql'", 3),
        (" and correlationId eq 'none'", 0),
    ],
)
def test_the_filter_narrows_by_time_and_one_field(
    world: Trial, ids: Mapping[str, str], more: str, count: int
) -> None:
    world.simulator.log("Microsoft.Storage/storageAccounts/write", ids["stgrs"], "me")
    world.clock.advance(3600)
    world.simulator.log("Microsoft.Sql/servers/write", ids["west"], "me")
    assert len(read(world, ids, SINCE + more.format(**ids)).body["value"]) == count


def test_events_belong_to_their_subscription(world: Trial, ids: Mapping[str, str]) -> None:
    world.simulator.log("Microsoft.Web/sites/write", ids["web"], "me")
    assert read(world, ids, SINCE).body["value"] == []


def test_events_show_after_the_lag(world: Trial, ids: Mapping[str, str]) -> None:
    world.simulator.behaviour.activity_lag_seconds = 300
    world.simulator.log("Microsoft.Storage/storageAccounts/write", ids["stgrs"], "me")
    assert read(world, ids, SINCE).body["value"] == []
    world.clock.advance(299)
    assert read(world, ids, SINCE).body["value"] == []
    world.clock.advance(1)
    assert len(read(world, ids, SINCE).body["value"]) == 3


def test_events_come_newest_first_in_pages(world: Trial, ids: Mapping[str, str]) -> None:
    for _ in range(3):
        world.simulator.log("Microsoft.Storage/storageAccounts/write", ids["stgrs"], "me")
        world.clock.advance(60)
    world.simulator.behaviour.list_page_size = 4
    found = world.follow(ids["alpha"] + PATH, "2015-04-01", **{"$filter": SINCE})
    times = [one["eventTimestamp"] for one in found]
    assert len(times) == 9
    assert times == sorted(times, reverse=True)


def test_select_keeps_the_named_fields(world: Trial, ids: Mapping[str, str]) -> None:
    world.simulator.log("Microsoft.Storage/storageAccounts/write", ids["stgrs"], "me")
    query = {"$filter": SINCE, "$select": "caller,operationName"}
    reply = world.get(ids["alpha"] + PATH, "2015-04-01", **query)
    assert reply.body["value"][0].keys() == {"caller", "operationName"}
