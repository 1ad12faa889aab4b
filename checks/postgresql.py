"""Azure Database for PostgreSQL flexible servers.

Roles: https://learn.microsoft.com/azure/postgresql/read-replica/concepts-read-replicas. A
server without replicas has the role `Primary` too. Promoting a replica swaps the roles
(https://learn.microsoft.com/azure/postgresql/read-replica/concepts-read-replicas-promote).
"""

from collections.abc import Iterator

from checks.flexible_roles import Engine
from checks.flexible_servers import places
from residency.check import Check, Reader
from residency.model import Holds, Placement, Resource

DOCS = "https://learn.microsoft.com/azure/postgresql"
TYPE = "microsoft.dbforpostgresql/flexibleservers"

ENGINE = Engine(
    resource_type=TYPE,
    written_role="Primary",
    replica_roles=frozenset({"AsyncReplica", "GeoAsyncReplica"}),
    backup_page=f"{DOCS}/backup-restore/concepts-backup-restore",
)


def locate(server: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a PostgreSQL server is written, replicated and backed up."""
    return places(ENGINE, server, reader)


CHECKS = (
    Check(
        id="postgresql",
        title="PostgreSQL flexible server",
        resource_types=(ENGINE.resource_type,),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=(
            "Microsoft.DBforPostgreSQL/flexibleServers/read",
            "Microsoft.DBforPostgreSQL/flexibleServers/replicas/read",
        ),
        docs=(
            ENGINE.backup_page,
            f"{DOCS}/read-replica/concepts-read-replicas",
            f"{DOCS}/read-replica/concepts-read-replicas-promote",
            f"{DOCS}/high-availability/concepts-high-availability",
        ),
        locate=locate,
        reads=True,
    ),
)
