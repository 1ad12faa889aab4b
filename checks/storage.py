"""Storage accounts: `primaryLocation` says where the data is, and `location` does not.

After a failover the account keeps the `location` that it was created in
(https://learn.microsoft.com/azure/storage/common/storage-disaster-recovery-guidance). An account
migration changes the redundancy within the region and moves nothing
(https://learn.microsoft.com/azure/storage/common/redundancy-migration).
"""

from collections.abc import Iterator

from checks.api_versions import version_of
from checks.storage_exports import PAGE as EXPORTS
from checks.storage_exports import exports
from checks.storage_replicas import (
    CONVERSION,
    PRIMARY,
    SECONDARY,
    leaves_its_primary_open,
    misses_its_copy,
    replicas,
)
from checks.storage_replicas import PAGE as REDUNDANCY
from residency import regions
from residency.check import (
    Check,
    Reader,
    absent,
    at_site,
    derived,
    evidence,
    moment,
    observed,
    text,
    unreadable,
    value,
)
from residency.errors import AzureError
from residency.model import Failover, Holds, Placement, Reading, Resource, Role

RECOVERY = "https://learn.microsoft.com/azure/storage/common/storage-disaster-recovery-guidance"
FAILED_OVER_AT = "properties.lastGeoFailoverTime"


def _locate(resource: Resource, reader: Reader) -> Iterator[Placement]:
    account, unread = _account(resource, reader)
    yield from unread
    yield from derived(account, _places)
    yield from exports(resource, reader)


def _account(resource: Resource, reader: Reader) -> tuple[Reading, tuple[Placement, ...]]:
    """Give the inventory's row, or the account itself where the row leaves a place open."""
    row = resource.reading
    primary_open = derived(row, leaves_its_primary_open)
    if not primary_open and not derived(row, misses_its_copy):
        return row, ()
    try:
        whole = reader.get(
            resource.id, api_version=version_of(resource.id), expand="geoReplicationStats"
        )
    except AzureError as error:
        gap = unreadable(
            Role.PRIMARY if primary_open else Role.REPLICA,
            error,
            path=resource.id,
            read_at=row.read_at,
            decides_primary=primary_open,
        )
        return row, (gap,)
    return whole, ()


def _places(account: Reading) -> tuple[Placement, ...]:
    return (_primary(account), *replicas(account))


def _primary(account: Reading) -> Placement:
    if value(account.body, "extendedLocation"):
        return at_site(account, Role.PRIMARY, "extendedLocation.name")
    if not text(account.body, PRIMARY):
        return absent(account, Role.PRIMARY, PRIMARY, "location may be where the account once was")
    return observed(account, Role.PRIMARY, PRIMARY, failover=_failover(account))


def _failover(account: Reading) -> Failover | None:
    """Tell how the primary came here, where a time or a `location` elsewhere shows a failover.

    The former primary is the secondary now, or gone with the geo-redundancy: then `location`
    still names it.
    """
    since = moment(account.body, FAILED_OVER_AT)
    if since is None and text(account.body, PRIMARY) == text(account.body, "location"):
        return None
    here = regions.find(text(account.body, PRIMARY))
    made = regions.find(text(account.body, "location"))
    former = regions.find(text(account.body, SECONDARY)) or made
    if former is None or former == here or not (since or former == made):
        return None
    path = FAILED_OVER_AT if since else "location"
    proof = evidence(account, path, text(account.body, path))
    return Failover(path=(former.name,), since=since, evidence=proof)


CHECK = Check(
    id="storage-accounts",
    title="Storage accounts: primary and secondary location, failovers, object replication",
    resource_types=("microsoft.storage/storageaccounts",),
    holds=Holds.STORES,
    can_fail_over=True,
    permissions=(
        "Microsoft.Storage/storageAccounts/read",
        "Microsoft.Storage/storageAccounts/objectReplicationPolicies/read",
    ),
    docs=(REDUNDANCY, RECOVERY, CONVERSION, EXPORTS),
    locate=_locate,
    reads=True,
)
CHECKS = (CHECK,)
