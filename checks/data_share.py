"""Azure Data Share: what an account shares lands with its consumers.

A provider sees of a consumer the tenant and not the region that the data lands in
(https://learn.microsoft.com/dotnet/api/azure.resourcemanager.datashare.providersharesubscriptiondata).
To revoke a subscription ends further snapshots and leaves those that were received
(https://learn.microsoft.com/azure/data-share/how-to-revoke-share-subscription). A secondary account
for disasters is one of its own (https://learn.microsoft.com/azure/data-share/disaster-recovery).
What an account receives lands in resources that are judged by themselves.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import Check, Reader, at_location, facet, text, unknown
from residency.model import Holds, Placement, Reading, Resource, Role

DOCS = "https://learn.microsoft.com/azure/data-share/"
CONSUMERS = (
    "https://learn.microsoft.com/dotnet/api/"
    "azure.resourcemanager.datashare.providersharesubscriptiondata"
)
TYPE = "microsoft.datashare/accounts"

TENANT = "properties.consumerTenantName"


def locate(account: Resource, reader: Reader) -> Iterator[Placement]:
    """State where an account is, and that each consumer of its shares is somewhere unknown."""
    yield at_location(account)
    path = f"{account.id}/shares"
    shared = partial(_shared, reader, path)
    yield from facet(Role.EXPORT, path, shared, read_at=account.reading.read_at)


def _shared(reader: Reader, path: str) -> Iterator[Placement]:
    for share in reader.list(path, api_version=API_VERSIONS[f"{TYPE}/shares"]):
        name = text(share.body, "name")
        consumers = f"{path}/{name}/providerShareSubscriptions"
        places = partial(_consumers, reader, consumers)
        yield from facet(Role.EXPORT, consumers, places, read_at=share.read_at)


def _consumers(reader: Reader, path: str) -> Iterator[Placement]:
    version = API_VERSIONS[f"{TYPE}/shares/providersharesubscriptions"]
    yield from map(_consumer, reader.list(path, api_version=version))


def _consumer(subscription: Reading) -> Placement:
    tenant = text(subscription.body, TENANT)
    return unknown(subscription, Role.EXPORT, TENANT, target=tenant)


CHECKS = (
    Check(
        id="data-share",
        title="Data Share account: its region, and the consumers of its shares",
        resource_types=(TYPE,),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=(
            "Microsoft.DataShare/accounts/read",
            "Microsoft.DataShare/accounts/shares/read",
            "Microsoft.DataShare/accounts/shares/providerShareSubscriptions/read",
        ),
        docs=(f"{DOCS}overview", f"{DOCS}disaster-recovery", CONSUMERS),
        locate=locate,
        reads=True,
    ),
)
