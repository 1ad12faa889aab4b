"""Backups of Azure SQL: what the redundancy of the backup storage says.

Geo and GeoZone put a copy in the paired region, Local and Zone stay in the region
(https://learn.microsoft.com/azure/azure-sql/database/automated-backups-overview). While it is being
changed, the current and the requested redundancy differ, and both count.
"""

from collections.abc import Iterator

from checks.api_versions import version_of
from checks.geo_backup import in_region, region_and_pair
from residency.check import (
    Reader,
    absent,
    documented,
    facet,
    pair_copy,
    text,
    unknown,
    unreadable,
    with_fields,
)
from residency.errors import AzureError
from residency.model import UNKNOWN_REGION, Placement, Reading, Resource, Role

PAGE = "https://learn.microsoft.com/azure/azure-sql/database/automated-backups-overview"
POOLS = "https://learn.microsoft.com/azure/synapse-analytics/sql-data-warehouse/backup-and-restore"
CURRENT = "properties.currentBackupStorageRedundancy"
REQUESTED = "properties.requestedBackupStorageRedundancy"


def backups(resource: Resource, reader: Reader, *, page: str = PAGE) -> Iterator[Placement]:
    """State the backups of a database or instance, by the redundancy that it or its provider tells.

    The default is geo-redundant, but what neither tells is no fact. `page` says where the copy is.
    """
    store = resource.reading
    try:
        store = with_fields(
            resource, reader, CURRENT, REQUESTED, api_version=version_of(resource.id)
        )
    except AzureError as error:
        yield unreadable(Role.BACKUP, error, path=resource.id, read_at=store.read_at)
    for path in (CURRENT, REQUESTED):
        if not text(store.body, path):
            yield absent(store, Role.BACKUP, path, "geo-redundant is only the default")
    yield from _stated(store, page)


def _stated(store: Reading, page: str) -> Iterator[Placement]:
    told = {(text(store.body, path) or "").lower(): path for path in (REQUESTED, CURRENT)}
    for redundancy, path in told.items():
        match redundancy:
            case "":
                pass
            case "local" | "zone":
                yield in_region(store, "location", path)
            case "geo" | "geozone":
                yield from region_and_pair(store, "location", path, page=page)
            case _:
                yield unknown(store, Role.BACKUP, path)


def is_dedicated_pool(database: Reading) -> bool:
    """Tell a dedicated SQL pool (formerly SQL DW) from an ordinary database, by sku or kind."""
    sku = (text(database.body, "sku.name") or "").lower()
    tier = (text(database.body, "sku.tier") or "").lower()
    kind = (text(database.body, "kind") or "").lower()
    return sku.startswith("dw") or tier == "datawarehouse" or "datawarehouse" in kind


def pool_backups(resource: Resource, reader: Reader) -> Iterator[Placement]:
    """State the backups of a dedicated SQL pool, by its geo-backup policy and what else it says.

    https://learn.microsoft.com/azure/synapse-analytics/sql-data-warehouse/backup-and-restore
    """
    reading = resource.reading
    snapshots = text(reading.body, "location") or UNKNOWN_REGION
    fact = "snapshots of a dedicated SQL pool"
    yield documented(reading, Role.BACKUP, snapshots, page=POOLS, fact=fact)
    yield from _stated(reading, PAGE)
    path = f"{resource.id}/geoBackupPolicies"
    yield from facet(
        Role.BACKUP, path, lambda: _by_policy(resource, reader, path), read_at=reading.read_at
    )


def _by_policy(resource: Resource, reader: Reader, path: str) -> Iterator[Placement]:
    policies = reader.list(path, api_version=version_of(path))
    if not policies:
        yield absent(resource.reading, Role.BACKUP, path, "a geo-backup is only the default")
    for policy in policies:
        match (text(policy.body, "properties.state") or "").lower():
            case "enabled":
                yield from _geo_backup(resource.reading, policy)
            case "disabled":
                pass
            case _:
                yield unknown(policy, Role.BACKUP, "properties.state")


def _geo_backup(pool: Reading, policy: Reading) -> Iterator[Placement]:
    """State the copy in the pair; where the table knows no pair, its place is unknown."""
    fact = f"{policy.path} properties.state = 'Enabled'"
    copies = tuple(pair_copy(pool, Role.BACKUP, "location", page=POOLS, fact=fact))
    yield from copies or (unknown(policy, Role.BACKUP, "properties.state"),)
