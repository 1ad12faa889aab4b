"""The replication of a volume of Azure NetApp Files: its other ends, and which end is written.

The destination of a replication can only be read while it is mirrored. A failover breaks the
mirror, and the destination is written from then on; a reverse resync swaps the two ends
(https://learn.microsoft.com/azure/azure-netapp-files/cross-region-replication-manage-disaster-recovery).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from checks.api_versions import version_of
from residency.check import (
    Reader,
    absent,
    at_location,
    at_resource,
    evidence,
    items,
    observed,
    text,
    unknown,
    value,
)
from residency.model import UNKNOWN_REGION, Evidence, Failover, Placement, Reading, Resource, Role

REPLICATION = "properties.dataProtection.replication"


class Mirror(StrEnum):
    """What a replication does, as Azure spells it in lower case."""

    MIRRORED = "mirrored"
    UNINITIALIZED = "uninitialized"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What tells the state of a replication, and where it is told."""

    reading: Reading
    path: str

    @property
    def mirror(self) -> str:
        """The state in lower case, or nothing."""
        return (text(self.reading.body, self.path) or "").lower()

    @property
    def proof(self) -> Evidence:
        """The state as evidence."""
        return evidence(self.reading, self.path, text(self.reading.body, self.path))


def state_of(volume: Resource, reader: Reader) -> State:
    """Read the state of a replication; API versions before 2026 give it on a path of its own.

    https://learn.microsoft.com/rest/api/netapp/volumes/replication-status. Raises AzureError.
    """
    path = f"{REPLICATION}.mirrorState"
    if text(volume.reading.body, path):
        return State(reading=volume.reading, path=path)
    status = f"{volume.id}/replicationStatus"
    return State(reading=reader.get(status, api_version=version_of(status)), path="mirrorState")


def other_ends(told: Reading, role: Role, reader: Reader) -> Iterator[Placement]:
    """State where the other ends of a replication are: by region, by id, or at a site."""
    several = items(told.body, f"{REPLICATION}.destinationReplications")
    if several:
        for each in several:
            yield _end(told, role, reader, f"{each}.region", f"{each}.resourceId")
    elif value(told.body, f"{REPLICATION}.remotePath"):
        yield unknown(told, role, f"{REPLICATION}.remotePath.externalHostName")
    else:
        region, other = f"{REPLICATION}.remoteVolumeRegion", f"{REPLICATION}.remoteVolumeResourceId"
        yield _end(told, role, reader, region, other)


def _end(told: Reading, role: Role, reader: Reader, region: str, other: str) -> Placement:
    if text(told.body, region):
        return observed(told, role, region, target=text(told.body, other))
    if text(told.body, other):
        return at_resource(told, other, reader, role=role)
    return absent(told, role, region, "a replication has another end")


def others_of(told: Reading, reader: Reader) -> Iterator[Placement]:
    """State the other ends of a volume that is written; one of them may be where it came from."""
    for end in other_ends(told, Role.REPLICA, reader):
        yield replace(end, decides_primary=end.unresolved is not None)


def written(place: Placement, former: str, proof: Evidence) -> Placement:
    """Give a place as the one that is written, with the region that it may have come from."""
    swapped = former not in {place.region, UNKNOWN_REGION} and place.region != UNKNOWN_REGION
    failover = Failover(path=(former,), since=None, evidence=proof) if swapped else None
    return replace(place, role=Role.PRIMARY, writer=True, failover=failover)


def open_ends(volume: Resource, why: Placement, reader: Reader) -> Iterator[Placement]:
    """State every end as a replica, where it is not known which of them is written."""
    yield at_location(volume, Role.REPLICA)
    yield from other_ends(volume.reading, Role.REPLICA, reader)
    yield why
