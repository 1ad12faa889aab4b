"""Azure Data Box: data on a device that travels between a data centre of Azure and the customer.

No customer data is kept outside the region of the service; logs and other data of the service are
also kept in the paired region, except in three regions. A device stays within one country, or
within the EU (https://learn.microsoft.com/azure/databox/data-box-faq).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    at_resource,
    facet,
    items,
    observed,
    pair_copy,
    region_of,
    text,
    unknown,
)
from residency.model import Holds, Placement, Reading, Resource, Role

PAGE = "https://learn.microsoft.com/azure/databox/data-box-faq"
FACT = "data of the service is replicated to the paired region"
ONE_REGION = frozenset({"brazilsouth", "southeastasia", "eastasia"})
DETAILS = "properties.details"
CENTRE = f"{DETAILS}.datacenterAddress.dataCenterAzureLocation"
ADDRESS = f"{DETAILS}.shippingAddress.country"
IMPORTS = (
    (f"{DETAILS}.dataImportDetails", ".accountDetails"),
    (f"{DETAILS}.destinationAccountDetails", ""),
)
"""Where an import names its accounts: API versions of today, and those before 2020."""


def locate(order: Resource, reader: Reader) -> Iterator[Placement]:
    """State where the service is, where the device goes, and where the data ends up."""
    yield at_location(order)
    if region_of(order) not in ONE_REGION:
        yield from pair_copy(
            order.reading, Role.REPLICA, "location", page=PAGE, fact=FACT, metadata_only=True
        )
    places = partial(_travels, order, reader)
    yield from facet(Role.PROCESSING, order.id, places, read_at=order.reading.read_at)


def _travels(order: Resource, reader: Reader) -> Iterator[Placement]:
    """The details are given only when they are asked for with `$expand`.

    https://learn.microsoft.com/rest/api/databox/jobs/get. A customer's address is no region.
    """
    told = reader.get(order.id, api_version=version_of(order.id), expand="details")
    if text(told.body, CENTRE):
        yield observed(told, Role.PROCESSING, CENTRE)
    else:
        yield absent(told, Role.PROCESSING, CENTRE, "it names where the device is copied")
    if (text(told.body, "properties.transferType") or "").lower() == "exportfromazure":
        yield unknown(told, Role.EXPORT, ADDRESS)
    else:
        yield unknown(told, Role.PROCESSING, ADDRESS)
        yield from _imported(told, reader)


def _imported(told: Reading, reader: Reader) -> Iterator[Placement]:
    targets = [
        f"{target}{details}" for path, details in IMPORTS for target in items(told.body, path)
    ]
    if not targets:
        yield absent(told, Role.EXPORT, IMPORTS[0][0], "it names where the data goes")
    for target in targets:
        staged = f"{target}.stagingStorageAccountId"
        account = staged if text(told.body, staged) else f"{target}.storageAccountId"
        yield at_resource(told, account, reader)


CHECKS: tuple[Check, ...] = (
    Check(
        id="data-box",
        title="Orders of Azure Data Box: the way of the device, and where the data goes",
        resource_types=("microsoft.databox/jobs",),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=("Microsoft.DataBox/jobs/read",),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
