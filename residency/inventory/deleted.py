"""What was deleted and is kept to be recovered: data that no list of resources shows.

Which lists there are, deleted_lists.py says. A provider that is not registered in a subscription
has nothing there, so its lists are not asked for
(https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types).
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from residency import clock
from residency.azure import Arm
from residency.check import resource_of_body, value
from residency.errors import AzureError
from residency.inventory.deleted_lists import DELETED_LISTS, DeletedList
from residency.inventory.each import of_each
from residency.model import Reading, Resource

_PROVIDERS_VERSION = "2021-04-01"
_NOT_THERE = frozenset({"notregistered", "unregistered"})
_NO_SUCH_TYPE = frozenset({"InvalidResourceType", "NoRegisteredProviderFound"})

Answers = Mapping[tuple[str, str], tuple[Reading, ...]]
ReadList = Callable[[str, str], Awaitable[tuple[Sequence[Mapping[str, Any]], datetime]]]
"""Reads the list at a path with an api-version; gives its items, and when they were read."""


class _Type(msgspec.Struct, kw_only=True, rename="camel"):
    resource_type: str
    locations: list[str] | None = None


class Provider(msgspec.Struct, kw_only=True, rename="camel"):
    """A resource provider as a subscription shows it.

    https://learn.microsoft.com/rest/api/resources/providers/list
    """

    namespace: str
    registration_state: str | None = None
    resource_types: list[_Type] | None = None

    def locations_of(self, kind: str) -> tuple[str, ...]:
        """Give where the provider has a type, or where it is at all if it does not say that."""
        wanted = kind.lower()
        types = self.resource_types or []
        own = [each for each in types if each.resource_type.lower() == wanted and each.locations]
        named = (name for each in own or types for name in each.locations or ())
        return tuple(dict.fromkeys(name.replace(" ", "").lower() for name in named))

    def has(self, kind: str) -> bool:
        """Whether the provider itself lists a type."""
        types = self.resource_types or []
        return any(each.resource_type.lower() == kind.lower() for each in types)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One list that is to be read. `told`: the provider itself says that there is such a list."""

    of: DeletedList
    path: str
    location: str
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """One list: what it holds as resources, and as it was answered."""

    things: tuple[Resource, ...]
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """What is kept of what was deleted in a subscription.

    Attributes:
        unread: Why that may not be all of it, as the coverage of the subscription tells it.
        answers: The lists as Azure gave them, by path and api-version: checks look into some.
    """

    things: tuple[Resource, ...] = ()
    unread: tuple[str, ...] = ()
    answers: Answers = field(default_factory=dict)


def live(arm: Arm) -> ReadList:
    """Read every list now."""

    async def read(path: str, api_version: str) -> tuple[Sequence[Mapping[str, Any]], datetime]:
        return await arm.list(path, api_version=api_version), clock.now()

    return read


async def list_deleted(
    arm: Arm,
    subscription_id: str,
    lists: Sequence[DeletedList] = DELETED_LISTS,
    read_list: ReadList | None = None,
) -> Deleted:
    """List all that is kept of what was deleted; what cannot be read is told, never left out."""
    path = f"/subscriptions/{subscription_id}/providers"
    try:
        pages = arm.pages(path, Provider, api_version=_PROVIDERS_VERSION)
        providers = [each async for page in pages for each in page]
    except AzureError as error:
        return Deleted(unread=(_reason("providers", error),))
    if not providers:  # Azure names every provider, registered or not
        return Deleted(unread=("deleted-unread: providers: NoneListed",))
    asked = tuple(_to_ask(path, providers, lists))
    read = read_list or live(arm)
    return _sorted_out(await of_each(asked, lambda each: _read(read, each)))


def _sorted_out(read: Mapping[_Asked, _Read | AzureError]) -> Deleted:
    things: list[Resource] = []
    unread: list[str] = []
    answers: dict[tuple[str, str], tuple[Reading, ...]] = {}
    for each, found in read.items():
        if not isinstance(found, AzureError):
            things.extend(found.things)
            answers[each.path.lower(), each.of.api_version] = found.readings
        elif each.told or found.code not in _NO_SUCH_TYPE:
            unread.append(_reason(each.of.namespace, found))
    unique = tuple(dict.fromkeys(unread))
    return Deleted(things=tuple(things), unread=unique, answers=answers)


def _reason(what: str, error: AzureError) -> str:
    return f"deleted-unread: {what}: {error.code or type(error).__name__}"


def _to_ask(
    path: str, providers: Sequence[Provider], lists: Sequence[DeletedList]
) -> Iterator[_Asked]:
    """Name the lists of the providers that are registered, one a region where Azure has it so.

    A provider that tells no region is asked without one, so that its refusal is told.
    """
    registered = {
        each.namespace.lower(): each
        for each in providers
        if (each.registration_state or "").lower() not in _NOT_THERE
    }
    for of in lists:
        provider = registered.get(of.namespace.lower())
        if provider is None:
            continue
        kind = f"locations/{of.kind}" if of.by_location else of.kind
        for location in (provider.locations_of(kind) if of.by_location else ()) or ("",):
            under = f"locations/{location}/{of.kind}" if location else of.kind
            yield _Asked(
                of=of,
                path=f"{path}/{of.namespace}/{under}",
                location=location,
                told=provider.has(kind) or (of.by_location and not location),
            )


async def _read(read: ReadList, asked: _Asked) -> _Read | AzureError:
    try:
        bodies, read_at = await read(asked.path, asked.of.api_version)
        return _Read(
            things=tuple(_resource(body, asked, read_at) for body in bodies),
            readings=tuple(
                Reading(api="arm", path=str(body["id"]), body=body, read_at=read_at)
                for body in bodies
            ),
        )
    except AzureError as error:
        return error


def _resource(body: Mapping[str, Any], asked: _Asked, read_at: datetime) -> Resource:
    """Make a resource that cannot be mistaken for a live one. Raises BadAnswer without an id.

    Some lists give what was deleted its former id and type; here it always has those of the list.
    Tags and resource group are those it had, so that it still belongs to whom it belonged.
    """
    found = body.get("id")
    deleted_id = _id(found, asked.of.kind) if isinstance(found, str) else None
    changed = {
        **body,
        "id": deleted_id,
        "type": asked.of.resource_type,
        "location": body.get("location") or _location(str(deleted_id)) or asked.location,
        "tags": body.get("tags") or value(body, "properties.tags"),
    }
    resource = resource_of_body(changed, api="arm", read_at=read_at)
    return replace(resource, resource_group=resource.resource_group or _group(body, asked.of))


def _id(found: str, kind: str) -> str:
    """Give the id within the list, also where Azure gives the former one."""
    before, _, name = found.rstrip("/").rpartition("/")
    scope, _, segment = before.rpartition("/")
    return found if segment.lower() == kind.lower() else f"{scope}/{kind}/{name}"


def _location(deleted_id: str) -> str:
    _, _, rest = deleted_id.lower().partition("/locations/")
    return rest.partition("/")[0]


def _group(body: Mapping[str, Any], of: DeletedList) -> str:
    """Give the group that it was in, lower-cased, where its former id or a field tells it."""
    if not of.former:
        return str(value(body, "properties.resourceGroup") or "").lower()
    _, _, rest = str(value(body, of.former) or "").lower().partition("/resourcegroups/")
    return rest.partition("/")[0]
