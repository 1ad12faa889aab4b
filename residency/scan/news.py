"""What may have failed over of late: named by the logs, and by the providers' own lists.

Made for every minute between two scans. It names each thing once; what it cannot read, and what
comes later than it looks back, it leaves to the next scan.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from residency import clock
from residency.azure import Arm
from residency.check import Catalogue
from residency.errors import AzureError
from residency.inventory.activity import read_operations
from residency.inventory.changes import read_changes
from residency.inventory.each import of_each
from residency.inventory.primaries import LISTED, list_primaries
from residency.model import Meaning, Role
from residency.store.memory import Memory

_LOOKS_BACK = timedelta(minutes=15)
_UNIMPORTANT = frozenset({Meaning.DELETE, Meaning.IN_REGION})

Name = tuple[str, ...]
"""The id of a resource, and what makes one thing that is told of it different from another."""


class News:
    """Names what may have failed over, and keeps in mind what it has named."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Take from the catalogue which types can fail over."""
        self._catalogue = catalogue
        self._named: dict[Name, datetime] = {}
        self.unread: Counter[str] = Counter()

    async def of_late(self, arm: Arm, memory: Memory) -> frozenset[str]:
        """Name resources, or what is below them, of which something new is told."""
        at = clock.now()
        self.unread = Counter()
        start = at - _LOOKS_BACK
        subscriptions = sorted({memory.resources[name].subscription_id for name in memory.by_id})
        told = [
            *await self._operations(arm, subscriptions, start, at),
            *await self._changes(arm, subscriptions, start),
            *await self._written_elsewhere(arm, memory),
        ]
        return self._new(told, at)

    def _new(self, told: Iterable[Name], at: datetime) -> frozenset[str]:
        """Leave out what was named before; what is told no longer is forgotten."""
        now = dict.fromkeys(told, at)
        fresh = now.keys() - self._named.keys()
        recent = {key: when for key, when in self._named.items() if at - when < 2 * _LOOKS_BACK}
        self._named = recent | now
        return frozenset(key[0] for key in fresh)

    async def _operations(
        self, arm: Arm, subscriptions: Sequence[str], since: datetime, until: datetime
    ) -> Iterable[Name]:
        reads = await of_each(subscriptions, lambda each: read_operations(arm, each, since, until))
        self.unread.update(read.error.code for read in reads.values() if read.error)
        return [
            (each.resource_id, each.name, each.correlation_id, str(each.outcome))
            for read in reads.values()
            for each in read.operations
            if each.meaning not in _UNIMPORTANT
        ]

    async def _changes(
        self, arm: Arm, subscriptions: Sequence[str], since: datetime
    ) -> Iterable[Name]:
        read = await read_changes(arm, subscriptions, since)
        self.unread.update(reason for found in read.problems.values() for reason in found)
        return [
            (each.resource_id, each.kind, each.at.isoformat())
            for each in read.changes
            if self._can_fail_over(each.resource_id)
        ]

    def _can_fail_over(self, name: str) -> bool:
        kind = type_of(name)
        found = self._catalogue.check_for(kind) if kind else None
        return found is not None and found.can_fail_over

    async def _written_elsewhere(self, arm: Arm, memory: Memory) -> Iterable[Name]:
        """Name accounts that their provider says are written elsewhere than they stood."""
        stood = dict(_primaries(memory))
        asked = sorted(
            {(memory.resources[n].subscription_id, memory.resources[n].type) for n in stood}
        )
        reads = await of_each(asked, lambda key: self._list(arm, *key))
        return [
            (name, "written", region)
            for found in reads.values()
            for name, region in found.items()
            if name in stood and stood[name] != {region}
        ]

    async def _list(self, arm: Arm, subscription: str, kind: str) -> Mapping[str, str]:
        try:
            return await list_primaries(arm, subscription, kind)
        except AzureError as error:
            self.unread[error.code] += 1
            return {}


def _primaries(memory: Memory) -> Iterator[tuple[str, set[str]]]:
    """Give where what the lists tell of stood."""
    for name, standing in memory.by_id.items():
        if memory.resources[name].type in LISTED:
            facts = (memory.facts[row] for row in standing.facts)
            yield name, {each.region for each in facts if each.role == Role.PRIMARY}


def type_of(name: str) -> str:
    """Give the type that a lower-cased id names; nothing where it names none."""
    _, found, rest = name.rpartition("/providers/")
    namespace, *segments = rest.split("/")
    return "/".join([namespace, *segments[::2]]) if found and segments else ""
