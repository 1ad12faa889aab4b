"""Takes the inventory of a tenant, and says of each subscription how much of it was seen."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from residency import clock, regions
from residency.azure import Arm, GraphAnswer, ask
from residency.check import Catalogue, tags_of
from residency.errors import AzureError
from residency.inventory import queries
from residency.inventory.coverage import Coverage, Listed, Sightings, coverage_of, incompleteness
from residency.inventory.deleted import Answers, Deleted, ReadList, list_deleted
from residency.inventory.deleted_lists import DELETED_LISTS, DeletedList
from residency.inventory.each import of_each
from residency.inventory.items import ResourceRow
from residency.inventory.orphans import without_live
from residency.inventory.packing import Packer
from residency.inventory.storage_accounts import (
    STORAGE_ACCOUNTS,
    ProviderList,
    beside,
    disagreements,
    list_accounts,
)
from residency.inventory.subscriptions import (
    has_resources,
    list_subscriptions,
    manifest_of,
    rights_in,
)
from residency.model import Resource, SubscriptionState
from residency.policy import Groups
from residency.settings import Scope

_LOCATIONS_VERSION = "2022-12-01"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All that was seen of a tenant.

    Attributes:
        incomplete: Why not all was seen; empty: all was.
        doubts: What was seen whole and yet puts the result in doubt (a changed region pair).
        notices: What people should know and what decides nothing.
        unread: Resource id to why its provider's own facts could not be read.
        differing: The ids of which Resource Graph and the provider's own list say different things.
        answers: Lists that were read whole, by path and api-version, and need not be read again.
    """

    coverage: tuple[Coverage, ...]
    resources: Mapping[str, Resource]
    groups: Groups
    incomplete: tuple[str, ...]
    doubts: tuple[str, ...]
    notices: tuple[str, ...]
    unread: Mapping[str, AzureError]
    differing: frozenset[str] = frozenset()
    answers: Answers = field(default_factory=dict)


async def take(  # noqa: PLR0913 - the last three by keyword, for callers that know more
    arm: Arm,
    scope: Scope,
    catalogue: Catalogue,
    progress: Progress,
    *,
    deleted_lists: Sequence[DeletedList] = DELETED_LISTS,
    read_list: ReadList | None = None,
    listed: Mapping[str, Listed] | None = None,
) -> Inventory:
    """Take the inventory. Raises AzureError when not even the subscriptions can be listed.

    What is `listed` already, the subscriptions, is not asked again; `read_list` may know better
    which of the `deleted_lists` need not be.
    """
    progress("subscriptions", 0, 1)
    if listed is None:
        listed = await list_subscriptions(arm)
    manifest = await manifest_of(arm, scope)
    progress("subscriptions", 1, 1)
    asked = sorted(listed)
    packer = Packer(catalogue)
    (subscriptions, groups, found), rights, lists, deleted = await asyncio.gather(
        _ask_graph(arm, asked, catalogue, packer, progress),
        of_each(asked, lambda each: rights_in(arm, each)),
        _list_accounts(arm, asked, packer, progress),
        of_each(asked, lambda each: list_deleted(arm, each, deleted_lists, read_list)),
    )
    resources = {resource.id: resource for resource in found.rows}
    sightings = Sightings(
        manifest=manifest,
        listed=listed,
        graph=frozenset(row.subscription_id.lower() for row in subscriptions.rows),
        rows=Counter(resource.subscription_id for resource in resources.values()),
        problems=_joined(subscriptions.problems, groups.problems, found.problems),
        rights=rights,
        deleted_unread={each: found.unread for each, found in deleted.items()},
    )
    sightings = await _with_silent(arm, sightings, asked)
    return await _with_providers(arm, sightings, resources, _groups(groups.rows), lists, deleted)


async def _with_silent(arm: Arm, sightings: Sightings, asked: Sequence[str]) -> Sightings:
    """Ask Resource Manager's own list where Resource Graph shows nothing."""
    silent = [each for each in asked if not sightings.rows.get(each)]
    return replace(sightings, arm=await of_each(silent, lambda each: has_resources(arm, each)))


async def _ask_graph(
    arm: Arm, asked: Sequence[str], catalogue: Catalogue, packer: Packer, progress: Progress
) -> tuple[
    GraphAnswer[queries.SubscriptionRow], GraphAnswer[queries.GroupRow], GraphAnswer[Resource]
]:
    """Ask Resource Graph for subscriptions, groups and resources, which share its quota."""
    read_at = clock.now()

    def keep(row: ResourceRow) -> Resource:
        return packer.pack(row, row.properties, api="resourcegraph", read_at=read_at)

    return (
        await ask(arm, queries.SUBSCRIPTIONS, asked),
        await ask(arm, queries.RESOURCE_GROUPS, asked),
        await ask(
            arm,
            queries.resources(catalogue, keep),
            asked,
            lambda n, of: progress("resources", n, of),
        ),
    )


