"""Everything that is sent to Resource Graph. Constant text, but for resource types."""

import re
from collections.abc import Iterable

from residency.azure import Query
from residency.check import Catalogue
from residency.errors import CheckError

_TYPE = re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+)+(?:/[a-z0-9_.-]+)+")

SUBSCRIPTIONS = Query(
    name="subscriptions",
    text="resourcecontainers"
    " | where type =~ 'microsoft.resources/subscriptions'"
    " | project id, subscriptionId, name"
    " | order by id asc",
)

RESOURCE_GROUPS = Query(
    name="resource groups",
    text="resourcecontainers"
    " | where type =~ 'microsoft.resources/subscriptions/resourcegroups'"
    " | project id, subscriptionId, name, tags, managedBy"
    " | order by id asc",
    columns=("subscriptionId", "name"),
)


def resources(catalogue: Catalogue) -> Query:
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
        " subscriptionId, resourceGroup,"
        f" properties = iff(type in~ ({_quoted(wanted)}), properties, dynamic(null))"
        " | order by id asc",
        columns=("subscriptionId", "type"),
    )


def _quoted(types: Iterable[str]) -> str:
    """Quote resource types, which come from installed packs, so that they stay literals."""
    ordered = sorted(types)
    for resource_type in ordered:
        if not _TYPE.fullmatch(resource_type):
            raise CheckError(f"'{resource_type}' is not a resource type")
    return ", ".join(f"'{resource_type}'" for resource_type in ordered)
