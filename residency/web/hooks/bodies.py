"""What the bodies say that Azure sends: which resources an event or an alert names.

- Event Grid's own schema, a list: https://learn.microsoft.com/azure/event-grid/event-schema
- CloudEvents 1.0, one or a list: https://learn.microsoft.com/azure/event-grid/cloud-event-schema
- Common alert schema: https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema
"""

from collections.abc import Iterator, Mapping
from typing import Any

from residency.web.hooks.arm_ids import arm_id

MOST_EVENTS = 5_000
"""Event Grid puts at most this many in a batch.

https://learn.microsoft.com/azure/event-grid/delivery-and-retry#output-batching
"""

_VALIDATION = "microsoft.eventgrid.subscriptionvalidationevent"
_OF_EVENT_GRID = "microsoft.eventgrid."
_ALERT = "azuremonitorcommonalertschema"
_MOST_CODE_CHARACTERS = 512


def validation_code(body: Any) -> str | None:  # noqa: ANN401 - JSON of any shape
    """Give the code that Event Grid wants back before it sends events here.

    https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
    """
    for event in events(body):
        if _kind(event) == _VALIDATION:
            code = _mapping(event.get("data")).get("validationCode")
            if isinstance(code, str) and 0 < len(code) <= _MOST_CODE_CHARACTERS:
                return code
    return None


def resource_ids(body: Any) -> tuple[str, ...]:  # noqa: ANN401 - JSON of any shape
    """Give every id that the body names, each once, in the order in which it names them."""
    found = (arm_id(named) for event in events(body) for named in _named(event))
    return tuple(dict.fromkeys(one for one in found if one))


def events(body: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401 - JSON of any shape
    """Give the events of a body: it is one, or a list of them. What is no event is left out."""
    several = body if isinstance(body, list) else [body]
    return [event for event in several if isinstance(event, dict)]


def _named(event: Mapping[str, Any]) -> Iterator[object]:
    data = _mapping(event.get("data"))
    if _text(event.get("schemaId")) == _ALERT:
        targets = _mapping(data.get("essentials")).get("alertTargetIDs")
        yield from targets if isinstance(targets, list) else ()
    elif not _kind(event).startswith(_OF_EVENT_GRID):  # those are about the event subscription
        yield event.get("subject")
        yield data.get("resourceUri")
        info = _mapping(data.get("resourceInfo"))
        yield info.get("id")
        yield _mapping(info.get("properties")).get("targetResourceId")


def _kind(event: Mapping[str, Any]) -> str:
    return _text(event.get("eventType")) or _text(event.get("type"))


def _text(value: object) -> str:
    return value.lower() if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
