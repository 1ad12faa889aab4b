"""Bodies of Azure SQL Managed Instance (https://learn.microsoft.com/rest/api/sql/managed-instances)."""

from residency.simulator.estate.bodies import (
    CREATED,
    DISPLAY_NAMES,
    Group,
    Part,
    arm,
    child,
    guid,
    list_path,
)
from residency.simulator.world import Body

INSTANCES = "Microsoft.Sql/managedInstances"


def instance(group: Group, name: str, *, backup: str = "Geo") -> Body:
    """Give a managed instance; `backup` is the redundancy of its backup storage."""
    zone = guid("zone", name)[:12]
    return arm(
        group,
        INSTANCES,
        name,
        {
            "administratorLogin": "sqladmin",
            "currentBackupStorageRedundancy": backup,
            "requestedBackupStorageRedundancy": backup,
            "dnsZone": zone,
            "fullyQualifiedDomainName": f"{name}.{zone}.database.windows.net",
            "state": "Ready",
            "storageSizeInGB": 512,
            "vCores": 8,
            "zoneRedundant": False,
        },
        sku={"name": "GP_Gen5", "tier": "GeneralPurpose", "family": "Gen5", "capacity": 8},
    )


def instance_database(group: Group, owner: Body, name: str) -> Body:
    """Give a database on a managed instance."""
    return arm(
        group,
        f"{INSTANCES}/databases",
        f"{owner['name']}/{name}",
        {
            "collation": "SQL_Latin1_General_CP1_CI_AS",
            "creationDate": CREATED,
            "status": "Online",
        },
        location=owner["location"],
    )


def _group_item(group: Group, name: str, pair: Body, role: str, other_role: str) -> Body:
    location = f"{group.id}/providers/Microsoft.Sql/locations/{group.location}"
    return child(
        location,
        "Microsoft.Sql/locations/instanceFailoverGroups",
        name,
        {
            "managedInstancePairs": [pair["ids"]],
            "partnerRegions": [
                {"location": DISPLAY_NAMES[pair["partner"]], "replicationRole": other_role}
            ],
            "readOnlyEndpoint": {"failoverPolicy": "Disabled"},
            "readWriteEndpoint": {
                "failoverPolicy": "Automatic",
                "failoverWithDataLossGracePeriodMinutes": 60,
            },
            "replicationRole": role,
            "replicationState": "CATCH_UP",
        },
    )


def instance_failover_group(name: str, home: tuple[Group, Body], away: tuple[Group, Body]) -> Part:
    """Give a healthy instance failover group, as both resource groups list it."""
    ids = {
        "primaryManagedInstanceId": home[1]["id"],
        "partnerManagedInstanceId": away[1]["id"],
    }
    children: dict[str, tuple[Body, ...]] = {}
    for (group, _), (partner, _), roles in (
        (home, away, ("Primary", "Secondary")),
        (away, home, ("Secondary", "Primary")),
    ):
        pair: Body = {"ids": ids, "partner": partner.location}
        parent = f"{group.id}/providers/Microsoft.Sql/locations/{group.location}"
        path = list_path(parent, "instanceFailoverGroups")
        children[path] = (_group_item(group, name, pair, *roles),)
    return Part(children=children)
