"""Azure Site Recovery: what the replicated items of a vault say of the machines they protect.

An item has a primary and a recovery side, and `activeLocation` says which of them runs. After a
failover the recovery side does; once the machine is protected in the other direction the sides are
swapped, and only the initial primary side still names the region that it came from
(https://learn.microsoft.com/azure/site-recovery/azure-to-azure-how-to-reprotect).
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from checks.api_versions import version_of
from checks.indexed import indexed
from residency.check import Reader, at_site, observed, text, unknown, value
from residency.model import Placement, Reading, Role

VAULT = "microsoft.recoveryservices/vaults"
ACTIVE = "properties.activeLocation"
DETAILS = "properties.providerSpecificDetails"
INITIAL = f"{DETAILS}.initialPrimaryFabricLocation"

Fabrics = Callable[[str], Reading | None]


class Side(StrEnum):
    """The two sides of an item, as the fields of an item spell them."""

    PRIMARY = "primary"
    RECOVERY = "recovery"
    INITIAL = "initialPrimary"


def items_path(vault_id: str) -> str:
    """Name the list of a vault's replicated items."""
    return f"{vault_id}/replicationProtectedItems"


def read_items(vault_id: str, reader: Reader) -> Sequence[Reading]:
    """Read a vault's replicated items."""
    path = items_path(vault_id)
    return reader.list(path, api_version=version_of(path))


def fabrics_of(vault_id: str, reader: Reader) -> Fabrics:
    """Give a way to find a vault's fabric by id, for the items that do not name their regions."""
    path = f"{vault_id}/replicationFabrics"

    def find(fabric_id: str) -> Reading | None:
        fabrics = reader.list(path, api_version=version_of(path))
        return next(iter(indexed(reader, path, fabrics, _id_of).of(fabric_id)), None)

    return find


def _id_of(fabric: Reading) -> tuple[str]:
    return ((text(fabric.body, "id") or "").lower(),)


def active_side(item: Reading) -> Side | None:
    """Tell which side of an item runs; None where no field says so."""
    match (text(item.body, ACTIVE) or "").lower():
        case "primary":
            return Side.PRIMARY
        case "recovery":
            return Side.RECOVERY
        case _:
            return None


def place(item: Reading, role: Role, side: Side, fabrics: Fabrics) -> Placement:
    """State where a side of an item is: at an edge zone, in a region, or not known.

    The friendly names of fabrics are the customer's own words and prove nothing; the fabric's own
    location does, if it is a region of Azure and no site of the customer
    (https://learn.microsoft.com/rest/api/site-recovery/replication-fabrics/get).
    """
    site = f"{DETAILS}.{side}ExtendedLocation"
    if value(item.body, site):
        return at_site(item, role, f"{site}.name")
    for path in _region_paths(side):
        if text(item.body, path):
            return observed(item, role, path)
    return _at_fabric(item, role, side, fabrics)


def _region_paths(side: Side) -> tuple[str, ...]:
    own = f"{DETAILS}.{side}FabricLocation"
    return (own, f"{DETAILS}.targetLocation") if side is Side.RECOVERY else (own,)


def _at_fabric(item: Reading, role: Role, side: Side, fabrics: Fabrics) -> Placement:
    item_id = text(item.body, "id") or ""
    primary_id = item_id.lower().partition("/replicationprotectioncontainers/")[0]
    recovery_id = (text(item.body, "properties.recoveryFabricId") or "").lower()
    wanted = recovery_id if side is Side.RECOVERY else primary_id
    if side is not Side.INITIAL and wanted.startswith("/"):
        fabric = fabrics(wanted)
        if fabric is not None:
            if text(fabric.body, "properties.customDetails.instanceType") == "Azure":
                return observed(fabric, role, "properties.customDetails.location")
            return unknown(fabric, role, "properties.customDetails.instanceType")
    return unknown(item, role, f"{DETAILS}.{side}FabricLocation")
