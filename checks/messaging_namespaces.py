"""Namespaces of Event Hubs and Service Bus: geo-replication, and aliases.

Geo-replication copies events and messages to the listed regions, of which one is written
(https://learn.microsoft.com/azure/event-hubs/geo-replication). The older geo-disaster recovery
pairs two namespaces under an alias and copies nothing but the entities and their settings
(https://learn.microsoft.com/azure/event-hubs/event-hubs-geo-dr): the one with the role secondary
receives them, and its partner states that copy. The alias leads to the other one, which is written;
a failover makes it lead to the secondary and ends the pairing, so that nothing names the former.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from checks.api_versions import version_of
from checks.current import current
from checks.role_regions import by_role
from residency.check import Reader, at_location, at_resource, facet, text, value
from residency.errors import AzureError, CheckError
from residency.model import Placement, Resource, Role

REPLICATION = "properties.geoDataReplication"
LISTED = f"{REPLICATION}.locations"
PARTNER = "properties.partnerNamespace"
ROLE = "properties.role"
LED_TO = frozenset({"primary", "primarynotreplicating"})


def sku_of(namespace: Resource) -> str:
    """Give the tier in lower case, or nothing where it is not told."""
    return (text(namespace.reading.body, "sku.name") or "").lower()


def written(namespace: Resource, reader: Reader, *, may_alias: bool) -> Iterator[Placement]:
    """State where a namespace is written, and the regions that its data is replicated to."""
    told, unread = current(namespace, reader)
    yield from unread
    if value(told.reading.body, REPLICATION) is None:
        yield replace(at_location(told), writer=may_alias and _is_led_to(namespace, reader))
        return
    places = partial(by_role, told.reading, LISTED, place="locationName", role="roleType")
    yield from facet(
        Role.PRIMARY, LISTED, places, read_at=told.reading.read_at, decides_primary=True
    )


def aliases(namespace: Resource, reader: Reader) -> Iterator[Placement]:
    """State the partners that the entities of a namespace are copied to under an alias."""
    path = _path(namespace)
    places = partial(_partners, path, reader)
    read_at = namespace.reading.read_at
    yield from facet(Role.REPLICA, path, places, read_at=read_at, decides_primary=True)


def _path(namespace: Resource) -> str:
    return f"{namespace.id}/disasterRecoveryConfigs"


def _is_led_to(namespace: Resource, reader: Reader) -> bool:
    """Whether an alias leads to a namespace; what cannot be read, the partners tell of."""
    path = _path(namespace)
    try:
        found = reader.list(path, api_version=version_of(path))
        return any((text(alias.body, ROLE) or "").lower() in LED_TO for alias in found)
    except (AzureError, CheckError):
        return False


def _partners(path: str, reader: Reader) -> Iterator[Placement]:
    for alias in reader.list(path, api_version=version_of(path)):
        role = (text(alias.body, ROLE) or "").lower()
        if text(alias.body, PARTNER) and role != "secondary":
            yield at_resource(alias, PARTNER, reader, role=Role.REPLICA, metadata_only=True)
