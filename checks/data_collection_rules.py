"""Data collection rules of Azure Monitor: what they send, and where a rule itself is kept.

A rule handles data in its region and sends it to every destination that it names. The rule is kept
in its region and in the pair, but for two regions
(https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-overview).
What goes to `azureMonitorMetrics` comes back to the region of the resource that it is about
(https://learn.microsoft.com/azure/azure-monitor/metrics/metrics-custom-overview), and so it is no
place of the rule.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType

from checks.api_versions import version_of
from residency import regions
from residency.check import (
    Check,
    Reader,
    at_location,
    at_resource,
    facet,
    items,
    pair_copy,
    text,
    unknown,
    value,
    with_fields,
)
from residency.errors import CheckError
from residency.model import Holds, Placement, Reading, Resource, Role

TYPE = "microsoft.insights/datacollectionrules"
DOCS = "https://learn.microsoft.com/azure/azure-monitor/"
PAGE = f"{DOCS}data-collection/data-collection-rule-overview"
FACT = "a rule is backed up to the paired region"
WITHOUT_COPY = frozenset({"brazilsouth", "southeastasia"})
DESTINATIONS = "properties.destinations"
ENDPOINT = "properties.dataCollectionEndpointId"
METRICS = "azureMonitorMetrics"

NAMED_BY: Mapping[str, str] = MappingProxyType(
    {
        "azureDataExplorer": "resourceId",
        "eventHubs": "eventHubResourceId",
        "eventHubsDirect": "eventHubResourceId",
        "logAnalytics": "workspaceResourceId",
        "monitoringAccounts": "accountResourceId",
        "storageAccounts": "storageAccountResourceId",
        "storageBlobsDirect": "storageAccountResourceId",
        "storageTablesDirect": "storageAccountResourceId",
    }
)
"""The field that names the resource, by kind of destination; any other kind is unknown."""


def locate(rule: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a rule is kept, which endpoint takes data in, and where the data is sent."""
    yield at_location(rule)
    if regions.normalise(rule.location) not in WITHOUT_COPY:
        yield from pair_copy(
            rule.reading, Role.BACKUP, "location", page=PAGE, fact=FACT, metadata_only=True
        )
    sent = partial(_sent, rule, reader)
    yield from facet(Role.EXPORT, rule.id, sent, read_at=rule.reading.read_at)


def _sent(rule: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(rule, reader, DESTINATIONS, api_version=version_of(rule.id))
    if text(reading.body, ENDPOINT):
        yield at_resource(reading, ENDPOINT, reader, role=Role.PROCESSING)
    destinations = value(reading.body, DESTINATIONS)
    if destinations is not None and not isinstance(destinations, dict):
        raise CheckError(f"'{DESTINATIONS}' should be an object")
    for kind in destinations or ():
        yield from _of_kind(reading, kind, reader)


def _of_kind(reading: Reading, kind: str, reader: Reader) -> Iterator[Placement]:
    path = f"{DESTINATIONS}.{kind}"
    if kind in NAMED_BY:
        for item in items(reading.body, path):
            yield at_resource(reading, f"{item}.{NAMED_BY[kind]}", reader)
    elif kind != METRICS and value(reading.body, path):
        yield unknown(reading, Role.EXPORT, path)


CHECKS = (
    Check(
        id="data-collection-rules",
        title="Data collection rules: where they send data",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.Insights/dataCollectionRules/read",),
        docs=(PAGE, f"{DOCS}metrics/metrics-custom-overview"),
        locate=locate,
        reads=True,
    ),
)
