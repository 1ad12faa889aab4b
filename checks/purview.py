"""Microsoft Purview: the catalogue in the account's region, and the resources that go with it.

Microsoft makes no copy of an account in another region
(https://learn.microsoft.com/azure/purview/disaster-recovery). What scans bring in passes through
storage and Event Hubs of the account
(https://learn.microsoft.com/dotnet/api/azure.resourcemanager.purview.models.purviewmanagedresource,
https://learn.microsoft.com/azure/templates/microsoft.purview/accounts), and Kafka configurations
send changes of the catalogue to event hubs of the customer
(https://learn.microsoft.com/azure/templates/microsoft.purview/accounts/kafkaconfigurations).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import Check, Reader, at_location, at_resource, facet, text
from residency.model import Holds, Placement, Resource, Role

RECOVERY = "https://learn.microsoft.com/azure/purview/disaster-recovery"
MANAGED = (
    "https://learn.microsoft.com/dotnet/api/"
    "azure.resourcemanager.purview.models.purviewmanagedresource"
)
ACCOUNTS = "https://learn.microsoft.com/azure/templates/microsoft.purview/accounts"
TYPE = "microsoft.purview/accounts"

KEPT_WITH = (
    "properties.managedResources.storageAccount",
    "properties.managedResources.eventHubNamespace",
    "properties.ingestionStorage.id",
)
SENT_TO = "properties.eventHubResourceId"
STREAMING = "properties.eventStreamingState"


def locate(account: Resource, reader: Reader) -> Iterator[Placement]:
    """State where an account is, what it is kept with, and where it sends its changes."""
    yield at_location(account)
    for path in KEPT_WITH:
        if text(account.reading.body, path):
            yield at_resource(account.reading, path, reader)
    path = f"{account.id}/kafkaConfigurations"
    sent = partial(_sent, reader, path)
    yield from facet(Role.EXPORT, path, sent, read_at=account.reading.read_at)


def _sent(reader: Reader, path: str) -> Iterator[Placement]:
    for sender in reader.list(path, api_version=API_VERSIONS[f"{TYPE}/kafkaconfigurations"]):
        if (text(sender.body, STREAMING) or "").lower() != "disabled":
            yield at_resource(sender, SENT_TO, reader, metadata_only=True)


CHECKS = (
    Check(
        id="purview",
        title="Purview account: its catalogue, its storage, and where its changes are sent",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.Purview/accounts/read",
            "Microsoft.Purview/accounts/kafkaConfigurations/read",
        ),
        docs=(RECOVERY, MANAGED, ACCOUNTS, f"{ACCOUNTS}/kafkaconfigurations"),
        locate=locate,
        reads=True,
    ),
)
