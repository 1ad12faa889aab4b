"""What a Backup vault protects, and where the backups of each source are.

What is kept in the operational store stays beside its source, and backups of disks are never copied
to the vault (https://learn.microsoft.com/azure/backup/disk-backup-support-matrix).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from residency.check import Reader, documented, text, value
from residency.model import UNKNOWN_REGION, Placement, Reading, Role

API_VERSION = "2026-06-01"
OPERATIONAL_PAGE = "https://learn.microsoft.com/azure/backup/disk-backup-support-matrix"
OPERATIONAL_FACT = "the operational store keeps its snapshots in the region of their source"
SOURCE = "properties.dataSourceInfo"
STORES = "properties.policyInfo.policyParameters.dataStoreParametersList"
OPERATIONAL = "operationalstore"
DISK = "microsoft.compute/disks"


def instances_path(vault_id: str) -> str:
    """Name the list of what a vault protects."""
    return f"{vault_id}/backupInstances"


def sources(vault_id: str, in_vault: Sequence[Placement], reader: Reader) -> Iterator[Placement]:
    """State on each source the vault's own copies, and what is kept beside the source.

    A source that is no Azure resource adds nothing to what the vault says of itself.
    """
    instances = reader.list(instances_path(vault_id), api_version=API_VERSION)
    named = [each for each in instances if _source(each)]
    for source in dict.fromkeys(_source(each) for each in named if not _is_disk(each)):
        yield from (replace(copy, subject=source) for copy in in_vault)
    beside = {_source(each): each for each in named if _has_operational_store(each)}
    for source, instance in beside.items():
        yield _beside_its_source(instance, source, reader)


def _source(instance: Reading) -> str:
    return (text(instance.body, f"{SOURCE}.resourceID") or "").lower()


def _is_disk(instance: Reading) -> bool:
    return (text(instance.body, f"{SOURCE}.datasourceType") or "").lower() == DISK


def _has_operational_store(instance: Reading) -> bool:
    stores = value(instance.body, STORES) or ()
    kinds = [(text(each, "dataStoreType") or "").lower() for each in stores]
    return _is_disk(instance) or OPERATIONAL in kinds


def _beside_its_source(instance: Reading, source: str, reader: Reader) -> Placement:
    known = reader.find(source)
    stated = text(instance.body, f"{SOURCE}.resourceLocation")
    return documented(
        instance,
        Role.BACKUP,
        stated or (known.location if known else UNKNOWN_REGION),
        page=OPERATIONAL_PAGE,
        fact=OPERATIONAL_FACT,
        subject=source,
    )
