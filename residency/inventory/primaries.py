"""Where accounts are written now, by one list of a subscription: what a failover flips.

Cheap enough for every minute. Storage and Cosmos DB accounts can fail over without anybody's
operation, so that no log need name it
(https://learn.microsoft.com/azure/storage/common/storage-disaster-recovery-guidance,
https://learn.microsoft.com/azure/cosmos-db/disaster-recovery-guidance).
"""

from collections.abc import Mapping

import msgspec

from residency import regions
from residency.azure import Arm
from residency.inventory.storage_accounts import STORAGE_ACCOUNTS

COSMOS_ACCOUNTS = "microsoft.documentdb/databaseaccounts"
LISTED: Mapping[str, str] = {STORAGE_ACCOUNTS: "2026-09-01", COSMOS_ACCOUNTS: "2026-03-15"}
"""The types, and the api-version that their list is asked with."""


class _Place(msgspec.Struct, rename="camel", gc=False):
    location_name: str | None = None
    failover_priority: int = 0


class _Places(msgspec.Struct, rename="camel"):
    primary_location: str | None = None
    write_locations: list[_Place] | None = None


class _Account(msgspec.Struct):
    id: str
    properties: _Places | None = None


async def list_primaries(arm: Arm, subscription_id: str, resource_type: str) -> Mapping[str, str]:
    """Give the region where each account of a type is written, by lower-cased id.

    One that does not say it in a spelling that is known is left out. Raises AzureError.
    """
    path = f"/subscriptions/{subscription_id}/providers/{resource_type}"
    found: dict[str, str] = {}
    async for page in arm.pages(path, _Account, api_version=LISTED[resource_type]):
        for account in page:
            region = regions.find(_written(account.properties))
            if region is not None:
                found[account.id.lower()] = region.name
    return found


def _written(places: _Places | None) -> str | None:
    if places is None:
        return None
    first = min(places.write_locations or (), key=_rank, default=None)
    return first.location_name if first else places.primary_location


def _rank(place: _Place) -> int:
    return place.failover_priority
