"""Event Grid: topics, domains and namespaces, the copy of their metadata, and where events go.

Events are kept in the region of the resource and never copied to another
(https://learn.microsoft.com/azure/reliability/reliability-event-grid). A `global` system topic may
keep events in any data centre of Microsoft
(https://learn.microsoft.com/azure/communication-services/concepts/privacy).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from checks.event_grid_copies import CHOSEN, GIVEN, PAGE, metadata_copy
from checks.event_subscriptions import HANDLERS_PAGE, RETRY_PAGE, sent_on, sent_on_by_topics
from residency import regions
from residency.check import (
    Check,
    Reader,
    at_location,
    at_resource,
    documented,
    facet,
    value,
    with_fields,
)
from residency.model import Holds, Placement, Reading, Resource, Role

GLOBAL_PAGE = "https://learn.microsoft.com/azure/communication-services/concepts/privacy"

PREFIX = "microsoft.eventgrid"
NAMESPACES = f"{PREFIX}/namespaces"
WITH_TOPICS = frozenset({NAMESPACES, f"{PREFIX}/domains"})

ROUTED = "properties.topicSpacesConfiguration"
SUBSCRIPTIONS = "/eventSubscriptions"
PERMISSIONS = tuple(
    f"Microsoft.EventGrid/{parent}{child}/read"
    for parent, children in (
        ("topics", ("", SUBSCRIPTIONS)),
        ("domains", ("", SUBSCRIPTIONS, "/topics", f"/topics{SUBSCRIPTIONS}")),
        ("namespaces", ("", "/topics", f"/topics{SUBSCRIPTIONS}")),
        ("systemTopics", ("", SUBSCRIPTIONS)),
        ("partnerTopics", ("", SUBSCRIPTIONS)),
    )
    for child in children
)


def locate(topic: Resource, reader: Reader) -> Iterator[Placement]:
    """State where events are, where the metadata is copied and where events are sent on."""
    region = regions.find(topic.location)
    if topic.type in GIVEN and region is not None and region.name == "global":
        yield _anywhere(topic.reading)
    else:
        yield at_location(topic)
        yield from metadata_copy(topic, reader)
    if topic.type == NAMESPACES:
        places = partial(_routed, topic, reader)
        yield from facet(Role.EXPORT, topic.id, places, read_at=topic.reading.read_at)
    else:
        yield from sent_on(topic, topic.id, reader)
    if topic.type in WITH_TOPICS:
        yield from sent_on_by_topics(topic, reader)


def _anywhere(reading: Reading) -> Placement:
    fact = "a global system topic may keep events in any Microsoft data center"
    return documented(reading, Role.PRIMARY, "global", page=GLOBAL_PAGE, fact=fact)


def _routed(namespace: Resource, reader: Reader) -> Iterator[Placement]:
    """State the topic that an MQTT broker routes messages to."""
    reading = with_fields(namespace, reader, ROUTED, api_version=version_of(namespace.id))
    if value(reading.body, f"{ROUTED}.routeTopicResourceId"):
        yield at_resource(reading, f"{ROUTED}.routeTopicResourceId", reader)


CHECKS = (
    Check(
        id="event-grid",
        title="Event Grid: metadata copies and event subscriptions",
        resource_types=(*CHOSEN, *GIVEN, NAMESPACES, f"{PREFIX}/partnertopics"),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=PERMISSIONS,
        docs=(PAGE, GLOBAL_PAGE, HANDLERS_PAGE, RETRY_PAGE),
        locate=locate,
        reads=True,
    ),
)
