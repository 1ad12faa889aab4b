"""Which field decides a place, check by check: a country outside the EU there is a violation.

A region that nobody knows there is unknown, and so is no region at all. What stands beside such a
field and looks like a place decides nothing.
"""

import pytest

from bench.mutation.laboratory import Laboratory
from bench.mutation.leaves import REMOVED
from residency.model import Status

ITEM = "vaults/rsv-procs-asr-ne/replicationprotecteditems#0"
DISK = "rg-procs-app/providers/microsoft.compute/disks/vm-procs-batch-01-osdisk"
COPY = "disks/vm-procs-batch-01-osdisk-asrreplica"
MINE = "sql-dashboards-prod-we/databases/dashboards"
DR_SERVER = "servers/sql-dashboards-dr-ne"
DR = f"{DR_SERVER}/databases/dashboards"
INSTANCE = "managedinstances/sqlmi-milestones-prod-we"
COSMOS = "databaseaccounts/cosmos-dashboards-prod"
GROUPS = "locations/westeurope/instancefailovergroups#0"
VERSION = "batch-worker/versions/3.3.0"
FILES = "storageaccounts/stmilestonesfiles01"

DECIDES = [
    (FILES, "properties.primaryLocation", ""),
    (FILES, "properties.secondaryLocation", ""),
    ("storageaccounts/stmilestonesdocs01", "properties.primaryLocation", ""),
    ("disks/vm-milestones-batch-01-osdisk", "location", ""),
    ("snapshots/snap-vm-milestones-batch-01-osdisk-weekly", "location", ""),
    ("images/img-batch-worker", "location", ""),
    (VERSION, "location", ""),
    (VERSION, "properties.publishingProfile.targetRegions.0.name", ""),
    ("galleries/gal_platform", "location", ""),
    ("virtualnetworks/vnet-milestones-prod-we", "location", ""),
    ("vaults/kv-milestones-prod-we", "location", ""),
    (COSMOS, "properties.writeLocations.0.locationName", ""),
    (COSMOS, "properties.readLocations.1.locationName", ""),
    (COSMOS, "properties.locations.1.locationName", ""),
    (COSMOS, "properties.failoverPolicies.1.locationName", ""),
    ("flexibleservers/psql-milestones-audit-we", "location", ""),
    ("flexibleservers/mysql-procs-prod-we", "location", ""),
    ("flexibleservers/mysql-procs-dr-ne", "location", ""),
    ("flexibleservers/mysql-procs-dr-ne", "location", "flexibleservers/mysql-procs-prod-we"),
    ("flexibleservers/mysql-procs-prod-we", "location", "flexibleservers/mysql-procs-dr-ne"),
    (DR_SERVER, "location", ""),
    (MINE, "location", ""),
    ("sql-dashboards-prod-we/replicationlinks#0", "properties.partnerLocation", MINE),
    ("sql-dashboards-dr-ne/replicationlinks#0", "properties.partnerLocation", DR),
    ("sql-dashboards-prod-we/failovergroups#0", "properties.partnerServers.0.location", MINE),
    (INSTANCE, "location", ""),
    (INSTANCE, "location", f"{INSTANCE}/databases/milestones"),
    (GROUPS, "properties.partnerRegions.0.location", INSTANCE),
    (GROUPS, "properties.partnerRegions.0.location", f"{INSTANCE}/databases/milestones"),
    ("accounts/oai-platform-prod-we", "location", ""),
    ("vaults/rsv-milestones-prod-we", "location", ""),
    ("vaults/rsv-milestones-prod-we", "location", "storageaccounts/stmilestonesfiles01"),
    ("backupvaults/bvault-milestones-prod-we", "location", ""),
    (
        "backupvaults/bvault-milestones-prod-we",
        "location",
        "storageaccounts/stmilestonesqueue01",
    ),
    (ITEM, "properties.providerSpecificDetails.primaryFabricLocation", COPY),
    (ITEM, "properties.providerSpecificDetails.recoveryFabricLocation", DISK),
]
"""Where the field is, its path, and what it is about if that is something else."""

