"""Azure Device Registry: devices and assets in the region, their copy in the pair, and their site.

https://learn.microsoft.com/azure/reliability/reliability-device-registry: a registry is copied to
the paired region by default; only Microsoft fails over, and no field tells that it did. An asset is
an Azure resource in its region although it has an `extendedLocation`: that is the Azure IoT
Operations site which handles its data
(https://learn.microsoft.com/azure/iot-operations/discover-manage-assets/overview-manage-assets).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from checks.type_table import placed
from residency.check import (
    Check,
    Reader,
    absent,
    at_resource,
    at_site,
    facet,
    is_at_site,
    observed,
    pair_copy,
    text,
    value,
    with_fields,
)
from residency.errors import CheckError
from residency.model import Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/reliability/reliability-device-registry"
ASSETS_PAGE = (
    "https://learn.microsoft.com/azure/iot-operations/discover-manage-assets/overview-manage-assets"
)
PREFIX = "microsoft.deviceregistry"
NAMESPACES = f"{PREFIX}/namespaces"
MESSAGING = "properties.messaging"
ENDPOINTS = f"{MESSAGING}.endpoints"
CHILDREN = ("assets", "devices", "discoveredassets", "discovereddevices")
TYPES = (
    *(f"{PREFIX}/{kind}" for kind in ("assets", "assetendpointprofiles", "devices")),
    *(f"{PREFIX}/{kind}" for kind in ("discoveredassets", "discoveredassetendpointprofiles")),
    *(f"{PREFIX}/{kind}" for kind in ("namespaces", "schemaregistries")),
    *(f"{NAMESPACES}/{kind}" for kind in CHILDREN),
)
PERMISSIONS = tuple(
    f"Microsoft.DeviceRegistry/{kind}/read"
    for kind in (
        *("assets", "assetEndpointProfiles", "devices", "schemaRegistries"),
        *("discoveredAssets", "discoveredAssetEndpointProfiles", "namespaces"),
        *("namespaces/assets", "namespaces/devices"),
        *("namespaces/discoveredAssets", "namespaces/discoveredDevices"),
    )
)


def locate(record: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a record of the registry is kept and copied, and where its data is handled."""
    yield from _kept(record, reader)
    if is_at_site(record):
        yield at_site(record.reading, Role.PROCESSING, "extendedLocation.name")
    if record.type == NAMESPACES:
        places = partial(_messages, record, reader)
        yield from facet(Role.EXPORT, record.id, places, read_at=record.reading.read_at)


def _kept(record: Resource, reader: Reader) -> Iterator[Placement]:
    """A child without a location is kept where its namespace is."""
    reading = placed(record, reader).reading
    if not text(reading.body, "location"):
        yield absent(reading, Role.PRIMARY, "location", "it tells where the registry is")
    else:
        yield observed(reading, Role.PRIMARY, "location")
    fact = "a device registry is replicated to the paired region"
    yield from pair_copy(reading, Role.REPLICA, "location", page=PAGE, fact=fact)


def _messages(namespace: Resource, reader: Reader) -> Iterator[Placement]:
    """State the endpoints, in Azure, that the messages of a namespace's devices go to."""
    reading = with_fields(namespace, reader, MESSAGING, api_version=version_of(namespace.id))
    endpoints = value(reading.body, ENDPOINTS) or {}
    if not isinstance(endpoints, dict):
        raise CheckError(f"'{ENDPOINTS}' should be an object")
    for name in endpoints:
        yield at_resource(reading, f"{ENDPOINTS}.{name}.resourceId", reader)


CHECKS = (
    Check(
        id="device-registry",
        title="Azure Device Registry: devices, assets and their copy in the pair",
        resource_types=TYPES,
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=PERMISSIONS,
        docs=(PAGE, ASSETS_PAGE),
        locate=locate,
        reads=True,
    ),
)
