"""Which disks and machines an item of Azure Site Recovery names, and as what.

Fields: https://learn.microsoft.com/rest/api/site-recovery/replication-protected-items/list. The
shared disks of a cluster are named by the cluster alone
(https://learn.microsoft.com/azure/site-recovery/tutorial-shared-disk).
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from checks.site_recovery import DETAILS
from residency.check import items, resource_id, text, value
from residency.errors import CheckError
from residency.model import Reading

MANAGED = (
    f"{DETAILS}.protectedManagedDisks",
    "properties.sharedDiskProperties.sharedDiskProviderSpecificDetails.protectedManagedDisks",
)
UNMANAGED = f"{DETAILS}.protectedDisks"


class Part(StrEnum):
    """What a disk is to an item."""

    SOURCE = "source"
    REPLICA = "replica"
    TARGET = "target"


DISKS = {
    "diskId": Part.SOURCE,
    "recoveryDiskId": Part.REPLICA,
    "recoveryReplicaDiskId": Part.REPLICA,
    "recoveryOrignalTargetDiskId": Part.REPLICA,  # Azure's own spelling
    "seedManagedDiskId": Part.REPLICA,
    "recoveryTargetDiskId": Part.TARGET,
    "targetManagedDiskId": Part.TARGET,
}
MACHINES = {
    "recoveryFabricObjectId": Part.TARGET,
    "testFailoverRecoveryFabricObjectId": Part.REPLICA,
}
"""The machine that a disk is attached to, where no list names the disk itself."""


def named(item: Reading) -> Iterator[tuple[str, Part]]:
    """Give each disk and machine that an item names, and as what.

    An item that lists no disk at all speaks of every disk of its machine. Raises CheckError where
    an item has no details, or lists a managed disk without its id: it may name any disk.
    """
    if not isinstance(value(item.body, DETAILS), Mapping):
        raise CheckError(f"'{DETAILS}' of a replicated item is absent")
    managed = [disk for path in MANAGED for disk in items(item.body, path)]
    for disk in managed:
        yield resource_id(item.body, f"{disk}.diskId"), Part.SOURCE
    listed = (*managed, *items(item.body, UNMANAGED))
    for disk in listed:
        for key, part in DISKS.items():
            if found := text(item.body, f"{disk}.{key}"):
                yield found.lower(), part
    for key, part in MACHINES.items():
        if found := text(item.body, f"{DETAILS}.{key}"):
            yield found.lower(), part
    if not listed and (machine := text(item.body, f"{DETAILS}.fabricObjectId")):
        yield machine.lower(), Part.SOURCE
