"""Azure SQL Managed Instance: instances and their databases.

`managedInstances/failover` stays in the region and is no failover here
(https://learn.microsoft.com/rest/api/sql/managed-instances/failover).

Copies of the page on backups contradict each other: that of June 2022 says in one place that the
second region of geo-redundant backups is the paired one, and in another that it is not. Since July
2022 it says the paired one, as the newer page on reliability does
(https://learn.microsoft.com/azure/reliability/reliability-sql-managed-instance), and that is what
is stated. Where the table knows no pair, a copy that the redundancy tells of is unknown, not none.
"""

from collections.abc import Iterator
from dataclasses import replace

from checks.sql_backups import CURRENT, backups
from checks.sql_instance_sides import address, groups_of, links_holding, links_of
from checks.sql_long_term import INSTANCE_LIST, LONG_TERM, long_term
from checks.sql_topology import copies, once
from residency.check import Check, Reader, absent, cited, unknown
from residency.model import Holds, Placement, Resource, Role

GROUPS = "https://learn.microsoft.com/azure/azure-sql/managed-instance/failover-group-sql-mi"
LINKS = (
    "https://learn.microsoft.com/azure/azure-sql/managed-instance/"
    "managed-instance-link-feature-overview"
)
BACKUPS = "https://learn.microsoft.com/azure/azure-sql/managed-instance/automated-backups-overview"
RELIABILITY = "https://learn.microsoft.com/azure/reliability/reliability-sql-managed-instance"


def _locate_instance(instance: Resource, reader: Reader) -> Iterator[Placement]:
    groups, no_groups = groups_of(instance, instance.id, reader)
    links, no_links = links_of(instance, instance.id, reader)
    yield from copies(instance, groups=groups)
    yield from (unknown(link, Role.REPLICA, address(link)) for link in links)
    yield from (*no_groups, *no_links)
    yield from once(_backups(instance, instance.name.lower(), reader))


def _backups(instance: Resource, owner: str, reader: Reader) -> Iterator[Placement]:
    yield from backups(instance, reader, page=BACKUPS)
    yield from long_term(instance, owner, INSTANCE_LIST, reader)


def _locate_database(database: Resource, reader: Reader) -> Iterator[Placement]:
    instance_id, name = database.id.rsplit("/databases/", 1)
    groups, no_groups = groups_of(database, instance_id, reader)
    links, no_links = links_of(database, instance_id, reader)
    yield from copies(database, links_holding(name, instance_id, links, reader), groups)
    yield from (*no_groups, *no_links)
    yield from once(_backups_of(database, instance_id, name, reader))


def _backups_of(
    database: Resource, instance_id: str, name: str, reader: Reader
) -> Iterator[Placement]:
    """State the backups of a database, whose redundancy is that of its instance."""
    instance = reader.find(instance_id)
    if instance is None:
        yield absent(database.reading, Role.BACKUP, CURRENT, "its instance is not in the inventory")
    else:
        yield from backups(replace(instance, reading=cited(instance)), reader, page=BACKUPS)
    owner = f"{instance_id.rsplit('/', 1)[-1]}/{name}"
    yield from long_term(database, owner, INSTANCE_LIST, reader)


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
        "Microsoft.Sql/locations/longTermRetentionManagedInstanceBackups/read",
    ),
    docs=(GROUPS, LINKS, BACKUPS, RELIABILITY, LONG_TERM),
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
