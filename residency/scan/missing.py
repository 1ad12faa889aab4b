"""What stood before and is not seen now: gone only where Azure says so, and unknown otherwise.

A list that is suddenly much shorter is more often a fault than a clearance, so Azure Resource
Manager's own list is asked before anything of it counts as gone
(https://learn.microsoft.com/rest/api/resources/resources/list).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from residency.azure import Arm
from residency.errors import AzureError, NotFound
from residency.inventory import Inventory
from residency.inventory.deleted_lists import DELETED_LISTS
from residency.inventory.each import of_each
from residency.store import Event, EventKind
from residency.store.memory import Known, Memory

_API_VERSION = "2021-04-01"
_MOST_READS = 500
"""Resources of a subscription that one scan asks for; the others stay unknown until the next."""

_MUCH = 0.2
_ASKED = frozenset({"", "resource", "resourcegroup", "parentresource"})
_LISTED_WHOLE = frozenset(each.resource_type for each in DELETED_LISTS)
"""Types whose list is the authority itself, so that what is not in it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What is established of what was not seen.

    Attributes:
        gone: Known to be gone.
        suspect: By subscription, why its inventory is not believed.
        dropped: By subscription, how many resources of very many are not there, as Azure's own
            list confirms.
    """

    gone: frozenset[str] = frozenset()
    suspect: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)

    def events(self) -> tuple[Event, ...]:
        """Tell of each subscription that lost much."""
        return tuple(
            Event(
                kind=EventKind.INVENTORY_DROPPED,
                subject=subscription,
                before={},
                after={"missing": count},
            )
            for subscription, count in sorted(self.dropped.items())
        )


async def establish(
    arm: Arm, memory: Memory, inventory: Inventory, deleted: Collection[str], *, manifest: bool
) -> Missing:
    """Find out what is gone of what stood before.

    Args:
        arm: The way to Azure.
        memory: What stood.
        inventory: What is seen.
        deleted: What the activity log shows to be deleted since it was last seen.
        manifest: There is a manifest, so that a subscription that is neither in it nor listed is
            none of ours any more.
    """
    lost = memory.by_id.keys() - inventory.resources.keys()
    if not lost:
        return Missing()
    known = {name: memory.resources[name] for name in sorted(lost)}
    covered = {entry.id: entry.seen_whole for entry in inventory.coverage}
    left = [n for n, each in known.items() if manifest and each.subscription_id not in covered]
    by_subscription: dict[str, list[str]] = {}
    for name, each in known.items():
        if covered.get(each.subscription_id):
            by_subscription.setdefault(each.subscription_id, []).append(name)
    asked = sorted(by_subscription)
    suspect, still = await _held_against_the_list(arm, memory, by_subscription)
    found = await of_each(
        [each for each in asked if each not in suspect or still.get(each)],
        lambda each: _gone(
            arm, [n for n in by_subscription[each] if n not in still.get(each, ())], known, deleted
        ),
    )
    return Missing(
        gone=frozenset([*left, *(name for names in found.values() for name in names)]),
        suspect=suspect,
        dropped={each: len(by_subscription[each]) for each, held in still.items() if not held},
    )


async def _held_against_the_list(
    arm: Arm, memory: Memory, lost: Mapping[str, Sequence[str]]
) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    """Ask Azure's own list where much is missing; gives what is suspect, and what it has."""
    suspect: dict[str, str] = {}
    still: dict[str, frozenset[str]] = {}
    for subscription, listed in (
        await of_each(_much_less(memory, lost), lambda each: _listed(arm, each))
    ).items():
        missing = lost[subscription]
        if isinstance(listed, AzureError):
            suspect[subscription] = (
                f"inventory-suspect: {len(missing)} resources are missing, and Azure's own list"
                f" cannot be read: {listed.code}"
            )
            continue
        held = listed.intersection(missing)
        still[subscription] = held
        if held:
            suspect[subscription] = (
                f"inventory-suspect: {len(held)} of {len(missing)} missing resources are still in"
                " Azure's own list"
            )
    return suspect, still


def _much_less(memory: Memory, lost: Mapping[str, Sequence[str]]) -> list[str]:
    """Name the subscriptions that lost over a fifth of all, or of one type."""
    stood: Counter[tuple[str, str]] = Counter()
    for name in memory.by_id:
        each = memory.resources[name]
        stood.update(((each.subscription_id, ""), (each.subscription_id, each.type)))
    return sorted(
        subscription
        for subscription, names in lost.items()
        if any(
            count > _MUCH * stood[subscription, kind]
            for kind, count in _kinds(memory, names).items()
        )
    )


def _kinds(memory: Memory, names: Iterable[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for name in names:
        found.update(("", memory.resources[name].type))
    return found


async def _listed(arm: Arm, subscription: str) -> frozenset[str] | AzureError:
    path = f"/subscriptions/{subscription}/resources"
    try:
        bodies = await arm.list(path, api_version=_API_VERSION)
    except AzureError as error:
        return error
    return frozenset(str(body.get("id", "")).lower() for body in bodies)


async def _gone(
    arm: Arm, names: Sequence[str], known: Mapping[str, Known], deleted: Collection[str]
) -> tuple[str, ...]:
    """Give those that the log, the list they belong to, or a read of their own says are gone."""
    told = [n for n in names if n in deleted or known[n].type in _LISTED_WHOLE]
    rest = [name for name in names if name not in set(told)][:_MOST_READS]
    read = await of_each(rest, lambda name: _is_not_there(arm, name, known[name].type))
    return (*told, *(name for name, gone in read.items() if gone))


async def _is_not_there(arm: Arm, name: str, resource_type: str) -> bool:
    """Whether Azure says that this very resource is not there; all else is no proof of that."""
    try:
        await arm.get(name, api_version=_API_VERSION)
    except NotFound as error:
        return _names_what_was_asked(error.code, resource_type)
    except AzureError:
        return False
    return False


def _names_what_was_asked(code: str, resource_type: str) -> bool:
    """Whether a 404 is about the resource: Azure also answers so for a hidden subscription.

    Resource Manager says that a resource, its group or its parent was not found, some providers
    that a `Vault` or a `Server` was not
    (https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found).
    """
    what = code.removesuffix("NotFound").lower()
    if what in {code.lower(), "subscription"}:
        return False
    return what in _ASKED or what in resource_type.rpartition("/")[2]


def doubted(inventory: Inventory, missing: Missing) -> Inventory:
    """Give the inventory with what is suspect told of its subscription."""
    if not missing.suspect:
        return inventory
    coverage = tuple(
        replace(entry, reasons=(*entry.reasons, missing.suspect[entry.id]))
        if entry.id in missing.suspect
        else entry
        for entry in inventory.coverage
    )
    incomplete = dict.fromkeys((*inventory.incomplete, "subscription-not-whole"))
    return replace(inventory, coverage=coverage, incomplete=tuple(incomplete))
