"""Event Hubs namespaces: where they are written, their copies, and what capture sends on.

Which copy is written is told by `roleType` and promoted by the customer alone
(https://learn.microsoft.com/azure/reliability/reliability-event-hubs). Capture writes the events of
an event hub to a storage account or data lake, in any region
(https://learn.microsoft.com/azure/event-hubs/event-hubs-capture-overview).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from checks.messaging_namespaces import aliases, sku_of, written
from residency.check import Check, Reader, at_resource, facet, text, unknown, value
from residency.model import Holds, Placement, Reading, Resource, Role

DOCS = "https://learn.microsoft.com/azure/event-hubs/"
CAPTURE = "properties.captureDescription"
DESTINATION = f"{CAPTURE}.destination.properties"
ACCOUNT = f"{DESTINATION}.storageAccountResourceId"
WITHOUT_ALIAS = "basic"
"""The only tier without geo-disaster recovery.

https://learn.microsoft.com/azure/reliability/reliability-event-hubs
"""


def locate(namespace: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a namespace is written, where its copies are and where capture writes."""
    may_alias = sku_of(namespace) != WITHOUT_ALIAS
    yield from written(namespace, reader, may_alias=may_alias)
    if may_alias:
        yield from aliases(namespace, reader)
    path = f"{namespace.id}/eventhubs"
    places = partial(_captured, path, reader)
    yield from facet(Role.EXPORT, path, places, read_at=namespace.reading.read_at)


def _captured(path: str, reader: Reader) -> Iterator[Placement]:
    for hub in reader.list(path, api_version=version_of(path)):
        has_capture = value(hub.body, CAPTURE) is not None
        if has_capture and value(hub.body, f"{CAPTURE}.enabled") is not False:
            yield _destination(hub, reader)


def _destination(hub: Reading, reader: Reader) -> Placement:
    """Capture to a data lake of the first generation names it without an id."""
    lake = f"{DESTINATION}.dataLakeAccountName"
    if text(hub.body, lake) and not text(hub.body, ACCOUNT):
        return unknown(hub, Role.EXPORT, lake, target=text(hub.body, lake))
    return at_resource(hub, ACCOUNT, reader)


CHECKS = (
    Check(
        id="event-hubs",
        title="Event Hubs namespace: geo-replication, aliases, capture",
        resource_types=("microsoft.eventhub/namespaces",),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=(
            "Microsoft.EventHub/namespaces/read",
            "Microsoft.EventHub/namespaces/disasterRecoveryConfigs/read",
            "Microsoft.EventHub/namespaces/eventhubs/read",
        ),
        docs=(
            "https://learn.microsoft.com/azure/reliability/reliability-event-hubs",
            f"{DOCS}geo-replication",
            f"{DOCS}event-hubs-geo-dr",
            f"{DOCS}event-hubs-capture-overview",
        ),
        locate=locate,
        reads=True,
    ),
)
