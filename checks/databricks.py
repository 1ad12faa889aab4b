"""Azure Databricks: a workspace, its storage in the managed group, and what only its account knows.

The workspace's own files are in a storage account of the managed resource group, whose redundancy
was chosen with the workspace
(https://learn.microsoft.com/azure/templates/microsoft.databricks/workspaces), and is geo-redundant
by default (https://learn.microsoft.com/azure/reliability/reliability-databricks); that account is a
resource of its own, and where it was seen, it tells. Managed disaster recovery keeps a copy in a
second region, to which a customer can fail over
(https://learn.microsoft.com/azure/reliability/regions-multiregion-support), and some features
may handle content outside of the geography
(https://learn.microsoft.com/azure/databricks/resources/databricks-geos): both are set in the
account console, which Azure Resource Manager does not show.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    cited,
    documented,
    facet,
    observed,
    pair_copy,
    text,
    with_fields,
)
from residency.model import UNKNOWN_REGION, Holds, Placement, Reading, Resource, Role

WORKSPACES = "https://learn.microsoft.com/azure/templates/microsoft.databricks/workspaces"
RELIABILITY = "https://learn.microsoft.com/azure/reliability/reliability-databricks"
RECOVERY = "https://learn.microsoft.com/azure/reliability/regions-multiregion-support"
GEOS = "https://learn.microsoft.com/azure/databricks/resources/databricks-geos"
TYPE = "microsoft.databricks/workspaces"

GROUP = "properties.managedResourceGroupId"
ACCOUNT = "properties.parameters.storageAccountName.value"
SKU = "properties.parameters.storageAccountSkuName.value"
OUTSIDE_ARM = (
    (Role.REPLICA, RECOVERY, "managed disaster recovery may keep a copy in a second region"),
    (Role.PROCESSING, GEOS, "designated services may handle content in another region"),
)


def locate(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a workspace is, its storage and the copy of it, and what stays open."""
    yield at_location(workspace)
    storage = partial(_storage, workspace, reader)
    yield from facet(Role.REPLICA, workspace.id, storage, read_at=workspace.reading.read_at)
    for role, page, fact in OUTSIDE_ARM:
        place = documented(workspace.reading, role, UNKNOWN_REGION, page=page, fact=fact)
        yield replace(place, decides_primary=role is Role.REPLICA)


def _storage(workspace: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(workspace, reader, SKU, api_version=API_VERSIONS[TYPE])
    group, name = text(reading.body, GROUP), text(reading.body, ACCOUNT)
    account_id = f"{group}/providers/Microsoft.Storage/storageAccounts/{name}".lower()
    if account := reader.find(account_id):
        yield from _account(account)
    else:
        yield from _copy(reading)


def _account(account: Resource) -> Iterator[Placement]:
    told = cited(account)
    yield observed(told, Role.EXPORT, "properties.primaryLocation", target=account.id)
    if text(told.body, "properties.secondaryLocation"):
        yield observed(told, Role.REPLICA, "properties.secondaryLocation", target=account.id)


def _copy(reading: Reading) -> Iterator[Placement]:
    """State the copy in the pair by the redundancy that the account was made with."""
    sku = text(reading.body, SKU)
    if not sku:
        yield absent(reading, Role.REPLICA, SKU, "the storage of a workspace may be geo-redundant")
    elif "grs" in sku.lower() or "gzrs" in sku.lower():
        fact = f"{SKU} is {sku}: the workspace's files are also in the paired region"
        yield from pair_copy(reading, Role.REPLICA, "location", page=WORKSPACES, fact=fact)


CHECKS = (
    Check(
        id="databricks",
        title="Databricks workspace: its storage, and what only the account console shows",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.Databricks/workspaces/read",),
        docs=(WORKSPACES, RELIABILITY, RECOVERY, GEOS),
        locate=locate,
        reads=True,
    ),
)
