"""Where the backups of an Azure Cosmos DB account are: by its mode, and the redundancy it states.

Periodic backups are in the write region and, if geo-redundant, in its pair
(https://learn.microsoft.com/azure/cosmos-db/periodic-backup-storage-redundancy); continuous ones
are in each region of the account
(https://learn.microsoft.com/azure/cosmos-db/continuous-backup-restore-introduction).
"""

from collections.abc import Iterator, Sequence

from checks.geo_backup import in_region, pair_or_unknown
from residency.check import documented, items, text, unknown
from residency.model import UNKNOWN_REGION, Placement, Reading, Role

DOCS = "https://learn.microsoft.com/azure/cosmos-db/"
PERIODIC_PAGE = f"{DOCS}periodic-backup-restore-introduction"
REDUNDANCY_PAGE = f"{DOCS}periodic-backup-storage-redundancy"
CONTINUOUS_PAGE = f"{DOCS}continuous-backup-restore-introduction"

WRITES = "properties.writeLocations"
MODE = "properties.backupPolicy.type"
REDUNDANCY = "properties.backupPolicy.periodicModeProperties.backupStorageRedundancy"


def backups(reading: Reading, live: Sequence[Placement]) -> Iterator[Placement]:
    """State the backups of an account whose live copies are given."""
    match text(reading.body, MODE):
        case "Periodic":
            yield from _periodic(reading)
        case "Continuous":
            yield from _continuous(reading, live)
        case _:
            yield unknown(reading, Role.BACKUP, MODE)


def _periodic(reading: Reading) -> Iterator[Placement]:
    """Snapshots in the write region, or in one of several, by the redundancy also in its pair."""
    redundancy = text(reading.body, REDUNDANCY)
    regions = [f"{item}.locationName" for item in items(reading.body, WRITES)]
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
