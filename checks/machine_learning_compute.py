"""Computes of Azure Machine Learning: where they run, which need not be where their workspace is.

https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/workspaces/computes:
`location` need not be where a compute is, and `computeLocation` is; one that was attached names the
resource behind it.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import (
    Check,
    Reader,
    absent,
    at_resource,
    facet,
    observed,
    text,
    with_fields,
)
from residency.model import Holds, Placement, Reading, Resource, Role

PAGE = (
    "https://learn.microsoft.com/azure/templates/"
    "microsoft.machinelearningservices/workspaces/computes"
)
TYPE = "microsoft.machinelearningservices/workspaces/computes"

LOCATION = "properties.computeLocation"
BEHIND = "properties.resourceId"


def compute(reading: Reading, reader: Reader, role: Role) -> Placement:
    """State where a compute runs: at its own location, or at the resource that was attached."""
    if text(reading.body, LOCATION):
        return observed(reading, role, LOCATION)
    if text(reading.body, BEHIND):
        return at_resource(reading, BEHIND, reader, role=role)
    return absent(reading, role, LOCATION, "a compute may be in another region than its workspace")


def locate(resource: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a compute runs that the inventory lists by itself."""
    places = partial(_own, resource, reader)
    yield from facet(Role.PRIMARY, resource.id, places, read_at=resource.reading.read_at)


def _own(resource: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(resource, reader, LOCATION, api_version=API_VERSIONS[TYPE])
    yield compute(reading, reader, Role.PRIMARY)


CHECKS = (
    Check(
        id="machine-learning-compute",
        title="Machine Learning compute: its compute location",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.MachineLearningServices/workspaces/computes/read",),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
