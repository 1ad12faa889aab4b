"""Where screenshots and the serial log of a machine go, if boot diagnostics are on.

A storage account that the customer names must be in the machine's own region; the data is where it
is written. Of the account that Microsoft manages no page says in which region it is
(https://learn.microsoft.com/azure/virtual-machines/boot-diagnostics).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from checks.storage_names import at_account
from residency.check import Reader, absent, documented, facet, flag, text, value, with_fields
from residency.model import UNKNOWN_REGION, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/virtual-machines/boot-diagnostics"
UNSAID = "no page says in which region the account is that Microsoft manages"


def boot_diagnostics(machine: Resource, reader: Reader, profile: str) -> Iterator[Placement]:
    """State where the boot diagnostics of a machine go; `profile` is its diagnostics profile."""
    places = partial(_logs, machine, reader, profile)
    return facet(Role.EXPORT, machine.id, places, read_at=machine.reading.read_at)


def _logs(machine: Resource, reader: Reader, profile: str) -> Iterator[Placement]:
    told = with_fields(machine, reader, profile, api_version=version_of(machine.id))
    settings = f"{profile}.bootDiagnostics"
    enabled, account = f"{settings}.enabled", f"{settings}.storageUri"
    if value(told.body, settings) is None:
        return
    if value(told.body, enabled) is None:
        yield absent(told, Role.EXPORT, enabled, "it tells whether boot diagnostics are on")
    elif flag(told.body, enabled):
        if text(told.body, account):
            yield at_account(told, account, reader, role=Role.EXPORT)
        else:
            yield documented(told, Role.EXPORT, UNKNOWN_REGION, page=PAGE, fact=UNSAID)
