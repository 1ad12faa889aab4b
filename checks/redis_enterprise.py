"""Redis Enterprise and Azure Managed Redis: clusters and their databases.

In an active geo-replication group each database is written where its own cluster is, and carries
the writes of all others (https://learn.microsoft.com/azure/redis/how-to-active-geo-replication).
Only ids tell the others, so that one nobody has seen is in an unknown place. Persistence writes to
disks of the cluster itself (https://learn.microsoft.com/azure/redis/how-to-persistence), and an
export to an account is a single act that leaves no field.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    at_resource,
    cited,
    facet,
    items,
    observed,
    text,
)
from residency.model import Holds, Placement, Reading, Resource, Role

GROUPS = "https://learn.microsoft.com/azure/redis/how-to-active-geo-replication"
PERSISTENCE = "https://learn.microsoft.com/azure/redis/how-to-persistence"
CLUSTER = "microsoft.cache/redisenterprise"
DATABASE = f"{CLUSTER}/databases"
LINKED = "properties.geoReplication.linkedDatabases"


def _locate_cluster(cluster: Resource, reader: Reader) -> Iterator[Placement]:
    yield at_location(cluster)
    path = f"{cluster.id}/databases"
    replicas = partial(_of_databases, cluster, path, reader)
    yield from facet(Role.REPLICA, path, replicas, read_at=cluster.reading.read_at)


def _of_databases(cluster: Resource, path: str, reader: Reader) -> Iterator[Placement]:
    for database in reader.list(path, api_version=API_VERSIONS[DATABASE]):
        yield from _linked(database, cluster.id, reader)


def _linked(database: Reading, cluster_id: str, reader: Reader) -> Iterator[Placement]:
    """State the other databases of the group, whatever the state of their link."""
    for item in items(database.body, LINKED):
        named = (text(database.body, f"{item}.id") or "").lower()
        if not named.startswith(f"{cluster_id}/"):
            yield at_resource(database, f"{item}.id", reader, role=Role.REPLICA)


def _locate_database(database: Resource, reader: Reader) -> Iterator[Placement]:
    cluster_id = database.id.rsplit("/databases/", 1)[0]
    cluster = reader.find(cluster_id)
    if cluster is None:
        why = "its cluster is not in the inventory"
        yield absent(database.reading, Role.PRIMARY, "location", why)
    else:
        yield observed(cited(cluster), Role.PRIMARY, "location")
    replicas = partial(_of_itself, database, cluster_id, reader)
    yield from facet(Role.REPLICA, database.id, replicas, read_at=database.reading.read_at)


def _of_itself(database: Resource, cluster_id: str, reader: Reader) -> Iterator[Placement]:
    told = reader.get(database.id, api_version=API_VERSIONS[DATABASE])
    yield from _linked(told, cluster_id, reader)


CHECKS = (
    Check(
        id="redis-enterprise",
        title="Redis Enterprise and Azure Managed Redis clusters: active geo-replication",
        resource_types=(CLUSTER,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.Cache/redisEnterprise/read",
            "Microsoft.Cache/redisEnterprise/databases/read",
        ),
        docs=(GROUPS, PERSISTENCE),
        locate=_locate_cluster,
        reads=True,
    ),
    Check(
        id="redis-enterprise-databases",
        title="Databases of Redis Enterprise and Azure Managed Redis",
        resource_types=(DATABASE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.Cache/redisEnterprise/databases/read",),
        docs=(GROUPS, PERSISTENCE),
        locate=_locate_database,
        reads=True,
    ),
)
