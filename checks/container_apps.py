"""Azure Container Apps: environments with their logs and shares, apps and jobs.

An app runs in the region of its environment
(https://learn.microsoft.com/azure/reliability/reliability-container-apps), or at the custom
location of a connected one (https://learn.microsoft.com/azure/container-apps/azure-arc-overview).
Logs go to the workspace with a GUID that the environment names
(https://learn.microsoft.com/azure/container-apps/log-options), shares are those of any account
(https://learn.microsoft.com/azure/container-apps/storage-mounts).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from checks.by_name import STORAGE, at_named
from checks.named_places import at_workspace_with
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    facet,
    text,
    unknown,
    value,
    with_fields,
)
from residency.model import Holds, Placement, Reading, Resource, Role

DOCS = "https://learn.microsoft.com/azure/container-apps/"
RELIABILITY = "https://learn.microsoft.com/azure/reliability/reliability-container-apps"
ENVIRONMENT = "microsoft.app/managedenvironments"
STORAGES = f"{ENVIRONMENT}/storages"
DESTINATION = "properties.appLogsConfiguration.destination"
NOT_NAMED_HERE = frozenset({"", "none", "azure-monitor"})
"""No logs are kept, or diagnostic settings say where they go."""

WORKSPACE = "properties.appLogsConfiguration.logAnalyticsConfiguration.customerId"
SHARES = ("properties.azureFile.accountName", "properties.nfsAzureFile.server")


def _locate_app(app: Resource, reader: Reader) -> Iterator[Placement]:
    del reader
    yield at_location(app)


def _locate_environment(environment: Resource, reader: Reader) -> Iterator[Placement]:
    yield at_location(environment)
    read_at, path = environment.reading.read_at, f"{environment.id}/storages"
    logs = partial(_logs, environment, reader)
    yield from facet(Role.EXPORT, environment.id, logs, read_at=read_at)
    yield from facet(Role.EXPORT, path, partial(_shares, path, reader), read_at=read_at)


def _logs(environment: Resource, reader: Reader) -> Iterator[Placement]:
    version = API_VERSIONS[ENVIRONMENT]
    told = with_fields(environment, reader, DESTINATION, api_version=version)
    destination = (text(told.body, DESTINATION) or "").lower()
    if value(told.body, WORKSPACE):
        yield at_workspace_with(told, WORKSPACE, reader)
    elif destination == "log-analytics":
        yield absent(told, Role.EXPORT, WORKSPACE, "it names the workspace of the logs")
    elif destination not in NOT_NAMED_HERE:
        yield unknown(told, Role.EXPORT, DESTINATION)


def _shares(path: str, reader: Reader) -> Iterator[Placement]:
    for storage in reader.list(path, api_version=API_VERSIONS[STORAGES]):
        yield _share(storage, reader)


def _share(storage: Reading, reader: Reader) -> Placement:
    for field in SHARES:
        if value(storage.body, field):
            return at_named(storage, field, reader, STORAGE)
    return absent(storage, Role.EXPORT, SHARES[0], "it names the account of the share")


CHECKS = (
    Check(
        id="container-apps",
        title="Container apps and jobs",
        resource_types=("microsoft.app/containerapps", "microsoft.app/jobs"),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.App/containerApps/read", "Microsoft.App/jobs/read"),
        docs=(RELIABILITY, f"{DOCS}azure-arc-overview"),
        locate=_locate_app,
    ),
    Check(
        id="container-apps-environments",
        title="Environments of container apps, their logs and shares",
        resource_types=(ENVIRONMENT,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=(
            "Microsoft.App/managedEnvironments/read",
            "Microsoft.App/managedEnvironments/storages/read",
        ),
        docs=(f"{DOCS}log-options", f"{DOCS}storage-mounts"),
        locate=_locate_environment,
        reads=True,
    ),
)
