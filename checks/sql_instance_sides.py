"""Which failover groups and links are those of an Azure SQL Managed Instance.

A failover group holds every user database of an instance
(https://learn.microsoft.com/azure/azure-sql/managed-instance/failover-group-sql-mi) and is listed
only under the resource group and the region of the instance. A link goes to a SQL Server at an
address, which says nothing of where that server stands
(https://learn.microsoft.com/azure/azure-sql/managed-instance/managed-instance-link-feature-overview).
"""

from collections.abc import Sequence

from checks.indexed import indexed
from checks.sql_sides import Partner, Side, group_side, listed
from residency import regions
from residency.check import Reader, items, resource_id, text
from residency.errors import CheckError
from residency.model import Placement, Reading, Resource

PAIRS = "properties.managedInstancePairs"
ANY = ""
"""Stands for the databases of a link that does not say which it holds: it may hold any."""
Unread = tuple[Placement, ...]


def groups_of(resource: Resource, instance_id: str, reader: Reader) -> tuple[list[Side], Unread]:
    """List the failover groups that pair an instance, under its resource group and region.

    Raises CheckError where a group does not say which instances it pairs.
    """
    scope = instance_id.split("/providers/", 1)[0]
    region = regions.find(resource.location)
    where = region.name if region else resource.location
    path = f"{scope}/providers/Microsoft.Sql/locations/{where}/instanceFailoverGroups"
    groups, unread = listed(reader, path, resource)
    paired = indexed(reader, path, groups, _paired).of(instance_id)
    return [group_side(group, "partnerRegions") for group in paired], unread


def _paired(group: Reading) -> set[str]:
    pairs = items(group.body, PAIRS)
    if not pairs:
        raise CheckError(f"'{PAIRS}' of a failover group is absent or empty")
    ends = ("primaryManagedInstanceId", "partnerManagedInstanceId")
    return {resource_id(group.body, f"{pair}.{end}") for pair in pairs for end in ends}


def links_of(
    resource: Resource, instance_id: str, reader: Reader
) -> tuple[Sequence[Reading], Unread]:
    """List the links of an instance."""
    return listed(reader, _links_path(instance_id), resource)


def links_holding(
    name: str, instance_id: str, links: Sequence[Reading], reader: Reader
) -> list[Side]:
    """Read, of the links of an instance, those that hold or may hold the database of a name.

    The name is lower-cased. Raises CheckError where a link has a name that is no text.
    """
    by_database = indexed(reader, _links_path(instance_id), links, _databases)
    return [link_side(link) for link in by_database.of(name, ANY)]


def _links_path(instance_id: str) -> str:
    return f"{instance_id}/distributedAvailabilityGroups"


def link_side(link: Reading) -> Side:
    """Read a link."""
    path = "properties.instanceLinkRole"
    partner = Partner(location=address(link), role="properties.partnerLinkRole")
    role = (text(link.body, path) or "").lower()
    return Side(reading=link, path=path, role=role, partners=(partner,))


def address(link: Reading) -> str:
    """Give the path of the SQL Server's address, which no region can be read from."""
    old = text(link.body, "properties.sourceEndpoint")
    return "properties.sourceEndpoint" if old else "properties.partnerEndpoint"


def _databases(link: Reading) -> set[str]:
    databases = items(link.body, "properties.databases")
    names = {text(link.body, f"{database}.databaseName") for database in databases}
    names.add(text(link.body, "properties.targetDatabase"))
    return {found.lower() for found in names if found} or {ANY}
