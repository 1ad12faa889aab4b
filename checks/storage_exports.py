"""Object replication: what one storage account sends on to another.

Both accounts keep the policy; only the source states the export, and where the destination's
own primary is decides the place. The destination may be in any region, subscription or tenant.
https://learn.microsoft.com/azure/storage/blobs/object-replication-overview
"""

from collections.abc import Iterator
from dataclasses import replace

from residency.check import Reader, facet, observed, text, unknown
from residency.model import Placement, Reading, Reason, Resource, Role

PAGE = "https://learn.microsoft.com/azure/storage/blobs/object-replication-overview"
WITHOUT_OBJECT_REPLICATION = frozenset({"storage", "blobstorage", "filestorage"})
"""Kinds that the page leaves out: it names general-purpose v2 and premium block blob accounts."""

_DESTINATION = "properties.destinationAccount"


def exports(resource: Resource, reader: Reader, *, api_version: str) -> Iterator[Placement]:
    """State the accounts that object replication sends this account's blobs to."""
    kind = text(resource.reading.body, "kind") or ""
    if kind.lower() in WITHOUT_OBJECT_REPLICATION:
        return
    path = f"{resource.id}/objectReplicationPolicies"
    yield from facet(
        Role.EXPORT,
        path,
        lambda: [
            _export(policy, reader)
            for policy in reader.list(path, api_version=api_version)
            if not _is(resource, text(policy.body, _DESTINATION))
        ],
        read_at=resource.reading.read_at,
    )


def _is(account: Resource, named: str | None) -> bool:
    """Compare with a full id or a bare name; account names are unique in all of Azure."""
    return (named or "").lower() in {account.id, account.name.lower()}


def _export(policy: Reading, reader: Reader) -> Placement:
    named = text(policy.body, _DESTINATION) or ""
    destination = _find(named, reader)
    if destination is None:
        hidden = unknown(policy, Role.EXPORT, _DESTINATION, why=Reason.FACET_UNREADABLE)
        return replace(hidden, target=named.lower() or None)
    account = replace(destination.reading, path=destination.id)
    return observed(account, Role.EXPORT, "properties.primaryLocation", target=destination.id)


def _find(named: str, reader: Reader) -> Resource | None:
    if "/" in named:
        return reader.find(named)
    accounts = reader.of_type("microsoft.storage/storageaccounts")
    return next((account for account in accounts if _is(account, named)), None)
