"""Resources as Azure lists them: only the fields that are needed, undecoded until somebody looks.

To decode a body whole costs more than all that is done with it afterwards
(docs/performance.md).
"""

from typing import Any

import msgspec
from msgspec import UNSET, Raw

_NOTHING = Raw(b"null")
_LEFT_OUT: Any = UNSET


class Item(msgspec.Struct, kw_only=True, gc=False):
    """One resource in a list, whichever list it is."""

    id: str
    type: str
    name: Any = None
    managed_by: Any = msgspec.field(name="managedBy", default=None)
    tags: Raw = _NOTHING
    location: Raw = _NOTHING
    extended_location: Raw = msgspec.field(name="extendedLocation", default=_NOTHING)
    kind: Raw = _NOTHING
    sku: Raw = _NOTHING


class ResourceRow(Item, kw_only=True, gc=False):
    """A row of Resource Graph's table of resources."""

    subscription_id: str = msgspec.field(name="subscriptionId")
    properties: Raw = _NOTHING


class AccountProperties(msgspec.Struct, kw_only=True, gc=False, rename="camel", omit_defaults=True):
    """What a storage account says of its places; its endpoints and keys take ten times as much.

    Most accounts of a tenant say the same, and then share one reading: nothing belongs here that
    tells accounts apart and no place.

    https://learn.microsoft.com/rest/api/storagerp/storage-accounts/list
    """

    primary_location: Raw = _LEFT_OUT
    secondary_location: Raw = _LEFT_OUT
    status_of_primary: Raw = _LEFT_OUT
    status_of_secondary: Raw = _LEFT_OUT
    last_geo_failover_time: Raw = _LEFT_OUT
    failover_in_progress: Raw = _LEFT_OUT
    account_migration_in_progress: Raw = _LEFT_OUT
    storage_account_sku_conversion_status: Raw = _LEFT_OUT
    geo_replication_stats: Raw = _LEFT_OUT


class StorageAccount(Item, kw_only=True, gc=False):
    """A storage account as its provider lists it."""

    properties: AccountProperties = msgspec.field(default_factory=AccountProperties)
