"""Bodies of Cosmos DB, PostgreSQL and MySQL, whose replicas and write regions are in fields."""

from residency.simulator.estate.bodies import (
    CREATED,
    DISPLAY_NAMES,
    Group,
    Part,
    arm,
    guid,
    list_path,
)
from residency.simulator.world import Body

POSTGRESQL = "Microsoft.DBforPostgreSQL/flexibleServers"
MYSQL = "Microsoft.DBforMySQL/flexibleServers"


def cosmos_account(group: Group, name: str, regions: tuple[str, ...], *, backup: str) -> Body:
    """Give a Cosmos DB account: the first region is the one that is written to.

    `location` is where the account was made, which a failover does not change
    (https://learn.microsoft.com/azure/cosmos-db/distribute-data-globally).
    """
    places = [_cosmos_place(name, region, order) for order, region in enumerate(regions)]
    policies = [
        {key: place[key] for key in ("id", "locationName", "failoverPriority")} for place in places
    ]
    properties = {
        "backupPolicy": _cosmos_backup(backup),
        "consistencyPolicy": {"defaultConsistencyLevel": "Session"},
        "databaseAccountOfferType": "Standard",
        "documentEndpoint": f"https://{name}.documents.azure.com:443/",
        "enableAutomaticFailover": True,
        "enableMultipleWriteLocations": False,
        "failoverPolicies": policies,
        "instanceId": guid("cosmos", name),
        "locations": places,
        "readLocations": places,
        "writeLocations": places[:1],
    }
    return arm(
        group,
        "Microsoft.DocumentDB/databaseAccounts",
        name,
        properties,
        location=DISPLAY_NAMES[group.location],
        kind="GlobalDocumentDB",
        systemData={"createdAt": CREATED},
    )


def _cosmos_place(name: str, region: str, order: int) -> Body:
    return {
        "id": f"{name}-{region}",
        "locationName": DISPLAY_NAMES[region],
        "documentEndpoint": f"https://{name}-{region}.documents.azure.com:443/",
        "failoverPriority": order,
        "isZoneRedundant": True,
        "provisioningState": "Succeeded",
    }


def _cosmos_backup(redundancy: str) -> Body:
    if redundancy == "Continuous":
        return {"type": "Continuous", "continuousModeProperties": {"tier": "Continuous30Days"}}
    return {
        "type": "Periodic",
        "periodicModeProperties": {
            "backupIntervalInMinutes": 240,
            "backupRetentionIntervalInHours": 48,
            "backupStorageRedundancy": redundancy,
        },
    }


def postgresql(group: Group, name: str, *, geo_backup: bool, role: str = "Primary") -> Body:
    """Give a PostgreSQL flexible server that is a source of replicas, or has none (`None`)."""
    return arm(
        group,
        POSTGRESQL,
        name,
        {
            "backup": _backup(geo_backup=geo_backup),
            "fullyQualifiedDomainName": f"{name}.postgres.database.azure.com",
            "highAvailability": {"mode": "ZoneRedundant", "state": "Healthy"},
            "replica": {"role": role, "capacity": 5},
            "replicationRole": role,
            "state": "Ready",
            "version": "16",
        },
        sku={"name": "Standard_D4ds_v5", "tier": "GeneralPurpose"},
        systemData={"createdAt": CREATED},
    )


def postgresql_replica(group: Group, name: str, source: Body, *, location: str) -> Part:
    """Give a read replica in another region, and the list of replicas of its source."""
    body = arm(
        group,
        POSTGRESQL,
        name,
        {
            "backup": _backup(geo_backup=False),
            "fullyQualifiedDomainName": f"{name}.postgres.database.azure.com",
            "highAvailability": {"mode": "Disabled", "state": "NotEnabled"},
            "replica": {"role": "GeoAsyncReplica", "replicationState": "Active"},
            "replicationRole": "GeoAsyncReplica",
            "sourceServerResourceId": source["id"],
            "state": "Ready",
            "version": "16",
        },
        location=location,
        sku={"name": "Standard_D4ds_v5", "tier": "GeneralPurpose"},
        systemData={"createdAt": CREATED},
    )
    return Part(resources=(body,), children={list_path(source["id"], "replicas"): (body,)})


def mysql(group: Group, name: str, *, geo_backup: bool, role: str = "None") -> Body:
    """Give a MySQL flexible server; `role` is `Source` where it has replicas."""
    return arm(
        group,
        MYSQL,
        name,
        {
            "backup": _backup(geo_backup=geo_backup),
            "fullyQualifiedDomainName": f"{name}.mysql.database.azure.com",
            "highAvailability": {"mode": "ZoneRedundant", "state": "Healthy"},
            "replicaCapacity": 10,
            "replicationRole": role,
            "state": "Ready",
            "version": "8.0.21",
        },
        sku={"name": "Standard_D2ds_v4", "tier": "GeneralPurpose"},
        systemData={"createdAt": CREATED},
    )


def mysql_replica(group: Group, name: str, source: Body) -> Part:
    """Give a geo replica at the group's location, and the list of replicas of its source."""
    body = mysql(group, name, geo_backup=False, role="Replica")
    body["properties"] |= {
        "highAvailability": {"mode": "Disabled", "state": "NotEnabled"},
        "replicaCapacity": 0,
        "sourceServerResourceId": source["id"],
    }
    return Part(resources=(body,), children={list_path(source["id"], "replicas"): (body,)})


def _backup(*, geo_backup: bool) -> Body:
    return {
        "backupRetentionDays": 14,
        "earliestRestoreDate": CREATED,
        "geoRedundantBackup": "Enabled" if geo_backup else "Disabled",
    }
