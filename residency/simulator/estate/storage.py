"""Bodies of Microsoft.Storage (https://learn.microsoft.com/rest/api/storagerp/storage-accounts)."""

from collections.abc import Mapping

from residency.simulator.estate.bodies import CREATED, NORTH, WEST, Group, arm, child, guid
from residency.simulator.world import Body

ACCOUNTS = "Microsoft.Storage/storageAccounts"
SERVICES = ("blob", "file", "queue", "table")
_PAIRS = {WEST: NORTH, NORTH: WEST, "uksouth": "ukwest", "eastus": "westus"}


def storage_account(
    group: Group,
    name: str,
    sku: str = "Standard_ZRS",
    *,
    location: str = "",
    tags: Mapping[str, str] | None = None,
) -> Body:
    """Give an account that never failed over; a geo-redundant one names its secondary."""
    where = location or group.location
    second = _PAIRS[where] if "GRS" in sku or "GZRS" in sku else ""
    properties = {**_settings(name), **_places(name, where, second)}
    return arm(
        group, ACCOUNTS, name, properties, location=where, tags=tags, **_kind(sku), kind=_API[sku]
    )


_API = {
    "Premium_LRS": "BlockBlobStorage",
    "Premium_ZRS": "FileStorage",
    "Standard_GRS": "StorageV2",
    "Standard_GZRS": "StorageV2",
    "Standard_LRS": "StorageV2",
    "Standard_RAGRS": "StorageV2",
    "Standard_ZRS": "StorageV2",
}


def _kind(sku: str) -> Body:
    return {"sku": {"name": sku, "tier": sku.split("_", maxsplit=1)[0]}}


def _settings(name: str) -> Body:
    return {
        "accessTier": "Hot",
        "allowBlobPublicAccess": False,
        "allowCrossTenantReplication": False,
        "creationTime": CREATED,
        "encryption": {
            "keySource": "Microsoft.Storage",
            "services": {"blob": {"enabled": True, "keyType": "Account"}},
        },
        "minimumTlsVersion": "TLS1_2",
        "networkAcls": {"bypass": "AzureServices", "defaultAction": "Deny", "ipRules": []},
        "primaryEndpoints": {
            service: f"https://{name}.{service}.core.windows.net/" for service in SERVICES
        },
        "publicNetworkAccess": "Disabled",
        "supportsHttpsTrafficOnly": True,
    }


def _places(name: str, primary: str, secondary: str) -> Body:
    places: Body = {"primaryLocation": primary, "statusOfPrimary": "available"}
    if secondary:
        places |= {"secondaryLocation": secondary, "statusOfSecondary": "available"}
        places["secondaryEndpoints"] = {
            "blob": f"https://{name}-secondary.blob.core.windows.net/",
        }
    return places


def failed_over(account: Body, *, since: str, planned: bool) -> Body:
    """Let an account of westeurope have failed over to its pair.

    A planned failover swaps the two; an unplanned one leaves a local account there. `location`
    stays (https://learn.microsoft.com/azure/storage/common/storage-disaster-recovery-guidance).
    """
    name = account["name"]
    moved = _places(name, NORTH, WEST if planned else "")
    moved["lastGeoFailoverTime"] = since
    kept = {
        key: value
        for key, value in account["properties"].items()
        if not key.startswith("secondary") and key != "statusOfSecondary"
    }
    sku = account["sku"] if planned else _kind("Standard_LRS")["sku"]
    return {**account, "sku": sku, "properties": {**kept, **moved}}


def replication_policy(account: Body, source: str, destination: str, container: str) -> Body:
    """Give an object replication policy; an account is named by id, or barely across tenants.

    https://learn.microsoft.com/azure/storage/blobs/object-replication-overview
    """
    policy_id = guid("object-replication", source, destination)
    return child(
        account["id"],
        f"{ACCOUNTS}/objectReplicationPolicies",
        policy_id,
        {
            "policyId": policy_id,
            "enabledTime": CREATED,
            "sourceAccount": source,
            "destinationAccount": destination,
            "rules": [
                {
                    "ruleId": guid("rule", policy_id),
                    "sourceContainer": container,
                    "destinationContainer": container,
                }
            ],
        },
    )


def with_replication_stats(body: Body, synced_at: str) -> Body:
    """Add to a geo-redundant account how its replication stands; other bodies stay as they are.

    Azure shows it with `$expand=geoReplicationStats` only
    (https://learn.microsoft.com/azure/storage/common/last-sync-time-get).
    """
    if body["type"] != ACCOUNTS or "secondaryLocation" not in body["properties"]:
        return body
    stats = {
        "canFailover": True,
        "canPlannedFailover": True,
        "lastSyncTime": synced_at,
        "postFailoverRedundancy": "Standard_ZRS"
        if "GZRS" in body["sku"]["name"]
        else "Standard_LRS",
        "postPlannedFailoverRedundancy": body["sku"]["name"],
        "status": "Live",
    }
    return {**body, "properties": {**body["properties"], "geoReplicationStats": stats}}
