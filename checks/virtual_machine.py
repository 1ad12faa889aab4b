"""Virtual machines and scale sets: the software runs where the machine is.

Both are single-region resources, whose disks are resources of their own
(https://learn.microsoft.com/azure/reliability/reliability-virtual-machines,
https://learn.microsoft.com/azure/reliability/reliability-virtual-machine-scale-sets). A machine
that Azure Site Recovery made looks like any other: only the items of a vault say what it is, and
how it came there
(https://learn.microsoft.com/azure/site-recovery/azure-to-azure-tutorial-failover-failback).
"""

from collections.abc import Iterator

from checks.boot_diagnostics import PAGE as BOOT
from checks.boot_diagnostics import boot_diagnostics
from checks.machine_items import machine_items
from checks.managed_disk import as_named
from residency.check import Check, Reader, at_location
from residency.model import Holds, Placement, Resource

DOCS = "https://learn.microsoft.com/azure"
FABRICS = "Microsoft.RecoveryServices/vaults/replicationFabrics"


def locate_machine(machine: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a machine runs or stands as a replica, and where its boot diagnostics go."""
    yield from as_named(machine, machine_items(reader), reader)
    yield from boot_diagnostics(machine, reader, "properties.diagnosticsProfile")


def locate_scale_set(scale_set: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a scale set runs, and where the boot diagnostics of its machines go."""
    profile = "properties.virtualMachineProfile.diagnosticsProfile"
    yield at_location(scale_set)
    yield from boot_diagnostics(scale_set, reader, profile)


def locate_instance(instance: Resource, reader: Reader) -> Iterator[Placement]:
    """State where an instance of a scale set runs, and where its boot diagnostics go."""
    yield at_location(instance)
    yield from boot_diagnostics(instance, reader, "properties.diagnosticsProfile")


CHECKS: tuple[Check, ...] = (
    Check(
        id="virtual-machine",
        title="Virtual machines, what Azure Site Recovery made of them, and boot diagnostics",
        resource_types=("microsoft.compute/virtualmachines",),
        holds=Holds.PROCESSES,
        can_fail_over=True,
        permissions=(
            "Microsoft.Compute/virtualMachines/read",
            f"{FABRICS}/read",
            f"{FABRICS}/replicationProtectionContainers/replicationProtectedItems/read",
        ),
        docs=(
            f"{DOCS}/reliability/reliability-virtual-machines",
            f"{DOCS}/site-recovery/azure-to-azure-tutorial-failover-failback",
            f"{DOCS}/site-recovery/azure-to-azure-how-to-reprotect",
            BOOT,
        ),
        locate=locate_machine,
        reads=True,
    ),
    Check(
        id="scale-set",
        title="Virtual machine scale sets, and the boot diagnostics of their machines",
        resource_types=("microsoft.compute/virtualmachinescalesets",),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.Compute/virtualMachineScaleSets/read",),
        docs=(f"{DOCS}/reliability/reliability-virtual-machine-scale-sets", BOOT),
        locate=locate_scale_set,
        reads=True,
    ),
    Check(
        id="scale-set-instance",
        title="Instances of virtual machine scale sets, and their boot diagnostics",
        resource_types=("microsoft.compute/virtualmachinescalesets/virtualmachines",),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read",),
        docs=(f"{DOCS}/reliability/reliability-virtual-machine-scale-sets", BOOT),
        locate=locate_instance,
        reads=True,
    ),
)
