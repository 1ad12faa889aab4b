"""Examines what an identity may read, by its rights and by trying, and whether it could write."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeVar

from residency.azure import Arm, open_session
from residency.check import Catalogue, Check, Reader
from residency.errors import AzureError
from residency.inventory import Coverage, Inventory, Progress, take
from residency.inventory.permissions import (
    Grant,
    beyond_reading,
    data_actions,
    grant_of,
    is_granted,
)
from residency.inventory.rights import reads_everything
from residency.model import Resource, SubscriptionState
from residency.scan.examined import Examination, Examined, Facet, Rights
from residency.scan.reader import LiveReader
from residency.scan.trials import Trial, try_type
from residency.scan.waiting import plainly
from residency.settings import Settings

_AT_ONCE = 16
_PERMISSIONS_VERSION = "2022-04-01"
_RESOURCES_VERSION = "2021-04-01"

T = TypeVar("T")
Here = Mapping[str, Sequence[Resource]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What all subscriptions are examined against."""

    arm: Arm
    catalogue: Catalogue
    inventory: Inventory
    reader: Reader


def _silent(_stage: str, _done: int, _of: int) -> None:
    """Show no progress."""


async def examine(
    settings: Settings, catalogue: Catalogue, progress: Progress = _silent
) -> Examination:
    """Examine every subscription, within `scan.deadline`.

    Raises:
        AzureError: Not even the subscriptions could be listed.
        ConfigError: The credential does not fit the endpoint.
    """
    async with open_session(settings.azure, settings.scan.deadline) as arm:
        inventory = await take(arm, settings.scope, catalogue, progress)
        with closing(LiveReader(arm, inventory.resources, inventory.answers)) as reader:
            seen = _Seen(arm=arm, catalogue=catalogue, inventory=inventory, reader=reader)
            examined = await _examine_all(seen, progress)
    scope = settings.scope
    return Examination(
        subscriptions=examined, has_manifest=bool(scope.subscriptions or scope.management_group)
    )


async def _examine_all(seen: _Seen, progress: Progress) -> tuple[Examined, ...]:
    gate = asyncio.Semaphore(_AT_ONCE)
    by_subscription: dict[str, dict[str, list[Resource]]] = {}
    for resource in seen.inventory.resources.values():
        types = by_subscription.setdefault(resource.subscription_id, {})
        types.setdefault(resource.type, []).append(resource)
    done = Counter[str]()
    total = len(seen.inventory.coverage)

    async def one(coverage: Coverage) -> Examined:
        async with gate:
            found = await _examine_one(seen, coverage, by_subscription.get(coverage.id, {}))
        done["subscriptions"] += 1
        progress("rights", done["subscriptions"], total)
        return found

    return tuple(await asyncio.gather(*map(one, seen.inventory.coverage)))


async def _examine_one(seen: _Seen, coverage: Coverage, here: Here) -> Examined:
    if coverage.state is SubscriptionState.MISSING:
        return Examined(coverage=coverage, rights=None, facets=(), left_out={})
    rights = await _or_error(_rights_in(seen.arm, coverage.id))
    grants = rights.grants if isinstance(rights, Rights) else None
    checks = seen.catalogue.checks
    return Examined(
        coverage=coverage,
        rights=rights,
        facets=tuple([await _facet(seen, check, grants, here) for check in checks]),
        left_out=await _or_error(_left_out(seen.arm, coverage.id, here)),
    )


async def _or_error(asked: Awaitable[T]) -> T | AzureError:
    try:
        return await asked
    except AzureError as error:
        return error


async def _rights_in(arm: Arm, subscription_id: str) -> Rights:
    path = f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/permissions"
    bodies = await arm.list(path, api_version=_PERMISSIONS_VERSION)
    grants = tuple(map(grant_of, bodies))
    return Rights(
        grants=grants,
        everything=reads_everything(bodies),
        beyond_reading=beyond_reading(grants),
        data_actions=data_actions(grants),
    )


async def _left_out(arm: Arm, subscription_id: str, here: Here) -> Mapping[str, int]:
    """Count what ARM's own list has of types of which the inventory shows not one."""
    path = f"/subscriptions/{subscription_id}/resources"
    bodies = await arm.list(path, api_version=_RESOURCES_VERSION)
    listed = Counter(_type_of(body) for body in bodies)
    return {name: count for name, count in sorted(listed.items()) if name not in here}


def _type_of(body: Mapping[str, Any]) -> str:
    return str(body.get("type") or "(no type)").lower()


async def _facet(seen: _Seen, check: Check, grants: Sequence[Grant] | None, here: Here) -> Facet:
    return Facet(
        check=check,
        missing=None if grants is None else _lacking(check.permissions, grants),
        hidden_types=() if grants is None else _hidden(check, grants),
        resources=sum(len(here.get(name, ())) for name in check.resource_types),
        trials=await _try(seen, check, here) if check.reads else (),
    )


def _lacking(actions: Iterable[str], grants: Sequence[Grant]) -> tuple[str, ...]:
    return tuple(action for action in actions if not is_granted(action, grants))


def _hidden(check: Check, grants: Sequence[Grant]) -> tuple[str, ...]:
    """Name the types that Azure would leave out without a word, beside what is missing anyway."""
    named = {action.lower() for action in check.permissions}
    reads = (f"{name}/read" for name in check.resource_types)
    lacking = _lacking((read for read in reads if read not in named), grants)
    return tuple(read.removesuffix("/read") for read in lacking)


async def _try(seen: _Seen, check: Check, here: Here) -> tuple[Trial, ...]:
    def tried(name: str) -> Callable[[], Trial]:
        return lambda: try_type(check, name, here.get(name, ()), seen.inventory, seen.reader)

    return tuple(await asyncio.gather(*(plainly(tried(name)) for name in check.resource_types)))
