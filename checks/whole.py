"""A part that has no location of its own, and the whole that places it."""

from dataclasses import replace

from residency.check import Reader, cited, is_at_site, text
from residency.model import Resource


def whole(part: Resource, reader: Reader) -> Resource:
    """Give the part if it has a location, or else the nearest resource above it that has one.

    Resource Graph need not list what is between the two
    (https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources).
    Without any such resource it is the part itself.
    """
    if _is_placed(part):
        return part
    above = _above(part.id)
    while "/providers/" in above:
        found = reader.find(above)
        if found is not None and _is_placed(found):
            return replace(found, reading=cited(found))
        above = _above(above)
    return part


def _is_placed(resource: Resource) -> bool:
    return bool(text(resource.reading.body, "location")) or is_at_site(resource)


def _above(resource_id: str) -> str:
    return resource_id.rsplit("/", 2)[0]
