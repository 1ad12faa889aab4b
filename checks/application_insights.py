"""Application Insights: telemetry that is kept in a workspace, often of another region.

It comes in at the region of the component and is kept in its workspace
(https://learn.microsoft.com/azure/azure-monitor/app/create-workspace-resource), so that it goes
along when that is switched over. A classic component, which Azure no longer makes, keeps it
itself; the list of its continuous exports is no longer answered. Profiles and snapshots go to a
linked account if there is one
(https://learn.microsoft.com/azure/azure-monitor/profiler/profiler-bring-your-own-storage).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from checks.api_versions import version_of
from checks.log_places import PAGE as REPLICATION
from checks.log_places import logs_elsewhere
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    at_resource,
    facet,
    text,
    unknown,
    with_fields,
)
from residency.errors import NotFound
from residency.model import Holds, Placement, Resource, Role

TYPE = "microsoft.insights/components"
DOCS = "https://learn.microsoft.com/azure/azure-monitor/"
WORKSPACE = "properties.WorkspaceResourceId"
INGESTION = "properties.IngestionMode"
CLASSIC = frozenset({"applicationinsights", "applicationinsightswithdiagnosticsettings"})


def locate(component: Resource, reader: Reader) -> Iterator[Placement]:
    """State where telemetry is kept, where it comes in, and where profiles go."""
    read_at = component.reading.read_at
    kept = partial(_telemetry, component, reader)
    yield from facet(Role.PRIMARY, component.id, kept, read_at=read_at, decides_primary=True)
    yield at_location(component, Role.PROCESSING)
    path = f"{component.id}/linkedStorageAccounts/serviceprofiler"
    profiles = partial(_profiles, path, reader)
    yield from facet(Role.EXPORT, path, profiles, read_at=read_at)


def _telemetry(component: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(component, reader, WORKSPACE, api_version=version_of(component.id))
    named = text(reading.body, WORKSPACE)
    workspace = reader.find(named) if named else None
    if workspace:
        yield from logs_elsewhere(workspace, reader)
    elif named:
        unseen = at_resource(reading, WORKSPACE, reader, role=Role.PRIMARY)
        yield replace(unseen, decides_primary=True)
    elif (text(reading.body, INGESTION) or "").lower() in CLASSIC:
        yield at_location(component)
        yield unknown(reading, Role.EXPORT, INGESTION)
    else:
        why = "it names what keeps the telemetry"
        yield absent(reading, Role.PRIMARY, WORKSPACE, why, decides_primary=True)


def _profiles(path: str, reader: Reader) -> Iterator[Placement]:
    try:
        linked = reader.get(path, api_version=version_of(path))
    except NotFound:
        return
    yield at_resource(linked, "properties.linkedStorageAccount", reader)


CHECKS = (
    Check(
        id="application-insights",
        title="Application Insights: telemetry in its workspace",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=(
            "Microsoft.Insights/components/read",
            "Microsoft.Insights/components/linkedStorageAccounts/read",
            "Microsoft.OperationalInsights/workspaces/read",
        ),
        docs=(
            f"{DOCS}app/create-workspace-resource",
            f"{DOCS}profiler/profiler-bring-your-own-storage",
            REPLICATION,
        ),
        locate=locate,
        reads=True,
    ),
)
