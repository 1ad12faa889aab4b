"""Azure Synapse workspaces: the data lake that keeps their files, and their runtimes.

Pipelines, their runtimes, lineage and source control are those of Data Factory. What a workspace
keeps in files is in the account of its data lake
(https://learn.microsoft.com/azure/synapse-analytics/get-started-create-workspace).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from checks.by_name import STORAGE, at_named
from checks.pipelines import LINEAGE, MANAGED_NETWORK, RUNTIMES, lineage, runtimes, source_control
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    at_resource,
    facet,
    text,
    with_fields,
)
from residency.model import Holds, Placement, Resource, Role

WORKSPACE = "https://learn.microsoft.com/azure/synapse-analytics/get-started-create-workspace"
TYPE = "microsoft.synapse/workspaces"

LAKE = "properties.defaultDataLakeStorage"
LAKE_ID = f"{LAKE}.resourceId"
LAKE_ADDRESS = f"{LAKE}.accountUrl"


def locate(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a workspace is, its data lake, its runtimes, and where it tells of its data."""
    yield at_location(workspace)
    lake = partial(_lake, workspace, reader)
    yield from facet(Role.EXPORT, workspace.id, lake, read_at=workspace.reading.read_at)
    version = API_VERSIONS[f"{TYPE}/integrationruntimes"]
    yield from runtimes(workspace, reader, api_version=version)
    yield from lineage(workspace, reader)
    yield from source_control(workspace, "properties.workspaceRepositoryConfiguration")


def _lake(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(workspace, reader, LAKE, api_version=API_VERSIONS[TYPE])
    if text(reading.body, LAKE_ID):
        yield at_resource(reading, LAKE_ID, reader)
    elif text(reading.body, LAKE_ADDRESS):
        yield at_named(reading, LAKE_ADDRESS, reader, STORAGE)
    else:
        yield absent(reading, Role.EXPORT, LAKE, "every workspace keeps its files in one")


CHECKS = (
    Check(
        id="synapse-workspace",
        title="Synapse workspace: its data lake, integration runtimes and lineage",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.Synapse/workspaces/read",
            "Microsoft.Synapse/workspaces/integrationRuntimes/read",
        ),
        docs=(WORKSPACE, RUNTIMES, MANAGED_NETWORK, LINEAGE),
        locate=locate,
        reads=True,
    ),
)
