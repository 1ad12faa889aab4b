"""Keeps a large inventory small: what many resources have in common is kept once.

Most resources of a tenant are told by type and location alone; they share their whole reading. The
others keep their `properties` as JSON, and open them while a check looks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from sys import intern
from typing import Any

import msgspec

from residency.check import Catalogue
from residency.model import Reading, Resource

_IN_THE_RESOURCE = frozenset({"id", "name", "type", "tags", "subscriptionId", "resourceGroup"})
_PROPERTIES = "properties"


class PackedBody(Mapping[str, Any]):
    """A body whose `properties` are JSON text until somebody reads them."""

    __slots__ = ("_head", "_properties")

    def __init__(self, head: Mapping[str, Any], properties: bytes) -> None:
        """Keep the rest of the body beside its packed properties."""
        self._head = head
        self._properties = properties

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - JSON has no type
        """Give a value; `properties` anew each time."""
        return msgspec.json.decode(self._properties) if key == _PROPERTIES else self._head[key]

    def __iter__(self) -> Iterator[str]:
        """Give the keys."""
        yield from self._head
        yield _PROPERTIES

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._head) + 1


def opened(resource: Resource) -> Resource:
    """Give a resource whose body is ready to be read many times."""
    body = resource.reading.body
    if not isinstance(body, PackedBody):
        return resource
    return replace(resource, reading=_with_body(resource.reading, dict(body)))


class Packer:
    """Makes resources small as they arrive."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Keep `properties` only of types whose check reads them."""
        self._with_properties = frozenset(
            resource_type
            for check in catalogue.checks
            if check.uses_properties
            for resource_type in check.resource_types
        )
        self._heads: dict[bytes, Mapping[str, Any]] = {}
        self._readings: dict[tuple[object, ...], Reading] = {}
        self._tags: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}

    def pack(self, resource: Resource) -> Resource:
        """Give the same resource in less memory."""
        return Resource(  # not dataclasses.replace: a tenant has a million of these
            id=resource.id,
            type=intern(resource.type),
            name=resource.name,
            subscription_id=intern(resource.subscription_id),
            resource_group=intern(resource.resource_group),
            tags=self._tags.setdefault(tuple(resource.tags.items()), resource.tags),
            managed_by=resource.managed_by,
            reading=self._reading(resource),
        )

    def _reading(self, resource: Resource) -> Reading:
        reading = resource.reading
        head = self._head(reading.body)
        properties = reading.body.get(_PROPERTIES)
        if properties is not None and resource.type in self._with_properties:
            return _with_body(reading, PackedBody(head, msgspec.json.encode(properties)))
        key = (id(head), reading.api, reading.path, reading.read_at)
        if key not in self._readings:
            self._readings[key] = _with_body(reading, head)
        return self._readings[key]

    def _head(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give the rest of a body; `id(head)` tells heads apart, because each is kept here."""
        head = {
            key: found
            for key, found in body.items()
            if key not in _IN_THE_RESOURCE and key != _PROPERTIES and found is not None
        }
        return self._heads.setdefault(msgspec.json.encode(head), head)


def _with_body(reading: Reading, body: Mapping[str, Any]) -> Reading:
    return Reading(api=reading.api, path=reading.path, body=body, read_at=reading.read_at)
