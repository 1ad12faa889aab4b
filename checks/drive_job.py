"""Azure Import/Export: data on the customer's own drives, sent to a data centre and back.

Of the data centre only the address is given, and it need not be in the region of the account
(https://learn.microsoft.com/azure/import-export/storage-import-export-service).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency.check import (
    Check,
    Reader,
    at_location,
    at_resource,
    facet,
    text,
    unknown,
    with_fields,
)
from residency.model import Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/import-export/storage-import-export-service"
KIND, ACCOUNT = "properties.jobType", "properties.storageAccountId"


def locate(job: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a job was made, where its drives go, and where the data ends up."""
    yield at_location(job)
    places = partial(_sent, job, reader)
    yield from facet(Role.EXPORT, job.id, places, read_at=job.reading.read_at)


def _sent(job: Resource, reader: Reader) -> Iterator[Placement]:
    told = with_fields(job, reader, KIND, ACCOUNT, api_version=version_of(job.id))
    yield unknown(told, Role.PROCESSING, "properties.shippingInformation.countryOrRegion")
    match (text(told.body, KIND) or "").lower():
        case "import":
            yield at_resource(told, ACCOUNT, reader)
        case "export":
            yield unknown(told, Role.EXPORT, "properties.returnAddress.countryOrRegion")
        case _:
            yield unknown(told, Role.EXPORT, KIND)


CHECKS: tuple[Check, ...] = (
    Check(
        id="drive-job",
        title="Jobs of Azure Import/Export: the way of the drives, and where the data goes",
        resource_types=("microsoft.importexport/jobs",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.ImportExport/jobs/read",),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
