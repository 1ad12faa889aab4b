"""Azure Stack Edge and Data Box Gateway: data on a device at the customer's own site.

The service stores and processes in its region and in the paired one, unless the single region was
chosen; the device's shares go to storage accounts
(https://learn.microsoft.com/azure/databox-online/azure-stack-edge-gpu-data-residency).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency.check import (
    Check,
    Reader,
    at_location,
    at_resource,
    documented,
    facet,
    pair_copy,
    text,
)
from residency.model import UNKNOWN_REGION, Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/databox-online/azure-stack-edge-gpu-data-residency"
SITE = "the device is at a site of the customer"
FACT = "the service stores and processes customer data in the paired region as well"
RESIDENCY = "properties.dataResidency.type"
ONE_REGION = "zonereplication"


def locate(device: Resource, reader: Reader) -> Iterator[Placement]:
    """State where the device is, where its service keeps data, and where its shares go."""
    reading = device.reading
    yield documented(reading, Role.PRIMARY, UNKNOWN_REGION, page=PAGE, fact=SITE)
    yield at_location(device, Role.REPLICA)
    if (text(reading.body, RESIDENCY) or "").lower() != ONE_REGION:
        yield from pair_copy(reading, Role.REPLICA, "location", page=PAGE, fact=FACT)
    path = f"{device.id}/storageAccountCredentials"
    places = partial(_accounts, path, reader)
    yield from facet(Role.EXPORT, path, places, read_at=reading.read_at)


def _accounts(path: str, reader: Reader) -> Iterator[Placement]:
    for credential in reader.list(path, api_version=version_of(path)):
        yield at_resource(credential, "properties.storageAccountId", reader)


CHECKS: tuple[Check, ...] = (
    Check(
        id="edge-device",
        title="Azure Stack Edge and Data Box Gateway: the device, its service and its shares",
        resource_types=("microsoft.databoxedge/databoxedgedevices",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.DataBoxEdge/dataBoxEdgeDevices/read",
            "Microsoft.DataBoxEdge/dataBoxEdgeDevices/storageAccountCredentials/read",
        ),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
