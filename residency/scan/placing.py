"""Runs the checks over the inventory: every resource in, its placements out."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Lock

import structlog

from residency.check import Catalogue, Check, Reader, at_location, unreadable
from residency.errors import AzureError
from residency.inventory import Inventory, opened
from residency.model import (
    UNKNOWN_REGION,
    Basis,
    Evidence,
    Holds,
    Placement,
    Reason,
    Resource,
    Role,
)

_THREADS = 32
_YIELD_EVERY = 500
_TICK_EVERY = 50
_log = structlog.get_logger()

Tick = Callable[[int], None]
Placements = tuple[Placement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One resource with what its check says, before judgement."""

    resource: Resource
    holds: Holds | None
    placements: Placements


async def place_all(
    inventory: Inventory, catalogue: Catalogue, reader: Reader, tick: Tick
) -> tuple[Placed, ...]:
    """Locate every resource. Those whose check asks Azure for more run in threads, many at once."""
    found: dict[str, Placements] = {}
    deep: list[tuple[Resource, Check]] = []
    shared = _Shared(reader)
    for number, resource in enumerate(inventory.resources.values()):
        check = catalogue.check_for(resource.type)
        if check is not None and check.reads:
            deep.append((resource, check))
        else:
            found[resource.id] = shared.locate(resource, check)
        if number % _YIELD_EVERY == 0:
            tick(len(found))
            await asyncio.sleep(0)
    await _locate_in_threads(deep, reader, found, tick)
    return tuple(_with_subjects(inventory, catalogue, found))


async def _locate_in_threads(
    deep: list[tuple[Resource, Check]], reader: Reader, found: dict[str, Placements], tick: Tick
) -> None:
    """Let some threads work a list down; a task a resource would cost more than most checks."""
    loop = asyncio.get_running_loop()
    work = iter(in_turns(deep))
    turn = Lock()

    def run() -> None:
        while True:
            with turn:
                resource, check = next(work, (None, None))
            if resource is None or check is None:
                return
            found[resource.id] = locate(resource, check, reader)
            if len(found) % _TICK_EVERY == 0:
                loop.call_soon_threadsafe(tick, len(found))

    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="check")
    try:
        await asyncio.gather(
            *(loop.run_in_executor(threads, run) for _ in range(min(_THREADS, len(deep))))
        )
    finally:
        # Threads wait for this loop: to wait for them here, after a Ctrl-C, would be for ever.
        threads.shutdown(wait=False, cancel_futures=True)
    tick(len(found))


def in_turns(deep: list[tuple[Resource, Check]]) -> list[tuple[Resource, Check]]:
    """Order resources so that those which share one of Azure's quotas do not stand in a row.

    Microsoft.Storage counts by subscription and region: the hundred and first account of one may
    have to wait for minutes, and nothing else should wait behind it.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    ranks: list[int] = []
    for resource, _ in deep:
        cell = (resource.type, resource.subscription_id, resource.location)
        ranks.append(seen[cell])
        seen[cell] += 1
    return [deep[place] for place in sorted(range(len(deep)), key=ranks.__getitem__)]


class _Shared:
    """Places of checks that look at type and location alone: the same for all that share them.

    Most of a tenant is such; they then share their evidence too, and its memory.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[tuple[str, str, str], Placements] = {}

    def locate(self, resource: Resource, check: Check | None) -> Placements:
        """Run the check, unless a resource of this type and location was placed before."""
        if check is not None and check.uses_properties:
            return locate(resource, check, self._reader)
        body = resource.reading.body
        key = (resource.type, repr(body.get("location")), repr(body.get("extendedLocation")))
        if key not in self._known:
            self._known[key] = locate(resource, check, self._reader)
        return self._known[key]


def locate(resource: Resource, check: Check | None, reader: Reader) -> Placements:
    """Run one check over one resource. Whatever goes wrong leaves it unknown, with the reason."""
    if check is None:
        return _of_an_unknown_type(resource)
    found: list[Placement] = []
    try:
        found.extend(check.locate(opened(resource), reader))
    except AzureError as error:
        found.append(
            unreadable(
                Role.PRIMARY,
                error,
                path=resource.id,
                read_at=resource.reading.read_at,
                decides_primary=True,
            )
        )
    except CancelledError:
        raise  # the scan itself is given up, and nobody asks for this resource any more
    except Exception as error:  # noqa: BLE001 - one check must not end the scan; it is not silent
        _log.warning("check failed", check=check.id, resource=resource.id, exc_info=True)
        found.append(_failed(resource, check, f"{type(error).__name__}: {error}"))
    if not found and check.holds is not Holds.NONE:
        found.append(_failed(resource, check, "stated no place at all"))
    return tuple(dict.fromkeys(found))


def _of_an_unknown_type(resource: Resource) -> Placements:
    """Give its location. What `global` means depends on the type, so here it is not known."""
    if not resource.location:
        return ()
    place = at_location(resource)
    if place.region == "global":
        place = replace(place, region=UNKNOWN_REGION, unresolved=Reason.TYPE_UNKNOWN)
    return (place,)


def _failed(resource: Resource, check: Check, why: str) -> Placement:
    return Placement(
        role=Role.PRIMARY,
        region=UNKNOWN_REGION,
        basis=Basis.OBSERVED,
        evidence=Evidence(
            api="check",
            path=check.id,
            value=why,
            read_at=resource.reading.read_at,
        ),
        unresolved=Reason.FACET_UNREADABLE,
        decides_primary=True,
    )


def _with_subjects(
    inventory: Inventory, catalogue: Catalogue, found: Mapping[str, Placements]
) -> Iterable[Placed]:
    """Give each placement to the resource whose data it is, if that was seen."""
    given: dict[str, list[Placement]] = {}
    for resource_id, placements in found.items():
        for place in placements:
            if place.subject and _is_for_another(place.subject, resource_id, inventory):
                given.setdefault(place.subject, []).append(replace(place, subject=None))
    for resource_id, resource in inventory.resources.items():
        check = catalogue.check_for(resource.type)
        own = _own(found[resource_id], resource_id, inventory)
        more = (*given.get(resource_id, ()), *_unread(inventory, resource))
        yield Placed(
            resource=resource,
            holds=check.holds if check else None,
            placements=tuple(dict.fromkeys((*own, *more))) if more else own,
        )


def _own(placements: Placements, resource_id: str, inventory: Inventory) -> Placements:
    """Leave out what belongs to another resource that was seen; what was not seen stays here."""
    if all(place.subject is None for place in placements):
        return placements
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
