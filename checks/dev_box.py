"""Microsoft Dev Box: the boxes of a pool are where its network is, not where the pool is listed.

https://learn.microsoft.com/azure/dev-box/concept-dev-box-concepts: the region of the network
connection, or of the network that Microsoft manages, decides where a box is made.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import Check, Reader, absent, facet, items, observed, text, with_fields
from residency.model import Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/dev-box/concept-dev-box-concepts"
PROJECT = "microsoft.devcenter/projects"
TYPE = f"{PROJECT}/pools"
NETWORK_TYPE = "properties.virtualNetworkType"
REGIONS = "properties.managedVirtualNetworkRegions"
CONNECTION = "properties.networkConnectionName"


def locate(pool: Resource, reader: Reader) -> Iterator[Placement]:
    """State where the boxes of a pool are."""
    places = partial(_boxes, pool, reader)
    read_at = pool.reading.read_at
    yield from facet(Role.PRIMARY, pool.id, places, read_at=read_at, decides_primary=True)


def _boxes(pool: Resource, reader: Reader) -> Iterator[Placement]:
    version = API_VERSIONS[TYPE]
    row = pool.reading.body
    is_managed = (text(row, NETWORK_TYPE) or "").lower() == "managed"
    told = with_fields(pool, reader, REGIONS if is_managed else CONNECTION, api_version=version)
    regions = items(told.body, REGIONS)
    name = text(told.body, CONNECTION)
    if regions:
        yield from (observed(told, Role.PRIMARY, region) for region in regions)
    elif name:
        path = f"{pool.id.rsplit('/pools/', 1)[0]}/attachednetworks/{name}"
        network = reader.get(path, api_version=API_VERSIONS[f"{PROJECT}/attachednetworks"])
        yield observed(network, Role.PRIMARY, "properties.networkConnectionLocation")
    else:
        yield absent(told, Role.PRIMARY, REGIONS, "the pool names no network")


CHECKS = (
    Check(
        id="dev-box-pools",
        title="Pools of Dev Box by the regions of their networks",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=(
            "Microsoft.DevCenter/projects/pools/read",
            "Microsoft.DevCenter/projects/attachednetworks/read",
        ),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
