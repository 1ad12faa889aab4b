"""Services that run in their region and keep or send data in accounts and workspaces they name.

What is linked is a resource of its own and may be in another region. A link that the provider does
not tell of does not exist; one that only Resource Graph lacks is asked for. Which fields these are:
checks/linked_types.py.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from checks.by_name import STORAGE, at_named
from checks.linked import Linked
from checks.linked_types import LINKED
from checks.named_places import at_workspace_with, each_once
from residency.check import (
    Check,
    Reader,
    at_location,
    at_resource,
    documented,
    facet,
    items,
    value,
    with_fields,
)
from residency.model import UNKNOWN_REGION, Placement, Reading, Resource, Role

LEARN = "https://learn.microsoft.com/"
EACH = "[]"


def _locate(linked: Linked, resource: Resource, reader: Reader) -> Iterable[Placement]:
    yield at_location(resource)
    places = partial(_links, linked, resource, reader)
    yield from facet(Role.EXPORT, resource.id, places, read_at=resource.reading.read_at)


def _links(linked: Linked, resource: Resource, reader: Reader) -> Iterator[Placement]:
    """State, once each, the resources that the fields name."""
    fields = (*linked.ids, *linked.accounts, *linked.workspaces)
    wanted = (field.partition(EACH)[0] for field in fields)
    told = with_fields(resource, reader, *wanted, api_version=API_VERSIONS[linked.type])
    if linked.unsaid and not any(_named(told, fields)):
        page = f"{LEARN}{linked.page}"
        yield documented(told, Role.REPLICA, UNKNOWN_REGION, page=page, fact=linked.unsaid)
    yield from each_once(
        (
            *(at_resource(told, path, reader) for path in _named(told, linked.ids)),
            *(at_named(told, path, reader, STORAGE) for path in _named(told, linked.accounts)),
            *(at_workspace_with(told, path, reader) for path in _named(told, linked.workspaces)),
        )
    )


def _named(told: Reading, fields: Iterable[str]) -> Iterator[str]:
    """Give the path of each field that is there, in each item of a list."""
    for field in fields:
        head, is_each, tail = field.partition(EACH)
        paths = (f"{item}{tail}" for item in items(told.body, head)) if is_each else (head,)
        yield from (path for path in paths if value(told.body, path))


def _locator(linked: Linked) -> Callable[[Resource, Reader], Iterable[Placement]]:
    return partial(_locate, linked)


CHECKS: tuple[Check, ...] = tuple(
    Check(
        id=linked.check_id,
        title=linked.title,
        resource_types=(linked.type,),
        holds=linked.holds,
        can_fail_over=False,
        permissions=(linked.permission,),
        docs=(f"{LEARN}{linked.page}",),
        locate=_locator(linked),
        reads=True,
    )
    for linked in LINKED
)
