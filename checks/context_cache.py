"""Context caches: in one region, in several of a data zone, or in all regions.

https://learn.microsoft.com/javascript/api/@azure/arm-storage/contextcacheaccountkind. Only the data
zones of the EU and of the United States are stated; another region leaves the zone unknown
(https://learn.microsoft.com/azure/foundry/foundry-models/concepts/deployment-types).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency import regions
from residency.check import (
    Check,
    Reader,
    at_location,
    documented,
    facet,
    text,
    unknown,
    with_fields,
)
from residency.model import Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/javascript/api/@azure/arm-storage/contextcacheaccountkind"
ZONES = "https://learn.microsoft.com/azure/foundry/foundry-models/concepts/deployment-types"
KIND = "properties.accountKind"


def locate(cache: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a context cache is, and where else its kind keeps it."""
    yield at_location(cache)
    places = partial(_spread, cache, reader)
    yield from facet(Role.REPLICA, cache.id, places, read_at=cache.reading.read_at)


def _spread(cache: Resource, reader: Reader) -> Iterator[Placement]:
    told = with_fields(cache, reader, KIND, api_version=version_of(cache.id))
    kind = (text(told.body, KIND) or "").lower()
    fact = f"{KIND} = '{kind}'"
    match kind, _zone(cache):
        case "regional", _:
            return
        case "global", _:
            yield documented(told, Role.REPLICA, "global", page=PAGE, fact=fact)
        case "datazone", str(zone):
            yield documented(told, Role.REPLICA, zone, page=PAGE, fact=fact)
        case _:
            yield unknown(told, Role.REPLICA, KIND)


def _zone(cache: Resource) -> str | None:
    region = regions.find(cache.location)
    if region is not None and region.eu:
        return "europe"  # the data zone has Norway and Switzerland in it
    return "unitedstates" if region is not None and region.country == "US" else None


CHECKS: tuple[Check, ...] = (
    Check(
        id="context-cache",
        title="Context caches: regional, of a data zone, or global",
        resource_types=("microsoft.storage/contextcaches",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.Storage/contextCaches/read",),
        docs=(PAGE, ZONES),
        locate=locate,
        reads=True,
    ),
)
