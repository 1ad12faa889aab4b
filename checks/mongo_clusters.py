"""Azure DocumentDB (formerly Azure Cosmos DB for MongoDB vCore): clusters and their replicas.

A replica is a cluster of its own. A promotion, by hand or by the service, swaps the roles
(https://learn.microsoft.com/azure/documentdb/cross-region-replication,
https://learn.microsoft.com/azure/documentdb/failover-modes). Backups are kept in a storage service
(https://learn.microsoft.com/azure/reliability/reliability-documentdb), and no page says in which
region.
"""

from collections.abc import Iterator

from checks.flexible_roles import Engine
from checks.flexible_servers import places
from residency.check import Check, Reader
from residency.model import Holds, Placement, Resource

DOCS = "https://learn.microsoft.com/azure/documentdb/"
RELIABILITY = "https://learn.microsoft.com/azure/reliability/reliability-documentdb"
TYPE = "microsoft.documentdb/mongoclusters"

ENGINE = Engine(
    resource_type=TYPE,
    written_role="Primary",
    replica_roles=frozenset({"AsyncReplica", "GeoAsyncReplica"}),
    backup_page=RELIABILITY,
    role="properties.replica.role",
    source="properties.replica.sourceResourceId",
    geo_backup=None,
)


def locate(cluster: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a cluster is written and replicated; where its backups are, nothing tells."""
    return places(ENGINE, cluster, reader)


CHECKS = (
    Check(
        id="mongo-clusters",
        title="Azure DocumentDB (MongoDB) clusters",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=(
            "Microsoft.DocumentDB/mongoClusters/read",
            "Microsoft.DocumentDB/mongoClusters/replicas/read",
        ),
        docs=(f"{DOCS}cross-region-replication", f"{DOCS}failover-modes", RELIABILITY),
        locate=locate,
        reads=True,
    ),
)
