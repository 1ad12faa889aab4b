"""Runs the checks over the inventory: every resource in, its placements out."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass, replace

import structlog

from residency.check import Catalogue, Check, Reader, at_location, unreadable
from residency.errors import AzureError
from residency.inventory import Inventory
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
    loop = asyncio.get_running_loop()
    found: dict[str, Placements] = {}
    deep: list[tuple[Resource, Check]] = []
    for number, resource in enumerate(inventory.resources.values()):
        check = catalogue.check_for(resource.type)
        if check is not None and check.reads:
            deep.append((resource, check))
        else:
            found[resource.id] = locate(resource, check, reader)
        if number % _YIELD_EVERY == 0:
            tick(len(found))
            await asyncio.sleep(0)
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="check")

    async def one(resource: Resource, check: Check) -> None:
        found[resource.id] = await loop.run_in_executor(threads, locate, resource, check, reader)
        tick(len(found))

    try:
        await asyncio.gather(*(one(resource, check) for resource, check in deep))
    finally:
        # Threads wait for this loop: to wait for them here, after a Ctrl-C, would be for ever.
        threads.shutdown(wait=False, cancel_futures=True)
    return tuple(_with_subjects(inventory, catalogue, found))


def locate(resource: Resource, check: Check | None, reader: Reader) -> Placements:
    """Run one check over one resource. Whatever goes wrong leaves it unknown, with the reason."""
    if check is None:
        return _of_an_unknown_type(resource)
    found: list[Placement] = []
    try:
        found.extend(check.locate(resource, reader))
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
        found.append(_failed(resource, check, error))
    return tuple(dict.fromkeys(found))


def _of_an_unknown_type(resource: Resource) -> Placements:
    """Give its location. What `global` means depends on the type, so here it is not known."""
    if not resource.location:
        return ()
    place = at_location(resource)
    if place.region == "global":
        place = replace(place, region=UNKNOWN_REGION, unresolved=Reason.TYPE_UNKNOWN)
    return (place,)


def _failed(resource: Resource, check: Check, error: Exception) -> Placement:
    return Placement(
        role=Role.PRIMARY,
        region=UNKNOWN_REGION,
        basis=Basis.OBSERVED,
        evidence=Evidence(
            api="check",
            path=check.id,
            value=f"{type(error).__name__}: {error}",
            read_at=resource.reading.read_at,
        ),
        unresolved=Reason.FACET_UNREADABLE,
        decides_primary=True,
    )


def _with_subjects(
    inventory: Inventory, catalogue: Catalogue, found: Mapping[str, Placements]
) -> Iterable[Placed]:
    """Give each placement to the resource whose data it is, if that was seen."""
    given: dict[str, list[Placement]] = {resource_id: [] for resource_id in inventory.resources}
    for resource_id, placements in found.items():
        for place in placements:
            owner = place.subject if place.subject in given else resource_id
            given[owner].append(replace(place, subject=None) if place.subject else place)
    for resource_id, resource in inventory.resources.items():
        check = catalogue.check_for(resource.type)
        yield Placed(
            resource=resource,
            holds=check.holds if check else None,
            placements=tuple(dict.fromkeys((*given[resource_id], *_unread(inventory, resource)))),
        )


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
