"""Managed HSM: a pool of keys in its own region, and in the region that it was extended to.

Both regions serve and take requests
(https://learn.microsoft.com/azure/key-vault/managed-hsm/multi-region-replication); the provider
says which one is primary. A region that is being added or removed has keys, or may have. Backups
go to an account that is named when they are made, and no field keeps its name.
"""

from collections.abc import Iterator

from checks.api_versions import version_of
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    flag,
    observed,
    unreadable,
)
from residency.errors import AzureError
from residency.model import Holds, Placement, Resource, Role

TYPE = "microsoft.keyvault/managedhsms"
DOCS = "https://learn.microsoft.com/azure/"


def locate(pool: Resource, reader: Reader) -> Iterator[Placement]:
    """State the regions that a pool has keys in; without any it is in its location alone."""
    path = f"{pool.id}/regions"
    try:
        regions = reader.list(path, api_version=version_of(path))
    except AzureError as error:
        read_at = pool.reading.read_at
        yield unreadable(Role.PRIMARY, error, path=path, read_at=read_at, decides_primary=True)
        regions = ()
    if not regions:
        yield at_location(pool)
    elif not any(flag(region.body, "isPrimary") for region in regions):
        why = "no region of the pool is called primary"
        yield absent(regions[0], Role.PRIMARY, "isPrimary", why, decides_primary=True)
    for region in regions:
        role = Role.PRIMARY if flag(region.body, "isPrimary") else Role.REPLICA
        yield observed(region, role, "name")


CHECKS = (
    Check(
        id="managed-hsm",
        title="Key Vault Managed HSM: the regions of a pool",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=(
            "Microsoft.KeyVault/managedHSMs/read",
            "Microsoft.KeyVault/managedHSMs/regions/read",
        ),
        docs=(
            f"{DOCS}key-vault/managed-hsm/multi-region-replication",
            f"{DOCS}reliability/reliability-managed-hsm",
        ),
        locate=locate,
        reads=True,
        uses_properties=False,
    ),
)
