"""Object replication: what one storage account sends on to another.

Both accounts keep the policy; only the source states the export, and where the destination's
own primary is decides the place. The destination may be in any region, subscription or tenant.
https://learn.microsoft.com/azure/storage/blobs/object-replication-overview
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency.check import Reader, facet, text, unknown, where_written
from residency.model import Placement, Reading, Reason, Resource, Role

PAGE = "https://learn.microsoft.com/azure/storage/blobs/object-replication-overview"
WITHOUT_BLOBS = "filestorage"
"""The only kind that is not asked: it holds file shares alone, and object replication copies blobs.

https://learn.microsoft.com/azure/storage/common/storage-account-overview
"""

_DESTINATION = "properties.destinationAccount"


def exports(resource: Resource, reader: Reader) -> Iterator[Placement]:
    """State the accounts that object replication sends this account's blobs to."""
    kind = text(resource.reading.body, "kind") or ""
    if kind.lower() == WITHOUT_BLOBS:
        return
    path = f"{resource.id}/objectReplicationPolicies"
    places = partial(_by_policies, resource, reader, path)
    yield from facet(Role.EXPORT, path, places, read_at=resource.reading.read_at)


def _by_policies(resource: Resource, reader: Reader, path: str) -> Iterator[Placement]:
    for policy in reader.list(path, api_version=version_of(path)):
        if not _is(resource, text(policy.body, _DESTINATION)):
            yield _export(policy, reader)


def _is(account: Resource, named: str | None) -> bool:
    """Compare with a full id or a bare name; account names are unique in all of Azure."""
    return (named or "").lower() in {account.id, account.name.lower()}


def _export(policy: Reading, reader: Reader) -> Placement:
    named = text(policy.body, _DESTINATION) or ""
    destination = _find(named, reader)
    if destination is None:
        why, target = Reason.FACET_UNREADABLE, named.lower() or None
        return unknown(policy, Role.EXPORT, _DESTINATION, why=why, target=target)
    return where_written(destination, Role.EXPORT)


def _find(named: str, reader: Reader) -> Resource | None:
    if "/" in named:
        return reader.find(named)
    accounts = reader.once("storage accounts by name", partial(_by_name, reader))
    return accounts.get(named.lower())


def _by_name(reader: Reader) -> dict[str, Resource]:
    accounts = reader.of_type("microsoft.storage/storageaccounts")
    return {account.name.lower(): account for account in accounts}
