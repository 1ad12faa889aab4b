"""Which managed disks the items of Azure Site Recovery name, and as what.

Fields: https://learn.microsoft.com/rest/api/site-recovery/replication-protected-items/list. The
shared disks of a cluster are named by the cluster alone
(https://learn.microsoft.com/azure/site-recovery/tutorial-shared-disk).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from checks.site_recovery import API_VERSION, DETAILS, read_items
from residency.check import Reader, text, value
from residency.model import Reading, Resource

LISTS = (
    f"{DETAILS}.protectedManagedDisks",
    f"{DETAILS}.protectedDisks",
    "properties.sharedDiskProperties.sharedDiskProviderSpecificDetails.protectedManagedDisks",
)
ANSWERS_IN_MEMORY = 1024


class Part(StrEnum):
    """What a disk is to an item."""

    SOURCE = "source"
    REPLICA = "replica"
    TARGET = "target"


DISKS = {
    "diskId": Part.SOURCE,
    "recoveryDiskId": Part.REPLICA,
    "recoveryReplicaDiskId": Part.REPLICA,
    "recoveryOrignalTargetDiskId": Part.REPLICA,  # Azure's own spelling
    "seedManagedDiskId": Part.REPLICA,
    "recoveryTargetDiskId": Part.TARGET,
    "targetManagedDiskId": Part.TARGET,
}
MACHINES = {
    "recoveryFabricObjectId": Part.TARGET,
    "testFailoverRecoveryFabricObjectId": Part.REPLICA,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskLink:
    """The item that names a disk, or the machine that a disk is attached to, and as what."""

    item: Reading
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    links: Mapping[str, DiskLink]
    has_clusters: bool


class _Answer:
    """A list as Azure answered it, told apart by identity: readings cannot be hashed.

    A reader gives one scan one and the same answer, so that ten thousand disks index it once.
    """

    __slots__ = ("readings",)

    def __init__(self, readings: Sequence[Reading]) -> None:
        self.readings = readings

    def __hash__(self) -> int:
        return id(self.readings)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Answer) and self.readings is other.readings


def link_of(disk: Resource, vault_id: str, reader: Reader) -> DiskLink | None:
    """Find what a vault's items say of a disk; None where none names it or its machine."""
    index = _index(_Answer(read_items(vault_id, reader)))
    found = _look_up(disk, index)
    if found is None and index.has_clusters:
        path = f"{vault_id}/replicationProtectionClusters"
        found = _look_up(disk, _index(_Answer(reader.list(path, api_version=API_VERSION))))
    return found


def _look_up(disk: Resource, index: _Index) -> DiskLink | None:
    return index.links.get(disk.id) or index.links.get(disk.managed_by)


@lru_cache(maxsize=ANSWERS_IN_MEMORY)
def _index(answer: _Answer) -> _Index:
    links: dict[str, DiskLink] = {}
    for item in answer.readings:
        for named, part in _named(item):
            links.setdefault(named.lower(), DiskLink(item=item, part=part))
    return _Index(
        links=links,
        has_clusters=any(
            value(item.body, f"{DETAILS}.protectionClusterId") for item in answer.readings
        ),
    )


def _named(item: Reading) -> Iterator[tuple[str, Part]]:
    for path in LISTS:
        for disk in value(item.body, path) or ():
            yield from ((named, part) for key, part in DISKS.items() if (named := text(disk, key)))
    for key, part in MACHINES.items():
        if named := text(item.body, f"{DETAILS}.{key}"):
            yield named, part
