"""SQL Server on Azure virtual machines: the data is on the machine, which is a resource of its own.

Automated backup writes to a storage account anywhere
(https://learn.microsoft.com/azure/azure-sql/virtual-machines/windows/automated-backup). Azure gives
its settings only when they are asked for with `$expand`
(https://learn.microsoft.com/rest/api/sqlvm/sql-virtual-machines/get).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from checks.storage_names import at_account
from residency.check import Check, Reader, absent, at_location, facet, flag, value
from residency.model import Holds, Placement, Resource, Role

BACKUPS = "https://learn.microsoft.com/azure/azure-sql/virtual-machines/windows/automated-backup"
MACHINES = (
    "https://learn.microsoft.com/azure/azure-sql/virtual-machines/windows/"
    "sql-server-iaas-agent-extension-automate-management"
)
TYPE = "microsoft.sqlvirtualmachine/sqlvirtualmachines"
ENABLED = "properties.autoBackupSettings.enable"
ACCOUNT = "properties.autoBackupSettings.storageAccountUrl"


def locate(machine: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a machine with SQL Server is, and where its automated backups go."""
    yield at_location(machine)
    places = partial(_backups, machine, reader)
    yield from facet(Role.BACKUP, machine.id, places, read_at=machine.reading.read_at)


def _backups(machine: Resource, reader: Reader) -> Iterator[Placement]:
    told = reader.get(machine.id, api_version=API_VERSIONS[TYPE], expand="*")
    if value(told.body, ENABLED) is None:
        yield absent(told, Role.BACKUP, ENABLED, "it tells whether there are automated backups")
    elif flag(told.body, ENABLED):
        yield at_account(told, ACCOUNT, reader, role=Role.BACKUP)


CHECKS = (
    Check(
        id="sql-virtual-machines",
        title="SQL Server on Azure virtual machines: automated backups",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.SqlVirtualMachine/sqlVirtualMachines/read",),
        docs=(MACHINES, BACKUPS),
        locate=locate,
        reads=True,
    ),
)
