"""Recovery Services vaults: backups, and what Azure Site Recovery replicates.

A vault states where its backups are, and the same of every source that it protects; of the machines
that Site Recovery replicates it states where they run and where their copies are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from checks.api_versions import version_of
from checks.recovery_redundancy import PAGE, copies
from checks.replicated_machines import replicas
from checks.site_recovery import VAULT, items_path
from residency.check import Check, Reader, cited, facet, resource_id, text, value
from residency.model import Holds, Placement, Reading, Resource, Role

SOURCE = "properties.sourceResourceId"
OUTSIDE_AZURE = frozenset({"mab", "dpm", "azurebackupserver"})


def locate(vault: Resource, reader: Reader) -> Iterable[Placement]:
    """State where a vault's backups are, and the same of every source that it protects."""
    yield from copies(vault, reader)
    yield from facet(
        Role.BACKUP,
        f"{vault.id}/backupProtectedItems",
        lambda: _protected(vault, reader),
        read_at=vault.reading.read_at,
    )
    yield from facet(
        Role.REPLICA,
        items_path(vault.id),
        lambda: replicas(vault.id, reader),
        read_at=vault.reading.read_at,
    )


def _protected(vault: Resource, reader: Reader) -> Iterator[Placement]:
    """State the same on what the vault protects; an item of an odd shape hides no other."""
    path = f"{vault.id}/backupProtectedItems"
    listed = reader.list(path, api_version=version_of(path))
    in_vault = tuple(copies(replace(vault, reading=cited(vault)), reader))
    yield from dict.fromkeys(
        place
        for item in listed
        for place in facet(
            Role.BACKUP, item.path, partial(_of_item, item, in_vault), read_at=item.read_at
        )
    )


def _of_item(item: Reading, in_vault: Sequence[Placement]) -> Iterator[Placement]:
    """A source that is no Azure resource adds nothing to what the vault says of itself.

    Only those kinds of backup have such sources; the others always name theirs.
    """
    kind = "" if value(item.body, SOURCE) else text(item.body, "properties.backupManagementType")
    if (kind or "").lower() in OUTSIDE_AZURE:
        return
    source = resource_id(item.body, SOURCE)
    yield from (replace(copy, subject=source) for copy in in_vault)


CHECKS: tuple[Check, ...] = (
    Check(
        id="recovery-services-vault",
        title="Recovery Services vaults: backups and Azure Site Recovery",
        resource_types=(VAULT,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.RecoveryServices/Vaults/read",
            "Microsoft.RecoveryServices/Vaults/backupProtectedItems/read",
            "Microsoft.RecoveryServices/Vaults/backupstorageconfig/read",
            "Microsoft.RecoveryServices/vaults/replicationFabrics/read",
            "Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/read",
            "Microsoft.RecoveryServices/vaults/replicationRecoveryPlans/read",
        ),
        docs=(
            PAGE,
            "https://learn.microsoft.com/azure/backup/backup-create-recovery-services-vault",
            "https://learn.microsoft.com/azure/site-recovery/azure-to-azure-architecture",
            "https://learn.microsoft.com/azure/site-recovery/azure-to-azure-how-to-reprotect",
        ),
        locate=locate,
        reads=True,
    ),
)
