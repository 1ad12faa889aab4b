"""Static Web Apps: content all over the world, functions in a region, and what is linked to it.

Static assets are served from points around the world
(https://learn.microsoft.com/azure/static-web-apps/overview), and the service is a global one
(https://learn.microsoft.com/azure/reliability/regions-nonregional-services). `location` is that of
the managed functions and the staging environments.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import (
    Check,
    Reader,
    at_location,
    documented,
    facet,
    items,
    observed,
    text,
    with_fields,
)
from residency.model import Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/static-web-apps/overview"
GLOBAL = "https://learn.microsoft.com/azure/reliability/regions-nonregional-services"
TYPE = "microsoft.web/staticsites"
LINKS = (
    (Role.PROCESSING, "properties.linkedBackends", "backendResourceId"),
    (Role.EXPORT, "properties.databaseConnections", "resourceId"),
)


def locate(site: Resource, reader: Reader) -> Iterator[Placement]:
    """State the region of the functions, the global edge, linked backends and databases."""
    yield at_location(site)
    fact = "static assets are served from points around the world"
    yield documented(site.reading, Role.PROCESSING, "global", page=PAGE, fact=fact)
    places = partial(_linked, site, reader)
    yield from facet(Role.PROCESSING, site.id, places, read_at=site.reading.read_at)


def _linked(site: Resource, reader: Reader) -> Iterator[Placement]:
    lists = (path for _, path, _ in LINKS)
    told = with_fields(site, reader, *lists, api_version=API_VERSIONS[TYPE])
    for role, path, resource_id in LINKS:
        for item in items(told.body, path):
            named = (text(told.body, f"{item}.{resource_id}") or "").lower() or None
            yield observed(told, role, f"{item}.region", target=named)


CHECKS = (
    Check(
        id="static-web-apps",
        title="Static web apps, their global edge and what is linked to them",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.Web/staticSites/read",),
        docs=(PAGE, GLOBAL),
        locate=locate,
        reads=True,
    ),
)
