"""Which items of Azure Site Recovery speak of a managed disk, found once for all disks and vaults.

The items of every vault are indexed by what they name
(https://learn.microsoft.com/rest/api/site-recovery/replication-protected-items/list); the clusters
of a vault are asked for only if one of its items is in a cluster.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from checks.api_versions import version_of
from checks.replicated_names import Part, named
from checks.site_recovery import DETAILS, VAULT, items_path, read_items
from residency.check import Reader, unreadable, value
from residency.errors import AzureError, CheckError
from residency.model import Placement, Reading, Resource, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskLink:
    """The item of a vault that names a disk, or the machine it is attached to, and as what."""

    vault: Resource
    item: Reading
    part: Part


Links = dict[str, list[DiskLink]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicated:
    """All that the vaults of a tenant say of disks.

    Attributes:
        items: What the items say, by the id of a disk or machine.
        clusters: What the clusters say; counts for a disk that no item of the same vault names.
        gaps: By the kind of error, the vaults that do not tell which disks they replicate.
    """

    items: Links = field(default_factory=dict)
    clusters: Links = field(default_factory=dict)
    gaps: dict[type[Exception], dict[str, Placement]] = field(default_factory=dict)

    def links_of(self, disk: Resource) -> Mapping[str, DiskLink]:
        """Give what each vault says of a disk, at most one link a vault, by the vault's id."""
        found: dict[str, DiskLink] = {}
        for links in (self.items, self.clusters):
            for key in (disk.id, disk.managed_by):
                for link in links.get(key, ()):
                    found.setdefault(link.vault.id, link)
        return found

    def gaps_beside(self, links: Mapping[str, DiskLink]) -> Sequence[Placement]:
        """Give what leaves the role of a disk open: of each kind of error, the first vault's.

        One vault is proof enough, and each states itself that its items cannot be read; all of
        them on every disk would be disks times vaults.
        """
        first = (
            next((gap for vault_id, gap in gaps.items() if vault_id not in links), None)
            for gaps in self.gaps.values()
        )
        return tuple(gap for gap in first if gap is not None)


def replicated(reader: Reader) -> Replicated:
    """Index what all vaults say of disks, once a scan."""
    return reader.once("disks that Site Recovery names", partial(_replicated, reader))


def _replicated(reader: Reader) -> Replicated:
    found = Replicated()
    for vault in reader.of_type(VAULT):
        path = items_path(vault.id)
        try:
            items = read_items(vault.id, reader)
            _add(found.items, vault, items)
            if any(value(item.body, f"{DETAILS}.protectionClusterId") for item in items):
                path = f"{vault.id}/replicationProtectionClusters"
                _add(found.clusters, vault, reader.list(path, api_version=version_of(path)))
        except (AzureError, CheckError) as error:
            found.gaps.setdefault(type(error), {})[vault.id] = unreadable(
                Role.REPLICA,
                error,
                path=path,
                read_at=vault.reading.read_at,
                decides_primary=True,
            )
    return found


def _add(links: Links, vault: Resource, items: Sequence[Reading]) -> None:
    """Add what the items of a vault name, the first that names it; all of them or none."""
    own: dict[str, DiskLink] = {}
    for item in items:
        for resource, part in named(item):
            own.setdefault(resource, DiskLink(vault=vault, item=item, part=part))
    for resource, link in own.items():
        links.setdefault(resource, []).append(link)
