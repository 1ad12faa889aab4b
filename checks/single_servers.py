"""Single servers of MySQL, PostgreSQL and MariaDB, all retired: replicas and geo-redundant backups.

https://learn.microsoft.com/azure/mysql/single-server/concepts-backup,
https://learn.microsoft.com/azure/postgresql/single-server/concepts-backup,
https://learn.microsoft.com/azure/mariadb/concepts-backup
"""

from collections.abc import Iterator, Mapping

from checks.flexible_roles import Engine
from checks.flexible_servers import places
from residency.check import Check, Reader
from residency.model import Holds, Placement, Resource

DOCS = "https://learn.microsoft.com/azure/"
PAGES = {
    "MySQL": f"{DOCS}mysql/single-server/concepts-",
    "PostgreSQL": f"{DOCS}postgresql/single-server/concepts-",
    "MariaDB": f"{DOCS}mariadb/concepts-",
}


def _engine(name: str) -> Engine:
    resource_type = f"microsoft.dbfor{name.lower()}/servers"
    return Engine(
        resource_type=resource_type,
        written_role="Master",
        replica_roles=frozenset({"Replica"}),
        backup_page=f"{PAGES[name]}backup",
        source="properties.masterServerId",
        geo_backup="properties.storageProfile.geoRedundantBackup",
    )


ENGINES: Mapping[str, Engine] = {engine.resource_type: engine for engine in map(_engine, PAGES)}


def locate(server: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a single server is written, replicated and backed up."""
    return places(ENGINES[server.type], server, reader)


CHECKS = (
    Check(
        id="single-servers",
        title="Single servers of MySQL, PostgreSQL and MariaDB (retired)",
        resource_types=tuple(ENGINES),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=tuple(
            f"Microsoft.DBfor{name}/servers/{action}"
            for name in PAGES
            for action in ("read", "replicas/read")
        ),
        docs=tuple(
            f"{page}{about}" for page in PAGES.values() for about in ("backup", "read-replicas")
        ),
        locate=locate,
        reads=True,
    ),
)
