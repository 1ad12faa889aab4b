"""Recovery Services vaults: backups, and what Azure Site Recovery replicates.

A vault keeps its backups in its own region and, if it is geo-redundant (the default), in the paired
region as well (https://learn.microsoft.com/azure/reliability/reliability-backup). Restoring in the
other region makes that copy readable and adds none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from checks.replicated_machines import replicas
from checks.site_recovery import VAULT, items_path
from residency.check import Check, Reader, at_location, facet, pair_copy, text, unknown
from residency.model import Holds, Placement, Reading, Resource, Role

API_VERSION = "2026-10-01"
PAGE = "https://learn.microsoft.com/azure/reliability/reliability-backup"
FACT = "a geo-redundant vault copies its backups to the paired region"
REDUNDANCY = "properties.redundancySettings.standardTierStorageRedundancy"
CHOICE = "properties.regionOfChoiceSettings.status"
CONFIG = ("properties.storageModelType", "properties.storageType")
IN_REGION = frozenset({"locallyredundant", "zoneredundant"})
GEO = frozenset({"georedundant", "readaccessgeozoneredundant"})


def locate(vault: Resource, reader: Reader) -> Iterable[Placement]:
    """State where a vault's backups are, and the same of every source that it protects."""
    yield from _copies(vault, reader)
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


def _copies(vault: Resource, reader: Reader) -> Iterator[Placement]:
    yield at_location(vault, Role.BACKUP)
    yield from facet(
        Role.BACKUP,
        f"{vault.id}/backupstorageconfig/vaultstorageconfig",
        lambda: _second_region(vault, reader),
        read_at=vault.reading.read_at,
    )


def _second_region(vault: Resource, reader: Reader) -> Iterator[Placement]:
    reading: Reading = vault.reading
    paths: tuple[str, ...] = (REDUNDANCY,)
    if not _stated(reading, paths):
        config = f"{vault.id}/backupstorageconfig/vaultstorageconfig"
        reading, paths = reader.get(config, api_version=API_VERSION), CONFIG
    stated = _stated(reading, paths)
    if stated & GEO:
        yield from _geo_copy(vault.reading)
    elif not stated or stated - IN_REGION:
        yield unknown(reading, Role.BACKUP, paths[0])


def _stated(reading: Reading, paths: tuple[str, ...]) -> frozenset[str]:
    found = ((text(reading.body, path) or "").lower() for path in paths)
    return frozenset(found) - {"", "invalid"}


def _geo_copy(reading: Reading) -> Iterator[Placement]:
    """State the copy in the pair; it is unknown where the region is chosen or has no pair."""
    if (text(reading.body, CHOICE) or "").lower() == "enabled":
        yield unknown(reading, Role.BACKUP, CHOICE)
        return
    copies = tuple(pair_copy(reading, Role.BACKUP, "location", page=PAGE, fact=FACT))
    yield from copies or (unknown(reading, Role.BACKUP, REDUNDANCY),)


def _protected(vault: Resource, reader: Reader) -> Iterator[Placement]:
    items = reader.list(f"{vault.id}/backupProtectedItems", api_version=API_VERSION)
    sources = (text(item.body, "properties.sourceResourceId") for item in items)
    cited = replace(vault, reading=replace(vault.reading, path=vault.id))
    copies = tuple(_copies(cited, reader))
    for source in dict.fromkeys(source.lower() for source in sources if source):
        yield from (replace(copy, subject=source) for copy in copies)


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
