"""API Management: its data in the geography, and its gateways in every added region.

Customer data is kept in the geography of the service's region, save in Southeast Asia, where it
stays in the region
(https://learn.microsoft.com/azure/api-management/api-management-howto-deploy-multi-region). A
geography in Europe with paired regions is the region and its pair, and one without is the region
(https://learn.microsoft.com/azure/reliability/regions-list). Only the gateway is in added regions,
and the management plane never moves
(https://learn.microsoft.com/azure/reliability/reliability-api-management); a disabled gateway is
still deployed. Self-hosted gateways are anywhere, and what they say of their place is only a
description (https://learn.microsoft.com/azure/api-management/self-hosted-gateway-overview).
"""

from collections.abc import Callable, Iterator
from functools import partial

from checks.api_management_links import CACHES_PAGE, LOGGERS_PAGE, caches, loggers
from checks.api_versions import version_of
from residency import regions
from residency.check import (
    Check,
    Reader,
    at_location,
    facet,
    items,
    observed,
    pair_copy,
    text,
    unknown,
    with_fields,
)
from residency.model import Holds, Placement, Resource, Role

DOCS = "https://learn.microsoft.com/azure/api-management/"
PAGE = f"{DOCS}api-management-howto-deploy-multi-region"
SELF_HOSTED_PAGE = f"{DOCS}self-hosted-gateway-overview"
ADDED = "properties.additionalLocations"

KEPT_IN_REGION = frozenset({"southeastasia", "brazilsouth"})
"""Southeast Asia by Microsoft's page; the pair of Brazil South is not in its geography."""

Places = Callable[[str, Reader], Iterator[Placement]]

WITHOUT_SELF_HOSTED = frozenset(
    {"consumption", "basic", "standard", "basicv2", "standardv2", "premiumv2"}
)


ONE_REGION = WITHOUT_SELF_HOSTED | {"developer", "isolated"}


def locate(service: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a service keeps its data, where its gateways run and what it sends on."""
    yield at_location(service)
    if regions.normalise(service.location) not in KEPT_IN_REGION:
        fact = "customer data is stored in the geography: the region and its pair"
        yield from pair_copy(service.reading, Role.REPLICA, "location", page=PAGE, fact=fact)
    sku = (text(service.reading.body, "sku.name") or "").lower()
    facets: list[tuple[Role, str, Places]] = [
        (Role.PROCESSING, service.id, partial(_added, service, sku)),
        (Role.EXPORT, f"{service.id}/loggers", loggers),
        (Role.EXPORT, f"{service.id}/caches", caches),
    ]
    if sku not in WITHOUT_SELF_HOSTED:
        facets.append((Role.PROCESSING, f"{service.id}/gateways", _self_hosted))
    for role, path, places in facets:
        every = partial(places, path, reader)
        yield from facet(role, path, every, read_at=service.reading.read_at)


def _added(service: Resource, sku: str, _: str, reader: Reader) -> Iterator[Placement]:
    """Only the Premium tier can have further regions; there the field must have been seen."""
    fields = () if sku in ONE_REGION else (ADDED,)
    reading = with_fields(service, reader, *fields, api_version=version_of(service.id))
    for item in items(reading.body, ADDED):
        yield observed(reading, Role.PROCESSING, f"{item}.location")


def _self_hosted(path: str, reader: Reader) -> Iterator[Placement]:
    for gateway in reader.list(path, api_version=version_of(path)):
        yield unknown(gateway, Role.PROCESSING, "properties.locationData.countryOrRegion")


CHECKS = (
    Check(
        id="api-management",
        title="API Management: geography, added regions, self-hosted gateways, loggers, caches",
        resource_types=("microsoft.apimanagement/service",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.ApiManagement/service/read",
            "Microsoft.ApiManagement/service/gateways/read",
            "Microsoft.ApiManagement/service/loggers/read",
            "Microsoft.ApiManagement/service/caches/read",
        ),
        docs=(
            PAGE,
            SELF_HOSTED_PAGE,
            LOGGERS_PAGE,
            CACHES_PAGE,
            "https://learn.microsoft.com/azure/reliability/reliability-api-management",
            "https://learn.microsoft.com/azure/reliability/regions-list",
        ),
        locate=locate,
        reads=True,
    ),
)
