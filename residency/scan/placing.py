"""Runs the checks over the inventory: every resource in, its placements out."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from residency.azure.quotas import STORAGE_LISTS
from residency.check import EVERY_TYPE, Catalogue, Check, Reader, unreadable
from residency.inventory import Inventory
from residency.inventory.storage_accounts import STORAGE_ACCOUNTS
from residency.model import Holds, Placement, Resource, Role
from residency.scan.locating import Placements, locate
from residency.scan.waiting import plainly, wait

_AT_ONCE = 256
"""Resources at which a check waits at once; how much is asked at once, the quotas decide."""

_YIELD_EVERY = 500

Tick = Callable[[int], None]
Work = list[tuple[Resource, Check | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One resource with what its check says, before judgement."""

    resource: Resource
    holds: Holds | None
    placements: Placements


async def place_all(
    inventory: Inventory, catalogue: Catalogue, reader: Reader, tick: Tick
) -> tuple[Placed, ...]:
    """Locate every resource. Where a check waits for Azure, others go on meanwhile."""
    found: dict[str, Placements] = {}
    beside: dict[str, Placements] = {}
    shared = _Shared(reader)
    work = iter(_ordered(inventory, catalogue))

    def run() -> None:
        for resource, check in work:
            if check is not None and check.resource_types == EVERY_TYPE:
                if placements := locate(resource, check, reader):
                    beside[resource.id] = beside.get(resource.id, ()) + placements
                continue
            found[resource.id] = shared.locate(resource, check)
            if len(found) % _YIELD_EVERY == 0:
                tick(len(found))
                wait(asyncio.sleep(0))

    async with asyncio.TaskGroup() as workers:
        for _ in range(_AT_ONCE):
            workers.create_task(plainly(run))
    tick(len(found))
    for resource_id, placements in beside.items():
        found[resource_id] = shared.known(found[resource_id] + placements)
    return tuple(_with_subjects(inventory, catalogue, found))


def _ordered(inventory: Inventory, catalogue: Catalogue) -> Work:
    """Put first what has to wait for Azure; what a check adds beside another waits by itself."""
    deep: list[tuple[Resource, Check]] = []
    others: Work = []
    for resource in inventory.resources.values():
        check = catalogue.check_for(resource.type)
        if check is not None and check.holds is not Holds.NONE:
            deep.extend((resource, each) for each in catalogue.beside)
        if check is not None and check.reads:
            deep.append((resource, check))
        else:
            others.append((resource, check))
    return [*in_turns(deep), *others]


def in_turns(deep: list[tuple[Resource, Check]]) -> list[tuple[Resource, Check]]:
    """Order resources by how long Azure's quotas make them wait.

    Microsoft.Storage counts lists by subscription and region: the hundred and first account of one
    has to wait for minutes. So those go first behind which others wait that long, and last those
    that wait. Between them the rarest types, whose lists the checks of others look into (those of
    vaults, say, for every disk), and those that share a quota do not stand in a row.
    """
    cells = [(_queue(*each), each[0].subscription_id, each[0].location) for each in deep]
    of_cell, of_type = Counter(cells), Counter(one.type for one, _ in deep)
    seen: Counter[tuple[str, str, str]] = Counter()
    keys: list[tuple[int, int, int, int]] = []
    for cell in cells:
        rank = seen[cell]
        seen[cell] += 1
        window, behind = _windows(cell[0], rank, of_cell[cell])
        keys.append((window, -behind, of_type[cell[0]], rank))
    return [deep[place] for place in sorted(range(len(deep)), key=keys.__getitem__)]


def _queue(resource: Resource, check: Check) -> str:
    """Name what stands in one row: a type, or what a check asks of every type."""
    return check.id if check.resource_types == EVERY_TYPE else resource.type


