"""Snapshots of disks and collections of restore points: copies to restore from.

Both are where they themselves are, wherever their source is: a copy to another region is a new
snapshot or collection there (https://learn.microsoft.com/azure/virtual-machines/disks-copy-incremental-snapshot-across-regions,
https://learn.microsoft.com/azure/virtual-machines/virtual-machines-create-restore-points).
"""

from collections.abc import Iterable

from residency.check import Check, Reader, at_location
from residency.model import Holds, Placement, Resource, Role


def locate(resource: Resource, reader: Reader) -> Iterable[Placement]:
    """State that the copy is in the region, or at the edge zone, of the resource itself."""
    del reader
    yield at_location(resource, Role.BACKUP)


CHECKS: tuple[Check, ...] = (
    Check(
        id="snapshot",
        title="Snapshots of managed disks, and collections of restore points",
        resource_types=("microsoft.compute/snapshots", "microsoft.compute/restorepointcollections"),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.Compute/snapshots/read",
            "Microsoft.Compute/restorePointCollections/read",
        ),
        docs=(
            "https://learn.microsoft.com/azure/virtual-machines/disks-incremental-snapshots",
            "https://learn.microsoft.com/azure/virtual-machines/disks-copy-incremental-snapshot-across-regions",
            "https://learn.microsoft.com/azure/virtual-machines/virtual-machines-create-restore-points",
        ),
        locate=locate,
    ),
)
