"""Which links and failover groups of a server of Azure SQL Database are those of a database.

A link is listed under the id of its database, and a group lists the databases in it
(https://learn.microsoft.com/rest/api/sql/replication-links/list-by-server,
https://learn.microsoft.com/rest/api/sql/failover-groups/list-by-server). One that does not say
whose it is could be any database's, so that it is an error and not a link of somebody else.
"""

from collections.abc import Iterator, Sequence

from checks.sql_sides import Side, group_side, link_side
from residency.check import items, resource_id, value
from residency.errors import CheckError
from residency.model import Reading, Resource

MEMBERS = "properties.databases"
PARTNERS = "partnerServers"


def name_of(database: Resource) -> str:
    """Give the lower-cased name of a database."""
    return database.id.rsplit("/", 1)[-1]


def links_of(database: Resource, links: Sequence[Reading]) -> list[Side]:
    """Read the links of a database. Raises CheckError where a link has no id."""
    own = f"{database.id}/replicationlinks/"
    return [link_side(link) for link in links if resource_id(link.body, "id").startswith(own)]


def groups_of(database: Resource, groups: Sequence[Reading]) -> list[Side]:
    """Read the groups that a database is in, by name: a group pairs databases of one name.

    Raises CheckError where a group does not say which databases are in it.
    """
    name = name_of(database)
    return [group_side(group, PARTNERS) for group in groups if name in _members(group)]


def groups_without_databases(groups: Sequence[Reading]) -> list[Side]:
    """Read the groups that no database is in. Raises CheckError as `groups_of` does."""
    return [group_side(group, PARTNERS) for group in groups if not list(_members(group))]


def _members(group: Reading) -> Iterator[str]:
    if value(group.body, MEMBERS) is None:
        raise CheckError(f"'{MEMBERS}' of a failover group is absent")
    for item in items(group.body, MEMBERS):
        yield resource_id(group.body, item).rsplit("/", 1)[-1]
