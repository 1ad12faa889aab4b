"""Managed disks: the disk itself, and the disks that Azure Site Recovery makes of it.

A disk is in its own region or edge zone, whatever it was or is being copied from; a redundant one
has its copies in zones of that region
(https://learn.microsoft.com/azure/virtual-machines/disks-redundancy). What Site Recovery makes
looks like any other disk: only the items of a vault say what it is
(https://learn.microsoft.com/azure/site-recovery/azure-to-azure-architecture).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from checks.replicated_disks import DiskLink, Replicated, replicated
from checks.replicated_machines import running
from checks.replicated_names import Part
from checks.site_recovery import Side, active_side, fabrics_of, items_path, place
from residency.check import Check, Reader, at_location, facet
from residency.model import Holds, Placement, Reason, Resource, Role


def locate(disk: Resource, reader: Reader) -> Iterable[Placement]:
    """State where a disk is, and whether it is the disk that is written to or a replica."""
    return as_named(disk, replicated(reader), reader)


def as_named(disk: Resource, known: Replicated, reader: Reader) -> Iterator[Placement]:
    """State where a disk or machine is, as the items of Site Recovery that name it say.

    A vault whose items cannot be read may name it, so that its role is not known.
    """
    links = known.links_of(disk)
    yield from known.gaps_beside(links)
    is_named = False
    for link in links.values():
        places = tuple(
            facet(
                Role.REPLICA,
                items_path(link.vault.id),
                partial(_as_named_by, disk, link, reader),
                read_at=link.vault.reading.read_at,
                decides_primary=True,
            )
        )
        yield from places
        is_named |= any(found.unresolved is not Reason.FACET_UNREADABLE for found in places)
    if not is_named:
        yield at_location(disk)


def _as_named_by(disk: Resource, link: DiskLink, reader: Reader) -> Iterator[Placement]:
    fabrics = fabrics_of(link.vault.id, reader)
    runs = running(link.item, fabrics)
    if _is_written(link):
        yield replace(at_location(disk), writer=True, failover=runs.failover)
    else:
        yield at_location(disk, Role.REPLICA)
        yield runs
    if link.part is Part.SOURCE and active_side(link.item) is not Side.RECOVERY:
        yield place(link.item, Role.REPLICA, Side.RECOVERY, fabrics)


def _is_written(link: DiskLink) -> bool:
    """Tell whether the machine that runs writes to this very disk."""
    match active_side(link.item):
        case Side.PRIMARY:
            return link.part is Part.SOURCE
        case Side.RECOVERY:
            return link.part is Part.TARGET
        case _:
            return False


CHECKS: tuple[Check, ...] = (
    Check(
        id="managed-disk",
        title="Managed disks, and the replicas that Azure Site Recovery makes of them",
        resource_types=("microsoft.compute/disks",),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=(
            "Microsoft.Compute/disks/read",
            "Microsoft.RecoveryServices/vaults/replicationFabrics/read",
            "Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/read",
            "Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectionClusters/read",
        ),
        docs=(
            "https://learn.microsoft.com/azure/virtual-machines/disks-redundancy",
            "https://learn.microsoft.com/azure/site-recovery/azure-to-azure-architecture",
            "https://learn.microsoft.com/azure/site-recovery/tutorial-shared-disk",
        ),
        locate=locate,
        reads=True,
    ),
)
