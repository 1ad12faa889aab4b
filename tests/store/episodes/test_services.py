"""Each service as its check tells it: at home, failed over, and at home again."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from checks import (
    cosmos_db,
    event_hubs,
    iot_hub,
    log_analytics,
    managed_hsm,
    netapp_volume,
    postgresql,
    recovery_services,
    redis,
    service_bus,
    sql_database,
    sql_managed_instance,
    storage,
    traffic_manager,
)
from residency.check import Check, at_location
from residency.model import Operation
from residency.policy import JudgedPlacement, country_of, zone_of
from residency.settings import Policy
from residency.store.episodes import Cause, Sighting, sighting_of
from residency.testing import JsonReader, resource_of, run_check

if TYPE_CHECKING:
    from tests.store.episodes.conftest import Follower

ROOT = "/subscriptions/s/resourceGroups/g/providers"
WEST, NORTH = "West Europe", "North Europe"
ROLES = {True: "Primary", False: "Secondary"}
Body = dict[str, Any]
Log = Callable[..., Operation]


def see(
    check: Check,
    body: Body,
    answers: Body | None = None,
    inventory: tuple[Body, ...] = (),
    subject: Body | None = None,
    **more: Any,
) -> Sighting:
    """Run a check as a scan does, and see what its placements say of their resource."""
    reader = JsonReader(answers={body["id"]: body, **(answers or {})}, inventory=inventory)
    shown = resource_of(subject or body)
    places = [
        JudgedPlacement(placement=place, country=country_of(place), zone=zone_of(place, Policy()))
        for place in run_check(check, body, reader)
        if (place.subject or resource_of(body).id) == shown.id
    ]
    made_in = shown.location.replace(" ", "").lower()
    return sighting_of(shown, places, made_in=made_in, **more)


def resource(kind: str, name: str, location: str = WEST, **properties: Any) -> Body:
    path = f"{ROOT}/{kind.partition('/')[0]}/{kind.partition('/')[2]}/{name}"
    return {"id": path, "type": kind, "name": name, "location": location, "properties": properties}


def planned_storage(*, away: bool) -> tuple[Sighting, ...]:
    here, there = (NORTH, WEST) if away else (WEST, NORTH)
    body = resource("Microsoft.Storage/storageAccounts", "st", primaryLocation=here)
    body["properties"] |= {"secondaryLocation": there}
    body |= {"sku": {"name": "Standard_GRS"}, "kind": "BlobStorage"}
    return (see(storage.CHECK, body),)


def unplanned_storage(*, away: bool) -> tuple[Sighting, ...]:
    if not away:
        return planned_storage(away=False)
    body = resource("Microsoft.Storage/storageAccounts", "st", primaryLocation=NORTH)
    return (see(storage.CHECK, body | {"sku": {"name": "Standard_LRS"}}),)


def cosmos(*, away: bool) -> tuple[Sighting, ...]:
    regions = [NORTH, WEST] if away else [WEST, NORTH]
    listed = [{"locationName": name, "failoverPriority": at} for at, name in enumerate(regions)]
    lists = {"locations": listed, "readLocations": listed, "failoverPolicies": listed}
    body = resource("Microsoft.DocumentDB/databaseAccounts", "c", writeLocations=listed[:1])
    body["properties"] |= lists
    return (see(cosmos_db.CHECKS[0], body),)


def sql_link(server: str, other: str, *, writes: bool) -> Body:
    database = f"{ROOT}/Microsoft.Sql/servers/{server}/databases/crm"
    told = {
        "role": ROLES[writes],
        "partnerRole": ROLES[not writes],
        "partnerLocation": other,
        "partnerDatabase": "crm",
        "linkType": "GEO",
    }
    return {"id": f"{database}/replicationLinks/4891ca10", "properties": told}


def sql_group(server: str, other: str, *, writes: bool) -> Body:
    top = f"{ROOT}/Microsoft.Sql/servers/{server}"
    told = {
        "databases": [f"{top}/databases/crm"],
        "replicationRole": ROLES[writes],
        "partnerServers": [{"location": other, "replicationRole": ROLES[not writes]}],
    }
    return {"id": f"{top}/failoverGroups/fog", "properties": told}


def sql(*, away: bool, links: bool, groups: bool) -> tuple[Sighting, ...]:
    found = []
    for server, here, other in (("west", WEST, NORTH), ("north", NORTH, WEST)):
        top = f"{ROOT}/Microsoft.Sql/servers/{server}"
        writes = (server == "north") is away
        body = {
            "id": f"{top}/databases/crm",
            "type": "Microsoft.Sql/servers/databases",
            "name": f"{server}/crm",
            "location": here,
            "properties": {} if writes else {"secondaryType": "Geo"},
        }
        answers = {
            f"{top}/replicationLinks": {
                "value": [sql_link(server, other, writes=writes)] if links else []
            },
            f"{top}/failoverGroups": {
                "value": [sql_group(server, other, writes=writes)] if groups else []
            },
        }
        found.append(see(sql_database.DATABASE, body, answers))
    return tuple(found)


def sql_links(*, away: bool) -> tuple[Sighting, ...]:
    return sql(away=away, links=True, groups=False)


def sql_groups(*, away: bool) -> tuple[Sighting, ...]:
    return sql(away=away, links=False, groups=True)


def sql_links_and_groups(*, away: bool) -> tuple[Sighting, ...]:
    return sql(away=away, links=True, groups=True)


def instances(*, away: bool) -> tuple[Sighting, ...]:
    names = {"west": WEST, "north": NORTH}
    ids = {name: f"{ROOT}/Microsoft.Sql/managedInstances/{name}" for name in names}
    pairs = [{"primaryManagedInstanceId": ids["west"], "partnerManagedInstanceId": ids["north"]}]
    found = []
    for name, other in (("west", NORTH), ("north", WEST)):
        writes = (name == "north") is away
        where = names[name].replace(" ", "").lower()
        groups = f"{ROOT}/Microsoft.Sql/locations/{where}/instanceFailoverGroups"
        told = {
            "replicationRole": ROLES[writes],
            "partnerRegions": [{"location": other, "replicationRole": ROLES[not writes]}],
            "managedInstancePairs": pairs,
        }
        body = resource("Microsoft.Sql/managedInstances", name, names[name])
        answers: Body = {
            groups: {"value": [{"id": f"{groups}/fog", "properties": told}]},
            f"{body['id']}/distributedAvailabilityGroups": {"value": []},
        }
        found.append(see(sql_managed_instance.INSTANCE, body, answers))
    return tuple(found)


def promoted(*, away: bool) -> tuple[Sighting, ...]:
    kind = "Microsoft.DBforPostgreSQL/flexibleServers"
    written, follows = ("north", "west") if away else ("west", "north")
    regions = {"west": WEST, "north": NORTH}
    source = resource(kind, written, regions[written], replicationRole="Primary")
    copy = resource(kind, follows, regions[follows], replicationRole="AsyncReplica")
    copy["properties"]["sourceServerResourceId"] = source["id"]
    answers: Body = {each["id"]: each for each in (source, copy)}
    answers[f"{source['id']}/replicas"] = {"value": [copy]}
    both = (source, copy)
    return tuple(see(postgresql.CHECKS[0], each, answers, both) for each in both)


def namespace(check: Check, kind: str, *, away: bool) -> tuple[Sighting, ...]:
    listed = [
        {"locationName": "westeurope", "roleType": ROLES[not away]},
        {"locationName": "northeurope", "roleType": ROLES[away]},
    ]
    body = resource(kind, "ns", geoDataReplication={"locations": listed})
    answers: Body = {f"{body['id']}/disasterRecoveryConfigs": {"value": []}}
    return (see(check, body | {"sku": {"name": "Premium"}}, answers),)


def event_hub(*, away: bool) -> tuple[Sighting, ...]:
    return namespace(event_hubs.CHECKS[0], "Microsoft.EventHub/namespaces", away=away)


def bus(*, away: bool) -> tuple[Sighting, ...]:
    return namespace(service_bus.CHECKS[0], "Microsoft.ServiceBus/namespaces", away=away)


def hub(*, away: bool) -> tuple[Sighting, ...]:
    listed = [
        {"location": WEST, "role": ROLES[not away].lower()},
        {"location": NORTH, "role": ROLES[away].lower()},
    ]
    return (see(iot_hub.CHECKS[0], resource("Microsoft.Devices/IotHubs", "hub", locations=listed)),)


def caches(*, away: bool) -> tuple[Sighting, ...]:
    found = []
    for name, here, other, there in (("a", WEST, "b", NORTH), ("b", NORTH, "a", WEST)):
        writes = (name == "b") is away
        body = resource("Microsoft.Cache/Redis", name, here, redisConfiguration={})
        body["properties"]["sku"] = {"name": "Premium"}
        told = {"serverRole": ROLES[not writes], "linkedRedisCacheLocation": there}
        link = {"id": f"{body['id']}/linkedServers/{other}", "properties": told}
        answers = {f"{body['id']}/linkedServers": {"value": [link]}}
        found.append(see(redis.CHECKS[0], body, answers))
    return tuple(found)


def workspace(*, away: bool) -> tuple[Sighting, ...]:
    body = resource(
        "Microsoft.OperationalInsights/workspaces",
        "ws",
        replication={"enabled": True, "location": "northeurope"},
        failover={"state": "Active" if away else "Inactive"},
    )
    (check,) = (
        each for each in log_analytics.CHECKS if body["type"].lower() in each.resource_types
    )
    return (see(check, body, {f"{body['id']}/dataExports": {"value": []}}),)


def volumes(*, away: bool) -> tuple[Sighting, ...]:
    pools = f"{ROOT}/Microsoft.NetApp/netAppAccounts/a/capacityPools"
    ends = {"west": WEST, "north": NORTH}
    found = []
    for name, other in (("west", "north"), ("north", "west")):
        replication = {
            "endpointType": "src" if (name == "north") is away else "dst",
            "mirrorState": "Mirrored",
            "remoteVolumeRegion": ends[other],
            "remoteVolumeResourceId": f"{pools}/p/volumes/{other}",
        }
        body = {
            "id": f"{pools}/p/volumes/{name}",
            "type": "Microsoft.NetApp/netAppAccounts/capacityPools/volumes",
            "location": ends[name],
            "properties": {"dataProtection": {"replication": replication}},
        }
        found.append(see(netapp_volume.CHECKS[0], body))
    return tuple(found)


def machine(*, away: bool) -> tuple[Sighting, ...]:
    vault = resource("Microsoft.RecoveryServices/vaults", "v", NORTH)
    told = {"standardTierStorageRedundancy": "ZoneRedundant"}
    vault["properties"]["redundancySettings"] = told
    shown = resource("Microsoft.Compute/virtualMachines", "vm1")
    item = {
        "id": f"{vault['id']}/replicationFabrics/f/x/c/replicationProtectedItems/i",
        "properties": {
            "activeLocation": "Recovery" if away else "Primary",
            "providerSpecificDetails": {
                "fabricObjectId": shown["id"],
                "primaryFabricLocation": WEST,
                "recoveryFabricLocation": NORTH,
            },
        },
    }
    answers = {
        f"{vault['id']}/backupProtectedItems": {"value": []},
        f"{vault['id']}/replicationProtectedItems": {"value": [item]},
    }
    check = recovery_services.CHECKS[0]
    found = see(check, vault, answers, subject=shown)
    own = see(own_place(), shown)
    return (found if away else replace(own, handles=found.handles, others=found.others),)


def own_place() -> Check:
    """A check of what is where its `location` says, as the check of machines tells that part."""
    return replace(recovery_services.CHECKS[0], locate=lambda resource, _: (at_location(resource),))


def keys(*, away: bool) -> tuple[Sighting, ...]:
    body = resource("Microsoft.KeyVault/managedHSMs", "hsm")
    regions = [{"name": WEST, "isPrimary": not away}, {"name": NORTH, "isPrimary": away}]
    return (see(managed_hsm.CHECKS[0], body, {f"{body['id']}/regions": {"value": regions}}),)


def standby(*, away: bool) -> tuple[Sighting, ...]:
    sites = [
        resource("Microsoft.Web/sites", "west", WEST),
        resource("Microsoft.Web/sites", "north", NORTH),
    ]
    endpoints = [
        {
            "name": site["name"],
            "properties": {
                "targetResourceId": site["id"],
                "priority": priority,
                "endpointStatus": "Enabled",
                "endpointMonitorStatus": "Degraded" if away and priority == 1 else "Online",
            },
        }
        for priority, site in enumerate(sites, 1)
    ]
    body = resource("Microsoft.Network/trafficManagerProfiles", "tm", "global")
    body["properties"] = {
        "profileStatus": "Enabled",
        "trafficRoutingMethod": "Priority",
        "endpoints": endpoints,
    }
    check = traffic_manager.CHECKS[0]
    found = see(check, body, None, tuple(sites), subject=sites[1], standby=True)
    return (found,)


ST = f"{ROOT}/Microsoft.Storage/storageAccounts/st"
SQL = f"{ROOT}/Microsoft.Sql"
PG = f"{ROOT}/Microsoft.DBforPostgreSQL/flexibleServers"
VAULT = f"{ROOT}/Microsoft.RecoveryServices/vaults/v"
INSIGHTS = f"{ROOT}/Microsoft.OperationalInsights"
LINK = f"{SQL}/servers/north/databases/crm/replicationLinks/4891ca10"
SERVICES = [
    (planned_storage, ST, 1),
    (unplanned_storage, ST, 1),
    (cosmos, f"{ROOT}/Microsoft.DocumentDB/databaseAccounts/c", 1),
    (sql_links, LINK, 2),
    (sql_groups, f"{SQL}/servers/north/failoverGroups/fog", 2),
    (sql_links_and_groups, f"{SQL}/servers/north/failoverGroups/fog", 2),
    (instances, f"{SQL}/locations/northeurope/instanceFailoverGroups/fog", 2),
    (promoted, f"{PG}/north", 2),
    (event_hub, f"{ROOT}/Microsoft.EventHub/namespaces/ns", 1),
    (bus, f"{ROOT}/Microsoft.ServiceBus/namespaces/ns", 1),
    (hub, f"{ROOT}/Microsoft.Devices/IotHubs/hub", 1),
    (caches, f"{ROOT}/Microsoft.Cache/Redis/a/linkedServers/b", 2),
    (workspace, f"{INSIGHTS}/locations/northeurope/workspaces/ws", 1),
    (volumes, f"{ROOT}/Microsoft.NetApp/netAppAccounts/a/capacityPools/p/volumes/north", 2),
    (
        machine,
        f"{VAULT}/replicationFabrics/f/x/c/replicationProtectedItems/i",
        1,
    ),
    (keys, f"{ROOT}/Microsoft.KeyVault/managedHSMs/hsm", 1),
    (standby, f"{ROOT}/Microsoft.Network/trafficManagerProfiles/tm/azureEndpoints/west", 1),
]


@pytest.mark.parametrize(("service", "operated_on", "ends"), SERVICES)
def test_a_failover_and_its_return_are_one_episode_whatever_tells_of_it(
    service: Callable[..., tuple[Sighting, ...]],
    operated_on: str,
    ends: int,
    follower: "Follower",
    operation: Log,
) -> None:
    log = [operation(20, 21, resource_id=operated_on.lower())]
    follower.scan(0, *service(away=False))
    assert follower.episodes == ()
    follower.scan(30, *service(away=True), operations=log)
    episode = follower.only
    assert episode.path == ("westeurope", "northeurope")
    assert len(episode.resource_ids) == ends
    assert episode.cause is Cause.OPERATOR
    follower.scan(60, *service(away=False), operations=log)
    assert not follower.only.open
    assert follower.kinds == ["opened", "returned", "closed"]


@pytest.mark.parametrize("service", [sql_links, sql_groups, instances, promoted, caches, volumes])
def test_the_end_that_is_at_home_is_the_one_that_a_group_is_told_of(
    service: Callable[..., tuple[Sighting, ...]], follower: "Follower"
) -> None:
    for time, away in ((0, False), (15, True)):
        follower.scan(time, *reversed(service(away=away)))
    assert follower.only.resource_id.rpartition("/crm")[0].endswith(
        "west/databases"
    ) or follower.only.resource_id.endswith(("/west", "/a"))


@pytest.mark.parametrize("seen", [0, 1])
def test_one_end_that_can_be_read_is_enough_to_open_and_not_to_close_in_doubt(
    seen: int, follower: "Follower"
) -> None:
    for time, away in ((0, False), (15, True)):
        ends = sql_links(away=away)
        follower.scan(time, ends[seen], replace(ends[1 - seen], unknown=away))
    assert follower.only.open
    ends = sql_links(away=False)
    follower.scan(30, ends[seen], replace(ends[1 - seen], unknown=True))
    assert follower.only.open
    follower.scan(45, *ends)
    assert not follower.only.open


def test_two_databases_of_one_name_on_other_servers_are_two_episodes(
    follower: "Follower",
) -> None:
    def of(number: int, *, away: bool) -> list[Sighting]:
        return [
            replace(
                end,
                resource_id=end.resource_id.replace("servers/", f"servers/c{number}"),
                groups=frozenset(f"{group}{number}" for group in end.groups),
            )
            for end in sql_links(away=away)
        ]

    for time, away in ((0, False), (15, True)):
        follower.scan(time, *of(1, away=away), *of(2, away=away))
    assert len(follower.episodes) == 2


def test_caches_that_are_unlinked_while_one_is_away_stay_one_episode(follower: "Follower") -> None:
    follower.scan(0, *caches(away=False))
    follower.scan(15, *caches(away=True))
    alone = [replace(end, groups=frozenset(), failover=None) for end in caches(away=True)]
    follower.scan(30, *alone)
    assert follower.only.open
    assert len(follower.only.resource_ids) == 2


def test_a_placement_that_leaves_the_written_copy_open_makes_the_sighting_unknown() -> None:
    body = resource("Microsoft.KeyVault/managedHSMs", "hsm")
    regions = {f"{body['id']}/regions": {"value": [{"name": NORTH}]}}
    assert see(managed_hsm.CHECKS[0], body, regions).is_unknown


def test_a_sighting_shows_the_other_regions_of_live_copies_alone() -> None:
    (account,) = planned_storage(away=False)
    assert account.others == {"northeurope"}
