"""Keeps a large inventory small: what many resources have in common is kept once.

Most resources of a tenant are told by type and location alone; they share their whole reading. The
others keep their `properties` as JSON, and open them while a check looks.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from sys import intern
from typing import Any

import msgspec
from msgspec import Raw

from residency.check import Catalogue, scope_of, tags_of
from residency.inventory.items import Item
from residency.model import Reading, Resource

NULL = b"null"
_PROPERTIES = "properties"
_RAW_KEYS = ("location", "kind", "sku", "extendedLocation", _PROPERTIES)
_MOST_TAG_BYTES = 4096
_MOST_SHARED_BYTES = 512
"""Longer `properties` name the resource itself, or its neighbours: no two are the same."""


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

    def unpacked(self) -> dict[str, Any]:
        """Give the whole body, to be read many times."""
        return {**self._head, _PROPERTIES: self[_PROPERTIES]}


def opened(resource: Resource) -> Resource:
    """Give a resource whose body is ready to be read many times."""
    reading = resource.reading
    if not isinstance(reading.body, PackedBody):
        return resource
    body = reading.body.unpacked()
    return Resource(  # not dataclasses.replace, which takes as long as a check
        id=resource.id,
        type=resource.type,
        name=resource.name,
        subscription_id=resource.subscription_id,
        resource_group=resource.resource_group,
        tags=resource.tags,
        managed_by=resource.managed_by,
        reading=Reading(
            api=reading.api,
            path=reading.path,
            body=body,
            read_at=reading.read_at,
            shown=reading.shown,
        ),
    )


class Packer:
    """Makes resources of what Azure lists, small as they arrive."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Keep `properties` only of types whose check reads them."""
        self._with_properties = frozenset(
            resource_type
            for check in catalogue.checks
            if check.uses_properties
            for resource_type in check.resource_types
        )
        self._types: dict[str, str] = {}
        self._tags: dict[bytes, Mapping[str, str]] = {}
        self._readings: dict[tuple[object, ...], Reading] = {}

    def pack(self, item: Item, properties: Raw, *, api: str, read_at: datetime) -> Resource:
        """Make the resource. Of a type that is told by its location the properties are left out."""
        lowered = intern(item.id.lower())  # the scan before has the same, and often still lives
        subscription_id, resource_group = scope_of(lowered)
        resource_type = self._types.get(item.type) or self._type(item.type)
        told = bytes(properties) if resource_type in self._with_properties else NULL
        name, managed_by = item.name, item.managed_by
        return Resource(
            id=lowered,
            type=resource_type,
            name=str(name) if name else lowered.rpartition("/")[2],
            subscription_id=intern(subscription_id),
            resource_group=intern(resource_group),
            tags=self._tags_of(bytes(item.tags)),
            managed_by=str(managed_by).lower() if managed_by else "",
            reading=self._reading(item, told, api, read_at),
        )

    def _type(self, raw: str) -> str:
        return self._types.setdefault(raw, intern(raw.lower()))

    def _tags_of(self, raw: bytes) -> Mapping[str, str]:
        """Decode tags, once for all that have the same; what is absurdly large is not kept."""
        found = self._tags.get(raw)
        if found is None:
            found = tags_of({"tags": msgspec.json.decode(raw)})
            if len(raw) <= _MOST_TAG_BYTES:
                self._tags[raw] = found
        return found

    def _reading(self, item: Item, properties: bytes, api: str, read_at: datetime) -> Reading:
        """Give the reading, which all share that say the same; long properties stay packed."""
        if len(properties) > _MOST_SHARED_BYTES:
            head = self._shared(item, NULL, api, read_at).body
            body = PackedBody(head, properties)
            return Reading(api=api, path="", body=body, read_at=read_at)
        return self._shared(item, properties, api, read_at)

    def _shared(self, item: Item, properties: bytes, api: str, read_at: datetime) -> Reading:
        raws = (
            bytes(item.location),
            bytes(item.kind),
            bytes(item.sku),
            bytes(item.extended_location),
            properties,
        )
        managed_by = item.managed_by
        key = (*raws, None if managed_by is None else str(managed_by), api, read_at)
        known = self._readings.get(key)
        if known is None:
            body = {name: found for name, found in _head(item, raws) if found is not None}
            known = self._readings[key] = Reading(api=api, path="", body=body, read_at=read_at)
        return known


def _head(item: Item, raws: tuple[bytes, ...]) -> Iterator[tuple[str, Any]]:
    yield from zip(_RAW_KEYS, map(msgspec.json.decode, raws), strict=True)
    yield "managedBy", item.managed_by
