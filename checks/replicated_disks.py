"""Which item of Azure Site Recovery speaks of a managed disk, found once for all disks.

The items of a vault are indexed by what they name
(https://learn.microsoft.com/rest/api/site-recovery/replication-protected-items/list); only if none
of them names the disk, the clusters are asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from checks.replicated_names import Part, named
from checks.site_recovery import API_VERSION, DETAILS, read_items
from residency.check import Reader, value
from residency.model import Reading, Resource

ANSWERS_IN_MEMORY = 1024


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
    """Find what a vault's items say of a disk; None where none names it or its machine.

    Raises CheckError where an item does not tell what it names.
    """
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
        for resource, part in named(item):
            links.setdefault(resource, DiskLink(item=item, part=part))
    return _Index(
        links=links,
        has_clusters=any(
            value(item.body, f"{DETAILS}.protectionClusterId") for item in answer.readings
        ),
    )
