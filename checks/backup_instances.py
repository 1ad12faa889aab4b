"""What a Backup vault protects, and where the backups of each source are.

What is kept in the operational store stays beside its source, and backups of disks are never copied
to the vault (https://learn.microsoft.com/azure/backup/disk-backup-support-matrix).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from checks.api_versions import version_of
from residency.check import Reader, documented, facet, items, resource_id, text
from residency.model import UNKNOWN_REGION, Placement, Reading, Role

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

    An instance always names its source
    (https://learn.microsoft.com/rest/api/dataprotection/backup-instances/list). One that does not,
    or cannot be read, is unknown on the vault itself and hides no other.
    """
    path = instances_path(vault_id)
    instances = reader.list(path, api_version=version_of(path))
    yield from dict.fromkeys(
        place
        for instance in instances
        for place in facet(
            Role.BACKUP,
            instance.path,
            partial(_of_instance, instance, in_vault, reader),
            read_at=instance.read_at,
        )
    )


def _of_instance(
    instance: Reading, in_vault: Sequence[Placement], reader: Reader
) -> Iterator[Placement]:
    source = resource_id(instance.body, f"{SOURCE}.resourceID")
    places = partial(_on_source, instance, source, in_vault, reader)
    path, read_at = instance.path, instance.read_at
    yield from facet(Role.BACKUP, path, places, read_at=read_at, subject=source)


def _on_source(
    instance: Reading, source: str, in_vault: Sequence[Placement], reader: Reader
) -> Iterator[Placement]:
    is_disk = (text(instance.body, f"{SOURCE}.datasourceType") or "").lower() == DISK
    if not is_disk:
        yield from (replace(copy, subject=source) for copy in in_vault)
    if is_disk or OPERATIONAL in _stores(instance):
        yield _beside_its_source(instance, source, reader)


def _stores(instance: Reading) -> set[str]:
    kinds = (text(instance.body, f"{item}.dataStoreType") for item in items(instance.body, STORES))
    return {(kind or "").lower() for kind in kinds}


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
