"""Azure File Sync: the service, the shares in Azure that it syncs with, and the customer's servers.

Microsoft fails the service over to the region that geo-redundant storage is paired with, so that
what the service knows is there as well
(https://learn.microsoft.com/azure/storage/file-sync/file-sync-disaster-recovery-best-practices).
A cloud endpoint holds a full copy of the files and a server endpoint a cache of them, on a server
that can be anywhere (https://learn.microsoft.com/azure/storage/file-sync/file-sync-planning).
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
    observed,
    pair_copy,
    resource_id,
    text,
    unknown,
)
from residency.model import Holds, Placement, Resource, Role

DOCS = "https://learn.microsoft.com/azure/storage/file-sync"
PAGE = f"{DOCS}/file-sync-disaster-recovery-best-practices"
FACT = "Microsoft fails the service over to the region that is paired for geo-redundant storage"
SERVICE = "properties.serviceLocation"
OFFLINE = "properties.offlineDataTransferStorageAccountResourceId"


def locate(service: Resource, reader: Reader) -> Iterator[Placement]:
    """State where the service is, where its servers meet it, and where the files are."""
    yield at_location(service)
    yield from pair_copy(service.reading, Role.REPLICA, "location", page=PAGE, fact=FACT)
    met = partial(_met, service, reader)
    groups = f"{service.id}/syncGroups"
    synced, read_at = partial(_synced, groups, reader), service.reading.read_at
    yield from facet(Role.PROCESSING, f"{service.id}/registeredServers", met, read_at=read_at)
    yield from facet(Role.EXPORT, groups, synced, read_at=read_at)


def _met(service: Resource, reader: Reader) -> Iterator[Placement]:
    """State where the service is, as each server that is registered with it says."""
    path = f"{service.id}/registeredServers"
    servers = reader.list(path, api_version=version_of(path))
    yield from dict.fromkeys(
        observed(server, Role.PROCESSING, SERVICE)
        for server in servers
        if text(server.body, SERVICE)
    )


def _synced(groups: str, reader: Reader) -> Iterator[Placement]:
    for group in reader.list(groups, api_version=version_of(groups)):
        group_id = resource_id(group.body, "id")
        clouds, servers = f"{group_id}/cloudEndpoints", f"{group_id}/serverEndpoints"
        in_cloud, on_servers = partial(_clouds, clouds, reader), partial(_servers, servers, reader)
        yield from facet(Role.EXPORT, clouds, in_cloud, read_at=group.read_at)
        yield from facet(Role.REPLICA, servers, on_servers, read_at=group.read_at)


def _clouds(path: str, reader: Reader) -> Iterator[Placement]:
    for endpoint in reader.list(path, api_version=version_of(path)):
        yield at_resource(endpoint, "properties.storageAccountResourceId", reader)


def _servers(path: str, reader: Reader) -> Iterator[Placement]:
    """No field says where a server stands."""
    for endpoint in reader.list(path, api_version=version_of(path)):
        yield unknown(endpoint, Role.REPLICA, "properties.serverResourceId")
        if text(endpoint.body, OFFLINE):
            yield at_resource(endpoint, OFFLINE, reader)


CHECKS: tuple[Check, ...] = (
    Check(
        id="storage-sync",
        title="Azure File Sync: services, cloud endpoints and server endpoints",
        resource_types=("microsoft.storagesync/storagesyncservices",),
        holds=Holds.PROCESSES,
        can_fail_over=True,
        permissions=(
            "Microsoft.StorageSync/storageSyncServices/read",
            "Microsoft.StorageSync/storageSyncServices/registeredServers/read",
            "Microsoft.StorageSync/storageSyncServices/syncGroups/read",
            "Microsoft.StorageSync/storageSyncServices/syncGroups/cloudEndpoints/read",
            "Microsoft.StorageSync/storageSyncServices/syncGroups/serverEndpoints/read",
        ),
        docs=(PAGE, f"{DOCS}/file-sync-planning"),
        locate=locate,
        reads=True,
    ),
)
