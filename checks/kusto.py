"""Azure Data Explorer: clusters, what they follow, and the databases in them.

A cluster and its data are in one region, and Microsoft makes no backup of it
(https://learn.microsoft.com/azure/reliability/reliability-data-explorer). A follower keeps a copy
of its leader's data, and says so itself; the followers of a leader only a POST would list. That
leaves no region open: a follower, also one in another tenant, must be in the leader's region
(https://learn.microsoft.com/azure/data-explorer/follower). What queries export is in no resource of
Azure Resource Manager.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import (
    Check,
    Reader,
    at_location,
    at_resource,
    facet,
    observed,
    resource_id,
    text,
    unknown,
    with_fields,
)
from residency.model import Holds, Placement, Resource, Role

RELIABILITY = "https://learn.microsoft.com/azure/reliability/reliability-data-explorer"
FOLLOWER = "https://learn.microsoft.com/azure/data-explorer/follower"
CLUSTERS = "microsoft.kusto/clusters"
DATABASES = f"{CLUSTERS}/databases"

LEADER = "properties.clusterResourceId"
PEER = "properties.migrationCluster.id"
LEADER_OF_DATABASE = "properties.leaderClusterResourceId"
LEADS, FOLLOWS = "readwrite", "readonlyfollowing"


def locate_cluster(cluster: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a cluster is, whose data it has a copy of, and where it is migrated."""
    yield at_location(cluster)
    if text(cluster.reading.body, PEER):
        yield at_resource(cluster.reading, PEER, reader, role=Role.REPLICA)
    path = f"{cluster.id}/attachedDatabaseConfigurations"
    followed = partial(_followed, cluster, reader, path)
    yield from facet(Role.REPLICA, path, followed, read_at=cluster.reading.read_at)


def _followed(cluster: Resource, reader: Reader, path: str) -> Iterator[Placement]:
    version = API_VERSIONS[f"{CLUSTERS}/attacheddatabaseconfigurations"]
    for attached in reader.list(path, api_version=version):
        leader = resource_id(attached.body, LEADER)
        yield observed(cluster.reading, Role.REPLICA, "location", subject=leader)


def locate_database(database: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a database is written: here, or if it follows, where its leader is."""
    places = partial(_database, database, reader)
    read_at = database.reading.read_at
    yield from facet(Role.PRIMARY, database.id, places, read_at=read_at, decides_primary=True)


def _database(database: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(database, reader, "kind", api_version=API_VERSIONS[DATABASES])
    kind = (text(reading.body, "kind") or "").lower()
    if kind != FOLLOWS:
        yield at_location(database)
        if kind != LEADS:
            yield unknown(reading, Role.PRIMARY, "kind", decides_primary=True)
        return
    yield at_location(database, Role.REPLICA)
    yield at_resource(reading, LEADER_OF_DATABASE, reader, role=Role.PRIMARY)


CHECKS = (
    Check(
        id="data-explorer-cluster",
        title="Data Explorer cluster: followed databases and migrations",
        resource_types=(CLUSTERS,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.Kusto/clusters/read",
            "Microsoft.Kusto/clusters/attachedDatabaseConfigurations/read",
        ),
        docs=(RELIABILITY, FOLLOWER),
        locate=locate_cluster,
        reads=True,
    ),
    Check(
        id="data-explorer-database",
        title="Data Explorer database: written here, or where its leader is",
        resource_types=(DATABASES,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.Kusto/clusters/databases/read",),
        docs=(FOLLOWER,),
        locate=locate_database,
        reads=True,
    ),
)
