"""Everything that is sent to Resource Graph. Constant text, but for resource types."""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from residency.azure import Query, Row
from residency.check import Catalogue
from residency.errors import CheckError
from residency.inventory.items import ResourceRow

_TYPE = re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+)+(?:/[a-z0-9_.-]+)+")

Kept = TypeVar("Kept")
R = TypeVar("R", bound=Row)


class SubscriptionRow(msgspec.Struct, kw_only=True, gc=False):
    """A subscription that Resource Graph shows."""

    id: str
    subscription_id: str = msgspec.field(name="subscriptionId")


class GroupRow(SubscriptionRow, kw_only=True, gc=False):
    """A resource group with what it says of the resources in it."""

    name: str
    tags: Any = None
    managed_by: str | None = msgspec.field(name="managedBy", default=None)


def _whole(row: R) -> R:
    return row


SUBSCRIPTIONS = Query(
    name="subscriptions",
    text="resourcecontainers"
    " | where type =~ 'microsoft.resources/subscriptions'"
    " | project id, subscriptionId, name"
    " | order by id asc",
    row=SubscriptionRow,
    keep=_whole,
)

RESOURCE_GROUPS = Query(
    name="resource groups",
    text="resourcecontainers"
    " | where type =~ 'microsoft.resources/subscriptions/resourcegroups'"
    " | project id, subscriptionId, name, tags, managedBy"
    " | order by id asc",
    row=GroupRow,
    keep=_whole,
)


def resources(
    catalogue: Catalogue, keep: Callable[[ResourceRow], Kept]
) -> Query[ResourceRow, Kept]:
    """Ask for every resource, with `properties` only where a check reads them.

    A page is limited to 16 MiB, and most of a tenant's properties are never looked at.
    """
    wanted = (
        resource_type
        for check in catalogue.checks
        if check.uses_properties
        for resource_type in check.resource_types
    )
    return Query(
        name="resources",
        text="resources"
        " | project id, name, type, location, ['kind'], sku, tags, managedBy, extendedLocation,"
        " subscriptionId,"
        f" properties = iff(type in~ ({_quoted(wanted)}), properties, dynamic(null))"
        " | order by id asc",
        row=ResourceRow,
        keep=keep,
    )


def _quoted(types: Iterable[str]) -> str:
    """Quote resource types, which come from installed packs, so that they stay literals."""
    ordered = sorted(types)
    for resource_type in ordered:
        if not _TYPE.fullmatch(resource_type):
            raise CheckError(f"'{resource_type}' is not a resource type")
    return ", ".join(f"'{resource_type}'" for resource_type in ordered)
