"""First-party checks, one module an Azure service."""

from checks import (
    backup_vault,
    cognitive_services,
    compute_gallery,
    cosmos_db,
    holds_none,
    image,
    key_vault,
    managed_disk,
    mysql,
    postgresql,
    recovery_services,
    snapshot,
    sql_database,
    sql_managed_instance,
    storage,
)
from residency.check import Check

CHECKS: tuple[Check, ...] = (
    *backup_vault.CHECKS,
    *cognitive_services.CHECKS,
    *compute_gallery.CHECKS,
    *cosmos_db.CHECKS,
    *holds_none.CHECKS,
    *image.CHECKS,
    *key_vault.CHECKS,
    *managed_disk.CHECKS,
    *mysql.CHECKS,
    *postgresql.CHECKS,
    *recovery_services.CHECKS,
    *snapshot.CHECKS,
    *sql_database.CHECKS,
    *sql_managed_instance.CHECKS,
    *storage.CHECKS,
)
