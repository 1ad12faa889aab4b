"""Which texts are ids of Azure Resource Manager that are safe to ask for."""

import re
from collections.abc import Sequence

_MOST_CHARACTERS = 2_048
_SUBSCRIPTION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAMESPACE = re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+)*")
# Not of dots alone: `..` would name something else once a path is made of it.
_PART = re.compile(r"(?!\.+$)[\w.()@$!*,;:+~=' -]{1,260}")
_SHORTEST_RESOURCE = 4  # providers, namespace, type, name
_HEALTH = "/providers/microsoft.resourcehealth/"


def arm_id(value: object) -> str | None:
    """Give the id in small letters, or None for what is none.

    An availability status is told of by its own id, which is that of the resource and a tail
    (https://learn.microsoft.com/azure/event-grid/event-schema-health-resources): the resource is
    what there is to read.
    """
    if not isinstance(value, str) or len(value) > _MOST_CHARACTERS:
        return None
    found = value.strip().rstrip("/").lower().partition(_HEALTH)[0]
    match found.split("/"):
        case ["", "subscriptions", subscription, *rest] if _SUBSCRIPTION.fullmatch(subscription):
            return found if _is_below_subscription(rest) else None
        case _:
            return None


def _is_below_subscription(parts: Sequence[str]) -> bool:
    if any(_PART.fullmatch(part) is None for part in parts):
        return False
    match parts:
        case []:
            return True
        case ["resourcegroups", _, *rest]:
            return not rest or _is_resource(rest)
        case _:
            return _is_resource(parts)


def _is_resource(parts: Sequence[str]) -> bool:
    """Tell whether this is a provider's namespace, and types and names by turns."""
    is_long_enough = len(parts) >= _SHORTEST_RESOURCE and len(parts) % 2 == 0
    return is_long_enough and parts[0] == "providers" and bool(_NAMESPACE.fullmatch(parts[1]))
