"""Bodies of Azure SQL Database (https://learn.microsoft.com/rest/api/sql)."""

from residency.simulator.estate.bodies import (
    CREATED,
    DISPLAY_NAMES,
    NORTH,
    WEST,
    Group,
    Part,
    arm,
    child,
    guid,
    list_path,
)
from residency.simulator.world import Body

SERVERS = "Microsoft.Sql/servers"
PARTNERS = {"Primary": "Secondary", "Secondary": "Primary"}


def server(group: Group, name: str, *, location: str = "") -> Body:
    """Give a logical server: it holds nothing itself."""
    properties = {
        "administratorLogin": "sqladmin",
        "fullyQualifiedDomainName": f"{name}.database.windows.net",
        "publicNetworkAccess": "Disabled",
        "state": "Ready",
        "version": "12.0",
    }
    return arm(group, SERVERS, name, properties, location=location, kind="v12.0")


def database(group: Group, owner: Body, name: str, *, backup: str = "Geo") -> Body:
    """Give a database on a server; `backup` is the redundancy of its backup storage."""
    location = owner["location"]
    properties = {
        "collation": "SQL_Latin1_General_CP1_CI_AS",
        "creationDate": CREATED,
        "currentBackupStorageRedundancy": backup,
        "requestedBackupStorageRedundancy": backup,
        "currentServiceObjectiveName": "GP_Gen5_4",
        "databaseId": guid("database", owner["name"], name),
        "isLedgerOn": False,
        "maxSizeBytes": 268435456000,
        "readScale": "Disabled",
        "status": "Online",
        "zoneRedundant": True,
        **_pair(location),
    }
    return arm(
        group,
        f"{SERVERS}/databases",
        f"{owner['name']}/{name}",
        properties,
        location=location,
        kind="v12.0,user,vcore",
        sku={"name": "GP_Gen5", "tier": "GeneralPurpose", "family": "Gen5", "capacity": 4},
    )


def _pair(location: str) -> Body:
    pairs = {WEST: NORTH, NORTH: WEST}
    if location not in pairs:
        return {}
    return {"defaultSecondaryLocation": DISPLAY_NAMES[pairs[location]]}


def elastic_pool(group: Group, owner: Body, name: str) -> Body:
    """Give an elastic pool on a server."""
    return arm(
        group,
        f"{SERVERS}/elasticPools",
        f"{owner['name']}/{name}",
        {
            "creationDate": CREATED,
            "maxSizeBytes": 536870912000,
            "state": "Ready",
            "zoneRedundant": True,
        },
        location=owner["location"],
        kind="vcore,pool",
        sku={"name": "GP_Gen5", "tier": "GeneralPurpose", "family": "Gen5", "capacity": 8},
    )


def _link(one: Body, one_server: Body, other: Body, other_server: Body, role: str) -> Body:
    name = guid("link", *sorted((one["id"], other["id"])))
    return child(
        one["id"],
        f"{SERVERS}/databases/replicationLinks",
        name,
        {
            "isTerminationAllowed": False,
            "linkType": "GEO",
            "partnerDatabase": other["name"],
            "partnerDatabaseId": other["id"],
            "partnerLocation": DISPLAY_NAMES[other_server["location"]],
            "partnerRole": PARTNERS[role],
            "partnerServer": other_server["name"],
            "percentComplete": 100,
            "replicationMode": "ASYNC",
            "replicationState": "CATCH_UP",
            "role": role,
            "startTime": CREATED,
        },
        location=one_server["location"],
    )


def _group_item(name: str, one: Body, other: Body, role: str, members: list[str]) -> Body:
    return child(
        one["id"],
        f"{SERVERS}/failoverGroups",
        name,
        {
            "databases": members,
            "partnerServers": [
                {
                    "id": other["id"],
                    "location": DISPLAY_NAMES[other["location"]],
                    "replicationRole": PARTNERS[role],
                }
            ],
            "readOnlyEndpoint": {"failoverPolicy": "Disabled"},
            "readWriteEndpoint": {
                "failoverPolicy": "Automatic",
                "failoverWithDataLossGracePeriodMinutes": 60,
            },
            "replicationRole": role,
            "replicationState": "CATCH_UP",
        },
        location=DISPLAY_NAMES[one["location"]],
    )


def failover_group(
    name: str, west: tuple[Body, list[Body]], north: tuple[Body, list[Body]], writer: Body
) -> Part:
    """Give a failover group and its links as both servers list them; `writer` is the primary."""
    children: dict[str, tuple[Body, ...]] = {}
    for (one, databases), (other, partners) in ((west, north), (north, west)):
        role = "Primary" if one["id"] == writer["id"] else "Secondary"
        links = [
            _link(mine, one, theirs, other, role)
            for mine, theirs in zip(databases, partners, strict=True)
        ]
        members = [database["id"] for database in databases]
        children[list_path(one["id"], "failoverGroups")] = (
            _group_item(name, one, other, role, members),
        )
        children[list_path(one["id"], "replicationLinks")] = tuple(links)
        for mine, link in zip(databases, links, strict=True):
            children[list_path(mine["id"], "replicationLinks")] = (link,)
    return Part(children=children)
