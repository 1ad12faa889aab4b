"""Storage accounts: the provider's own list is the authority, Resource Graph the comparison.

After a failover that Microsoft starts, Resource Graph shows the former place until its next full
scan (https://learn.microsoft.com/azure/governance/resource-graph/overview).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec
from msgspec import Raw

from residency.azure import Arm
from residency.check import derived, value
from residency.errors import AzureError
from residency.inventory.items import StorageAccount
from residency.inventory.packing import Packer, opened
from residency.model import Reading, Resource

STORAGE_ACCOUNTS = "microsoft.storage/storageaccounts"
_API_VERSION = "2026-09-01"
_COMPARED = (
    "location",
    "sku.name",
    "properties.primaryLocation",
    "properties.secondaryLocation",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderList:
    """The storage accounts of one subscription, or why they could not be listed."""

    subscription_id: str
    accounts: Mapping[str, Resource]
    error: AzureError | None = None


async def list_accounts(
    arm: Arm, subscription_id: str, packer: Packer, read_at: datetime
) -> ProviderList:
    """List the storage accounts of a subscription at the provider, packed page by page."""
    path = f"/subscriptions/{subscription_id}/providers/Microsoft.Storage/storageAccounts"
    try:
        pages = arm.pages(path, StorageAccount, api_version=_API_VERSION)
        accounts = [_packed(each, packer, read_at) async for page in pages for each in page]
    except AzureError as error:
        return ProviderList(subscription_id=subscription_id, accounts={}, error=error)
    return ProviderList(
        subscription_id=subscription_id, accounts={account.id: account for account in accounts}
    )


def _packed(account: StorageAccount, packer: Packer, read_at: datetime) -> Resource:
    properties = Raw(msgspec.json.encode(account.properties))
    return packer.pack(account, properties, api="arm", read_at=read_at)


def disagreements(graph: Mapping[str, Resource], lists: Iterable[ProviderList]) -> Iterator[str]:
    """Name each account on which the two sources differ; the provider wins."""
    readable = [each for each in lists if each.error is None]
    listed = {
        account_id: account for each in readable for account_id, account in each.accounts.items()
    }
    subscriptions = {each.subscription_id for each in readable}
    shown = {
        account.id: account
        for account in graph.values()
        if account.type == STORAGE_ACCOUNTS and account.subscription_id in subscriptions
    }
    for account_id in sorted(shown.keys() | listed.keys()):
        if _facts(shown.get(account_id)) != _facts(listed.get(account_id)):
            yield account_id


def beside(account: Resource, row: Resource) -> Resource:
    """Give the provider's account with what Resource Graph shows beside it."""
    return replace(account, reading=replace(account.reading, shown=row.reading.body))


def _facts(account: Resource | None) -> tuple[str, ...] | None:
    if account is None:
        return None
    return derived(opened(account).reading, _compared)


def _compared(reading: Reading) -> tuple[str, ...]:
    body = reading.body
    found = (value(body, path) for path in _COMPARED)
    return tuple(str(each).replace(" ", "").lower() for each in found)
