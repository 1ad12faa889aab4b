"""Dedicated SQL pools of Synapse: restore points in the region, and a daily geo-backup in its pair.

Geo-backups are on unless somebody switched them off in the policy
(https://learn.microsoft.com/azure/synapse-analytics/sql-data-warehouse/backup-and-restore). Beside
it a pool tells the storage of its backups, which is geo-redundant or not
(https://learn.microsoft.com/azure/templates/microsoft.synapse/workspaces/sqlpools): either is
enough for a copy in the pair.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency import regions
from residency.check import Check, Reader, absent, at_location, documented, facet, text, unknown
from residency.model import UNKNOWN_REGION, Holds, Placement, Reading, Resource, Role

BACKUPS = (
    "https://learn.microsoft.com/azure/synapse-analytics/sql-data-warehouse/backup-and-restore"
)
POOLS = "https://learn.microsoft.com/azure/templates/microsoft.synapse/workspaces/sqlpools"
TYPE = "microsoft.synapse/workspaces/sqlpools"

STATE = "properties.state"
STORED = "properties.storageAccountType"
NOT_GEO = frozenset({"lrs", "zrs"})


def locate(pool: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a pool is written, its restore points, and its geo-backup."""
    yield at_location(pool)
    fact = "restore points of the past seven days are kept in the primary region"
    yield documented(pool.reading, Role.BACKUP, pool.location, page=BACKUPS, fact=fact)
    path = f"{pool.id}/geoBackupPolicies"
    places = partial(_geo_backup, pool, reader, path)
    yield from facet(Role.BACKUP, path, places, read_at=pool.reading.read_at)


def _geo_backup(pool: Resource, reader: Reader, path: str) -> Iterator[Placement]:
    policies = reader.list(path, api_version=API_VERSIONS[f"{TYPE}/geobackuppolicies"])
    told = [(policy, STATE, "disabled") for policy in policies]
    stored = (text(pool.reading.body, STORED) or "").lower()
    if not told:
        yield absent(pool.reading, Role.BACKUP, path, "geo-backups are on unless it says not")
    elif on := [policy for policy, field, off in told if _said(policy, field) != off]:
        yield _in_pair(pool, on[0], STATE)
    elif stored and stored not in NOT_GEO:
        yield _in_pair(pool, pool.reading, STORED)


def _said(reading: Reading, field: str) -> str:
    return (text(reading.body, field) or "").lower()


def _in_pair(pool: Resource, reading: Reading, field: str) -> Placement:
    """State the copy in the pair; where the table knows none, it is at an unknown place."""
    region = regions.find(pool.location)
    if region and not region.pair:
        return unknown(reading, Role.BACKUP, field)
    pair = region.pair if region and region.pair else UNKNOWN_REGION
    fact = f"{field} is {text(reading.body, field)}: backups are copied to the paired region"
    return documented(pool.reading, Role.BACKUP, pair, page=BACKUPS, fact=fact)


CHECKS = (
    Check(
        id="synapse-sql-pool",
        title="Synapse dedicated SQL pool: restore points and geo-backups",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.Synapse/workspaces/sqlPools/read",
            "Microsoft.Synapse/workspaces/sqlPools/geoBackupPolicies/read",
        ),
        docs=(BACKUPS, POOLS),
        locate=locate,
        reads=True,
    ),
)
