"""Workspaces that are named by their GUID, and places that several fields name.

https://learn.microsoft.com/azure/azure-monitor/logs/log-analytics-workspace-overview
"""

from collections.abc import Iterable, Iterator
from functools import partial

from residency.check import Reader, text, unknown, where_written
from residency.model import Placement, Reading, Reason, Resource, Role

_WORKSPACES = "microsoft.operationalinsights/workspaces"
_GUID = "properties.customerId"


def at_workspace_with(reading: Reading, path: str, reader: Reader) -> Placement:
    """State that logs are in the workspace with the GUID at `path`."""
    workspaces = reader.once("workspaces by their GUIDs", partial(_by_guid, reader))
    guid = (text(reading.body, path) or "").lower()
    found = workspaces.get(guid)
    if found is None:
        why = Reason.FACET_UNREADABLE
        return unknown(reading, Role.EXPORT, path, why=why, target=guid or None)
    return where_written(found, Role.EXPORT)


def each_once(places: Iterable[Placement]) -> Iterator[Placement]:
    """Drop what repeats a role at a resource that is already stated."""
    seen: set[tuple[Role, str]] = set()
    for place in places:
        if place.target is None or (place.role, place.target) not in seen:
            yield place
        seen.add((place.role, place.target or ""))


def _by_guid(reader: Reader) -> dict[str, Resource]:
    return {
        guid.lower(): workspace
        for workspace in reader.of_type(_WORKSPACES)
        if (guid := text(workspace.reading.body, _GUID))
    }
