"""Azure Storage Mover: its configuration, and the accounts that it moves data to.

In a region with a pair Microsoft copies the configuration metadata there, and no data
(https://learn.microsoft.com/azure/reliability/reliability-storage-mover). Data goes from its source
to the target directly (https://learn.microsoft.com/azure/storage-mover/endpoint-manage).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency.check import (
    Check,
    Reader,
    at_location,
    at_resource,
    facet,
    pair_copy,
    text,
    unknown,
)
from residency.model import Holds, Placement, Reading, Resource, Role

PAGE = "https://learn.microsoft.com/azure/reliability/reliability-storage-mover"
ENDPOINTS = "https://learn.microsoft.com/azure/storage-mover/endpoint-manage"
FACT = "the configuration metadata is replicated to the paired region"
ACCOUNT, KIND = "properties.storageAccountResourceId", "properties.endpointType"
SOURCES = frozenset({"nfsmount", "smbmount", "azuremulticloudconnector", "s3withhmac"})


def locate(mover: Resource, reader: Reader) -> Iterator[Placement]:
    """State where the configuration is, and each account that is an endpoint."""
    yield at_location(mover)
    yield from pair_copy(
        mover.reading, Role.REPLICA, "location", page=PAGE, fact=FACT, metadata_only=True
    )
    path = f"{mover.id}/endpoints"
    places = partial(_endpoints, path, reader)
    yield from facet(Role.EXPORT, path, places, read_at=mover.reading.read_at)


def _endpoints(path: str, reader: Reader) -> Iterator[Placement]:
    for endpoint in reader.list(path, api_version=version_of(path)):
        if text(endpoint.body, ACCOUNT):
            yield at_resource(endpoint, ACCOUNT, reader)
        elif not _is_source(endpoint):
            yield unknown(endpoint, Role.EXPORT, KIND)


def _is_source(endpoint: Reading) -> bool:
    """Tell whether data comes from an endpoint; API versions before 2025 know only its type."""
    told = (text(endpoint.body, "properties.endpointKind") or "").lower()
    return told == "source" or (not told and (text(endpoint.body, KIND) or "").lower() in SOURCES)


CHECKS: tuple[Check, ...] = (
    Check(
        id="storage-mover",
        title="Azure Storage Mover, and the accounts that it moves data to",
        resource_types=("microsoft.storagemover/storagemovers",),
        holds=Holds.PROCESSES,
        can_fail_over=True,
        permissions=(
            "Microsoft.StorageMover/storageMovers/read",
            "Microsoft.StorageMover/storageMovers/endpoints/read",
        ),
        docs=(PAGE, ENDPOINTS),
        locate=locate,
        reads=True,
    ),
)