def _windows(queue: str, rank: int, of_cell: int) -> tuple[int, int]:
    """Count the windows of Microsoft.Storage that pass before a resource, and those behind it."""
    if queue != STORAGE_ACCOUNTS:
        return 0, 0
    return rank // STORAGE_LISTS, (of_cell - 1 - rank) // STORAGE_LISTS


class _Watched:
    """A reader that notes whether it was asked anything."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.was_asked = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whichever method of the reader
        self.was_asked = True
        return getattr(self._reader, name)


class _Shared:
    """Places that many resources have in common, kept once: they are then judged once, too.

    Checks that look at type and location alone say the same of all that share these. One that
    also looked elsewhere (at the parent of a resource without a location) spoke of that one alone.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._by_reading: dict[tuple[str, int], Placements] = {}
        self._by_location: dict[tuple[str, str, str], Placements] = {}
        self._known: dict[Placements, Placements] = {}

    def known(self, placements: Placements) -> Placements:
        """Give the same object for the same places."""
        return self._known.setdefault(placements, placements)

    def locate(self, resource: Resource, check: Check | None) -> Placements:
        """Run the check, unless a resource of this type and location was placed before."""
        if check is not None and (check.uses_properties or check.reads):
            return self.known(locate(resource, check, self._reader))
        # The inventory keeps every reading as long as this lives, so that none takes another's id.
        key = (resource.type, id(resource.reading))
        if key in self._by_reading:
            return self._by_reading[key]
        body = resource.reading.body
        place = (resource.type, repr(body.get("location")), repr(body.get("extendedLocation")))
        if place in self._by_location:
            return self._by_reading.setdefault(key, self._by_location[place])
        watched = _Watched(self._reader)
        found = locate(resource, check, cast("Reader", watched))
        if not watched.was_asked:
            self._by_reading[key] = self._by_location[place] = found
        return self.known(found)


def _with_subjects(
    inventory: Inventory, catalogue: Catalogue, found: Mapping[str, Placements]
) -> Iterable[Placed]:
    """Give each placement to the resource whose data it is, if that was seen."""
    unique = {id(placements): placements for placements in found.values()}
    speaking = {
        key for key, placements in unique.items() if any(place.subject for place in placements)
    }
    of_another = {key: each for key, each in found.items() if id(each) in speaking}
    given: dict[str, list[Placement]] = {}
    for resource_id, placements in of_another.items():
        for place in placements:
            if place.subject and _is_for_another(place.subject, resource_id, inventory):
                given.setdefault(place.subject, []).append(replace(place, subject=None))
    told_elsewhere = given.keys() | inventory.unread.keys()
    for resource_id, resource in inventory.resources.items():
        check = catalogue.check_for(resource.type)
        own = found[resource_id]
        if resource_id in of_another:
            own = _own(own, resource_id, inventory)
        more: Placements = ()
        if resource_id in told_elsewhere:
            more = (*given.get(resource_id, ()), *_unread(inventory, resource))
        yield Placed(
            resource=resource,
            holds=check.holds if check else None,
            placements=tuple(dict.fromkeys((*own, *more))) if more else own,
        )


def _own(placements: Placements, resource_id: str, inventory: Inventory) -> Placements:
    """Leave out what belongs to another resource that was seen; what was not seen stays here."""
    return tuple(
        replace(place, subject=None)
        for place in placements
        if not (place.subject and _is_for_another(place.subject, resource_id, inventory))
    )


def _is_for_another(subject: str, resource_id: str, inventory: Inventory) -> bool:
    return subject != resource_id and subject in inventory.resources


def _unread(inventory: Inventory, resource: Resource) -> Placements:
    """What the provider itself would say of this resource could not be read."""
    error = inventory.unread.get(resource.id)
    if error is None:
        return ()
    return (
        unreadable(
            Role.PRIMARY,
            error,
            path=f"/subscriptions/{resource.subscription_id}/providers/{resource.type}",
            read_at=resource.reading.read_at,
            decides_primary=True,
        ),
    )
