"""The MedTech service of Azure Health Data Services: it turns what devices send into FHIR.

https://learn.microsoft.com/azure/healthcare-apis/iot/overview: it handles messages of an event hub
in its region and keeps none; its destinations name the FHIR services that it writes to.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import Check, Reader, at_location, at_resource, facet
from residency.model import Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/healthcare-apis/iot/overview"
TYPE = "microsoft.healthcareapis/workspaces/iotconnectors"

FHIR = "properties.fhirServiceResourceId"


def locate(service: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a service handles messages, and where it writes them."""
    yield at_location(service)
    path = f"{service.id}/fhirdestinations"
    written = partial(_written, reader, path)
    yield from facet(Role.EXPORT, path, written, read_at=service.reading.read_at)


def _written(reader: Reader, path: str) -> Iterator[Placement]:
    for destination in reader.list(path, api_version=API_VERSIONS[f"{TYPE}/fhirdestinations"]):
        yield at_resource(destination, FHIR, reader)


CHECKS = (
    Check(
        id="medtech",
        title="MedTech service: where it runs and which FHIR services it writes to",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=(
            "Microsoft.HealthcareApis/workspaces/iotconnectors/read",
            "Microsoft.HealthcareApis/workspaces/iotconnectors/fhirdestinations/read",
        ),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