DECIDES_NOTHING = [
    ("storageaccounts/stmilestonesdocs01", "location", ""),
    ("storageaccounts/stdashboardsarchive", "location", ""),
    (FILES, "location", ""),
    (FILES, "properties.statusOfPrimary", ""),
    (COSMOS, "location", ""),
    (COSMOS, "properties.readLocations.1.documentEndpoint", ""),
    ("databaseaccounts/cosmos-milestones-plan", "location", ""),
    (MINE, "properties.defaultSecondaryLocation", ""),
    ("sql-dashboards-prod-we/replicationlinks#0", "properties.partnerServer", MINE),
    ("sql-dashboards-prod-we/replicationlinks#0", "location", MINE),
    ("sql-dashboards-prod-we/failovergroups#0", "location", MINE),
    (ITEM, "properties.recoveryFabricFriendlyName", DISK),
    (ITEM, "properties.providerSpecificDetails.initialRecoveryFabricLocation", DISK),
    ("vaults/rsv-milestones-prod-we", "properties.redundancySettings.crossRegionRestore", ""),
    ("flexibleservers/mysql-procs-prod-we", "properties.fullyQualifiedDomainName", ""),
    ("accounts/oai-platform-prod-we", "properties.endpoint", ""),
]
"""What looks like a place, or once was one, and does not tell where the data is."""


def status(room: Laboratory, tail: str, path: str, about: str, value: object) -> Status:
    document = room.document(tail)
    judged, _ = room.document(about or tail)
    return room.after(room.mutation(document, path, value)).statuses(judged)[0]


def places(room: Laboratory, tail: str) -> list[tuple[str, str]]:
    judged, _ = room.document(tail)
    return [(place.role, place.region) for place in room.stated[judged]]


@pytest.mark.parametrize(("tail", "path", "about"), DECIDES)
def test_a_country_outside_the_eu_is_a_violation(
    room: Laboratory, tail: str, path: str, about: str
) -> None:
    assert status(room, tail, path, about, "eastus") is Status.VIOLATION
    assert status(room, tail, path, about, "East US") is Status.VIOLATION


@pytest.mark.parametrize("value", ["marsnorth1", 42])
@pytest.mark.parametrize(("tail", "path", "about"), DECIDES)
def test_a_region_that_nobody_knows_is_unknown(
    room: Laboratory, tail: str, path: str, about: str, value: object
) -> None:
    assert status(room, tail, path, about, value) is Status.UNKNOWN


@pytest.mark.parametrize("value", ["", None, REMOVED])
@pytest.mark.parametrize(("tail", "path", "about"), [row for row in DECIDES if row[0] != ITEM])
def test_no_region_at_all_is_unknown(
    room: Laboratory, tail: str, path: str, about: str, value: object
) -> None:
    assert status(room, tail, path, about, value) is Status.UNKNOWN


@pytest.mark.parametrize("value", ["", None, REMOVED])
@pytest.mark.parametrize(("tail", "path", "about"), [row for row in DECIDES if row[0] == ITEM])
def test_a_side_of_a_replicated_machine_that_names_no_region_is_where_its_fabric_is(
    room: Laboratory, tail: str, path: str, about: str, value: object
) -> None:
    mutation = room.mutation(room.document(tail), path, value)
    assert places(room.after(mutation), about) == places(room, about)


@pytest.mark.parametrize("value", ["eastus", "marsnorth1", "westeurope"])
@pytest.mark.parametrize(("tail", "path", "about"), DECIDES_NOTHING)
def test_what_only_looks_like_a_place_changes_none(
    room: Laboratory, tail: str, path: str, about: str, value: str
) -> None:
    mutation = room.mutation(room.document(tail), path, value)
    assert places(room.after(mutation), about or tail) == places(room, about or tail)


def test_each_of_these_resources_is_compliant_before_anything_is_changed(room: Laboratory) -> None:
    judged = {room.document(about or tail)[0] for tail, _, about in DECIDES}
    moved = room.document("storageaccounts/stmilestonesdocs01")[0]
    wrong = [each for each in judged if room.statuses(each)[0] is not Status.COMPLIANT]
    assert wrong == [moved]
