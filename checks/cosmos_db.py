"""Azure Cosmos DB accounts: write region, further regions and backups.

`location` is where the account's metadata was created, not where it is written; the write region
of failover priority 0 is (https://learn.microsoft.com/azure/cosmos-db/distribute-data-globally).
No field keeps the former write region, so a failover shows only as a change of these lists.
Per-partition automatic failover can write single partitions in another region of the account
without any change here; that region is stated as a replica all the same
(https://learn.microsoft.com/azure/cosmos-db/how-to-configure-per-partition-automatic-failover).
A region that is being added or removed holds data, so its provisioning state does not count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from checks.geo_backup import in_region, pair_or_unknown
from residency.check import Check, Reader, absent, documented, observed, text, unknown, value
from residency.model import UNKNOWN_REGION, Holds, Placement, Reading, Resource, Role

DOCS = "https://learn.microsoft.com/azure/cosmos-db/"
PERIODIC_PAGE = f"{DOCS}periodic-backup-restore-introduction"
REDUNDANCY_PAGE = f"{DOCS}periodic-backup-storage-redundancy"
CONTINUOUS_PAGE = f"{DOCS}continuous-backup-restore-introduction"

WRITES = "properties.writeLocations"
LISTS = (WRITES, "properties.readLocations", "properties.locations")
BACKUP = "properties.backupPolicy.type"
REDUNDANCY = "properties.backupPolicy.periodicModeProperties.backupStorageRedundancy"


def locate(account: Resource, reader: Reader) -> Iterator[Placement]:
    """State the write region, every further region, and where the backups are."""
    del reader
    live = tuple(_live(account.reading))
    yield from live
    match text(account.reading.body, BACKUP):
        case "Periodic":
            yield from _periodic(account.reading)
        case "Continuous":
            yield from _continuous(account.reading, live)
        case _:
            yield unknown(account.reading, Role.BACKUP, BACKUP)


def _items(reading: Reading, path: str) -> tuple[str, ...]:
    return tuple(f"{path}[{index}]" for index in range(len(value(reading.body, path) or ())))


def _live(reading: Reading) -> Iterator[Placement]:
    """The write region, and each other region that any of the lists names, once."""
    written = _write_region(reading)
    named: set[str] = set()
    if written is None:
        why = "no single write region with failover priority 0"
        yield replace(absent(reading, Role.PRIMARY, WRITES, why), decides_primary=True)
    else:
        primary = observed(reading, Role.PRIMARY, f"{written}.locationName", writer=True)
        named.add(_name(primary))
        yield primary
    for path in LISTS:
        for item in _items(reading, path):
            replica = observed(reading, Role.REPLICA, f"{item}.locationName")
            if _name(replica) not in named:
                named.add(_name(replica))
                yield replica


def _name(place: Placement) -> str:
    """What tells two regions apart: the normal form, or the raw spelling of an unknown one."""
    return place.evidence.value if place.region == UNKNOWN_REGION else place.region


def _write_region(reading: Reading) -> str | None:
    """The only write region, or of several the one with failover priority 0."""
    items = _items(reading, WRITES)
    first = [item for item in items if value(reading.body, f"{item}.failoverPriority") == 0]
    candidates = items if len(items) == 1 else first
    return candidates[0] if len(candidates) == 1 else None


def _periodic(reading: Reading) -> Iterator[Placement]:
    """Snapshots in the write region, or in one of several, by the redundancy also in its pair."""
    redundancy = text(reading.body, REDUNDANCY)
    regions = [f"{item}.locationName" for item in _items(reading, WRITES)]
    if redundancy not in {"Geo", "Zone", "Local"} or not regions:
        yield unknown(reading, Role.BACKUP, REDUNDANCY)
        return
    for region in regions:
        yield _snapshots(reading, region, regions)
        if redundancy == "Geo":
            yield from pair_or_unknown(reading, region, REDUNDANCY, page=REDUNDANCY_PAGE)


def _snapshots(reading: Reading, region: str, regions: Sequence[str]) -> Placement:
    if len(regions) == 1:
        return in_region(reading, region, REDUNDANCY)
    name = text(reading.body, region) or UNKNOWN_REGION
    fact = "periodic backups are kept in one of the write regions, and no field tells which"
    return documented(reading, Role.BACKUP, name, page=PERIODIC_PAGE, fact=fact)


def _continuous(reading: Reading, live: Sequence[Placement]) -> Iterator[Placement]:
    fact = "continuous backups are kept in each region of the account"
    for place in live:
        yield documented(reading, Role.BACKUP, place.region, page=CONTINUOUS_PAGE, fact=fact)


CHECKS = (
    Check(
        id="cosmos-db",
        title="Cosmos DB account",
        resource_types=("microsoft.documentdb/databaseaccounts",),
        holds=Holds.STORES,
        can_fail_over=True,
        permissions=("Microsoft.DocumentDB/databaseAccounts/read",),
        docs=(f"{DOCS}distribute-data-globally", PERIODIC_PAGE, REDUNDANCY_PAGE, CONTINUOUS_PAGE),
        locate=locate,
    ),
)