async def _list_accounts(
    arm: Arm, asked: Sequence[str], packer: Packer, progress: Progress
) -> Mapping[str, ProviderList]:
    """List storage accounts at their provider, even where Resource Graph fails.

    A failover shows there first.
    """
    read_at = clock.now()
    progress("storage accounts", 0, len(asked))
    found = await of_each(asked, lambda each: list_accounts(arm, each, packer, read_at))
    progress("storage accounts", len(asked), len(asked))
    return found


async def _with_providers(
    arm: Arm,
    sightings: Sightings,
    resources: Mapping[str, Resource],
    groups: Groups,
    lists: Mapping[str, ProviderList],
    deleted: Mapping[str, Deleted],
) -> Inventory:
    """Let the storage provider's own list stand above Resource Graph, and compare the two.

    Add what was deleted, as far as it is not the backup of what is there.
    """
    coverage = coverage_of(sightings)
    unseen = {SubscriptionState.MISSING, SubscriptionState.UNREADABLE}
    readable = [entry.id for entry in coverage if entry.state not in unseen]
    changes, notices = await _compare_regions(arm, readable)
    differing = frozenset(disagreements(resources, (lists[each] for each in readable)))
    everything = dict(resources)
    for each in lists.values():
        everything |= each.accounts
    for account_id in differing & resources.keys() & everything.keys():
        everything[account_id] = beside(everything[account_id], resources[account_id])
    _place(arm, everything.values())
    kept = (thing for each in deleted.values() for thing in each.things)
    everything |= {thing.id: thing for thing in without_live(kept, everything)}
    return Inventory(
        coverage=_counted(coverage, everything.values()),
        resources=everything,
        groups=replace(groups, resources=everything),
        incomplete=incompleteness(sightings, coverage),
        doubts=changes,
        notices=notices,
        differing=differing,
        answers={key: read for each in deleted.values() for key, read in each.answers.items()},
        unread=_unread(everything, lists.values()),
    )


def _place(arm: Arm, resources: Iterable[Resource]) -> None:
    """Tell the quotas where each storage account is: the provider counts by region."""
    for account in resources:
        if account.type == STORAGE_ACCOUNTS:
            arm.quotas.place(account.id, account.location)


def _joined(*several: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    keys = dict.fromkeys(key for each in several for key in each)
    return {
        key: tuple(dict.fromkeys(why for each in several for why in each.get(key, ())))
        for key in keys
    }


def _groups(rows: Iterable[queries.GroupRow]) -> Groups:
    keyed = [(f"{row.subscription_id}/{row.name}".lower(), row) for row in rows]
    return Groups(
        tags={key: tags_of({"tags": row.tags}) for key, row in keyed},
        managed_by={key: row.managed_by.lower() for key, row in keyed if row.managed_by},
    )


def _counted(coverage: tuple[Coverage, ...], resources: Iterable[Resource]) -> tuple[Coverage, ...]:
    """Count what was seen, the provider's own list included."""
    rows = Counter(resource.subscription_id for resource in resources)
    return tuple(replace(entry, resources=rows.get(entry.id, 0)) for entry in coverage)


def _unread(
    resources: Mapping[str, Resource], lists: Iterable[ProviderList]
) -> Mapping[str, AzureError]:
    errors = {each.subscription_id: each.error for each in lists if each.error}
    return {
        resource.id: errors[resource.subscription_id]
        for resource in resources.values()
        if resource.type == STORAGE_ACCOUNTS and resource.subscription_id in errors
    }


async def _compare_regions(
    arm: Arm, readable: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Compare Azure's own list of regions with the table; gives changed pairs, then the rest."""
    if not readable:
        return ("regions-unread: no-subscription-readable",), ()
    path = f"/subscriptions/{readable[0]}/locations"
    try:
        live = await arm.list(
            path,
            api_version=_LOCATIONS_VERSION,
            includeExtendedLocations="true",
        )
        found = regions.compare(live)
    except AzureError as error:
        return (f"regions-unread: {error.code}",), ()
    changed = tuple(
        f"region-pair: {each}" for each in found if isinstance(each, regions.PairChange)
    )
    new = tuple(f"region-new: {each}" for each in found if not isinstance(each, regions.PairChange))
    return changed, new
