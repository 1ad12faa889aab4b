"""Azure SQL Database: logical servers and their databases.

A server is a container (https://learn.microsoft.com/azure/azure-sql/database/logical-servers); a
database is where its server is, and follows or is followed over its links and failover groups.
`databases/failover` moves a database within its region and is no failover here
(https://learn.microsoft.com/rest/api/sql/databases/failover), and `defaultSecondaryLocation` is a
suggestion and no copy.
"""

from collections.abc import Iterator
from dataclasses import replace

from checks.sql_backups import backups, is_dedicated_pool, pool_backups
from checks.sql_data_sync import PAGES as SYNC_PAGES
from checks.sql_data_sync import PERMISSIONS as SYNC_PERMISSIONS
from checks.sql_data_sync import synced
from checks.sql_kept_backups import GEO_RESTORE, dropped, geo_backups
from checks.sql_long_term import LONG_TERM, SERVER_LIST, long_term
from checks.sql_membership import (
    groups_of,
    groups_path,
    groups_without_databases,
    links_of,
    links_path,
    name_of,
)
from checks.sql_sides import listed
from checks.sql_topology import copies, once
from residency.check import Check, Reader, at_location, text, unknown
from residency.model import Holds, Placement, Resource, Role

GROUPS = "https://learn.microsoft.com/azure/azure-sql/database/failover-group-sql-db"
LINKS = "https://learn.microsoft.com/azure/azure-sql/database/active-geo-replication-overview"
SERVERS = "https://learn.microsoft.com/azure/azure-sql/database/logical-servers"
BACKUPS = "https://learn.microsoft.com/azure/azure-sql/database/automated-backups-overview"


def _locate_server(server: Resource, reader: Reader) -> Iterator[Placement]:
    groups, unread = listed(reader, f"{server.id}/failoverGroups", server)
    yield from unread
    yield from copies(server, groups=groups_without_databases(groups))
    yield from once(dropped(server, reader))


def _locate_database(database: Resource, reader: Reader) -> Iterator[Placement]:
    if (
        name_of(database) == "master"
    ):  # logins and settings of its own server, no customer data (SERVERS)
        yield replace(at_location(database, Role.PROCESSING), metadata_only=True)
        return
    yield from _copies(database, reader)
    yield from once(_backups(database, reader))
    if not is_dedicated_pool(database.reading):  # cannot be in a sync group (SYNC_PAGES)
        yield from synced(database, reader)


def _copies(database: Resource, reader: Reader) -> Iterator[Placement]:
    links, no_links = listed(reader, links_path(database), database)
    groups, no_groups = listed(reader, groups_path(database), database)
    yield from (*no_links, *no_groups)
    own_links = links_of(database, links, reader)
    own_groups = groups_of(database, groups, reader)
    if text(database.reading.body, "properties.secondaryType") and not (own_links or own_groups):
        yield at_location(database, Role.REPLICA)
        path = "properties.secondaryType"
        yield unknown(database.reading, Role.PRIMARY, path, decides_primary=True)
    else:
        yield from copies(database, own_links, own_groups)


def _backups(database: Resource, reader: Reader) -> Iterator[Placement]:
    if is_dedicated_pool(database.reading):
        yield from pool_backups(database, reader)
    else:
        yield from backups(database, reader)
        yield from geo_backups(database, reader)
        server, name = database.id.rsplit("/databases/", 1)
        owner = f"{server.rsplit('/', 1)[-1]}/{name}"
        yield from long_term(database, owner, SERVER_LIST, reader)


SERVER = Check(
    id="sql-servers",
    title="Azure SQL logical servers: groups without databases, and databases that were dropped",
    resource_types=("microsoft.sql/servers",),
    holds=Holds.NONE,
    can_fail_over=False,
    permissions=(
        "Microsoft.Sql/servers/read",
        "Microsoft.Sql/servers/failoverGroups/read",
        "Microsoft.Sql/servers/restorableDroppedDatabases/read",
    ),
    docs=(SERVERS, GROUPS, BACKUPS),
    locate=_locate_server,
    reads=True,
)
DATABASE = Check(
    id="sql-databases",
    title="Azure SQL databases: geo-replication, failover groups, backups and data sync",
    resource_types=("microsoft.sql/servers/databases",),
    holds=Holds.STORES,
    can_fail_over=True,
    permissions=(
        "Microsoft.Sql/servers/databases/read",
        "Microsoft.Sql/servers/replicationLinks/read",
        "Microsoft.Sql/servers/failoverGroups/read",
        "Microsoft.Sql/servers/databases/geoBackupPolicies/read",
        "Microsoft.Sql/servers/recoverableDatabases/read",
        "Microsoft.Sql/locations/longTermRetentionBackups/read",
        *SYNC_PERMISSIONS,
    ),
    docs=(LINKS, GROUPS, BACKUPS, LONG_TERM, GEO_RESTORE, *SYNC_PAGES),
    locate=_locate_database,
    reads=True,
)
CHECKS = (SERVER, DATABASE)
