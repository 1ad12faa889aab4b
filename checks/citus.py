"""Azure Cosmos DB for PostgreSQL (Citus): clusters, read replicas and backups.

A read replica names its source and the region of that; promoting it makes it a cluster of its own
(https://learn.microsoft.com/azure/cosmos-db/postgresql/concepts-read-replicas). Backups stay in the
region, and a geo-redundant one is also in the region that Microsoft's table gives, which is the
paired one (https://learn.microsoft.com/azure/cosmos-db/postgresql/resources-regions). High
availability is within the region.
"""

from collections.abc import Iterator

from checks.current import current
from residency import regions
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    at_resource,
    documented,
    flag,
    items,
    observed,
    pair_copy,
    text,
    unknown,
    value,
)
from residency.model import UNKNOWN_REGION, Holds, Placement, Reading, Resource, Role

DOCS = "https://learn.microsoft.com/azure/cosmos-db/postgresql/"
BACKUPS = f"{DOCS}concepts-backup"
REGIONS = f"{DOCS}resources-regions"
TYPE = "microsoft.dbforpostgresql/servergroupsv2"
GEO_BACKUP = "properties.enableGeoBackup"
REPLICAS = "properties.readReplicas"
SOURCE = "properties.sourceResourceId"
RESTORED_TO = "properties.pointInTimeUTC"


def locate(cluster: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a cluster is written, its replicas or its source, and its backups."""
    cluster, unread = current(cluster, reader)
    body = cluster.reading.body
    if text(body, SOURCE) and not text(body, RESTORED_TO):
        yield at_location(cluster, Role.REPLICA)
        yield observed(cluster.reading, Role.PRIMARY, "properties.sourceLocation")
    else:
        yield at_location(cluster)
    for replica in items(body, REPLICAS):
        yield at_resource(cluster.reading, replica, reader, role=Role.REPLICA)
    yield from unread
    yield from _backups(cluster.reading)


def _backups(reading: Reading) -> Iterator[Placement]:
    if value(reading.body, GEO_BACKUP) is None:
        yield absent(reading, Role.BACKUP, GEO_BACKUP, "it is chosen when a cluster is made")
        return
    here = text(reading.body, "location") or UNKNOWN_REGION
    fact = "backups of a cluster are kept in its own region"
    yield documented(reading, Role.BACKUP, here, page=BACKUPS, fact=fact)
    if flag(reading.body, GEO_BACKUP):
        yield from _geo_backup(reading)


def _geo_backup(reading: Reading) -> Iterator[Placement]:
    found = regions.find(text(reading.body, "location"))
    if found is not None and found.pair is None:
        yield unknown(reading, Role.BACKUP, GEO_BACKUP)
        return
    fact = f"{GEO_BACKUP} is true: also stored in the region of Microsoft's table, the pair"
    yield from pair_copy(reading, Role.BACKUP, "location", page=REGIONS, fact=fact)


CHECKS = (
    Check(
        id="citus",
        title="Azure Cosmos DB for PostgreSQL (Citus) clusters",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=("Microsoft.DBforPostgreSQL/serverGroupsv2/read",),
        docs=(BACKUPS, REGIONS, f"{DOCS}concepts-read-replicas"),
        locate=locate,
        reads=True,
    ),
)
