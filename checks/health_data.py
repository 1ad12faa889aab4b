"""Azure Health Data Services: one region each, and the accounts that they export to.

A service and all that it does stay in its region, backups too, and there is no disaster recovery
across regions
(https://learn.microsoft.com/azure/healthcare-apis/business-continuity-disaster-recovery). Azure API
for FHIR, the older service, has it as an option in a region of the customer's choice, switched on
by a support ticket, which no field shows
(https://learn.microsoft.com/azure/healthcare-apis/azure-api-for-fhir/disaster-recovery).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from checks.by_name import STORAGE, at_named
from residency.check import (
    Check,
    Reader,
    at_location,
    at_resource,
    documented,
    facet,
    text,
    with_fields,
)
from residency.model import UNKNOWN_REGION, Holds, Placement, Resource, Role

DOCS = "https://learn.microsoft.com/azure/healthcare-apis/"
CONTINUITY = f"{DOCS}business-continuity-disaster-recovery"
EXPORTS = f"{DOCS}fhir/configure-export-data"
IMAGES = f"{DOCS}dicom/deploy-dicom-services-in-azure-data-lake"
OLDER = f"{DOCS}azure-api-for-fhir/disaster-recovery"
FHIR = "microsoft.healthcareapis/workspaces/fhirservices"
DICOM = "microsoft.healthcareapis/workspaces/dicomservices"
API_FOR_FHIR = "microsoft.healthcareapis/services"

EXPORT = "properties.exportConfiguration"
ACCOUNT_NAMES = (
    f"{EXPORT}.storageAccountName",
    "properties.importConfiguration.integrationDataStore",
)
ACCOUNT_ID = "properties.storageConfiguration.storageResourceId"


def locate(service: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a service keeps its data, and the accounts that it names."""
    yield at_location(service)
    named = partial(_named, service, reader)
    yield from facet(Role.EXPORT, service.id, named, read_at=service.reading.read_at)
    if service.type == API_FOR_FHIR:
        fact = "disaster recovery may keep a copy in a region that a support ticket chose"
        reading, region = service.reading, UNKNOWN_REGION
        yield documented(reading, Role.REPLICA, region, page=OLDER, fact=fact)


def _named(service: Resource, reader: Reader) -> Iterator[Placement]:
    field = ACCOUNT_ID if service.type == DICOM else EXPORT
    reading = with_fields(service, reader, field, api_version=API_VERSIONS[service.type])
    if text(reading.body, ACCOUNT_ID):
        yield at_resource(reading, ACCOUNT_ID, reader)
    for path in ACCOUNT_NAMES:
        if text(reading.body, path):
            yield at_named(reading, path, reader, STORAGE)


CHECKS = (
    Check(
        id="health-data",
        title="FHIR and DICOM services: their region and the accounts that they name",
        resource_types=(FHIR, DICOM, API_FOR_FHIR),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.HealthcareApis/services/read",
            "Microsoft.HealthcareApis/workspaces/fhirservices/read",
            "Microsoft.HealthcareApis/workspaces/dicomservices/read",
        ),
        docs=(CONTINUITY, EXPORTS, IMAGES, OLDER),
        locate=locate,
        reads=True,
    ),
)
