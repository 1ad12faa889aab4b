"""Where a check reads a fact: in the inventory's row, at the provider, or on another resource."""

from collections.abc import Mapping
from dataclasses import replace

from residency import regions
from residency.check.contract import Reader
from residency.check.fields import items, text, value
from residency.check.places import at_site, cited, is_at_site, observed, unknown
from residency.errors import BadAnswer
from residency.model import Placement, Reading, Reason, Resource, Role

_STORAGE = "microsoft.storage/storageaccounts"
_COSMOS_DB = "microsoft.documentdb/databaseaccounts"
_GEO = ("properties.geoDataReplication.locations", "roleType", "Primary", "locationName")
_WRITTEN: Mapping[str, tuple[str, str, object, str]] = {
    "microsoft.devices/iothubs": ("properties.locations", "role", "primary", "location"),
    _COSMOS_DB: (
        "properties.writeLocations",
        "failoverPriority",
        0,
        "locationName",
    ),
    "microsoft.eventhub/namespaces": _GEO,
    "microsoft.servicebus/namespaces": _GEO,
}
"""Types that list their regions: the list, what marks the one that is written, and its name."""


def primary_field(resource: Resource) -> str:
    """Give the path of the field that says where a resource is written: not always `location`."""
    if resource.type == _STORAGE:
        return "properties.primaryLocation"
    path, key, mark, name = _WRITTEN.get(resource.type, ("", "", "", ""))
    body = resource.reading.body
    marked = (
        item for item in (items(body, path) if path else ()) if value(body, f"{item}.{key}") == mark
    )
    first = next(marked, None)
    if first is None and resource.type == _COSMOS_DB:
        return f"{path}[0].{name}"  # its `location` is where its metadata was made
    return f"{first}.{name}" if first else "location"


def with_fields(
    resource: Resource, reader: Reader, *fields: str, api_version: str, expand: str = ""
) -> Reading:
    """Give the inventory's row, or the provider's own answer where the row lacks a field.

    Resource Graph does not show every property
    (https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language), so that
    one is absent only when the provider does not have it either. Raises AzureError; BadAnswer
    where that has no properties at all, and so proves of none that it is absent.
    """
    row = resource.reading
    if all(value(row.body, field) is not None for field in fields):
        return row
    answer = reader.get(resource.id, api_version=api_version, expand=expand)
    in_properties = any(field.startswith("properties.") for field in fields)
    if in_properties and not isinstance(answer.body.get("properties"), Mapping):
        raise BadAnswer(f"{resource.id}: the provider's answer has no properties", code="BadAnswer")
    return answer


def at_resource(
    reading: Reading,
    path: str,
    reader: Reader,
    *,
    role: Role = Role.EXPORT,
    metadata_only: bool = False,
    subject: str | None = None,
) -> Placement:
    """State that data is at the resource that the field at `path` names.

    The name may be that of a child: the nearest resource above it that was seen decides. One that
    was not seen (no rights, another tenant) leaves the place unknown, with its id.
    """
    named = (text(reading.body, path) or "").lower().rstrip("/")
    target = _seen(named, reader)
    if target is None:
        why, goes_to = Reason.FACET_UNREADABLE, named or None
        return unknown(reading, role, path, why=why, target=goes_to, subject=subject)
    place = where_written(target, role)
    return replace(place, metadata_only=metadata_only, subject=subject)


def where_written(target: Resource, role: Role) -> Placement:
    """State that data is where another resource, that was seen, is written.

    At an edge zone or a customer's site `location` does not say where that is.
    """
    if is_at_site(target):
        place = at_site(cited(target), role, "extendedLocation.name")
        return replace(place, target=target.id)
    return observed(cited(target), role, primary_field(target), target=target.id)


def _seen(named: str, reader: Reader) -> Resource | None:
    """Find a resource, or the nearest one above it."""
    while "/providers/" in named:
        found = reader.find(named)
        if found is not None:
            return found
        named = named.rpartition("/")[0].rpartition("/")[0]
    return None


def region_of(resource: Resource) -> str | None:
    """Give the normal form of the region where another resource is written, if it is known."""
    found = regions.find(text(resource.reading.body, primary_field(resource)))
    return found.name if found else None
