"""Endpoints that are named by an address or a connection string, and not by an id.

The first label of an address is the resource's name, which is unique under that domain
(https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules), so that
it names the resource wherever it is. Event Grid tells its addresses itself, as they also hold the
region.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from checks.storage_names import at_account
from residency.check import Reader, cited, evidence, items, observed, text, unknown
from residency.model import Placement, Reading, Reason, Resource, Role

_HOST = re.compile(r"(?:^|//)([a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+)")
_DOMAINS = {
    "microsoft.eventhub/namespaces": "servicebus.windows.net",
    "microsoft.servicebus/namespaces": "servicebus.windows.net",
    "microsoft.documentdb/databaseaccounts": "documents.azure.com",
}
_TELLING = ("microsoft.eventgrid/topics", "microsoft.eventgrid/domains")
_STORAGE = ".core.windows.net"
_WRITES = "properties.writeLocations"
_REPLICATED = "properties.geoDataReplication.locations"


def at_host(
    reading: Reading, path: str, reader: Reader, *, role: Role = Role.EXPORT
) -> Iterator[Placement]:
    """State that data is where the resource is written whose address stands at `path`.

    A storage account is named by an address or a connection string. What nobody has seen, or a
    text without an address, leaves the place unknown. The text may hold a secret, so that only the
    address is cited.
    """
    found = _HOST.search((text(reading.body, path) or "").lower())
    hosts = reader.once("resources by their addresses", partial(_by_host, reader))
    resource = hosts.get(found[1]) if found else None
    if resource is not None:
        for field in _written_at(resource):
            yield observed(cited(resource), role, field, target=resource.id)
    elif found and not found[1].endswith(_STORAGE):
        gap = unknown(reading, role, path, why=Reason.FACET_UNREADABLE, target=found[1])
        yield _without_secret(reading, path, gap)
    else:
        place = at_account(reading, path, reader, role=role)
        yield _without_secret(reading, path, place) if place.unresolved else place


def _without_secret(reading: Reading, path: str, place: Placement) -> Placement:
    named = replace(reading, shown=None)
    return replace(place, evidence=evidence(named, path, place.target or "(no address)"))


def _by_host(reader: Reader) -> dict[str, Resource]:
    hosts = {
        f"{resource.name.lower()}.{domain}": resource
        for resource_type, domain in _DOMAINS.items()
        for resource in reader.of_type(resource_type)
    }
    for resource_type in _TELLING:
        for resource in reader.of_type(resource_type):
            found = _HOST.search((text(resource.reading.body, "properties.endpoint") or "").lower())
            if found:
                hosts[found[1]] = resource
    return hosts


def _written_at(resource: Resource) -> tuple[str, ...]:
    """Give the fields that tell where a resource is written: `location` need not be."""
    body = resource.reading.body
    if resource.type == "microsoft.documentdb/databaseaccounts":
        return tuple(f"{item}.locationName" for item in items(body, _WRITES)) or (_WRITES,)
    replicas = items(body, _REPLICATED)
    return tuple(f"{item}.locationName" for item in replicas) or ("location",)
