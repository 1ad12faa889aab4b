"""Bodies of key vaults and of the two kinds of backup vault, with what they protect."""

from collections.abc import Iterable

from residency.simulator.estate.bodies import (
    CREATED,
    TENANT_ID,
    Group,
    Part,
    arm,
    child,
    guid,
    list_path,
)
from residency.simulator.world import Body

RECOVERY = "Microsoft.RecoveryServices/vaults"
BACKUP = "Microsoft.DataProtection/backupVaults"
_PROTECTED = f"{RECOVERY}/backupFabrics/protectionContainers/protectedItems"


def key_vault(group: Group, name: str) -> Body:
    """Give a key vault; no field shows its copy in the paired region.

    https://learn.microsoft.com/azure/reliability/reliability-key-vault
    """
    return arm(
        group,
        "Microsoft.KeyVault/vaults",
        name,
        {
            "enablePurgeProtection": True,
            "enableRbacAuthorization": True,
            "enableSoftDelete": True,
            "publicNetworkAccess": "Disabled",
            "sku": {"family": "A", "name": "standard"},
            "softDeleteRetentionInDays": 90,
            "tenantId": TENANT_ID,
            "vaultUri": f"https://{name}.vault.azure.net/",
        },
        systemData={"createdAt": CREATED},
    )


def recovery_vault(group: Group, name: str, redundancy: str | None) -> Body:
    """Give a Recovery Services vault; None: the answer does not show its redundancy.

    https://learn.microsoft.com/azure/backup/backup-create-recovery-services-vault
    """
    shown = (
        {
            "redundancySettings": {
                "crossRegionRestore": "Disabled",
                "standardTierStorageRedundancy": redundancy,
            }
        }
        if redundancy
        else {}
    )
    settings = {"softDeleteSettings": {"softDeleteState": "Enabled"}}
    properties = {"publicNetworkAccess": "Disabled", "securitySettings": settings, **shown}
    return arm(group, RECOVERY, name, properties, sku={"name": "RS0", "tier": "Standard"})


def storage_configuration(vault: Body, redundancy: str) -> Part:
    """Give the older answer of a recovery vault about its redundancy."""
    item = child(
        vault["id"],
        f"{RECOVERY}/backupstorageconfig",
        "vaultstorageconfig",
        {
            "crossRegionRestoreFlag": False,
            "storageModelType": redundancy,
            "storageType": redundancy,
            "storageTypeState": "Locked",
        },
    )
    return Part(children={list_path(vault["id"], "backupstorageconfig"): (item,)})


def protected_items(vault: Body, machines: Iterable[Body], shares: Iterable[Body]) -> Part:
    """Give the backups of machines and of the file shares of storage accounts."""
    items = [_protected_machine(vault, machine) for machine in machines]
    items += [_protected_share(vault, account) for account in shares]
    return Part(children={list_path(vault["id"], "backupProtectedItems"): tuple(items)})


def _protected(vault: Body, container: str, name: str, properties: Body) -> Body:
    fabric = f"{vault['id']}/backupFabrics/Azure/protectionContainers/{container}"
    policy = f"{vault['id']}/backupPolicies/daily-35-days"
    state = {"lastBackupStatus": "Completed", "policyId": policy, "protectionState": "Protected"}
    return child(fabric, _PROTECTED, name, {**state, **properties})


def _protected_machine(vault: Body, machine: Body) -> Body:
    group = machine["id"].split("/")[4]
    middle = f"iaasvmcontainerv2;{group};{machine['name']}".lower()
    properties = {
        "backupManagementType": "AzureIaasVM",
        "friendlyName": machine["name"],
        "protectedItemType": "Microsoft.Compute/virtualMachines",
        "sourceResourceId": machine["id"],
        "virtualMachineId": machine["id"],
        "workloadType": "VM",
    }
    return _protected(vault, f"IaasVMContainer;{middle}", f"VM;{middle}", properties)


def _protected_share(vault: Body, account: Body) -> Body:
    group = account["id"].split("/")[4]
    container = f"StorageContainer;Storage;{group};{account['name']}"
    properties = {
        "backupManagementType": "AzureStorage",
        "friendlyName": "documents",
        "protectedItemType": "AzureFileShareProtectedItem",
        "sourceResourceId": account["id"],
        "workloadType": "AzureFileShare",
    }
    share = f"AzureFileShare;{guid('share', account['id'])}"
    return _protected(vault, container, share, properties)


def backup_vault(group: Group, name: str, redundancy: str) -> Body:
    """Give a Backup vault (https://learn.microsoft.com/azure/backup/backup-vault-overview)."""
    properties = {
        "featureSettings": {"crossRegionRestoreSettings": {"state": "Disabled"}},
        "securitySettings": {"softDeleteSettings": {"state": "On"}},
        "storageSettings": [{"datastoreType": "VaultStore", "type": redundancy}],
    }
    return arm(group, BACKUP, name, properties)


def backup_instances(vault: Body, sources: Iterable[tuple[Body, str]]) -> Part:
    """Give what a Backup vault protects: resources, each with its kind of data source."""
    items = tuple(_backup_instance(vault, source, kind) for source, kind in sources)
    return Part(children={list_path(vault["id"], "backupInstances"): items})


def _backup_instance(vault: Body, source: Body, kind: str) -> Body:
    described = {
        "datasourceType": kind,
        "objectType": "Datasource",
        "resourceID": source["id"],
        "resourceLocation": source["location"],
        "resourceName": source["name"],
        "resourceType": source["type"],
        "resourceUri": source["id"],
    }
    return child(
        vault["id"],
        f"{BACKUP}/backupInstances",
        f"{source['name']}-{guid('instance', source['id'])}",
        {
            "currentProtectionState": "ProtectionConfigured",
            "dataSourceInfo": described,
            "friendlyName": source["name"],
            "objectType": "BackupInstance",
            "policyInfo": {"policyId": f"{vault['id']}/backupPolicies/daily-vaulted"},
            "protectionStatus": {"status": "ProtectionConfigured"},
            "provisioningState": "Succeeded",
        },
    )
