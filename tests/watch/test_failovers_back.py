"""Failovers and their returns: unplanned ones, links, Cosmos DB, incidents, Service Health."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from residency.simulator.failovers import (
    OPERATOR,
    change_cosmos_write_region,
    fail_back_storage,
    fail_over_storage,
)
from residency.simulator.lifecycle import patch
from residency.store.episodes import Episode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.watch.conftest import Build, World

Make = Callable[..., "World"]


def only(tenant: "World") -> Episode:
    (episode,) = tenant.episodes()
    return episode


def of_failovers(tenant: "World") -> list[str]:
    return [kind for kind, _ in tenant.events() if kind.startswith("failover")]


@pytest.mark.parametrize("caller", [OPERATOR, None], ids=["by its operator", "by Microsoft"])
def test_an_unplanned_storage_failover_and_the_way_back(world: Make, caller: str | None) -> None:
    tenant = world()
    tenant.scan()
    account = tenant.id_of("stdata")
    fail_over_storage(tenant.simulator, account, planned=False, caller=caller)
    tenant.scan()
    episode = only(tenant)
    assert episode.open
    assert episode.path == ("westeurope", "northeurope")
    tenant.scan(hours=3)
    assert only(tenant).cause == ("operator" if caller else "provider")
    fail_back_storage(tenant.simulator, account, caller=caller)
    assert tenant.scan().verdict == "compliant"
    assert not only(tenant).open
    assert of_failovers(tenant) == ["failover-opened", "failover-returned", "failover-closed"]
    assert tenant.faults() == ()


def test_cosmos_fails_over_and_returns(world: Make) -> None:
    tenant = world()
    tenant.scan()
    account = tenant.id_of("cosmos")
    change_cosmos_write_region(tenant.simulator, account, "North Europe")
    tenant.scan()
    assert (only(tenant).open, only(tenant).cause) == (True, "operator")
    change_cosmos_write_region(tenant.simulator, account, "West Europe")
    assert tenant.scan().verdict == "compliant"
    assert (only(tenant).open, only(tenant).ended_by) == (False, "log")
    assert tenant.faults() == ()


def test_cosmos_that_left_and_came_back_between_two_scans(world: Make) -> None:
    tenant = world()
    tenant.scan()
    for region in ("North Europe", "West Europe"):
        tenant.wait(minutes=4)
        change_cosmos_write_region(tenant.simulator, tenant.id_of("cosmos"), region)
    tenant.scan()
    episode = only(tenant)
    assert episode.ended_at is not None
    assert episode.path == ("westeurope", "northeurope")
    length = episode.ended_at - episode.started_at
    assert length == pytest.approx(timedelta(minutes=4), abs=timedelta(seconds=5))


def linked(build: "type[Build]") -> tuple[list[Any], Callable[..., dict[str, list[Any]]]]:
    """Give two servers with a geo-replicated database, and their lists of links, either way."""
    kind = "Microsoft.Sql/servers"
    west = build.resource(kind, "sql-we", properties={})
    north = {**build.resource(kind, "sql-ne", properties={}), "location": "northeurope"}
    local = {
        "currentBackupStorageRedundancy": "Local",
        "requestedBackupStorageRedundancy": "Local",
    }
    databases = [
        {
            "id": f"{server['id']}/databases/crm",
            "name": "crm",
            "type": f"{kind}/databases",
            "location": server["location"],
            "sku": {"name": "S1", "tier": "Standard"},
            "properties": {**local, **more},
        }
        for server, more in ((west, {}), (north, {"secondaryType": "Geo"}))
    ]

    def lists(*, home: bool) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for here, there, leads in ((west, north, home), (north, west, not home)):
            role, other = ("Primary", "Secondary") if leads else ("Secondary", "Primary")
            properties = {
                "linkType": "GEO",
                "role": role,
                "partnerRole": other,
                "partnerLocation": there["location"],
                "partnerServer": there["name"],
                "partnerDatabase": "crm",
            }
            link = f"{here['id']}/databases/crm/replicationLinks/4891ca10"
            found[f"{here['id']}/replicationLinks".lower()] = [
                {"id": link, "name": "4891ca10", "properties": properties}
            ]
        return found

    return [west, north, *databases], lists


@pytest.mark.parametrize("between", [False, True], ids=["seen away", "between two scans"])
def test_a_replication_link_that_fails_over_and_back_is_one_episode_of_both_ends(
    world: Make, build: "type[Build]", *, between: bool
) -> None:
    resources, lists = linked(build)
    tenant = world(*resources, children=lists(home=True))
    assert tenant.scan().verdict == "compliant"
    west, north = (each["id"] for each in resources[2:])
    ends = ((False, north), (True, west))
    for home, becomes in ends:
        tenant.wait(minutes=4)
        name = "Microsoft.Sql/servers/databases/replicationLinks/failover/action"
        tenant.simulator.log(name, f"{becomes}/replicationLinks/4891ca10", OPERATOR)
        for path, items in lists(home=home).items():
            tenant.simulator.tenant.set_children(path, items)
        for database in (west, north):
            is_copy = database != becomes
            changes = {"properties": {"secondaryType": "Geo" if is_copy else None}}
            patch(tenant.simulator, database, changes, caller=None)
        if not between:
            tenant.scan()
            assert only(tenant).open is not home
    if between:
        tenant.scan()
    episode = only(tenant)
    assert not episode.open
    assert episode.path == ("westeurope", "northeurope")
    assert set(episode.resource_ids) == {west.lower(), north.lower()}
    assert episode.cause == "operator"
    assert tenant.faults() == ()


def test_failovers_more_than_an_hour_apart_are_incidents_of_their_own(
    world: Make, build: "type[Build]"
) -> None:
    tenant = world(build.account("stlater"))
    tenant.scan()
    for name, minutes in (("stdata", 0), ("stapps", 50), ("stlater", 130)):
        tenant.wait(minutes=minutes)
        fail_over_storage(tenant.simulator, tenant.id_of(name), planned=True)
        tenant.scan(minutes=1)
    incidents = tenant.incidents()
    assert sorted(len(each.episode_ids) for each in incidents) == [1, 2]


def test_what_service_health_says_of_the_time_is_attached_and_causes_nothing(world: Make) -> None:
    tenant = world()
    tenant.scan()
    began = tenant.time.now
    tenant.simulator.health_events += [
        health("AAA-1", began, "West Europe"),
        health("BBB-2", began, "UK South"),
        health("CCC-3", began - timedelta(days=9), "West Europe", ended=began - timedelta(days=8)),
    ]
    change_cosmos_write_region(
        tenant.simulator, tenant.id_of("cosmos"), "North Europe", caller=None
    )
    tenant.scan()
    episode = only(tenant)
    assert episode.health == ("AAA-1",)
    assert (episode.cause, episode.cause_basis) == ("unknown", "inferred")


def health(name: str, began: Any, region: str, ended: Any = None) -> dict[str, Any]:
    return {
        "id": f"/providers/Microsoft.ResourceHealth/events/{name}",
        "name": name,
        "type": "/providers/Microsoft.ResourceHealth/events",
        "properties": {
            "eventType": "ServiceIssue",
            "status": "Resolved" if ended else "Active",
            "title": "Trouble",
            "impactStartTime": began.isoformat(),
            "lastUpdateTime": (ended or began).isoformat(),
            **({"impactMitigationTime": ended.isoformat()} if ended else {}),
            "impact": [
                {
                    "impactedService": "Azure Cosmos DB",
                    "impactedRegions": [{"impactedRegion": region}],
                }
            ],
        },
    }


def test_the_store_and_what_is_beside_it_never_name_a_person(world: Make, tmp_path: "Path") -> None:
    tenant = world()
    tenant.scan()
    fail_over_storage(tenant.simulator, tenant.id_of("stdata"), planned=True)
    tenant.scan()
    assert only(tenant).caller == "person"
    tenant.restart()
    with closing(sqlite3.connect(tenant.path)) as connection:
        said = "\n".join(connection.iterdump())
    assert "storageaccounts/failover/action" in said
    everything = [path.read_bytes() for path in tmp_path.iterdir() if path.is_file()]
    for secret in (OPERATOR, OPERATOR.partition("@")[0] + "@"):
        assert secret not in said
        assert not any(secret.encode() in each for each in everything)
