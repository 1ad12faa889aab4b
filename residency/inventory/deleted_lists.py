"""Which lists of deleted things Azure has, in Azure's own words. Data, and no code.

Each is documented under https://learn.microsoft.com/rest/api/, `deletedVaults` of Key Vault at
https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list-deleted.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedList:
    """One list of what was deleted and is kept to be recovered.

    Attributes:
        namespace: The provider whose list it is.
        kind: What the list is called under it.
        resource_type: The type that its items are given, lower-cased: that of their documented id.
        api_version: The version it is asked with.
        by_location: There is one list a region, instead of one for the subscription.
        former: The field with the id of what was deleted, where an item tells it.
    """

    namespace: str
    kind: str
    resource_type: str
    api_version: str
    by_location: bool = False
    former: str = ""


_LONG_TERM = "microsoft.sql/locations/longtermretention"

LONG_TERM_OF_SERVER = f"{_LONG_TERM}servers/longtermretentiondatabases/longtermretentionbackups"
LONG_TERM_OF_INSTANCE = (
    f"{_LONG_TERM}managedinstances/longtermretentiondatabases"
    "/longtermretentionmanagedinstancebackups"
)
RESTORABLE_ACCOUNT = "microsoft.documentdb/locations/restorabledatabaseaccounts"

DELETED_LISTS = (
    DeletedList(
        namespace="Microsoft.KeyVault",
        kind="deletedVaults",
        resource_type="microsoft.keyvault/locations/deletedvaults",
        api_version="2026-05-15",
        former="properties.vaultId",
    ),
    DeletedList(
        namespace="Microsoft.KeyVault",
        kind="deletedManagedHSMs",
        resource_type="microsoft.keyvault/locations/deletedmanagedhsms",
        api_version="2026-05-15",
        former="properties.mhsmId",
    ),
    DeletedList(
        namespace="Microsoft.Storage",
        kind="deletedAccounts",
        resource_type="microsoft.storage/locations/deletedaccounts",
        api_version="2026-09-01",
        former="properties.storageAccountResourceId",
    ),
    DeletedList(
        namespace="Microsoft.CognitiveServices",
        kind="deletedAccounts",
        resource_type="microsoft.cognitiveservices/locations/resourcegroups/deletedaccounts",
        api_version="2025-09-01",
        former="id",
    ),
    DeletedList(
        namespace="Microsoft.AppConfiguration",
        kind="deletedConfigurationStores",
        resource_type="microsoft.appconfiguration/locations/deletedconfigurationstores",
        api_version="2024-06-01",
        former="properties.configurationStoreId",
    ),
    DeletedList(
        namespace="Microsoft.ApiManagement",
        kind="deletedservices",
        resource_type="microsoft.apimanagement/locations/deletedservices",
        api_version="2024-05-01",
        former="properties.serviceId",
    ),
    DeletedList(
        namespace="Microsoft.OperationalInsights",
        kind="deletedWorkspaces",
        resource_type="microsoft.operationalinsights/deletedworkspaces",
        api_version="2025-07-01",
        former="id",
    ),
    DeletedList(
        namespace="Microsoft.Web",
        kind="deletedSites",
        resource_type="microsoft.web/locations/deletedsites",
        api_version="2025-05-01",
    ),
    DeletedList(
        namespace="Microsoft.DocumentDB",
        kind="restorableDatabaseAccounts",
        resource_type=RESTORABLE_ACCOUNT,
        api_version="2026-03-15",
    ),
    DeletedList(
        namespace="Microsoft.Sql",
        kind="longTermRetentionBackups",
        resource_type=LONG_TERM_OF_SERVER,
        api_version="2025-01-01",
        by_location=True,
    ),
    DeletedList(
        namespace="Microsoft.Sql",
        kind="longTermRetentionManagedInstanceBackups",
        resource_type=LONG_TERM_OF_INSTANCE,
        api_version="2025-01-01",
        by_location=True,
    ),
    DeletedList(
        namespace="Microsoft.RecoveryServices",
        kind="deletedVaults",
        resource_type="microsoft.recoveryservices/locations/deletedvaults",
        api_version="2026-11-01",
        by_location=True,
        former="properties.vaultId",
    ),
    DeletedList(
        namespace="Microsoft.DataProtection",
        kind="deletedVaults",
        resource_type="microsoft.dataprotection/locations/deletedvaults",
        api_version="2026-06-01",
        by_location=True,
        former="properties.originalBackupVaultResourcePath",
    ),
)
