"""Azure Quantum: jobs go from a workspace to the machines of its providers.

Providers are companies of their own, which offer their machines by country and not by region
(https://learn.microsoft.com/azure/quantum/provider-global-availability); where a machine stands is
no field. Jobs and results are kept in the storage account that the workspace names
(https://learn.microsoft.com/azure/quantum/how-to-create-workspace).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import (
    Check,
    Reader,
    at_location,
    at_resource,
    documented,
    facet,
    items,
    text,
    with_fields,
)
from residency.model import UNKNOWN_REGION, Holds, Placement, Reading, Resource, Role

TYPE = "microsoft.quantum/workspaces"
PROVIDERS_PAGE = "https://learn.microsoft.com/azure/quantum/provider-global-availability"
WORKSPACE_PAGE = "https://learn.microsoft.com/azure/quantum/how-to-create-workspace"
PROVIDERS, STORAGE = "properties.providers", "properties.storageAccount"


def locate(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a workspace is, the providers that jobs go to and where jobs are kept."""
    yield at_location(workspace)
    places = partial(_sent, workspace, reader)
    yield from facet(Role.EXPORT, workspace.id, places, read_at=workspace.reading.read_at)


def _sent(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    version = API_VERSIONS[TYPE]
    told = with_fields(workspace, reader, PROVIDERS, STORAGE, api_version=version)
    yield from (_at_provider(told, item) for item in items(told.body, PROVIDERS))
    if text(told.body, STORAGE):
        yield at_resource(told, STORAGE, reader)


def _at_provider(told: Reading, item: str) -> Placement:
    name = text(told.body, f"{item}.providerId")
    gap = documented(
        told,
        Role.EXPORT,
        UNKNOWN_REGION,
        page=PROVIDERS_PAGE,
        fact=f"jobs are run by the provider '{name}', and no field says where",
    )
    return replace(gap, target=name)


CHECKS = (
    Check(
        id="quantum",
        title="Azure Quantum workspace, its providers and its storage",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.Quantum/Workspaces/read",),
        docs=(PROVIDERS_PAGE, WORKSPACE_PAGE),
        locate=locate,
        reads=True,
    ),
)
