"""Which items of Azure Site Recovery speak of a machine, found once for all machines and vaults.

https://learn.microsoft.com/rest/api/site-recovery/replication-protected-items/list
"""

from collections.abc import Iterator, Mapping
from functools import partial

from checks.replicated_disks import DiskLink, Links, Replicated
from checks.replicated_names import MACHINES, Part
from checks.site_recovery import DETAILS, VAULT, items_path, read_items
from residency.check import Reader, text, unreadable, value
from residency.errors import AzureError, CheckError
from residency.model import Reading, Resource, Role

PARTS = {"fabricObjectId": Part.SOURCE, **MACHINES}


def machine_items(reader: Reader) -> Replicated:
    """Index what all vaults say of machines, once a scan."""
    return reader.once("machines that Site Recovery names", partial(_machine_items, reader))


def _machine_items(reader: Reader) -> Replicated:
    found = Replicated()
    for vault in reader.of_type(VAULT):
        try:
            _add(found.items, vault, reader)
        except (AzureError, CheckError) as error:
            found.gaps.setdefault(type(error), {})[vault.id] = unreadable(
                Role.REPLICA,
                error,
                path=items_path(vault.id),
                read_at=vault.reading.read_at,
                decides_primary=True,
            )
    return found


def _add(links: Links, vault: Resource, reader: Reader) -> None:
    """Add what the items of a vault name; all of them or none."""
    named = [
        (machine, DiskLink(vault=vault, item=item, part=part))
        for item in read_items(vault.id, reader)
        for machine, part in _named(item)
    ]
    for machine, link in named:
        links.setdefault(machine, []).append(link)


def _named(item: Reading) -> Iterator[tuple[str, Part]]:
    """Give each machine that an item names; what is no Azure resource is no machine here.

    Raises CheckError where an item has no details: it may name any machine.
    """
    if not isinstance(value(item.body, DETAILS), Mapping):
        raise CheckError(f"'{DETAILS}' of a replicated item is absent")
    for key, part in PARTS.items():
        machine = (text(item.body, f"{DETAILS}.{key}") or "").lower()
        if machine.startswith("/subscriptions/"):
            yield machine, part
