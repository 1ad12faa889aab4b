"""Azure Communication Services: `location` is global, `dataLocation` tells the geography.

Chat messages and resource data rest in that geography, and may be processed in others, which are
not named; mail is kept and processed in it
(https://learn.microsoft.com/azure/communication-services/concepts/privacy). The geography `Europe`
is wider than the European Union.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import Check, Reader, documented, facet, observed, with_fields
from residency.model import UNKNOWN_REGION, Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/communication-services/concepts/privacy"
GEOGRAPHY = "properties.dataLocation"


def _locate_mail(resource: Resource, reader: Reader) -> Iterator[Placement]:
    places = partial(_kept, resource, reader)
    read_at = resource.reading.read_at
    yield from facet(Role.PRIMARY, resource.id, places, read_at=read_at)


def _kept(resource: Resource, reader: Reader) -> Iterator[Placement]:
    told = with_fields(resource, reader, GEOGRAPHY, api_version=API_VERSIONS[resource.type])
    yield observed(told, Role.PRIMARY, GEOGRAPHY)


def _locate_service(service: Resource, reader: Reader) -> Iterator[Placement]:
    yield from _locate_mail(service, reader)
    fact = "data may transit or be processed in other geographies"
    reading = service.reading
    yield documented(reading, Role.PROCESSING, UNKNOWN_REGION, page=PAGE, fact=fact)


CHECKS = (
    Check(
        id="communication-services",
        title="Communication Services by their dataLocation",
        resource_types=("microsoft.communication/communicationservices",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.Communication/CommunicationServices/read",),
        docs=(PAGE,),
        locate=_locate_service,
        reads=True,
    ),
    Check(
        id="email-services",
        title="Mail of Communication Services by its dataLocation",
        resource_types=(
            "microsoft.communication/emailservices",
            "microsoft.communication/emailservices/domains",
        ),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.Communication/EmailServices/read",
            "Microsoft.Communication/EmailServices/Domains/read",
        ),
        docs=(PAGE,),
        locate=_locate_mail,
        reads=True,
    ),
)
