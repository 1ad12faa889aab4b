"""Bodies of ARM and rows of Resource Graph, made into resources."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from residency.errors import BadAnswer
from residency.model import Reading, Resource

_MOST_NAME_CHARACTERS = 512
_MOST_VALUE_CHARACTERS = 256
_MOST_BAG_CHARACTERS = 64 * 1024


def resource_of_body(body: Mapping[str, Any], *, api: str, read_at: datetime) -> Resource:
    """Make a resource of an ARM body. Raises BadAnswer where it has no id or type."""
    resource_id, resource_type = body.get("id"), body.get("type")
    if not isinstance(resource_id, str) or not isinstance(resource_type, str):
        raise BadAnswer("a resource came without id or type", code="BadAnswer")
    lowered = resource_id.lower()
    subscription_id, resource_group = scope_of(lowered)
    tags = tags_of(body)
    if _is_cut(body, tags):
        body = {**body, "tags": tags}
    return Resource(
        id=lowered,
        type=resource_type.lower(),
        name=str(body.get("name") or lowered.rpartition("/")[2]),
        subscription_id=subscription_id,
        resource_group=resource_group,
        reading=Reading(api=api, path="", body=body, read_at=read_at),
        tags=tags,
        managed_by=str(body.get("managedBy") or "").lower(),
    )


def tags_of(body: Mapping[str, Any]) -> dict[str, str]:
    """Give the tags as plain text; what is larger than Azure lets a tag be is cut.

    What was cut ends in `…sha256:` and the digest of the whole, so that it equals nothing by
    accident. Of a bag that is still over 64 Ki characters the smallest tags stay; Azure's 50 tags
    of 512 and 256 characters all fit.
    https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
    """
    tags = body.get("tags")
    if not isinstance(tags, dict):
        return {}
    plain = {str(key): str(found) for key, found in tags.items()}
    if _characters(plain) <= _MOST_VALUE_CHARACTERS:
        return plain
    cut = {
        _cut(name, _MOST_NAME_CHARACTERS): _cut(found, _MOST_VALUE_CHARACTERS)
        for name, found in plain.items()
    }
    if _characters(cut) <= _MOST_BAG_CHARACTERS:
        return cut
    whole = json.dumps(plain, sort_keys=True)
    return dict(_smallest(cut)) | {"…": _digest(whole)}


def _is_cut(body: Mapping[str, Any], tags: Mapping[str, str]) -> bool:
    whole = body.get("tags")
    return isinstance(whole, dict) and whole != tags


def _characters(tags: Mapping[str, str]) -> int:
    return sum(map(len, tags)) + sum(map(len, tags.values()))


def _cut(text: str, most_characters: int) -> str:
    if len(text) <= most_characters:
        return text
    return text[:most_characters] + _digest(text)


def _digest(text: str) -> str:
    return f"…sha256:{sha256(text.encode(errors='surrogatepass')).hexdigest()}"


def _smallest(tags: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give the smallest tags that fit: ordinary ones stay beside one that crowds them out."""
    left = _MOST_BAG_CHARACTERS
    for name, found in sorted(tags.items(), key=lambda tag: len(tag[0]) + len(tag[1])):
        left -= len(name) + len(found)
        if left < 0:
            return
        yield name, found


def scope_of(lowered_id: str) -> tuple[str, str]:
    """Give the subscription and the resource group that a lower-cased id names, or nothing."""
    match lowered_id.split("/", 5):
        case ["", "subscriptions", subscription, "resourcegroups", group, *_]:
            return subscription, group
        case ["", "subscriptions", subscription, *_]:
            return subscription, ""
        case _:
            return "", ""
