"""The records of `resourcechanges`: what a change did to each property.

https://learn.microsoft.com/azure/governance/resource-graph/changes/get-resource-changes
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

from residency.simulator.world import Body


def change_record(
    before: Body | None, after: Body | None, at: datetime, *, operation: str, caller: str | None
) -> Body:
    """Give the row that tells how a resource changed.

    Args:
        before: The body before, or None for a resource that is new.
        after: The body after, or None for one that is gone.
        at: When it changed.
        operation: The operation that did it, or nothing.
        caller: Who did it; None is Azure itself (`System`).
    """
    body = after or before or {}
    one = str(uuid4())
    old, new = dict(_leaves(before or {})), dict(_leaves(after or {}))
    changes = {
        path: _change(old.get(path), new.get(path), caller)
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    }
    kind = "Create" if before is None else "Delete" if after is None else "Update"
    return {
        "id": f"{body['id']}/providers/Microsoft.Resources/changes/{one}",
        "name": one,
        "type": "microsoft.resources/changes",
        "properties": {
            "targetResourceId": body["id"],
            "targetResourceType": str(body.get("type", "")).lower(),
            "changeType": kind,
            "changeAttributes": _attributes(at, operation, caller, len(changes)),
            "changes": changes if kind == "Update" else {},
        },
    }


def _attributes(at: datetime, operation: str, caller: str | None, count: int) -> dict[str, Any]:
    return {
        "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "correlationId": str(uuid4()),
        "changedBy": caller or "System",
        "changedByType": "User" if caller else "System",
        "clientType": "Unspecified",
        "operation": operation or "Unspecified",
        "changesCount": count,
        "previousResourceSnapshotId": str(uuid4()),
        "newResourceSnapshotId": str(uuid4()),
    }


def _change(old: object, new: object, caller: str | None) -> dict[str, Any]:
    kind = "Insert" if old is None else "Remove" if new is None else "Update"
    return {
        "previousValue": None if old is None else str(old),
        "newValue": None if new is None else str(new),
        "changeCategory": "User" if caller else "System",
        "propertyChangeType": kind,
        "isTruncated": "false",
    }


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _leaves(inner, f"{path}.{key}" if path else str(key))
        case list():
            for number, inner in enumerate(value):
                yield from _leaves(inner, f"{path}[{number}]")
        case _:
            yield path, value
