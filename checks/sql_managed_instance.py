"""Azure SQL Managed Instance: instances and their databases.

A failover group holds every user database of an instance
(https://learn.microsoft.com/azure/azure-sql/managed-instance/failover-group-sql-mi) and is listed
only under the resource group and the region of the instance. `managedInstances/failover` stays in
the region (https://learn.microsoft.com/rest/api/sql/managed-instances/failover). A link goes to a
SQL Server at an address, which says nothing of where that server stands
(https://learn.microsoft.com/azure/azure-sql/managed-instance/managed-instance-link-feature-overview).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from checks.sql_backups import CURRENT, backups
from checks.sql_sides import Partner, Side, group_side, listed
from checks.sql_topology import copies, once
from residency import regions
from residency.check import Check, Reader, absent, text, unknown, value
from residency.model import Holds, Placement, Reading, Resource, Role

GROUPS = "https://learn.microsoft.com/azure/azure-sql/managed-instance/failover-group-sql-mi"
LINKS = (
    "https://learn.microsoft.com/azure/azure-sql/managed-instance/"
    "managed-instance-link-feature-overview"
)
BACKUPS = "https://learn.microsoft.com/azure/azure-sql/managed-instance/automated-backups-overview"


def _locate_instance(instance: Resource, reader: Reader) -> Iterator[Placement]:
    groups, no_groups = _groups(instance, instance.id, reader)
    links, no_links = _links(instance, instance.id, reader)
    yield from copies(instance, groups=groups)
    yield from (unknown(link, Role.REPLICA, _address(link)) for link in links)
    yield from (*no_groups, *no_links)
    yield from once(backups(instance.reading))


def _locate_database(database: Resource, reader: Reader) -> Iterator[Placement]:
    instance_id, name = database.id.rsplit("/databases/", 1)
    groups, no_groups = _groups(database, instance_id, reader)
    links, no_links = _links(database, instance_id, reader)
    sides = [_link_side(link) for link in links if name in _linked(link)]
    yield from copies(database, sides, groups)
    yield from (*no_groups, *no_links)
    yield from once(_backups_of(database, reader.find(instance_id)))


def _backups_of(database: Resource, instance: Resource | None) -> Iterator[Placement]:
    """State the backups of a database, whose redundancy is that of its instance."""
    if instance is None:
        yield absent(database.reading, Role.BACKUP, CURRENT, "its instance is not in the inventory")
    else:
        yield from backups(replace(instance.reading, path=instance.id))


def _groups(
    resource: Resource, instance_id: str, reader: Reader
) -> tuple[list[Side], tuple[Placement, ...]]:
    """List the failover groups that pair this instance, under its resource group and region."""
    scope = instance_id.split("/providers/", 1)[0]
    region = regions.find(resource.location)
    where = region.name if region else resource.location
    path = f"{scope}/providers/Microsoft.Sql/locations/{where}/instanceFailoverGroups"
    groups, unread = listed(reader, path, resource)
    paired = (group for group in groups if _pairs(group, instance_id))
    return [group_side(group, "partnerRegions") for group in paired], unread


def _pairs(group: Reading, instance_id: str) -> bool:
    return any(
        instance_id in {str(found).lower() for found in pair.values()}
        for pair in value(group.body, "properties.managedInstancePairs") or ()
    )


def _links(
    resource: Resource, instance_id: str, reader: Reader
) -> tuple[Sequence[Reading], tuple[Placement, ...]]:
    return listed(reader, f"{instance_id}/distributedAvailabilityGroups", resource)


def _link_side(link: Reading) -> Side:
    path = "properties.instanceLinkRole"
    partner = Partner(location=_address(link), role="properties.partnerLinkRole")
    role = (text(link.body, path) or "").lower()
    return Side(reading=link, path=path, role=role, partners=(partner,))


def _address(link: Reading) -> str:
    """Give the path of the SQL Server's address, which no region can be read from."""
    old = text(link.body, "properties.sourceEndpoint")
    return "properties.sourceEndpoint" if old else "properties.partnerEndpoint"


def _linked(link: Reading) -> set[str]:
    databases = value(link.body, "properties.databases") or ()
    names = {text(database, "databaseName") for database in databases}
    names.add(text(link.body, "properties.targetDatabase"))
    return {name.lower() for name in names if name}


INSTANCE = Check(
    id="sql-managed-instances",
    title="Azure SQL Managed Instances: failover groups, links and backups",
    resource_types=("microsoft.sql/managedinstances",),
    holds=Holds.STORES,
    can_fail_over=True,
    permissions=(
        "Microsoft.Sql/managedInstances/read",
        "Microsoft.Sql/locations/instanceFailoverGroups/read",
        "Microsoft.Sql/managedInstances/distributedAvailabilityGroups/read",
    ),
    docs=(GROUPS, LINKS, BACKUPS),
    locate=_locate_instance,
    reads=True,
)
DATABASE = Check(
    id="sql-managed-databases",
    title="Databases of Azure SQL Managed Instances: failover groups, links and backups",
    resource_types=("microsoft.sql/managedinstances/databases",),
    holds=Holds.STORES,
    can_fail_over=True,
    permissions=(*INSTANCE.permissions, "Microsoft.Sql/managedInstances/databases/read"),
    docs=INSTANCE.docs,
    locate=_locate_database,
    reads=True,
)
CHECKS = (INSTANCE, DATABASE)
