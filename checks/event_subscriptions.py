"""Where Event Grid sends events: the destination of each subscription, and its dead letters.

https://learn.microsoft.com/azure/event-grid/event-handlers: a destination in Azure is named by its
id; a webhook may be anywhere. https://learn.microsoft.com/azure/event-grid/delivery-and-retry:
what could not be delivered goes to a storage account, if one is named.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency.check import Reader, absent, at_resource, facet, text, unknown, value
from residency.model import Placement, Reading, Resource, Role

HANDLERS_PAGE = "https://learn.microsoft.com/azure/event-grid/event-handlers"
RETRY_PAGE = "https://learn.microsoft.com/azure/event-grid/delivery-and-retry"

WITH_ID = frozenset(
    (
        *("eventhub", "servicebusqueue", "servicebustopic", "storagequeue"),
        *("hybridconnection", "azurefunction", "namespacetopic"),
    )
)
_PULLED = "queue"
_DELIVERY = "properties.deliveryConfiguration"
_PLACES = ("properties", f"{_DELIVERY}.push", f"{_DELIVERY}.queue")
_DESTINATIONS = ("destination", "deliveryWithResourceIdentity.destination")
_DEAD_LETTERS = (
    "deadLetterDestination",
    "deadLetterWithResourceIdentity.deadLetterDestination",
    "deadLetterDestinationWithResourceIdentity.deadLetterDestination",
)


def sent_on(topic: Resource, topic_id: str, reader: Reader) -> Iterator[Placement]:
    """State where every subscription of the topic `topic_id` sends its events."""
    path = f"{topic_id}/eventSubscriptions"
    places = partial(_by_subscriptions, path, reader)
    yield from facet(Role.EXPORT, path, places, read_at=topic.reading.read_at)


def sent_on_by_topics(parent: Resource, reader: Reader) -> Iterator[Placement]:
    """State where the subscriptions of every topic in a domain or namespace send its events."""
    path = f"{parent.id}/topics"

    def places() -> Iterator[Placement]:
        for topic in reader.list(path, api_version=version_of(path)):
            yield from sent_on(parent, f"{path}/{text(topic.body, 'name')}", reader)

    yield from facet(Role.EXPORT, path, places, read_at=parent.reading.read_at)


def _by_subscriptions(path: str, reader: Reader) -> Iterator[Placement]:
    for subscription in reader.list(path, api_version=version_of(path)):
        yield from _sent(subscription, reader)


def _sent(subscription: Reading, reader: Reader) -> Iterator[Placement]:
    destinations = _named(subscription, _DESTINATIONS)
    mode = text(subscription.body, f"{_DELIVERY}.deliveryMode") or ""
    if not destinations and mode.lower() != _PULLED:
        why = "it tells where events are sent"
        yield absent(subscription, Role.EXPORT, "properties.destination", why)
    for path in destinations:
        yield _destination(subscription, path, reader)
    for path in _named(subscription, _DEAD_LETTERS):
        yield at_resource(subscription, f"{path}.properties.resourceId", reader)


def _named(subscription: Reading, fields: tuple[str, ...]) -> list[str]:
    paths = (f"{place}.{field}" for place in _PLACES for field in fields)
    return [path for path in paths if value(subscription.body, path)]


def _destination(subscription: Reading, path: str, reader: Reader) -> Placement:
    kind = (text(subscription.body, f"{path}.endpointType") or "").lower()
    if kind in WITH_ID:
        return at_resource(subscription, f"{path}.properties.resourceId", reader)
    address = f"{path}.properties.endpointBaseUrl"
    if kind == "webhook":
        target = text(subscription.body, address)
        return unknown(subscription, Role.EXPORT, address, target=target)
    return unknown(subscription, Role.EXPORT, f"{path}.endpointType")
