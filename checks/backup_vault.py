"""Backup vaults (Azure Data Protection): backups of disks, blobs, databases and clusters.

A vault keeps its backups in its own region, in the regions that it says it replicates to and, if it
is geo-redundant, in the paired region (https://learn.microsoft.com/azure/backup/backup-vault-overview).
Restoring in another region makes that copy readable and adds none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from checks.api_versions import version_of
from checks.backup_instances import OPERATIONAL_PAGE, instances_path, sources
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    cited,
    facet,
    items,
    observed,
    pair_copy,
    text,
    unknown,
    value,
)
from residency.model import Holds, Placement, Reading, Resource, Role

PAGE = "https://learn.microsoft.com/azure/backup/backup-vault-overview"
FACT = "a geo-redundant vault copies its backups to the paired region"
SETTINGS = "properties.storageSettings"
REPLICATED = "properties.replicatedRegions"
IN_REGION = frozenset({"locallyredundant", "zoneredundant"})
GEO = "georedundant"


def locate(vault: Resource, reader: Reader) -> Iterable[Placement]:
    """State where a vault's backups are, and the same of every source that it protects."""
    elsewhere = tuple(_copies(replace(vault, reading=cited(vault)), reader))
    yield from _copies(vault, reader)
    yield from facet(
        Role.BACKUP,
        instances_path(vault.id),
        lambda: sources(vault.id, elsewhere, reader),
        read_at=vault.reading.read_at,
    )


def _copies(vault: Resource, reader: Reader) -> Iterator[Placement]:
    """Every source has what the vault has, and so a vault that cannot be read is unknown there."""
    read_at = vault.reading.read_at
    yield from facet(Role.BACKUP, vault.id, partial(in_vault, vault), read_at=read_at)
    yield from facet(Role.BACKUP, vault.id, partial(_replicated, vault, reader), read_at=read_at)


def _replicated(vault: Resource, reader: Reader) -> Iterator[Placement]:
    """State further regions that the row does not show; the provider alone says that none are."""
    if value(vault.reading.body, REPLICATED) is None:
        told = reader.get(vault.id, api_version=version_of(vault.id))
        for item in items(told.body, REPLICATED):
            yield observed(told, Role.BACKUP, item)


def in_vault(vault: Resource) -> Iterator[Placement]:
    """State where a vault keeps its backups, by its own body alone."""
    reading = vault.reading
    yield at_location(vault, Role.BACKUP)
    yield from _second_region(reading)
    for item in items(reading.body, REPLICATED):
        yield observed(reading, Role.BACKUP, item)


def _second_region(reading: Reading) -> Iterator[Placement]:
    paths = [f"{item}.type" for item in items(reading.body, SETTINGS)]
    stated = [(text(reading.body, path) or "").lower() for path in paths]
    if not paths:
        yield absent(reading, Role.BACKUP, SETTINGS, "it says how redundant the vault is")
    for path, redundancy in zip(paths, stated, strict=True):
        if redundancy != GEO and redundancy not in IN_REGION:
            yield unknown(reading, Role.BACKUP, path)
    if GEO in stated:
        copies = tuple(pair_copy(reading, Role.BACKUP, "location", page=PAGE, fact=FACT))
        yield from copies or (unknown(reading, Role.BACKUP, SETTINGS),)


CHECKS: tuple[Check, ...] = (
    Check(
        id="backup-vault",
        title="Backup vaults of Azure Data Protection",
        resource_types=("microsoft.dataprotection/backupvaults",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.DataProtection/backupVaults/read",
            "Microsoft.DataProtection/backupVaults/backupInstances/read",
        ),
        docs=(PAGE, OPERATIONAL_PAGE),
        locate=locate,
        reads=True,
    ),
)
