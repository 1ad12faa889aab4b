"""Azure Database for MySQL flexible servers.

Roles: https://learn.microsoft.com/azure/mysql/flexible-server/concepts-read-replicas. A replica
becomes a server of its own when its replication is stopped; nothing then names the former source.
"""

from collections.abc import Iterator

from checks.flexible_roles import Engine
from checks.flexible_servers import places
from residency.check import Check, Reader
from residency.model import Holds, Placement, Resource

DOCS = "https://learn.microsoft.com/azure/mysql/flexible-server/"
TYPE = "microsoft.dbformysql/flexibleservers"

ENGINE = Engine(
    resource_type=TYPE,
    written_role="Source",
    replica_roles=frozenset({"Replica"}),
    backup_page=f"{DOCS}concepts-backup-restore",
)


def locate(server: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a MySQL server is written, replicated and backed up."""
    return places(ENGINE, server, reader)


CHECKS = (
    Check(
        id="mysql",
        title="MySQL flexible server",
        resource_types=(ENGINE.resource_type,),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=(
            "Microsoft.DBforMySQL/flexibleServers/read",
            "Microsoft.DBforMySQL/flexibleServers/replicas/read",
        ),
        docs=(
            ENGINE.backup_page,
            f"{DOCS}concepts-read-replicas",
            f"{DOCS}concepts-high-availability",
        ),
        locate=locate,
        reads=True,
    ),
)
