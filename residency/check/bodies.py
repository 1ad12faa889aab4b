"""Bodies of ARM and rows of Resource Graph, made into resources."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from residency.errors import BadAnswer
from residency.model import Reading, Resource


def resource_of_body(body: Mapping[str, Any], *, api: str, read_at: datetime) -> Resource:
    """Make a resource of an ARM body. Raises BadAnswer where it has no id or type."""
    match body:
        case {"id": str(resource_id), "type": str(resource_type)}:
            pass
        case _:
            raise BadAnswer("a resource came without id or type", code="BadAnswer")
    lowered = resource_id.lower()
    parts = lowered.split("/")
    return Resource(
        id=lowered,
        type=resource_type.lower(),
        name=str(body.get("name") or parts[-1]),
        subscription_id=after(parts, "subscriptions"),
        resource_group=after(parts, "resourcegroups"),
        reading=Reading(api=api, path="", body=body, read_at=read_at),
        tags=tags_of(body),
        managed_by=str(body.get("managedBy") or "").lower(),
    )


def tags_of(body: Mapping[str, Any]) -> dict[str, str]:
    """Give the tags as plain text."""
    tags = body.get("tags")
    return {str(key): str(found) for key, found in tags.items()} if isinstance(tags, dict) else {}


def after(parts: list[str], marker: str) -> str:
    """Give the part of an id that follows a marker, or nothing."""
    return parts[parts.index(marker) + 1] if marker in parts[:-1] else ""
