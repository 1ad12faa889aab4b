"""Notification Hubs namespaces: their region, and where their metadata is copied.

Registrations are in the namespace's region alone; its name, keys and settings are copied to the
pair, or to one of a few regions all over the world that the customer chose
(https://learn.microsoft.com/azure/reliability/reliability-notification-hubs).
`properties.region` repeats `location`.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    facet,
    observed,
    pair_copy,
    text,
    with_fields,
)
from residency.model import Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/reliability/reliability-notification-hubs"
COPY = "properties.replicationRegion"


def locate(namespace: Resource, reader: Reader) -> Iterator[Placement]:
    """State the namespace's region and the copy of its metadata."""
    yield at_location(namespace)
    places = partial(_copy, namespace, reader)
    yield from facet(Role.REPLICA, namespace.id, places, read_at=namespace.reading.read_at)


def _copy(namespace: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(namespace, reader, COPY, api_version=version_of(namespace.id))
    match (text(reading.body, COPY) or "").lower():
        case "none":
            return
        case "default":
            fact = f"{COPY} is Default: the metadata is copied to the paired region"
            yield from pair_copy(
                reading, Role.REPLICA, "location", page=PAGE, fact=fact, metadata_only=True
            )
        case "":
            yield absent(reading, Role.REPLICA, COPY, "it tells where the metadata is copied")
        case _:
            yield observed(reading, Role.REPLICA, COPY, metadata_only=True)


CHECKS = (
    Check(
        id="notification-hubs",
        title="Notification Hubs namespace and the region of its metadata copy",
        resource_types=("microsoft.notificationhubs/namespaces",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.NotificationHubs/namespaces/read",),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
