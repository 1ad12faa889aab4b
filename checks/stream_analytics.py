"""Azure Stream Analytics: a job runs in its region and writes to what its outputs name.

A job is in a single region
(https://learn.microsoft.com/azure/reliability/reliability-stream-analytics). Its outputs name
accounts, namespaces and servers and not their ids
(https://learn.microsoft.com/azure/stream-analytics/stream-analytics-define-outputs); Power BI, and
what this module does not know, is at an unknown place. A job may also keep its own content in an
account (https://learn.microsoft.com/azure/templates/microsoft.streamanalytics/streamingjobs).
"""

from collections.abc import Iterator, Mapping
from functools import partial

from checks.api_versions import API_VERSIONS
from checks.by_name import COSMOS_DB, STORAGE, at_named
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    facet,
    items,
    text,
    unknown,
    with_fields,
)
from residency.model import Holds, Placement, Reading, Resource, Role

RELIABILITY = "https://learn.microsoft.com/azure/reliability/reliability-stream-analytics"
OUTPUTS = "https://learn.microsoft.com/azure/stream-analytics/stream-analytics-define-outputs"
JOBS = "https://learn.microsoft.com/azure/templates/microsoft.streamanalytics/streamingjobs"
TYPE = "microsoft.streamanalytics/streamingjobs"

POLICY = "properties.contentStoragePolicy"
ACCOUNT = "properties.jobStorageAccount.accountName"
IN_ACCOUNT = "jobstorageaccount"
BY_THE_SERVICE = "systemaccount"

KIND = "properties.datasource.type"
NAMED = "properties.datasource.properties"
BLOBS = "microsoft.storage/blob"
EVENT_HUBS = "microsoft.eventhub/namespaces"
SERVICE_BUS = "microsoft.servicebus/namespaces"

TARGETS: Mapping[str, tuple[str, str]] = {
    "microsoft.storage/table": ("accountName", STORAGE),
    "microsoft.storage/documentdb": ("accountId", COSMOS_DB),
    "microsoft.eventhub/eventhub": ("serviceBusNamespace", EVENT_HUBS),
    "microsoft.servicebus/eventhub": ("serviceBusNamespace", EVENT_HUBS),
    "microsoft.servicebus/queue": ("serviceBusNamespace", SERVICE_BUS),
    "microsoft.servicebus/topic": ("serviceBusNamespace", SERVICE_BUS),
    "microsoft.sql/server/database": ("server", "microsoft.sql/servers"),
    "microsoft.kusto/clusters/databases": ("cluster", "microsoft.kusto/clusters"),
    "microsoft.azurefunction": ("functionAppName", "microsoft.web/sites"),
}
"""By the kind of an output: the field that names its target, and the target's type."""


def locate(job: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a job runs, where its own content is, and where it writes."""
    yield at_location(job)
    read_at = job.reading.read_at
    content = partial(_content, job, reader)
    yield from facet(Role.EXPORT, job.id, content, read_at=read_at)
    path = f"{job.id}/outputs"
    yield from facet(Role.EXPORT, path, partial(_outputs, reader, path), read_at=read_at)


def _content(job: Resource, reader: Reader) -> Iterator[Placement]:
    in_account = (text(job.reading.body, POLICY) or "").lower() == IN_ACCOUNT
    fields = (POLICY, ACCOUNT) if in_account else (POLICY,)
    reading = with_fields(job, reader, *fields, api_version=API_VERSIONS[TYPE])
    if text(reading.body, ACCOUNT):
        yield at_named(reading, ACCOUNT, reader, STORAGE)
        return
    policy = (text(reading.body, POLICY) or BY_THE_SERVICE).lower()
    if policy == IN_ACCOUNT:
        yield absent(reading, Role.EXPORT, ACCOUNT, "the policy says that content is in one")
    elif policy != BY_THE_SERVICE:
        yield unknown(reading, Role.EXPORT, POLICY)


def _outputs(reader: Reader, path: str) -> Iterator[Placement]:
    for output in reader.list(path, api_version=API_VERSIONS[f"{TYPE}/outputs"]):
        yield from _output(output, reader)


def _output(output: Reading, reader: Reader) -> Iterator[Placement]:
    kind = (text(output.body, KIND) or "").lower()
    if kind == BLOBS and (accounts := items(output.body, f"{NAMED}.storageAccounts")):
        for account in accounts:
            yield at_named(output, f"{account}.accountName", reader, STORAGE)
    elif kind in TARGETS:
        field, target = TARGETS[kind]
        yield at_named(output, f"{NAMED}.{field}", reader, target)
    else:
        yield unknown(output, Role.EXPORT, KIND, target=text(output.body, "name"))


CHECKS = (
    Check(
        id="stream-analytics",
        title="Stream Analytics job: where it runs, its content, its outputs",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=(
            "Microsoft.StreamAnalytics/streamingjobs/read",
            "Microsoft.StreamAnalytics/streamingjobs/outputs/read",
        ),
        docs=(RELIABILITY, OUTPUTS, JOBS),
        locate=locate,
        reads=True,
    ),
)
