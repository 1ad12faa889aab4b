import pytest

from checks.snapshot import CHECKS
from residency.model import Role
from residency.testing import run_check

(CHECK,) = CHECKS
DISK = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/disks/d"
SNAPSHOT = {
    "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/snapshots/copy",
    "type": "Microsoft.Compute/snapshots",
    "location": "northeurope",
}
COLLECTION = {
    "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/restorePointCollections/c",
    "type": "Microsoft.Compute/restorePointCollections",
    "location": "North Europe",
}


@pytest.mark.parametrize(
    "body",
    [
        {**SNAPSHOT, "properties": {"creationData": {"createOption": "Copy"}}},
        {
            **SNAPSHOT,
            "properties": {
                "creationData": {"createOption": "CopyStart", "sourceResourceId": DISK},
                "completionPercent": 40.0,
            },
        },
        {**COLLECTION, "properties": {"source": {"id": DISK, "location": "westeurope"}}},
    ],
    ids=["snapshot", "copy-across-regions", "collection-of-a-source-elsewhere"],
)
def test_a_copy_to_restore_from_is_where_it_is_itself_and_not_where_its_source_is(
    body: dict[str, object],
) -> None:
    (place,) = run_check(CHECK, body)
    assert (place.role, place.region) == (Role.BACKUP, "northeurope")


def test_a_snapshot_at_an_edge_zone_is_not_in_the_region_of_its_location() -> None:
    body = {**SNAPSHOT, "extendedLocation": {"name": "microsoftnowhere1", "type": "EdgeZone"}}
    (place,) = run_check(CHECK, body)
    assert place.region == "unknown"
