"""Copies of a storage account in its second region: what the sku says and the account names.

The second region is always the pair of the first and never chosen
(https://learn.microsoft.com/azure/storage/common/storage-redundancy). `secondaryLocation` names
it; a sku that has a second region and an account that does not name it leave the copy unknown.
"""

from collections.abc import Iterator

from residency.check import absent, flag, observed, pair_copy, text, unknown, value
from residency.model import Placement, Reading, Role

PAGE = "https://learn.microsoft.com/azure/storage/common/storage-redundancy"
CONVERSION = "https://learn.microsoft.com/azure/storage/common/redundancy-migration"
PRIMARY, SECONDARY = "properties.primaryLocation", "properties.secondaryLocation"

ONE_REGION = frozenset(
    (
        *("standard_lrs", "standard_zrs", "premium_lrs", "premium_zrs"),
        *("standardv2_lrs", "standardv2_zrs", "premiumv2_lrs", "premiumv2_zrs"),
    )
)
TWO_REGIONS = frozenset(
    (
        *("standard_grs", "standard_ragrs", "standard_gzrs", "standard_ragzrs"),
        *("standardv2_grs", "standardv2_gzrs"),
    )
)

ENDED = frozenset({"succeeded", "failed"})


def is_failing_over(account: Reading) -> bool:
    """Tell whether the primary is moving right now."""
    return flag(account.body, "properties.failoverInProgress")


def leaves_its_primary_open(account: Reading) -> bool:
    """Tell whether the primary is moving, or is not named."""
    return is_failing_over(account) or not text(account.body, PRIMARY)


def misses_its_copy(account: Reading) -> bool:
    """Tell whether the sku has a second region that the account does not name."""
    return _sku(account) in TWO_REGIONS and not text(account.body, SECONDARY)


def replicas(account: Reading) -> Iterator[Placement]:
    """State the copy in the second region, if there is or may be one."""
    sku = _sku(account)
    if text(account.body, SECONDARY):
        yield observed(account, Role.REPLICA, SECONDARY)
    elif sku in TWO_REGIONS or is_failing_over(account):
        why = f"sku '{sku}' or a failover in progress has a second region"
        yield absent(account, Role.REPLICA, SECONDARY, why)
    elif sku not in ONE_REGION:
        yield unknown(account, Role.REPLICA, "sku.name")
    else:
        yield from _coming_copy(account)


def _sku(account: Reading) -> str:
    return (text(account.body, "sku.name") or "").lower()


def _coming_copy(account: Reading) -> Iterator[Placement]:
    """State the copy that a conversion to another sku is making in the paired region.

    Only one that has ended makes none any more
    (https://learn.microsoft.com/azure/storage/common/redundancy-migration).
    """
    path = "properties.storageAccountSkuConversionStatus"
    if not value(account.body, path):
        return
    status = text(account.body, f"{path}.skuConversionStatus") or ""
    target = text(account.body, f"{path}.targetSkuName") or ""
    has_ended = status.lower() in ENDED
    if has_ended or target.lower() in ONE_REGION:
        return
    fact = f"{path}.targetSkuName = '{target}', {status or 'status not given'}"
    copies: tuple[Placement, ...] = ()
    if target.lower() in TWO_REGIONS:
        copies = tuple(pair_copy(account, Role.REPLICA, PRIMARY, page=CONVERSION, fact=fact))
    yield from copies or (unknown(account, Role.REPLICA, f"{path}.targetSkuName"),)
