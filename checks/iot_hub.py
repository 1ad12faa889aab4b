"""IoT Hub: where it runs, the copy in the paired region, and where its messages are sent on.

The role of a region tells where the hub is now, and a failover swaps the roles
(https://learn.microsoft.com/azure/iot-hub/tutorial-manual-failover). Data is copied to the paired
region by default, and only Brazil South and Southeast Asia let a customer opt out
(https://learn.microsoft.com/azure/reliability/reliability-iot-hub). Routes send messages to
endpoints in any region, which are named by their addresses
(https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-messages-d2c), and files that devices
upload go to a storage account
(https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-file-upload).
"""

from collections.abc import Iterator
from functools import partial

from checks.current import current
from checks.endpoint_hosts import at_host
from checks.role_regions import by_role
from residency.check import Check, Reader, facet, flag, items, pair_copy, text, unknown, value
from residency.errors import CheckError
from residency.model import Holds, Placement, Reading, Resource, Role

DOCS = "https://learn.microsoft.com/azure/iot-hub/"
PAGE = "https://learn.microsoft.com/azure/reliability/reliability-iot-hub"
LISTED = "properties.locations"
ENDPOINTS = "properties.routing.endpoints"
UPLOADS = "properties.storageEndpoints"
KINDS = (
    "serviceBusQueues",
    "serviceBusTopics",
    "eventHubs",
    "storageContainers",
    "cosmosDBSqlContainers",
)


def locate(hub: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a hub runs, where its data is copied and where its messages go."""
    told, unread = current(hub, reader)
    yield from unread
    for role, path, places in (
        (Role.PRIMARY, LISTED, partial(_regions, told.reading)),
        (Role.EXPORT, ENDPOINTS, partial(_routes, told.reading, reader)),
        (Role.EXPORT, UPLOADS, partial(_uploads, told.reading, reader)),
    ):
        yield from facet(
            role,
            path,
            places,
            read_at=told.reading.read_at,
            decides_primary=role is Role.PRIMARY,
        )


def _regions(hub: Reading) -> Iterator[Placement]:
    listed = items(hub.body, LISTED)
    yield from by_role(hub, LISTED, place="location", role="role")
    if len(listed) == 1 and not flag(hub.body, "properties.enableDataResidency"):
        fact = "a hub is replicated to the paired region by default; it names no secondary"
        place = f"{listed[0]}.location"
        yield from pair_copy(hub, Role.REPLICA, place, page=PAGE, fact=fact)


def _routes(hub: Reading, reader: Reader) -> Iterator[Placement]:
    endpoints = value(hub.body, ENDPOINTS) or {}
    if not isinstance(endpoints, dict):
        raise CheckError(f"'{ENDPOINTS}' should be an object")
    for kind in endpoints:
        for item in items(hub.body, f"{ENDPOINTS}.{kind}"):
            if kind in KINDS:
                yield from _endpoint(hub, item, reader)
            else:
                yield unknown(hub, Role.EXPORT, f"{item}.name")


def _endpoint(hub: Reading, path: str, reader: Reader) -> Iterator[Placement]:
    """An endpoint has an address if the hub signs in with an identity, else a connection string."""
    address = f"{path}.endpointUri"
    told = address if text(hub.body, address) else f"{path}.connectionString"
    yield from at_host(hub, told, reader)


def _uploads(hub: Reading, reader: Reader) -> Iterator[Placement]:
    account = f"{UPLOADS}.$default.connectionString"
    if text(hub.body, account):
        yield from at_host(hub, account, reader)


CHECKS = (
    Check(
        id="iot-hub",
        title="IoT Hub: region roles, message routes, file uploads",
        resource_types=("microsoft.devices/iothubs",),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=("Microsoft.Devices/iotHubs/read",),
        docs=(
            PAGE,
            f"{DOCS}tutorial-manual-failover",
            f"{DOCS}how-to-disable-dr",
            f"{DOCS}iot-hub-devguide-messages-d2c",
            f"{DOCS}iot-hub-devguide-file-upload",
        ),
        locate=locate,
        reads=True,
    ),
)
