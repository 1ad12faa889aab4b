"""Backups of Azure SQL: what the redundancy of the backup storage says.

Geo and GeoZone put a copy in the paired region, Local and Zone stay in the region
(https://learn.microsoft.com/azure/azure-sql/database/automated-backups-overview). Long-term
backups have the same redundancy
(https://learn.microsoft.com/azure/azure-sql/database/long-term-retention-overview). While it is
being changed, the current and the requested redundancy differ, and both count.
"""

from collections.abc import Iterator

from checks.sql_sides import API_VERSION
from residency.check import Reader, absent, documented, facet, pair_copy, text, unknown
from residency.model import Placement, Reading, Resource, Role

PAGE = "https://learn.microsoft.com/azure/azure-sql/database/automated-backups-overview"
POOLS = "https://learn.microsoft.com/azure/synapse-analytics/sql-data-warehouse/backup-and-restore"
CURRENT = "properties.currentBackupStorageRedundancy"
REQUESTED = "properties.requestedBackupStorageRedundancy"


def backups(store: Reading) -> Iterator[Placement]:
    """State the backups of a database or instance, by the redundancy in its body."""
    if not text(store.body, CURRENT):
        yield absent(store, Role.BACKUP, CURRENT, "geo-redundant is only the default")
    yield from _stated(store)


def _stated(store: Reading) -> Iterator[Placement]:
    for path in (CURRENT, REQUESTED):
        raw = text(store.body, path)
        if raw:
            yield from _redundant(store, path, raw)


def _redundant(store: Reading, path: str, raw: str) -> Iterator[Placement]:
    fact = f"{path} = '{raw}'"
    match raw.lower():
        case "local" | "zone":
            yield _in_region(store, PAGE, fact)
        case "geo" | "geozone":
            yield _in_region(store, PAGE, fact)
            yield from pair_copy(store, Role.BACKUP, "location", page=PAGE, fact=fact)
        case _:
            yield unknown(store, Role.BACKUP, path)


def _in_region(store: Reading, page: str, fact: str) -> Placement:
    region = text(store.body, "location") or ""
    return documented(store, Role.BACKUP, region, page=page, fact=fact)


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
    yield _in_region(resource.reading, POOLS, "snapshots of a dedicated SQL pool")
    yield from _stated(resource.reading)
    path = f"{resource.id}/geoBackupPolicies"
    yield from facet(
        Role.BACKUP,
        path,
        lambda: list(_by_policy(resource, reader, path)),
        read_at=resource.reading.read_at,
    )


def _by_policy(resource: Resource, reader: Reader, path: str) -> Iterator[Placement]:
    policies = reader.list(path, api_version=API_VERSION)
    if not policies:
        yield absent(resource.reading, Role.BACKUP, path, "a geo-backup is only the default")
    for policy in policies:
        state = text(policy.body, "properties.state") or ""
        match state.lower():
            case "enabled":
                fact = f"{policy.path} properties.state = '{state}'"
                yield from pair_copy(
                    resource.reading, Role.BACKUP, "location", page=POOLS, fact=fact
                )
            case "disabled":
                pass
            case _:
                yield unknown(policy, Role.BACKUP, "properties.state")
