"""Azure HPC Cache and Azure Managed Lustre: files in the cache, and the storage behind it.

https://learn.microsoft.com/azure/hpc-cache/hpc-cache-add-storage,
https://learn.microsoft.com/azure/azure-managed-lustre/blob-integration
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    at_resource,
    facet,
    text,
    unknown,
    value,
    with_fields,
)
from residency.model import Holds, Placement, Reading, Resource, Role

TARGETS = "https://learn.microsoft.com/azure/hpc-cache/hpc-cache-add-storage"
BLOBS = "https://learn.microsoft.com/azure/azure-managed-lustre/blob-integration"
HSM = "properties.hsm"
CONTAINER, LOGS = f"{HSM}.settings.container", f"{HSM}.settings.loggingContainer"


def locate_cache(cache: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a cache is, and each storage that it reads and writes."""
    yield at_location(cache)
    path = f"{cache.id}/storageTargets"
    places = partial(_targets, path, reader)
    yield from facet(Role.EXPORT, path, places, read_at=cache.reading.read_at)


def _targets(path: str, reader: Reader) -> Iterator[Placement]:
    for target in reader.list(path, api_version=version_of(path)):
        yield _target(target, reader)


def _target(target: Reading, reader: Reader) -> Placement:
    """A container is where its account is written; of a server only the address is given."""
    for path in ("properties.clfs.target", "properties.blobNfs.target"):
        if text(target.body, path):
            return at_resource(target, path, reader)
    if text(target.body, "properties.nfs3.target"):
        return unknown(target, Role.EXPORT, "properties.nfs3.target")
    return unknown(target, Role.EXPORT, "properties.targetType")


def locate_lustre(system: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a Lustre file system is, and the containers that it archives and logs to."""
    yield at_location(system)
    places = partial(_containers, system, reader)
    yield from facet(Role.EXPORT, system.id, places, read_at=system.reading.read_at)


def _containers(system: Resource, reader: Reader) -> Iterator[Placement]:
    told = with_fields(system, reader, HSM, api_version=version_of(system.id))
    if value(told.body, HSM) is None:
        return
    if not text(told.body, CONTAINER):
        yield absent(told, Role.EXPORT, CONTAINER, "it names what files are archived to")
    for path in (CONTAINER, LOGS):
        if text(told.body, path):
            yield at_resource(told, path, reader)


CHECKS: tuple[Check, ...] = (
    Check(
        id="hpc-cache",
        title="Azure HPC Cache, and the storage behind it",
        resource_types=("microsoft.storagecache/caches",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.StorageCache/caches/read",
            "Microsoft.StorageCache/caches/storageTargets/read",
        ),
        docs=(TARGETS,),
        locate=locate_cache,
        reads=True,
    ),
    Check(
        id="managed-lustre",
        title="Azure Managed Lustre, and the containers that it archives to",
        resource_types=("microsoft.storagecache/amlfilesystems",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.StorageCache/amlFilesystems/read",),
        docs=(BLOBS,),
        locate=locate_lustre,
        reads=True,
    ),
)
