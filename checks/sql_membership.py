"""Which links and failover groups of a server of Azure SQL Database are those of a database.

A link is listed under the id of its database, and a group lists the databases in it
(https://learn.microsoft.com/rest/api/sql/replication-links/list-by-server,
https://learn.microsoft.com/rest/api/sql/failover-groups/list-by-server). One that does not say
whose it is could be any database's, so that it is an error and not a link of somebody else.
"""

from collections.abc import Iterator, Sequence

from checks.indexed import indexed
from checks.sql_sides import Side, group_side, link_side
from residency.check import Reader, items, resource_id, value
from residency.errors import CheckError
from residency.model import Reading, Resource

MEMBERS = "properties.databases"
PARTNERS = "partnerServers"


def name_of(database: Resource) -> str:
    """Give the lower-cased name of a database."""
    return database.id.rsplit("/", 1)[-1]


def links_path(database: Resource) -> str:
    """Name the list of the links of all databases on a database's server."""
    return f"{_server_id(database)}/replicationLinks"


def groups_path(database: Resource) -> str:
    """Name the list of the failover groups of a database's server."""
    return f"{_server_id(database)}/failoverGroups"


def _server_id(database: Resource) -> str:
    return database.id.rsplit("/databases/", 1)[0]


def links_of(database: Resource, links: Sequence[Reading], reader: Reader) -> list[Side]:
    """Read, of its server's links, those of a database. Raises CheckError where one has no id."""
    by_owner = indexed(reader, links_path(database), links, _owner)
    return [link_side(link) for link in by_owner.of(database.id)]


def _owner(link: Reading) -> tuple[str]:
    return (resource_id(link.body, "id").rsplit("/replicationlinks/", 1)[0],)


def groups_of(database: Resource, groups: Sequence[Reading], reader: Reader) -> list[Side]:
    """Read, of its server's groups, those that a database is in.

    They are told by name: a group pairs databases of one name. Raises CheckError where a group
    does not say which databases are in it.
    """
    by_member = indexed(reader, groups_path(database), groups, _members)
    return [group_side(group, PARTNERS) for group in by_member.of(name_of(database))]


def groups_without_databases(groups: Sequence[Reading]) -> list[Side]:
    """Read the groups that no database is in. Raises CheckError as `groups_of` does."""
    return [group_side(group, PARTNERS) for group in groups if not list(_members(group))]


def _members(group: Reading) -> Iterator[str]:
    if value(group.body, MEMBERS) is None:
        raise CheckError(f"'{MEMBERS}' of a failover group is absent")
    for item in items(group.body, MEMBERS):
        yield resource_id(group.body, item).rsplit("/", 1)[-1]
