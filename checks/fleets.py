"""Azure Kubernetes Fleet Manager: a hub in its region, and the clusters that it places work on.

https://learn.microsoft.com/azure/kubernetes-fleet/concepts-fleet
A fleet without a hub only updates its members
(https://learn.microsoft.com/azure/kubernetes-fleet/concepts-choosing-fleet).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import Check, Reader, at_location, at_resource, facet, value, with_fields
from residency.model import Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/kubernetes-fleet/concepts-fleet"
HUBS = "https://learn.microsoft.com/azure/kubernetes-fleet/concepts-choosing-fleet"
TYPE = "microsoft.containerservice/fleets"
HUB = "properties.hubProfile"


def locate(fleet: Resource, reader: Reader) -> Iterator[Placement]:
    """State the region of the hub, and that of each member cluster."""
    yield at_location(fleet)
    places = partial(_members, fleet, reader)
    path = f"{fleet.id}/members"
    yield from facet(Role.PROCESSING, path, places, read_at=fleet.reading.read_at)


def _members(fleet: Resource, reader: Reader) -> Iterator[Placement]:
    told = with_fields(fleet, reader, HUB, api_version=API_VERSIONS[TYPE])
    if value(told.body, HUB) is None:
        return
    for member in reader.list(f"{fleet.id}/members", api_version=API_VERSIONS[f"{TYPE}/members"]):
        yield at_resource(member, "properties.clusterResourceId", reader, role=Role.PROCESSING)


CHECKS = (
    Check(
        id="kubernetes-fleets",
        title="Kubernetes fleets and their member clusters",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=(
            "Microsoft.ContainerService/fleets/read",
            "Microsoft.ContainerService/fleets/members/read",
        ),
        docs=(PAGE, HUBS),
        locate=locate,
        reads=True,
    ),
)
