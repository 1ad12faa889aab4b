"""Azure NetApp Files: volumes, and where they are replicated and backed up to.

A volume is in one region, unless it is replicated
(https://learn.microsoft.com/azure/reliability/reliability-netapp-files).
"""

from collections.abc import Iterator
from functools import partial

from checks.current import current
from checks.netapp_replication import (
    REPLICATION,
    Mirror,
    State,
    open_ends,
    other_ends,
    others_of,
    state_of,
    written,
)
from residency.check import Check, Reader, at_location, at_resource, facet, text, unknown, value
from residency.model import Holds, Placement, Resource, Role

DOCS = "https://learn.microsoft.com/azure"
VAULT = "properties.dataProtection.backup.backupVaultId"
END = f"{REPLICATION}.endpointType"


def locate(volume: Resource, reader: Reader) -> Iterator[Placement]:
    """State which end of a replication is written, where the others are, and the backups."""
    told, unread = current(volume, reader)
    yield from unread
    ends, read_at = partial(_ends, told, reader), volume.reading.read_at
    yield from facet(Role.PRIMARY, volume.id, ends, read_at=read_at, decides_primary=True)
    if text(told.reading.body, VAULT):
        yield at_resource(told.reading, VAULT, reader, role=Role.BACKUP)


def _ends(volume: Resource, reader: Reader) -> Iterator[Placement]:
    if not value(volume.reading.body, REPLICATION):
        yield at_location(volume)
        return
    end, state = (text(volume.reading.body, END) or "").lower(), state_of(volume, reader)
    match end, state.mirror:
        case "src", Mirror.MIRRORED | Mirror.UNINITIALIZED:
            yield from _source(volume, state, reader)
        case "src", Mirror.BROKEN:
            yield from _left(volume, state, reader)
        case "dst", Mirror.MIRRORED | Mirror.UNINITIALIZED:
            yield at_location(volume, Role.REPLICA)
            here = at_location(volume).region
            for there in other_ends(volume.reading, Role.PRIMARY, reader):
                yield written(there, here, state.proof)
        case "dst", Mirror.BROKEN:
            yield from _source(volume, state, reader)
        case "src" | "dst", _:
            why = unknown(state.reading, Role.PRIMARY, state.path, decides_primary=True)
            yield from open_ends(volume, why, reader)
        case _:
            why = unknown(volume.reading, Role.PRIMARY, END, decides_primary=True)
            yield from open_ends(volume, why, reader)


def _source(volume: Resource, state: State, reader: Reader) -> Iterator[Placement]:
    """State that this end is written: a source, or a destination that took over."""
    others = tuple(others_of(volume.reading, reader))
    former = others[0].region if len(others) == 1 else at_location(volume).region
    yield written(at_location(volume), former, state.proof)
    yield from others


def _left(volume: Resource, state: State, reader: Reader) -> Iterator[Placement]:
    """State that the other end of a source took over; of several it is not known which one."""
    others = tuple(other_ends(volume.reading, Role.REPLICA, reader))
    here = at_location(volume)
    yield here
    if len(others) == 1:
        yield written(others[0], here.region, state.proof)
    else:
        yield from others
        yield unknown(state.reading, Role.PRIMARY, state.path, decides_primary=True)


CHECKS: tuple[Check, ...] = (
    Check(
        id="netapp-volume",
        title="Volumes of Azure NetApp Files: replication, failover and backups",
        resource_types=("microsoft.netapp/netappaccounts/capacitypools/volumes",),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=(
            "Microsoft.NetApp/netAppAccounts/capacityPools/volumes/read",
            "Microsoft.NetApp/netAppAccounts/capacityPools/volumes/replicationStatus/read",
        ),
        docs=(
            f"{DOCS}/reliability/reliability-netapp-files",
            f"{DOCS}/azure-netapp-files/cross-region-replication-manage-disaster-recovery",
            f"{DOCS}/azure-netapp-files/backup-requirements-considerations",
        ),
        locate=locate,
        reads=True,
    ),
)
