"""Which database a member of a sync group is, and where.

A member is a database of Azure SQL or of a SQL Server, and names its server and itself; newer ones
have the id of a database in Azure as well
(https://learn.microsoft.com/rest/api/sql/sync-members/list-by-sync-group).
"""

from collections.abc import Mapping
from functools import partial

from checks.by_name import at_named
from residency.check import Reader, at_resource, text, unknown, where_written
from residency.model import Placement, Reading, Reason, Resource, Role

MEMBERS = "https://learn.microsoft.com/rest/api/sql/sync-members/list-by-sync-group"

SERVERS, DATABASES = "microsoft.sql/servers", "microsoft.sql/servers/databases"
KIND = "properties.databaseType"
ID = "properties.syncMemberAzureDatabaseResourceId"
SERVER, DATABASE = "properties.serverName", "properties.databaseName"


def place_of(member: Reading, reader: Reader) -> Placement:
    """State where a member is: a SQL Server (or what nobody knows) may be anywhere."""
    if not _is_in_azure(member):
        return unknown(member, Role.EXPORT, KIND)
    named = (text(member.body, ID) or "").lower()
    if not _agrees(member):
        return unknown(member, Role.EXPORT, SERVER, why=Reason.FACET_UNREADABLE, target=named)
    database = database_of(member, reader)
    if database is not None:
        return where_written(database, Role.EXPORT)
    return at_resource(member, ID, reader) if named else at_named(member, SERVER, reader, SERVERS)


def _is_in_azure(member: Reading) -> bool:
    return (text(member.body, KIND) or "").lower() == "azuresqldatabase"


def database_of(member: Reading, reader: Reader) -> Resource | None:
    """Find the database of a member by its id, or by the names of its server and its own.

    An id is out of date once a server was moved to another resource group, and older members have
    none; the name of a server is unique in Azure.
    """
    if not (_is_in_azure(member) and _agrees(member)):
        return None
    found = reader.find(text(member.body, ID) or "")
    if found is not None:
        return found if found.type == DATABASES else None
    known = reader.once("databases of Azure SQL by their names", partial(_by_names, reader))
    return known.get(_names(member))


def _agrees(member: Reading) -> bool:
    """Tell whether the id of a member, if it has one, is that of the database that it names."""
    named = (text(member.body, ID) or "").lower()
    server, database = _names(member)
    return not (named and server) or named.endswith(f"/servers/{server}/databases/{database}")


def _names(member: Reading) -> tuple[str, str]:
    server = (text(member.body, SERVER) or "").lower().partition(".")[0]
    return server, (text(member.body, DATABASE) or "").lower()


def _by_names(reader: Reader) -> Mapping[tuple[str, str], Resource | None]:
    found: dict[tuple[str, str], Resource | None] = {}
    for database in reader.of_type(DATABASES):
        *_, server, _, name = database.id.split("/")
        found[server, name] = None if (server, name) in found else database
    return found
