"""Azure Key Vault: a vault, and the copy of its contents in the paired region.

https://learn.microsoft.com/azure/reliability/reliability-key-vault: the contents are
replicated within the region and, asynchronously, to the paired region if that lies in the same
geography. No copy leaves Brazil South, Brazil Southeast, West US 3 or a region without a pair.
Only Microsoft can fail a vault over; the vault is then read-only, no field of it changes, and
`location` keeps naming where it is written.
"""

from collections.abc import Iterator

from residency import regions
from residency.check import Check, Reader, at_location, pair_copy
from residency.model import Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/reliability/reliability-key-vault"

WITHOUT_COPY = frozenset({"brazilsouth", "brazilsoutheast", "westus3"})
"""Regions with a pair that Microsoft excepts from the replication of vaults."""


def locate(vault: Resource, reader: Reader) -> Iterator[Placement]:
    """State the vault's region and the documented copy in its pair."""
    del reader
    yield at_location(vault)
    if regions.normalise(vault.location) not in WITHOUT_COPY:
        yield from pair_copy(
            vault.reading,
            Role.REPLICA,
            "location",
            page=PAGE,
            fact="the contents of a vault are also replicated to the paired region",
        )


CHECKS = (
    Check(
        id="key-vault",
        title="Key Vault",
        resource_types=("microsoft.keyvault/vaults",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.KeyVault/vaults/read",),
        docs=(PAGE, "https://learn.microsoft.com/azure/reliability/reliability-key-vault"),
        locate=locate,
        uses_properties=False,
    ),
)
