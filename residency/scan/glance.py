"""Looks again, between two scans, at a few resources: which of them are elsewhere than they stood.

It judges nothing and remembers nothing. What it finds is a reason to scan at once.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from residency import clock
from residency.check import Catalogue
from residency.inventory import Inventory
from residency.inventory.each import of_each
from residency.inventory.packing import Packer
from residency.inventory.storage_accounts import STORAGE_ACCOUNTS, list_accounts
from residency.model import UNKNOWN_REGION, Holds, Resource
from residency.scan.kept_arm import KeptArm
from residency.scan.kept_reader import KeptReader
from residency.scan.news import type_of
from residency.scan.placing import Placed
from residency.scan.run import place, silent
from residency.store.memory import Memory

_MOST_NAMED = 200
"""More at once is a matter for the scan."""

_LEAST_SEGMENTS = 9
"""Of the id of a resource in a group, split at slashes."""

Places = frozenset[tuple[str, str]]
"""Roles with their regions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a look found.

    Attributes:
        elsewhere: Lower-cased ids of what is not where it stood, or was never seen.
        looked_at: How many resources were read again.
        unread: Why something could not be looked at, and how often.
        requests: The calls that were made, as `Arm.answers` counts them.
    """

    elsewhere: frozenset[str] = frozenset()
    looked_at: int = 0
    unread: Mapping[str, int] = field(default_factory=dict)
    requests: Mapping[str, int] = field(default_factory=dict)


class Glancer:
    """Looks at one tenant. One change is a reason for one scan, and not for more."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Place resources by these checks."""
        self._catalogue = catalogue
        self._seen: dict[str, Places] = {}

    async def look(
        self, kept: KeptArm, inventory: Inventory, memory: Memory, named: Collection[str]
    ) -> Glance:
        """Read again what is named, all that is below it, and compare with what stands.

        Args:
            kept: The way to Azure, for which what is named has changed.
            inventory: That of the last scan.
            memory: What stands.
            named: Lower-cased ids.
        """
        found = frozenset(_affected(named, inventory))
        new = frozenset(name for name in named if self._is_new(name, inventory))
        if len(found) > _MOST_NAMED:
            return Glance(elsewhere=found | new)
        unread: Counter[str] = Counter()
        placed = await self._placed(kept, inventory, found, unread) if found else ()
        moved = {each.resource.id for each in placed if self._has_moved(each, memory)}
        return Glance(elsewhere=new | moved, looked_at=len(placed), unread=unread)

    def _is_new(self, name: str, inventory: Inventory) -> bool:
        """Whether something that may hold data was named that no scan has seen; told once."""
        if name in self._seen or any(each in inventory.resources for each in _above(name)):
            return False
        check = self._catalogue.check_for(type_of(name))
        self._seen[name] = frozenset()
        return check is not None and check.holds is not Holds.NONE

    async def _placed(
        self, kept: KeptArm, inventory: Inventory, names: Collection[str], unread: Counter[str]
    ) -> tuple[Placed, ...]:
        resources = {name: inventory.resources[name] for name in sorted(names)}
        resources |= await self._accounts(kept, resources, unread)
        everything = {**inventory.resources, **resources}
        reader = KeptReader(kept, everything)
        part = replace(inventory, resources=resources, unread={})
        return await place(part, self._catalogue, reader, silent)

    async def _accounts(
        self, kept: KeptArm, resources: Mapping[str, Resource], unread: Counter[str]
    ) -> Mapping[str, Resource]:
        """Read storage accounts anew: their provider's list is what says where they are."""
        own = [each for each in resources.values() if each.type == STORAGE_ACCOUNTS]
        packer, at = Packer(self._catalogue), clock.now()
        lists = await of_each(
            sorted({each.subscription_id for each in own}),
            lambda each: list_accounts(kept.arm, each, packer, at),
        )
        unread.update(each.error.code for each in lists.values() if each.error)
        return {
            name: account
            for each in lists.values()
            for name, account in each.accounts.items()
            if name in resources
        }

    def _has_moved(self, placed: Placed, memory: Memory) -> bool:
        """Whether it is elsewhere than it stands, and than it was when it was last looked at."""
        now = _places(placed)
        standing = memory.by_id.get(placed.resource.id)
        if now is None or standing is None:
            return False
        facts = (memory.facts[row] for row in standing.facts)
        stood = frozenset((each.role, each.region) for each in facts)
        before = self._seen.get(placed.resource.id)
        self._seen[placed.resource.id] = now
        return now not in {stood, before}


def _places(placed: Placed) -> Places | None:
    """Give where it is; None where that is not known, which is no news."""
    found = frozenset((str(each.role), each.region) for each in placed.placements)
    unknown = any(
        each.unresolved is not None or each.region == UNKNOWN_REGION for each in placed.placements
    )
    return None if unknown else found


def _affected(named: Iterable[str], inventory: Inventory) -> Iterator[str]:
    """Give the resources that are named, or are in one tree with what is named."""
    roots = {_above(name)[-1] for name in named if _above(name)}
    if not roots:
        return
    for name in inventory.resources:
        above = _above(name)
        if above and above[-1] in roots:
            yield name


def _above(name: str) -> tuple[str, ...]:
    """Give an id and those of the resources above it, to the one that stands in a group."""
    parts = name.split("/")
    lengths = range(len(parts), _LEAST_SEGMENTS - 1, -2)
    return tuple("/".join(parts[:length]) for length in lengths)
