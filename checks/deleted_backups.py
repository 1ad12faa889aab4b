"""Backups of what is gone: Cosmos DB accounts, SQL databases, and vaults that were deleted.

A Cosmos DB account can be restored in each of its regions
(https://learn.microsoft.com/azure/cosmos-db/continuous-backup-restore-introduction). Long-term
backups of SQL outlive their database and its server, each with a redundancy of its own
(https://learn.microsoft.com/azure/azure-sql/database/long-term-retention-overview).
"""

from collections.abc import Iterator

from checks.backup_vault import PAGE as BACKUP_PAGE
from checks.backup_vault import in_vault
from checks.deleted import DOCS, check
from checks.geo_backup import in_region, region_and_pair
from residency.check import Check, Reader, absent, items, observed, text, unknown
from residency.model import Placement, Reading, Resource, Role

LTR_PAGE = f"{DOCS}/azure-sql/database/long-term-retention-overview"
REGIONS = "properties.restorableLocations"
REDUNDANCY = "properties.backupStorageRedundancy"
REQUESTED = "properties.requestedBackupStorageRedundancy"


def restorable(account: Resource, reader: Reader) -> Iterator[Placement]:
    """State each region from which an account that is gone can be restored."""
    del reader
    places = items(account.reading.body, REGIONS)
    if not places:
        yield absent(account.reading, Role.BACKUP, REGIONS, "it names the regions of the account")
    for place in places:
        yield observed(account.reading, Role.BACKUP, f"{place}.locationName")


def long_term(backup: Resource, reader: Reader) -> Iterator[Placement]:
    """State a long-term backup by its redundancy, and by another that is being made of it."""
    del reader
    body = backup.reading.body
    yield from _kept(backup.reading, REDUNDANCY)
    requested = text(body, REQUESTED)  # instances have none
    if requested and requested != text(body, REDUNDANCY):
        yield from _kept(backup.reading, REQUESTED)


def _kept(backup: Reading, path: str) -> Iterator[Placement]:
    match (text(backup.body, path) or "").lower():
        case "local" | "zone":
            yield in_region(backup, "location", path)
        case "geo" | "geozone":
            yield from region_and_pair(backup, "location", path, page=LTR_PAGE)
        case _:
            yield observed(backup, Role.BACKUP, "location")
            yield unknown(backup, Role.BACKUP, path)


def recovery_vault(vault: Resource, reader: Reader) -> Iterator[Placement]:
    """State the region of a deleted Recovery Services vault; its redundancy is not told."""
    del reader
    yield observed(vault.reading, Role.BACKUP, "location")
    path, why = "properties.redundancySettings", "geo-redundant is only the default"
    yield absent(vault.reading, Role.BACKUP, path, why)


def backup_vault(vault: Resource, reader: Reader) -> Iterator[Placement]:
    """State the places of a deleted Backup vault, which tells as much as a live one."""
    del reader
    yield from in_vault(vault)


_SQL = "microsoft.sql/locations/longtermretention"

CHECKS: tuple[Check, ...] = (
    check(
        "cosmos-db",
        "Azure Cosmos DB accounts that are gone and can be restored",
        "microsoft.documentdb/locations/restorabledatabaseaccounts",
        "Microsoft.DocumentDB/locations/restorableDatabaseAccounts/read",
        f"{DOCS}/cosmos-db/continuous-backup-restore-introduction",
        restorable,
    ),
    check(
        "sql-database",
        "Long-term backups of databases of Azure SQL that are gone",
        f"{_SQL}servers/longtermretentiondatabases/longtermretentionbackups",
        "Microsoft.Sql/locations/longTermRetentionBackups/read",
        LTR_PAGE,
        long_term,
    ),
    check(
        "sql-instance-database",
        "Long-term backups of databases of SQL Managed Instance that are gone",
        f"{_SQL}managedinstances/longtermretentiondatabases/longtermretentionmanagedinstancebackups",
        "Microsoft.Sql/locations/longTermRetentionManagedInstanceBackups/read",
        LTR_PAGE,
        long_term,
    ),
    check(
        "recovery-vault",
        "Recovery Services vaults that were deleted and not purged",
        "microsoft.recoveryservices/locations/deletedvaults",
        "Microsoft.RecoveryServices/locations/deletedVaults/read",
        f"{DOCS}/backup/secure-by-default",
        recovery_vault,
    ),
    check(
        "backup-vault",
        "Backup vaults that were deleted and not purged",
        "microsoft.dataprotection/locations/deletedvaults",
        "Microsoft.DataProtection/locations/deletedVaults/read",
        BACKUP_PAGE,
        backup_vault,
    ),
)
