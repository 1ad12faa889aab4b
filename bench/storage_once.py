"""The storage accounts of one subscription, judged once: one process, as a peer is run.

    python bench/storage_once.py CONFIG OUT [--deep]

The way is the product's own: configuration, session, the provider's list, the check, the policy.
What is in violation goes to OUT as JSON, as `residency scan` prints it; stdout gets the counts.
Without --deep the object replication policies, one list for each account, are not asked for.
"""

import asyncio
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench.no_calls import NoCalls
from residency.azure import open_session
from residency.check import Catalogue, Reader, load_catalogue
from residency.cycles import few_collections
from residency.inventory import Inventory
from residency.inventory.packing import Packer
from residency.inventory.storage_accounts import STORAGE_ACCOUNTS, ProviderList, list_accounts
from residency.model import Status
from residency.policy import Groups
from residency.scan import Scan, resource_document
from residency.scan.placing import place_all
from residency.scan.reader import LiveReader
from residency.scan.run import conclude, judge_all, judge_of
from residency.settings import Settings, load


def catalogue_of(*, deep: bool) -> Catalogue:
    """Give the installed checks; without deep reads one that says that it asks nothing."""
    installed = load_catalogue()
    check = installed.by_type[STORAGE_ACCOUNTS]
    return installed if deep else Catalogue.of([replace(check, reads=False)])


def inventory_of(listed: ProviderList) -> Inventory:
    """Make the inventory of what the provider lists. Raises AzureError where it could not."""
    if listed.error is not None:
        raise listed.error
    return Inventory(
        coverage=(),
        resources=listed.accounts,
        groups=Groups(resources=listed.accounts),
        incomplete=("storage-accounts-alone",),
        doubts=(),
        notices=(),
        unread={},
    )


async def scanned(settings: Settings, *, deep: bool) -> Scan:
    started_at = datetime.now(UTC)
    subscription = str(settings.scope.subscriptions[0].id)
    catalogue = catalogue_of(deep=deep)
    async with open_session(settings.azure, settings.scan.deadline) as arm:
        inventory = inventory_of(
            await list_accounts(arm, subscription, Packer(catalogue), started_at)
        )
        with closing(LiveReader(arm, inventory.resources)) as live:
            reader: Reader = live if deep else NoCalls(live)
            placed = await place_all(inventory, catalogue, reader, lambda _: None)
    return conclude(
        settings, inventory, judge_all(judge_of(settings, inventory), placed), started_at
    )


def main() -> None:
    config, out, deep = Path(sys.argv[1]), Path(sys.argv[2]), "--deep" in sys.argv
    with few_collections():
        scan = asyncio.run(scanned(load(config), deep=deep))
    wrong = [each for each in scan.judged if each.judgement.status is Status.VIOLATION]
    out.write_bytes(msgspec.json.encode([resource_document(each) for each in wrong]))
    counts = {status.value: count for status, count in scan.counts.items()}
    print(msgspec.json.encode({"accounts": len(scan.judged), "counts": counts}).decode())


if __name__ == "__main__":
    main()
