"""What was deleted and is kept to be recovered: it is still where it was.

The lists of deleted things tell less than a live resource does. Where that leaves a copy open, its
place is unknown. The type is that of the list, so that nothing here is taken for a live resource;
`location` is that of the id where Azure's answer has none (residency/inventory/deleted.py).
"""

from collections.abc import Iterator

from checks.key_vault import PAGE as VAULT_PAGE
from checks.key_vault import WITHOUT_COPY
from checks.log_places import in_second_region
from residency import regions
from residency.check import Check, Locate, Reader, absent, observed, pair_copy, text
from residency.model import Holds, Placement, Resource, Role

DOCS = "https://learn.microsoft.com/azure"
PLACE = "properties.location"
PROVIDERS = "Microsoft.Resources/subscriptions/providers/read"


def at(path: str) -> Locate:
    """Give a check that knows one place: the region that the field at `path` names."""

    def locate(deleted: Resource, reader: Reader) -> Iterator[Placement]:
        del reader
        yield observed(deleted.reading, Role.PRIMARY, path)

    return locate


def and_maybe(path: str, open_path: str, why: str, *, decides_primary: bool = False) -> Locate:
    """Give a check that knows one place, and that a field which would tell of copies is missing."""

    def locate(deleted: Resource, reader: Reader) -> Iterator[Placement]:
        yield from at(path)(deleted, reader)
        yield absent(deleted.reading, Role.REPLICA, open_path, why, decides_primary=decides_primary)

    return locate


def vault(deleted: Resource, reader: Reader) -> Iterator[Placement]:
    """State the region of a deleted key vault and, as for a live one, the copy in its pair."""
    yield from at(PLACE)(deleted, reader)
    if regions.normalise(text(deleted.reading.body, PLACE) or "") not in WITHOUT_COPY:
        fact = "the contents of a vault are also replicated to the paired region"
        yield from pair_copy(deleted.reading, Role.REPLICA, PLACE, page=VAULT_PAGE, fact=fact)


def workspace(deleted: Resource, reader: Reader) -> Iterator[Placement]:
    """State the region of a deleted workspace, and the second one if it was replicated."""
    yield from at("location")(deleted, reader)
    yield from in_second_region(deleted.reading)


def check(name: str, title: str, kind: str, action: str, page: str, locate: Locate) -> Check:
    """Give the check of one list of what was deleted, with the action that lets it be read."""
    return Check(
        id=f"deleted-{name}",
        title=title,
        resource_types=(kind,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(PROVIDERS, action),
        docs=(page,),
        locate=locate,
    )


CHECKS: tuple[Check, ...] = (
    check(
        "key-vault",
        "Key vaults that were deleted and not purged",
        "microsoft.keyvault/locations/deletedvaults",
        "Microsoft.KeyVault/deletedVaults/read",
        VAULT_PAGE,
        vault,
    ),
    check(
        "managed-hsm",
        "Managed HSMs that were deleted and not purged; only after their further regions were",
        "microsoft.keyvault/locations/deletedmanagedhsms",
        "Microsoft.KeyVault/deletedManagedHsms/read",
        f"{DOCS}/key-vault/managed-hsm/multi-region-replication",
        at(PLACE),
    ),
    check(
        "storage-account",
        "Storage accounts that were deleted lately",
        "microsoft.storage/locations/deletedaccounts",
        "Microsoft.Storage/deletedAccounts/read",
        f"{DOCS}/storage/common/storage-account-recover",
        and_maybe(
            PLACE,
            "sku.name",
            "it told how redundant the account was, and whether it had failed over",
            decides_primary=True,
        ),
    ),
)
