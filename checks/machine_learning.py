"""Azure Machine Learning workspaces: the resources that keep their data, and what runs for them.

A workspace keeps its data in the storage account, vault, container registry and Application
Insights that it names, a project in those of its hub
(https://learn.microsoft.com/azure/machine-learning/concept-workspace). Nothing is copied or failed
over to another region
(https://learn.microsoft.com/azure/machine-learning/how-to-high-availability-machine-learning). A
compute runs at its own compute location, an endpoint at its own location.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from checks.machine_learning_compute import compute
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    at_resource,
    facet,
    items,
    observed,
    text,
    with_fields,
)
from residency.model import Holds, Placement, Resource, Role

DOCS = "https://learn.microsoft.com/azure/machine-learning/"
TYPE = "microsoft.machinelearningservices/workspaces"

STORAGE = "properties.storageAccount"
HUB = "properties.hubResourceId"
FURTHER = "properties.workspaceHubConfig.additionalWorkspaceStorageAccounts"
KEPT_IN = (
    STORAGE,
    "properties.keyVault",
    "properties.containerRegistry",
    "properties.applicationInsights",
    HUB,
)
ENDPOINTS = ("onlineEndpoints", "serverlessEndpoints")


def locate(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a workspace is, where its data is kept, and where it is handled."""
    yield at_location(workspace)
    read_at = workspace.reading.read_at
    kept = partial(_kept, workspace, reader)
    yield from facet(Role.EXPORT, workspace.id, kept, read_at=read_at)
    computes = f"{workspace.id}/computes"
    yield from facet(
        Role.PROCESSING, computes, partial(_computes, reader, computes), read_at=read_at
    )
    for kind in ENDPOINTS:
        served = partial(_endpoints, workspace, reader, kind)
        yield from facet(Role.PROCESSING, f"{workspace.id}/{kind}", served, read_at=read_at)


def _kept(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    fields = () if text(workspace.reading.body, HUB) else (STORAGE,)
    reading = with_fields(workspace, reader, *fields, api_version=API_VERSIONS[TYPE])
    if not text(reading.body, HUB) and not text(reading.body, STORAGE):
        yield absent(reading, Role.EXPORT, STORAGE, "every workspace keeps its data in one")
    further = items(reading.body, FURTHER)
    for path in (*KEPT_IN, *further):
        if text(reading.body, path):
            yield at_resource(reading, path, reader)


def _computes(reader: Reader, path: str) -> Iterator[Placement]:
    for each in reader.list(path, api_version=API_VERSIONS[f"{TYPE}/computes"]):
        yield compute(each, reader, Role.PROCESSING)


def _endpoints(workspace: Resource, reader: Reader, kind: str) -> Iterator[Placement]:
    version = API_VERSIONS[f"{TYPE}/{kind.lower()}"]
    for endpoint in reader.list(f"{workspace.id}/{kind}", api_version=version):
        yield observed(endpoint, Role.PROCESSING, "location")


CHECKS = (
    Check(
        id="machine-learning-workspace",
        title="Machine Learning workspace: its resources, computes and endpoints",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.MachineLearningServices/workspaces/read",
            "Microsoft.MachineLearningServices/workspaces/computes/read",
            "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/read",
            "Microsoft.MachineLearningServices/workspaces/serverlessEndpoints/read",
        ),
        docs=(f"{DOCS}concept-workspace", f"{DOCS}how-to-high-availability-machine-learning"),
        locate=locate,
        reads=True,
    ),
)
