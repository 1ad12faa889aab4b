"""Failovers as Azure shows them: which fields change, what the activity log says, and when.

`caller` None is a failover by Microsoft itself: the fields change the same and the log is silent.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from residency.regions import normalise
from residency.simulator.provider import sku_after_failover
from residency.simulator.simulator import Simulator
from residency.simulator.world import Body

OPERATOR = "operator@example.com"
_STORAGE_FAILOVER = "Microsoft.Storage/storageAccounts/failover/action"
_STORAGE_WRITE = "Microsoft.Storage/storageAccounts/write"
_SQL_FAILOVER = "Microsoft.Sql/servers/failoverGroups/failover/action"
_SQL_FORCED = "Microsoft.Sql/servers/failoverGroups/forceFailoverAllowDataLoss/action"
_COSMOS_CHANGE = "Microsoft.DocumentDB/databaseAccounts/failoverPriorityChange/action"
_OTHER_ROLE = {"Primary": "Secondary", "Secondary": "Primary"}


def fail_over_storage(
    simulator: Simulator,
    account: str,
    *,
    planned: bool = False,
    duration_seconds: float = 0,
    caller: str | None = OPERATOR,
) -> None:
    """Fail a geo-redundant storage account over; `location` stays what it was.

    https://learn.microsoft.com/azure/storage/common/storage-failover-customer-managed-unplanned

    Args:
        simulator: Whose tenant it is.
        account: The account's id.
        planned: The regions swap and the account stays geo-redundant; otherwise the secondary is
            lost and the redundancy becomes local.
        duration_seconds: How long `failoverInProgress` shows.
        caller: Who did it.

    Raises:
        KeyError: There is no such account.
        ValueError: It has no secondary.
    """
    body = _found(simulator, account)
    if not body["properties"].get("secondaryLocation"):
        raise ValueError(f"{account} has no secondary region.")
    _log(simulator, _STORAGE_FAILOVER, body["id"], caller, duration_seconds)
    body["properties"]["failoverInProgress"] = True
    simulator.put(body, operation=_STORAGE_FAILOVER, caller=caller)

    def finish() -> None:
        done = _after_storage_failover(_found(simulator, account), simulator.now(), planned)
        if not planned:
            simulator.tenant.geo_replication.pop(account.lower(), None)
        simulator.put(done, operation=_STORAGE_FAILOVER, caller=caller)

    simulator.after(duration_seconds, finish)


def _after_storage_failover(body: Body, at: datetime, planned: bool) -> Body:  # noqa: FBT001
    properties = dict(body["properties"])
    properties.pop("failoverInProgress", None)
    former, properties["primaryLocation"] = (
        properties["primaryLocation"],
        properties["secondaryLocation"],
    )
    properties["lastGeoFailoverTime"] = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    properties["statusOfPrimary"] = "available"
    if planned:
        properties["secondaryLocation"] = former
        return {**body, "properties": properties}
    for name in ("secondaryLocation", "statusOfSecondary", "secondaryEndpoints"):
        properties.pop(name, None)
    sku = {**body["sku"], "name": sku_after_failover(body["sku"]["name"])}
    return {**body, "sku": sku, "properties": properties}


def fail_back_storage(
    simulator: Simulator, account: str, *, sku: str = "", caller: str | None = OPERATOR
) -> None:
    """Bring an account back to its `location`: make it geo-redundant again where need be, and swap.

    Args:
        simulator: Whose tenant it is.
        account: The account's id.
        sku: The redundancy to return to after an unplanned failover; without it, the geo-redundant
            form of what it has now.
        caller: Who did it.

    Raises:
        KeyError: There is no such account.
    """
    body = _found(simulator, account)
    if not body["properties"].get("secondaryLocation"):
        local = str(body["sku"]["name"])
        wanted = sku or local.replace("LRS", "GRS").replace("ZRS", "GZRS")
        properties = {
            **body["properties"],
            "secondaryLocation": normalise(body["location"]),
            "statusOfSecondary": "available",
        }
        body = {**body, "sku": {**body["sku"], "name": wanted}, "properties": properties}
        _log(simulator, _STORAGE_WRITE, body["id"], caller, 0)
        simulator.put(body, operation=_STORAGE_WRITE, caller=caller)
    fail_over_storage(simulator, account, planned=True, caller=caller)


def fail_over_sql_group(
    simulator: Simulator,
    group: str,
    *,
    forced: bool = False,
    duration_seconds: float = 0,
    caller: str | None = OPERATOR,
) -> None:
    """Fail a SQL failover group over: the roles flip on both servers and on the databases' links.

    https://learn.microsoft.com/azure/azure-sql/database/failover-group-sql-db

    Args:
        simulator: Whose tenant it is.
        group: The group's id under either server.
        forced: Data loss is accepted.
        duration_seconds: How long it takes until the roles flip.
        caller: Who did it; Azure logs it at the server that becomes the primary.

    Raises:
        KeyError: There is no such group.
    """
    name = _SQL_FORCED if forced else _SQL_FAILOVER
    sides = list(_sides(simulator, group))
    becomes = next(one for one in sides if one["properties"]["replicationRole"] == "Secondary")
    _log(simulator, name, becomes["id"], caller, duration_seconds)

    def finish() -> None:
        for side in _sides(simulator, group):
            _flip_group(simulator, side, name, caller)

    simulator.after(duration_seconds, finish)


def _sides(simulator: Simulator, group: str) -> Iterator[Body]:
    one = _found(simulator, group)
    yield one
    name = one["id"].rpartition("/")[2]
    for partner in one["properties"]["partnerServers"]:
        yield _found(simulator, f"{partner['id']}/failoverGroups/{name}")


def _flip_group(simulator: Simulator, side: Body, name: str, caller: str | None) -> None:
    properties = side["properties"]
    partners = [
        {**one, "replicationRole": _OTHER_ROLE[one["replicationRole"]]}
        for one in properties["partnerServers"]
    ]
    role = _OTHER_ROLE[properties["replicationRole"]]
    flipped = {**properties, "replicationRole": role, "partnerServers": partners}
    simulator.put({**side, "properties": flipped}, operation=name, caller=caller)
    server = side["id"].lower().rpartition("/failovergroups/")[0]
    for database in properties["databases"]:
        path = f"{server}/databases/{database.rpartition('/')[2].lower()}"
        _flip_database(simulator, path, is_primary=role == "Primary", partners=partners)


def _flip_database(
    simulator: Simulator, path: str, *, is_primary: bool, partners: Sequence[Body]
) -> None:
    others = {one["id"].rpartition("/")[2].lower() for one in partners}
    server = path.rpartition("/databases/")[0]
    for listed_at in (f"{path}/replicationlinks", f"{server}/replicationlinks"):
        for link in simulator.tenant.children(listed_at) or ():
            properties = link["properties"]
            is_of_it = link["id"].lower().startswith(f"{path}/")
            if is_of_it and properties["partnerServer"].lower() in others:
                roles = {"role": properties["partnerRole"], "partnerRole": properties["role"]}
                flipped = {**link, "properties": {**properties, **roles}}
                simulator.tenant.put_child(listed_at, flipped)
    body = simulator.tenant.find(path)
    if body is None:
        return
    properties = {k: v for k, v in body.get("properties", {}).items() if k != "secondaryType"}
    geo = {} if is_primary else {"secondaryType": "Geo"}
    simulator.put({**body, "properties": {**properties, **geo}})


def change_cosmos_write_region(
    simulator: Simulator,
    account: str,
    region: str,
    *,
    duration_seconds: float = 0,
    caller: str | None = OPERATOR,
) -> None:
    """Give a region of a Cosmos DB account failover priority 0, and so the writes.

    https://learn.microsoft.com/azure/cosmos-db/how-to-manage-database-account

    Args:
        simulator: Whose tenant it is.
        account: The account's id.
        region: Any spelling of a region that the account has.
        duration_seconds: How long it takes until the priorities change.
        caller: Who did it; None is a service-managed failover.

    Raises:
        KeyError: There is no such account.
        ValueError: The account is not in that region.
    """
    body = _found(simulator, account)
    wanted = normalise(region)
    regions = [normalise(one["locationName"]) for one in body["properties"]["locations"]]
    if wanted not in regions:
        raise ValueError(f"{account} is not in {region}.")
    _log(simulator, _COSMOS_CHANGE, body["id"], caller, duration_seconds)

    def finish() -> None:
        now = _found(simulator, account)
        changed = {**now, "properties": _with_write_region(now["properties"], wanted)}
        simulator.put(changed, operation=_COSMOS_CHANGE, caller=caller)

    simulator.after(duration_seconds, finish)


def _with_write_region(properties: dict[str, Any], region: str) -> dict[str, Any]:
    former = sorted(properties["locations"], key=lambda one: int(one["failoverPriority"]))
    names = [normalise(one["locationName"]) for one in former]
    order = [region, *(name for name in names if name != region)]
    rank: Callable[[Body], int] = lambda one: order.index(normalise(one["locationName"]))  # noqa: E731

    def ranked(items: Sequence[Body]) -> list[Body]:
        return [{**one, "failoverPriority": rank(one)} for one in sorted(items, key=rank)]

    places = ranked(properties["locations"])
    is_multiple = bool(properties.get("enableMultipleWriteLocations"))
    return {
        **properties,
        "locations": places,
        "readLocations": ranked(properties["readLocations"]),
        "failoverPolicies": ranked(properties["failoverPolicies"]),
        "writeLocations": places if is_multiple else places[:1],
    }


def _found(simulator: Simulator, resource_id: str) -> Body:
    body = simulator.tenant.find(resource_id)
    if body is None:
        raise KeyError(resource_id)
    return body


def _log(
    simulator: Simulator, name: str, resource_id: str, caller: str | None, duration_seconds: float
) -> None:
    if caller is not None:
        simulator.log(name, resource_id, caller, duration_seconds=duration_seconds)
