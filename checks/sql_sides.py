"""What one end of a geo-replication link or a failover group of Azure SQL says.

Both ends see the same link or group, and each tells its own role and its partners'
(https://learn.microsoft.com/rest/api/sql/replication-links/list-by-server,
https://learn.microsoft.com/rest/api/sql/failover-groups/list-by-server).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.api_versions import version_of
from residency.check import Reader, items, text, unreadable
from residency.errors import AzureError
from residency.model import Placement, Reading, Resource, Role

WRITTEN = frozenset({"primary", "source"})
FOLLOWS = frozenset({"secondary", "nonreadablesecondary", "copy"})
CAN_SWAP = frozenset({"geo", "standby"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Where a link or group names its other end: the paths of its region and of its role."""

    location: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One link or failover group as this end of it tells.

    Attributes:
        path: The path of this end's own role.
        role: This end's own role, lower-cased; empty where it is not given.
        can_swap: Whether the two ends can change roles, as those of a geo-replica or a standby
            can: a named replica cannot be failed over to
            (https://learn.microsoft.com/azure/azure-sql/database/service-tier-hyperscale-replicas),
            and a copy becomes a database of its own.
    """

    reading: Reading
    path: str
    role: str
    partners: tuple[Partner, ...]
    can_swap: bool = True


def link_side(link: Reading) -> Side:
    """Read a replication link."""
    role = _role(link, "properties.role")
    kind = (text(link.body, "properties.linkType") or "").lower()
    return Side(
        reading=link,
        path="properties.role",
        role=role,
        partners=(Partner(location="properties.partnerLocation", role="properties.partnerRole"),),
        can_swap=kind in CAN_SWAP and role not in {"source", "copy"},
    )


def group_side(group: Reading, partners: str) -> Side:
    """Read a failover group, whose other ends are listed under `properties.<partners>`.

    A group has at least one other end, so that one is stated even where the list is empty: its
    region is then not known.
    """
    path = f"properties.{partners}"
    ends = (
        Partner(location=f"{end}.location", role=f"{end}.replicationRole")
        for end in items(group.body, path) or (f"{path}[0]",)
    )
    role = _role(group, "properties.replicationRole")
    return Side(reading=group, path="properties.replicationRole", role=role, partners=tuple(ends))


def _role(reading: Reading, path: str) -> str:
    return (text(reading.body, path) or "").lower()


def listed(
    reader: Reader, path: str, resource: Resource
) -> tuple[Sequence[Reading], tuple[Placement, ...]]:
    """List what tells roles; where Azure does not give it, which copy is written stays open."""
    try:
        return reader.list(path, api_version=version_of(path)), ()
    except AzureError as error:
        read_at = resource.reading.read_at
        return (), (
            unreadable(Role.REPLICA, error, path=path, read_at=read_at, decides_primary=True),
        )
