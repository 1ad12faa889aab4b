"""Where a Recovery Services vault keeps its backups, by the redundancy that it states.

They are in its own region and, if it is geo-redundant (the default), in the paired region as well
(https://learn.microsoft.com/azure/reliability/reliability-backup). Restoring in the other region
makes that copy readable and adds none. An older answer of Azure leaves the redundancy out; then the
storage configuration of the vault tells it
(https://learn.microsoft.com/rest/api/backup/backup-resource-storage-configs-non-crr/get).
"""

from collections.abc import Iterator

from checks.api_versions import version_of
from residency.check import Reader, at_location, facet, pair_copy, text, unknown, value, with_fields
from residency.model import Placement, Reading, Resource, Role

PAGE = "https://learn.microsoft.com/azure/reliability/reliability-backup"
FACT = "a geo-redundant vault copies its backups to the paired region"
REDUNDANCY = "properties.redundancySettings.standardTierStorageRedundancy"
CHOICE = "properties.regionOfChoiceSettings"
CONFIG = ("properties.storageModelType", "properties.storageType")
IN_REGION = frozenset({"locallyredundant", "zoneredundant"})
GEO = frozenset({"georedundant", "readaccessgeozoneredundant"})


def copies(vault: Resource, reader: Reader) -> Iterator[Placement]:
    """State the vault's own backups and the copy in a second region.

    Every source has what the vault has, and so a vault that cannot be read is unknown there too.
    """
    yield from facet(
        Role.BACKUP,
        vault.id,
        lambda: (at_location(vault, Role.BACKUP),),
        read_at=vault.reading.read_at,
    )
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
        reading, paths = reader.get(config, api_version=version_of(config)), CONFIG
    stated = _stated(reading, paths)
    if stated & GEO:
        told = with_fields(vault, reader, CHOICE, api_version=version_of(vault.id))
        yield from _geo_copy(vault.reading, told)
    elif not stated or stated - IN_REGION:
        yield unknown(reading, Role.BACKUP, paths[0])


def _stated(reading: Reading, paths: tuple[str, ...]) -> frozenset[str]:
    found = ((text(reading.body, path) or "").lower() for path in paths)
    return frozenset(found) - {"", "invalid"}


def _geo_copy(reading: Reading, told: Reading) -> Iterator[Placement]:
    """State the copy in the pair; it is unknown where the region is chosen or has no pair.

    Args:
        reading: The vault.
        told: What tells whether the region is chosen; only the provider can say that it is not.
    """
    chosen = (text(told.body, f"{CHOICE}.status") or "").lower() != "disabled"
    if value(told.body, CHOICE) and chosen:
        yield unknown(told, Role.BACKUP, f"{CHOICE}.status")
        return
    found = tuple(pair_copy(reading, Role.BACKUP, "location", page=PAGE, fact=FACT))
    yield from found or (unknown(reading, Role.BACKUP, REDUNDANCY),)
