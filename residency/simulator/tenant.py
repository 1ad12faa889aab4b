"""The state of the simulated tenant as Azure Resource Manager knows it.

Bodies are kept as JSON bytes, so that a million resources fit in memory. Every key is a
lower-cased id or path, because ARM compares them without case.
"""

import json
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from residency.simulator.answers import encode
from residency.simulator.world import Body, Estate, Subscription

_STORAGE_ACCOUNTS = "/providers/microsoft.storage/storageaccounts/"
_SEGMENTS_OF_TOP_LEVEL = 9


def list_paths(resource_id: str) -> Iterator[str]:
    """Yield every list in which a resource with this lower-cased id is shown."""
    parts = resource_id.split("/")
    yield "/".join(parts[:-1])
    yield f"/subscriptions/{parts[2]}/resources"
    if parts[3] == "resourcegroups":
        yield f"/subscriptions/{parts[2]}/resourcegroups/{parts[4]}/resources"
        if len(parts) == _SEGMENTS_OF_TOP_LEVEL:
            yield f"/subscriptions/{parts[2]}/providers/{parts[6]}/{parts[7]}"


class Tenant:
    """Subscriptions, resource groups, resources and child lists, and how they change."""

    def __init__(self, estate: Estate) -> None:
        """Load the estate; a lazy sequence of resources is walked once."""
        self.tenant_id = estate.tenant_id
        self.management_group = estate.management_group
        self.subscriptions: dict[str, Subscription] = {
            one.id.lower(): one for one in estate.subscriptions
        }
        self.groups: dict[str, Body] = {body["id"].lower(): body for body in estate.resource_groups}
        self.denied: list[str] = [prefix.lower().rstrip("/") for prefix in estate.denied]
        self.geo_replication: dict[str, Body] = {}
        self._children: Mapping[str, Sequence[Body]] = estate.children
        self._changed_children: dict[str, list[Body]] = {}
        self._bodies: dict[str, bytes] = {}
        self._lists: dict[str, list[str]] = {}
        self._load(estate.resources)

    def _load(self, bodies: Iterable[Body]) -> None:
        for body in bodies:
            key = self._keep(body)
            for path in list_paths(key):
                self._lists.setdefault(path, []).append(key)
        for ids in self._lists.values():
            ids.sort()

    def _keep(self, body: Body) -> str:
        key: str = body["id"].lower()
        properties = body.get("properties")
        if _STORAGE_ACCOUNTS in key and properties and "geoReplicationStats" in properties:
            self.geo_replication[key] = properties["geoReplicationStats"]
            rest = {k: v for k, v in properties.items() if k != "geoReplicationStats"}
            body = {**body, "properties": rest}
        self._bodies[key] = encode(body)
        return key

    def __len__(self) -> int:
        """Count the resources."""
        return len(self._bodies)

    def encoded(self) -> Iterator[bytes]:
        """Yield the JSON of every resource."""
        yield from self._bodies.values()

    def all_children(self) -> Iterator[tuple[str, Sequence[Body]]]:
        """Yield every child list with its lower-cased path."""
        for path, items in self._children.items():
            yield path, self._changed_children.get(path, items)
        for path, items in self._changed_children.items():
            if path not in self._children:
                yield path, items

    def find(self, resource_id: str) -> Body | None:
        """Find a resource, a child that only a list shows, or nothing."""
        key = resource_id.lower()
        if (raw := self._bodies.get(key)) is not None:
            body: Body = json.loads(raw)
            return body
        siblings = self.children(key.rpartition("/")[0]) or ()
        return next((item for item in siblings if str(item.get("id", "")).lower() == key), None)

    def is_resource(self, resource_id: str) -> bool:
        """Tell whether this is a resource of its own, and no item that only a list shows."""
        return resource_id.lower() in self._bodies

    def exists(self, path: str) -> bool:
        """Tell whether a scope is there: a subscription, a resource group or a resource."""
        known = path.removeprefix("/subscriptions/") in self.subscriptions
        return known or path in self.groups or self.find(path) is not None

    def children(self, path: str) -> Sequence[Body] | None:
        """Give the items that only this child list shows, or None where nothing is said of it."""
        changed = self._changed_children.get(path)
        return self._children.get(path) if changed is None else changed

    def ids(self, path: str) -> Sequence[str]:
        """Give the sorted lower-cased ids of the resources that a list shows."""
        return self._lists.get(path, ())

    def raw(self, key: str) -> bytes:
        """Give the JSON of a resource by its lower-cased id."""
        return self._bodies[key]

    def put(self, body: Body) -> None:
        """Create or replace a resource."""
        is_new = body["id"].lower() not in self._bodies
        key = self._keep(body)
        if is_new:
            for path in list_paths(key):
                insort(self._lists.setdefault(path, []), key)

    def remove(self, resource_id: str) -> Body | None:
        """Delete a resource with everything under it; give its last body."""
        key = resource_id.lower()
        body = self.find(key)
        parent = next(iter(list_paths(key)))
        subtree = f"/subscriptions/{key.split('/')[2]}/resources"
        doomed = [one for one in self.ids(subtree) if one == key or one.startswith(key + "/")]
        for one in doomed:
            del self._bodies[one]
            for path in list_paths(one):
                ids = self._lists[path]
                del ids[bisect_left(ids, one)]
        if not doomed and body is not None:
            rest = [item for item in self.children(parent) or () if item is not body]
            self._changed_children[parent] = rest
        return body

    def put_child(self, path: str, item: Body) -> None:
        """Add an item to a child list, or replace the one with the same id."""
        key = path.lower()
        items = [one for one in self.children(key) or () if one.get("id") != item.get("id")]
        self._changed_children[key] = [*items, item]

    def set_children(self, path: str, items: Sequence[Body]) -> None:
        """Let a child list show these items and no others."""
        self._changed_children[path.lower()] = list(items)

    def replace(self, body: Body) -> None:
        """Put a changed body back where `find` found it: a resource or an item of a child list."""
        key = body["id"].lower()
        if key in self._bodies:
            self.put(body)
            return
        path = key.rpartition("/")[0]
        items = [body if one["id"].lower() == key else one for one in self.children(path) or ()]
        self._changed_children[path] = items

    def set_subscription(self, subscription_id: str, **flags: bool | str) -> Subscription:
        """Change what a subscription shows: `listed`, `readable`, `in_graph`, `state`, `name`."""
        key = subscription_id.lower()
        changed = replace(self.subscriptions[key], **flags)  # type: ignore[arg-type]
        self.subscriptions[key] = changed
        return changed
