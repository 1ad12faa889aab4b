"""Device Provisioning Service: enrolments, their copy in the pair, and the hubs devices go to.

https://learn.microsoft.com/azure/iot-dps/iot-dps-ha-dr: data is replicated to the paired region,
and only Brazil South and Southeast Asia let a customer opt out. Only Microsoft fails over, and no
field tells that it did.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency.check import (
    Check,
    Reader,
    at_location,
    facet,
    flag,
    items,
    observed,
    pair_copy,
    text,
    with_fields,
)
from residency.model import Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/iot-dps/iot-dps-ha-dr"
OPTED_OUT = "properties.enableDataResidency"
HUBS = "properties.iotHubs"


def locate(service: Resource, reader: Reader) -> Iterator[Placement]:
    """State the service's region, the copy of its enrolments and where its hubs are."""
    yield at_location(service)
    places = partial(_elsewhere, service, reader)
    yield from facet(Role.REPLICA, service.id, places, read_at=service.reading.read_at)


def _elsewhere(service: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(service, reader, OPTED_OUT, HUBS, api_version=version_of(service.id))
    if not flag(reading.body, OPTED_OUT):
        fact = "a provisioning service is replicated to the paired region unless it opted out"
        yield from pair_copy(reading, Role.REPLICA, "location", page=PAGE, fact=fact)
    for hub in items(reading.body, HUBS):
        name = text(reading.body, f"{hub}.name")
        yield observed(reading, Role.EXPORT, f"{hub}.location", target=name)


CHECKS = (
    Check(
        id="device-provisioning",
        title="Device Provisioning Service: the copy in the pair, linked hubs",
        resource_types=("microsoft.devices/provisioningservices",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.Devices/provisioningServices/read",),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
