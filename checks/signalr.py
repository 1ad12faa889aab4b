"""Azure SignalR Service and Web PubSub: messages pass through and are not kept.

Neither persists customer data (https://learn.microsoft.com/azure/reliability/reliability-signalr,
https://learn.microsoft.com/azure/reliability/reliability-web-pubsub), so that a replica is a
further place where messages are handled. One that is stopped or whose endpoint is disabled can be
switched on at any time, and counts.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import Check, Reader, at_location, facet, observed
from residency.model import Holds, Placement, Resource, Role

PAGES = (
    "https://learn.microsoft.com/azure/reliability/reliability-signalr",
    "https://learn.microsoft.com/azure/reliability/reliability-web-pubsub",
)
TYPES = ("microsoft.signalrservice/signalr", "microsoft.signalrservice/webpubsub")


def _locate_service(service: Resource, reader: Reader) -> Iterator[Placement]:
    yield at_location(service)
    path = f"{service.id}/replicas"
    places = partial(_replicas, path, f"{service.type}/replicas", reader)
    yield from facet(Role.PROCESSING, path, places, read_at=service.reading.read_at)


def _replicas(path: str, resource_type: str, reader: Reader) -> Iterator[Placement]:
    for replica in reader.list(path, api_version=API_VERSIONS[resource_type]):
        yield observed(replica, Role.PROCESSING, "location")


def _locate_replica(replica: Resource, reader: Reader) -> Iterator[Placement]:
    del reader
    yield observed(replica.reading, Role.PROCESSING, "location")


CHECKS = (
    Check(
        id="signalr",
        title="SignalR and Web PubSub, with their replicas",
        resource_types=TYPES,
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=(
            "Microsoft.SignalRService/SignalR/read",
            "Microsoft.SignalRService/SignalR/replicas/read",
            "Microsoft.SignalRService/WebPubSub/read",
            "Microsoft.SignalRService/WebPubSub/replicas/read",
        ),
        docs=PAGES,
        locate=_locate_service,
        reads=True,
    ),
    Check(
        id="signalr-replicas",
        title="Replica of SignalR or Web PubSub",
        resource_types=tuple(f"{resource_type}/replicas" for resource_type in TYPES),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=(
            "Microsoft.SignalRService/SignalR/replicas/read",
            "Microsoft.SignalRService/WebPubSub/replicas/read",
        ),
        docs=PAGES,
        locate=_locate_replica,
        uses_properties=False,
    ),
)
