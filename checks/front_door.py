"""Front Door and Azure CDN: requests are handled, and answers cached, at points around the world.

https://learn.microsoft.com/azure/frontdoor/front-door-overview and
https://learn.microsoft.com/azure/cdn/cdn-overview: the edge is global, and `location` says nothing.
Traffic goes to the origins of the lowest priority that are enabled and healthy
(https://learn.microsoft.com/azure/frontdoor/routing-methods). Health is a metric and no field, so
that only a failover by disabling an origin, or by another priority, shows here.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from checks.api_versions import API_VERSIONS
from checks.hosts import application_at
from checks.serving import Way, number, served
from residency.check import Check, Reader, documented, facet, items, text, value, with_fields
from residency.model import Holds, Placement, Reading, Resource, Role

EDGE = "https://learn.microsoft.com/azure/frontdoor/front-door-overview"
CDN = "https://learn.microsoft.com/azure/cdn/cdn-overview"
ROUTING = "https://learn.microsoft.com/azure/frontdoor/routing-methods"
PROFILE = "microsoft.cdn/profiles"
ENDPOINT = f"{PROFILE}/endpoints"
CLASSIC = "microsoft.network/frontdoors"
CDN_TIERS = ("_microsoft", "_akamai", "_verizon", "cdn")
"""How the tiers end whose endpoints are resources that name the origins themselves."""

POOLS = "properties.backendPools"
ORIGINS = "properties.origins"

_STATES = {"enabled": True, "true": True, "disabled": False, "false": False}


def locate(edge: Resource, reader: Reader) -> Iterator[Placement]:
    """State the global edge, and the applications that it sends requests to."""
    fact = "requests are handled and answers cached at points of presence around the world"
    page = CDN if edge.type == ENDPOINT else EDGE
    yield documented(edge.reading, Role.PROCESSING, "global", page=page, fact=fact)
    origins = partial(_origins, edge, reader)
    yield from facet(Role.EXPORT, edge.id, origins, read_at=edge.reading.read_at)


def _origins(edge: Resource, reader: Reader) -> Iterator[Placement]:
    for ways in _groups(edge, reader):
        yield from served(ways, by_priority=True)


def _groups(edge: Resource, reader: Reader) -> Iterator[Sequence[Way]]:
    """Give the origins among which one priority decides."""
    tier = (text(edge.reading.body, "sku.name") or "").lower()
    if edge.type == PROFILE and not tier.endswith(CDN_TIERS):
        yield from _origin_groups(edge, reader)
    elif edge.type == CLASSIC:
        told = with_fields(edge, reader, POOLS, api_version=API_VERSIONS[CLASSIC])
        for pool in items(told.body, POOLS):
            backends = items(told.body, f"{pool}.properties.backends")
            yield [_way(told, each, "address", "enabledState", reader) for each in backends]
    elif edge.type == ENDPOINT:
        told = with_fields(edge, reader, ORIGINS, api_version=API_VERSIONS[ENDPOINT])
        origins = (f"{each}.properties" for each in items(told.body, ORIGINS))
        yield [_way(told, each, "hostName", "enabled", reader) for each in origins]


def _origin_groups(edge: Resource, reader: Reader) -> Iterator[Sequence[Way]]:
    version = API_VERSIONS[f"{PROFILE}/origingroups"]
    for group in reader.list(f"{edge.id}/originGroups", api_version=version):
        name = text(group.body, "name") or ""
        path = f"{edge.id}/originGroups/{name}/origins"
        origins = reader.list(path, api_version=API_VERSIONS[f"{PROFILE}/origingroups/origins"])
        yield [_way(each, "properties", "hostName", "enabledState", reader) for each in origins]


def _way(reading: Reading, origin: str, host: str, state: str, reader: Reader) -> Way:
    named = (text(reading.body, f"{origin}.azureOrigin.id") or "").lower()
    known = reader.find(named) if named else None
    found = str(value(reading.body, f"{origin}.{state}")).lower()
    return Way(
        reading=reading,
        state=f"{origin}.{state}",
        named=f"{origin}.{host}",
        priority=number(reading, f"{origin}.priority"),
        is_taken=_STATES.get(found),
        target=known or application_at(text(reading.body, f"{origin}.{host}") or "", reader),
    )


CHECKS = (
    Check(
        id="front-door",
        title="Front Door and CDN: the global edge and the origins in use",
        resource_types=(PROFILE, ENDPOINT, f"{PROFILE}/afdendpoints", CLASSIC),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=(
            "Microsoft.Cdn/profiles/read",
            "Microsoft.Cdn/profiles/originGroups/read",
            "Microsoft.Cdn/profiles/originGroups/origins/read",
            "Microsoft.Cdn/profiles/endpoints/read",
            "Microsoft.Cdn/profiles/afdEndpoints/read",
            "Microsoft.Network/frontDoors/read",
        ),
        docs=(EDGE, CDN, ROUTING),
        locate=locate,
        reads=True,
    ),
)
