"""Which server is written and which follows it, for all engines whose replicas are servers.

A read replica is a server of its own that names its source.
https://learn.microsoft.com/azure/postgresql/read-replica/concepts-read-replicas
https://learn.microsoft.com/azure/mysql/flexible-server/concepts-read-replicas
"""

from dataclasses import dataclass
from enum import StrEnum

from residency.check import text
from residency.model import Resource


class Standing(StrEnum):
    """What a server is among its replicas."""

    ALONE = "alone"
    WRITTEN = "written"
    REPLICA = "replica"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What differs between the engines.

    Attributes:
        resource_type: Lower-cased ARM type.
        written_role: The `replicationRole` of a server that has, or may have, replicas.
        replica_roles: Each `replicationRole` of a replica.
        backup_page: Microsoft's page on where backups are kept.
        role: Where a server tells its role.
        source: Where a replica names its source.
        geo_backup: Where a server tells whether its backups are geo-redundant; None where neither
            a field nor a page tells in which region they are.
    """

    resource_type: str
    written_role: str
    replica_roles: frozenset[str]
    backup_page: str
    role: str = "properties.replicationRole"
    source: str = "properties.sourceServerResourceId"
    geo_backup: str | None = "properties.backup.geoRedundantBackup"


def standing(engine: Engine, server: Resource) -> Standing:
    """Tell what a server is.

    API versions before replicas give no role, and single servers without replicas an empty one;
    without a source such a server is written. A source
    without a role says that the server was made from another one, and not whether it still follows.
    """
    body = server.reading.body
    role = text(body, engine.role) or None
    source = text(body, engine.source) or None
    if role in engine.replica_roles:
        return Standing.REPLICA
    if role == engine.written_role or (role is None and source is None):
        return Standing.WRITTEN
    return Standing.ALONE if role == "None" else Standing.UNCLEAR
