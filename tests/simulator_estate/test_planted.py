"""Each thing that the story plants is in the bodies, in the fields where Azure shows it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from residency import regions
from residency.check import value
from residency.simulator.world import Body, Estate


def _body(estate: Estate, name: str) -> Body:
    (found,) = [body for body in estate.resources if body["name"] == name]
    return found


def _child(estate: Estate, name: str, step: str) -> Sequence[Body]:
    return estate.children[f"{_body(estate, name)['id']}/{step}".lower()]


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("psql-milestones-reporting-uks", "location", "uksouth"),
        ("psql-milestones-reporting-uks", "properties.replicationRole", "GeoAsyncReplica"),
        ("3.4.1", "properties.publishingProfile.targetRegions[2].name", "UK South"),
        ("stmilestonesdocs01", "location", "westeurope"),
        ("stmilestonesdocs01", "sku.name", "Standard_LRS"),
        ("stmilestonesdocs01", "properties.primaryLocation", "northeurope"),
        ("stmilestonesdocs01", "properties.secondaryLocation", None),
        ("stdashboardsarchive", "sku.name", "Standard_RAGRS"),
        ("stdashboardsarchive", "properties.primaryLocation", "northeurope"),
        ("stdashboardsarchive", "properties.secondaryLocation", "westeurope"),
        ("cosmos-milestones-plan", "location", "West Europe"),
        (
            "cosmos-milestones-plan",
            "properties.writeLocations[0].locationName",
            "Germany West Central",
        ),
        ("cosmos-milestones-plan", "properties.locations[1].locationName", "West Europe"),
        ("cosmos-milestones-plan", "properties.failoverPolicies[0].failoverPriority", 0),
        ("cosmos-milestones-plan", "properties.failoverPolicies[1].failoverPriority", 1),
        ("procs-reporting", "location", "francecentral"),
        ("ais-dashboards-sdc", "location", "swedencentral"),
        ("snap-procs-migration-uks", "location", "uksouth"),
        ("snap-procs-migration-uks", "properties.creationData.createOption", "CopyStart"),
        ("snap-dashboards-audit-gwc", "location", "germanywestcentral"),
        ("stprocsacmeus01", "properties.primaryLocation", "eastus"),
        ("pip-trial-eus", "location", "eastus"),
        ("disk-loadtest-uks", "location", "uksouth"),
        ("rsv-procs-legacy-we", "properties.redundancySettings", None),
        ("hdb-dashboards-pilot", "type", "Microsoft.HorizonDb/clusters"),
        ("kv-molenkamp-prod-we", "location", "westeurope"),
        ("sttempexport01", "tags", None),
    ],
)
def test_a_field_tells_it(estate: Estate, name: str, path: str, expected: object) -> None:
    assert value(_body(estate, name), path) == expected


@pytest.mark.parametrize(
    ("name", "age"),
    [("stmilestonesdocs01", timedelta(hours=5)), ("stdashboardsarchive", timedelta(days=12))],
)
def test_a_failover_happened_a_while_before_now(
    estate: Estate, now: datetime, name: str, age: timedelta
) -> None:
    raw = _body(estate, name)["properties"]["lastGeoFailoverTime"]
    assert now - datetime.fromisoformat(raw) == age


@pytest.mark.parametrize(
    ("account", "skus"),
    [
        ("oai-milestones-prod-we", {"Standard", "GlobalStandard"}),
        ("ais-dashboards-sdc", {"DataZoneStandard"}),
        ("oai-platform-prod-we", {"Standard", "ProvisionedManaged"}),
    ],
)
def test_the_sku_of_a_deployment_tells_where_a_model_runs(
    estate: Estate, account: str, skus: set[str]
) -> None:
    assert {item["sku"]["name"] for item in _child(estate, account, "deployments")} == skus


@pytest.mark.parametrize(
    ("server", "role", "partner"),
    [
        ("sql-dashboards-prod-we", "Primary", "North Europe"),
        ("sql-dashboards-dr-ne", "Secondary", "West Europe"),
        ("sql-procs-prod-we", "Secondary", "North Europe"),
        ("sql-procs-dr-ne", "Primary", "West Europe"),
    ],
)
def test_both_servers_of_a_failover_group_tell_their_side(
    estate: Estate, server: str, role: str, partner: str
) -> None:
    (group,) = _child(estate, server, "failoverGroups")
    links = _child(estate, server, "replicationLinks")
    assert group["properties"]["replicationRole"] == role
    assert group["properties"]["partnerServers"][0]["location"] == partner
    assert len(links) == len(group["properties"]["databases"])
    assert {link["properties"]["role"] for link in links} == {role}
    assert {link["properties"]["partnerLocation"] for link in links} == {partner}


def test_both_groups_of_the_managed_instances_tell_their_side(estate: Estate) -> None:
    roles: dict[str, Any] = {
        path.split("/")[8]: items[0]["properties"]["replicationRole"]
        for path, items in estate.children.items()
        if path.endswith("/instancefailovergroups")
    }
    assert roles == {"westeurope": "Primary", "northeurope": "Secondary"}


def test_the_list_of_replicas_names_the_replica_in_london(estate: Estate) -> None:
    (replica,) = _child(estate, "psql-milestones-prod-we", "replicas")
    assert replica["name"] == "psql-milestones-reporting-uks"


def test_an_account_of_another_tenant_is_named_barely(estate: Estate) -> None:
    (policy,) = _child(estate, "stmilestonesshare01", "objectReplicationPolicies")
    destination = policy["properties"]["destinationAccount"]
    assert destination not in {body["name"] for body in estate.resources}
    assert "/" not in destination


def test_an_instructed_export_is_listed_on_both_accounts(estate: Estate) -> None:
    for name in ("stprocsacmeout01", "stprocsacmeus01"):
        (policy,) = _child(estate, name, "objectReplicationPolicies")
        assert policy["properties"]["destinationAccount"].endswith("/stprocsacmeus01")


def test_the_redundancy_that_a_vault_does_not_show_is_refused(estate: Estate) -> None:
    vault = _body(estate, "rsv-procs-legacy-we")["id"].lower()
    assert estate.denied == (f"{vault}/backupstorageconfig",)
    assert "redundancySettings" not in _body(estate, "rsv-dashboards-legacy-we")["properties"]
    (item,) = _child(estate, "rsv-dashboards-legacy-we", "backupstorageconfig")
    assert item["properties"]["storageModelType"] == "LocallyRedundant"


def test_a_recovery_vault_protects_machines_and_a_file_share(estate: Estate) -> None:
    items = _child(estate, "rsv-milestones-prod-we", "backupProtectedItems")
    kinds = sorted(item["properties"]["workloadType"] for item in items)
    assert kinds == ["AzureFileShare", "VM", "VM"]


def test_site_recovery_keeps_a_disk_in_ireland(estate: Estate) -> None:
    (item,) = _child(estate, "rsv-procs-asr-ne", "replicationProtectedItems")
    details = item["properties"]["providerSpecificDetails"]
    disk = _body(estate, "vm-procs-batch-01-osdisk-ASRReplica")
    assert details["protectedManagedDisks"][0]["recoveryReplicaDiskId"] == disk["id"]
    assert details["recoveryFabricLocation"] == disk["location"] == "northeurope"
    fabrics = _child(estate, "rsv-procs-asr-ne", "replicationFabrics")
    assert len(fabrics) == 2


def test_the_standby_groups_are_in_ireland(estate: Estate) -> None:
    standby = [body for body in estate.resources if body["id"].split("/")[4].endswith("-dr")]
    assert len(standby) > 15
    assert {regions.normalise(body["location"]) for body in standby} == {"northeurope"}


def test_one_subscription_refuses_to_be_read(estate: Estate) -> None:
    assert [each.name for each in estate.subscriptions if not each.readable] == ["archive-prod"]


def test_what_kubernetes_makes_has_no_tags_and_a_manager(estate: Estate) -> None:
    groups = [body for body in estate.resource_groups if body["name"].startswith("MC_")]
    ids = {body["id"] for body in estate.resources}
    assert len(groups) == 2
    for group in groups:
        assert "tags" not in group
        assert group["managedBy"] in ids
