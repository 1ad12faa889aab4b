"""Run commands: scripts that run on a machine, and the blobs that their output goes to.

https://learn.microsoft.com/azure/virtual-machines/run-command-overview
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from checks.storage_names import at_account
from checks.type_table import own_location
from checks.whole import whole
from residency.check import Check, Reader, facet, text, with_fields
from residency.model import Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/virtual-machines/run-command-overview"
OUTPUTS = ("properties.outputBlobUri", "properties.errorBlobUri")


def locate(command: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a script runs, and where its output goes."""
    yield own_location(whole(command, reader))
    places = partial(_outputs, command, reader)
    yield from facet(Role.EXPORT, command.id, places, read_at=command.reading.read_at)


def _outputs(command: Resource, reader: Reader) -> Iterator[Placement]:
    """Every command has a source; a row without one does not show the outputs either."""
    api_version = version_of(command.id)
    told = with_fields(command, reader, "properties.source", api_version=api_version)
    for path in OUTPUTS:
        if text(told.body, path):
            yield at_account(told, path, reader, role=Role.EXPORT)


CHECKS: tuple[Check, ...] = (
    Check(
        id="run-command",
        title="Run commands on virtual machines, and where their output goes",
        resource_types=(
            "microsoft.compute/virtualmachines/runcommands",
            "microsoft.compute/virtualmachinescalesets/virtualmachines/runcommands",
        ),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=(
            "Microsoft.Compute/virtualMachines/runCommands/read",
            "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommands/read",
        ),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
