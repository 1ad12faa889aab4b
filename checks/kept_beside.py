"""Snapshots and backups that are kept where they, or what they are part of, stand.

A copy in another region is always another resource there. Azure NetApp Files backs a volume up to
Azure storage in the volume's own region and replicates no backup
(https://learn.microsoft.com/azure/azure-netapp-files/backup-requirements-considerations).
"""

from collections.abc import Iterable
from dataclasses import replace

from checks.type_table import own_location
from checks.whole import whole
from residency.check import Check, Reader
from residency.model import Holds, Placement, Resource, Role

DOCS = "https://learn.microsoft.com/azure"


def locate(backup: Resource, reader: Reader) -> Iterable[Placement]:
    """State that a backup is where it stands itself, or else what it is part of."""
    yield replace(own_location(whole(backup, reader)), role=Role.BACKUP)


CHECKS: tuple[Check, ...] = (
    Check(
        id="kept-beside",
        title="Snapshots, restore points and backups that are kept beside what they belong to",
        resource_types=(
            "microsoft.compute/restorepointcollections/restorepoints",
            "microsoft.elasticsan/elasticsans/volumegroups/snapshots",
            "microsoft.fileshares/fileshares/filesharesnapshots",
            "microsoft.netapp/netappaccounts/backupvaults",
            "microsoft.netapp/netappaccounts/backupvaults/backups",
            "microsoft.netapp/netappaccounts/capacitypools/volumes/snapshots",
        ),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.Compute/restorePointCollections/restorePoints/read",
            "Microsoft.ElasticSan/elasticSans/volumeGroups/snapshots/read",
            "Microsoft.FileShares/fileShares/fileShareSnapshots/read",
            "Microsoft.NetApp/netAppAccounts/backupVaults/read",
            "Microsoft.NetApp/netAppAccounts/backupVaults/backups/read",
            "Microsoft.NetApp/netAppAccounts/capacityPools/volumes/snapshots/read",
        ),
        docs=(
            f"{DOCS}/virtual-machines/virtual-machines-create-restore-points",
            f"{DOCS}/reliability/reliability-elastic-san",
            f"{DOCS}/storage/files/storage-snapshots-files",
            f"{DOCS}/azure-netapp-files/backup-requirements-considerations",
            f"{DOCS}/azure-netapp-files/snapshots-introduction",
        ),
        locate=locate,
        uses_properties=False,
    ),
)
