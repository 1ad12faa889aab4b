"""Azure Digital Twins: the copy in the paired region, event endpoints and the history of twins.

https://learn.microsoft.com/azure/digital-twins/concepts-high-availability-disaster-recovery:
Microsoft alone fails an instance over to the paired region, without an option to opt out, so that
the pair is part of where its data may be; no field tells that it did. Endpoints are named by their
addresses, and a key-based one shows none
(https://learn.microsoft.com/azure/digital-twins/concepts-route-events); the history goes to a Data
Explorer cluster through an event hub
(https://learn.microsoft.com/azure/digital-twins/concepts-data-history).
"""

from collections.abc import Callable, Iterator
from functools import partial

from checks.api_versions import version_of
from checks.endpoint_hosts import at_host
from residency.check import (
    Check,
    Reader,
    at_location,
    at_resource,
    facet,
    pair_copy,
    text,
    unknown,
)
from residency.model import Holds, Placement, Reading, Resource, Role

DOCS = "https://learn.microsoft.com/azure/digital-twins/"
PAGE = f"{DOCS}concepts-high-availability-disaster-recovery"
ADDRESSES = tuple(
    f"properties.{field}"
    for field in (
        "endpointUri",
        "TopicEndpoint",
        "connectionStringPrimaryKey",
        "primaryConnectionString",
    )
)
DEAD_LETTERS = ("properties.deadLetterUri", "properties.deadLetterSecret")
CLUSTER = "properties.adxResourceId"
HUB = "properties.eventHubNamespaceResourceId"


def locate(instance: Resource, reader: Reader) -> Iterator[Placement]:
    """State an instance's region, the copy in its pair and where its events and history go."""
    yield at_location(instance)
    fact = "an instance fails over to the paired region, without an option to opt out"
    yield from pair_copy(instance.reading, Role.REPLICA, "location", page=PAGE, fact=fact)
    for children, places in (("endpoints", _endpoint), ("timeSeriesDatabaseConnections", _history)):
        path = f"{instance.id}/{children}"
        every = partial(_each, path, reader, places)
        yield from facet(Role.EXPORT, path, every, read_at=instance.reading.read_at)


def _each(
    path: str, reader: Reader, places: Callable[[Reading, Reader], Iterator[Placement]]
) -> Iterator[Placement]:
    for child in reader.list(path, api_version=version_of(path)):
        yield from places(child, reader)


def _endpoint(endpoint: Reading, reader: Reader) -> Iterator[Placement]:
    told = [path for path in ADDRESSES if text(endpoint.body, path)]
    if told:
        yield from at_host(endpoint, told[0], reader)
    else:
        yield unknown(endpoint, Role.EXPORT, "properties.endpointType")
    for path in DEAD_LETTERS:
        if text(endpoint.body, path):
            yield from at_host(endpoint, path, reader)


def _history(connection: Reading, reader: Reader) -> Iterator[Placement]:
    yield at_resource(connection, CLUSTER, reader)
    yield at_resource(connection, HUB, reader)


CHECKS = (
    Check(
        id="digital-twins",
        title="Azure Digital Twins: the copy in the pair, endpoints, history",
        resource_types=("microsoft.digitaltwins/digitaltwinsinstances",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.DigitalTwins/digitalTwinsInstances/read",
            "Microsoft.DigitalTwins/digitalTwinsInstances/endpoints/read",
            "Microsoft.DigitalTwins/digitalTwinsInstances/timeSeriesDatabaseConnections/read",
        ),
        docs=(PAGE, f"{DOCS}concepts-route-events", f"{DOCS}concepts-data-history"),
        locate=locate,
        reads=True,
    ),
)
