"""The rows of the simulated Resource Graph, in DuckDB, one table for each of Azure's.

https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources
"""

# ruff: noqa: S608 - the names in the SQL are constants of this package

import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import duckdb_kql

from residency.simulator.answers import encode
from residency.simulator.kql_gate import COLUMNS, TABLES
from residency.simulator.tenant import Tenant
from residency.simulator.world import Body, Subscription

JSON_COLUMNS = frozenset(
    {"sku", "plan", "properties", "tags", "identity", "zones", "extendedLocation"}
)
_FABRICS = "microsoft.recoveryservices/vaults/replicationfabrics"
RECOVERY_TYPES = frozenset(
    {
        "microsoft.recoveryservices/vaults/backuppolicies",
        "microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems",
        _FABRICS + "/replicationprotectioncontainers/replicationprotecteditems",
        "microsoft.dataprotection/backupvaults/backupinstances",
    }
)
_ROWS_PER_FILE = 50_000
_BODY_KEYS = ("id", "name", "type", "kind", "location", "managedBy", *sorted(JSON_COLUMNS))
_COMPUTED = {
    "type": "lower(type)",
    "location": "lower(replace(location, ' ', ''))",
    "subscriptionId": "CASE WHEN lower(split_part(id, '/', 2)) = 'subscriptions' "
    "THEN split_part(id, '/', 3) ELSE '' END",
    "resourceGroup": "CASE WHEN lower(split_part(id, '/', 4)) = 'resourcegroups' "
    "THEN lower(split_part(id, '/', 5)) ELSE '' END",
}


def open_tables() -> duckdb.DuckDBPyConnection:
    """Open an empty graph in memory; its tables are in the schema `tenant`."""
    connection = duckdb_kql.connect()
    columns = ", ".join(f'"{c}" {"JSON" if c in JSON_COLUMNS else "VARCHAR"}' for c in COLUMNS)
    connection.execute("CREATE SCHEMA tenant")
    for table in TABLES:
        connection.execute(f"CREATE TABLE tenant.{table} ({columns})")
    return connection


def load_tenant(connection: duckdb.DuckDBPyConnection, tenant: Tenant) -> None:
    """Copy the whole tenant into the graph."""
    load(connection, "resources", tenant.encoded(), tenant.tenant_id)
    _move_recovery_rows(connection)
    items = chain.from_iterable(items for _, items in tenant.all_children())
    recovery = (encode(item) for item in items if table_of(item) == "recoveryservicesresources")
    load(connection, "recoveryservicesresources", recovery, tenant.tenant_id)
    containers = (encode(body) for body in _containers(tenant))
    load(connection, "resourcecontainers", containers, tenant.tenant_id)


def load(
    connection: duckdb.DuckDBPyConnection, table: str, bodies: Iterable[bytes], tenant_id: str
) -> None:
    """Append ARM bodies to a table, in files of newline-delimited JSON: DuckDB's fastest way in."""
    left = iter(bodies)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.json"
        while rows := list(islice(left, _ROWS_PER_FILE)):
            path.write_bytes(b"\n".join(rows))
            connection.execute(_insert(table, path, tenant_id))


def _insert(table: str, path: Path, tenant_id: str) -> str:
    keys = ", ".join(f"{k}: '{'JSON' if k in JSON_COLUMNS else 'VARCHAR'}'" for k in _BODY_KEYS)
    values = ", ".join(_value(column, tenant_id) for column in COLUMNS)
    return (
        f"INSERT INTO tenant.{table} SELECT {values} FROM read_json('{path}', columns = "
        f"{{{keys}}}, format = 'newline_delimited', maximum_object_size = 33554432)"
    )


def _value(column: str, tenant_id: str) -> str:
    if column == "tenantId":
        return "'" + tenant_id.replace("'", "''") + "'"
    if column in JSON_COLUMNS:
        return f'"{column}"'
    return f"coalesce({_COMPUTED.get(column, column)}, '')"


def _move_recovery_rows(connection: duckdb.DuckDBPyConnection) -> None:
    types = ", ".join(f"'{one}'" for one in sorted(RECOVERY_TYPES))
    connection.execute(
        "INSERT INTO tenant.recoveryservicesresources "
        f"SELECT * FROM tenant.resources WHERE type IN ({types})"
    )
    connection.execute(f"DELETE FROM tenant.resources WHERE type IN ({types})")


def table_of(body: Body) -> str:
    """Name the table that holds a resource."""
    is_recovery = str(body.get("type", "")).lower() in RECOVERY_TYPES
    return "recoveryservicesresources" if is_recovery else "resources"


def row_of(body: Body, tenant_id: str) -> list[Any]:
    """Give one row in the order of the columns, as Resource Graph spells it."""
    parts = [*body["id"].split("/"), "", "", "", "", ""]
    computed = {
        "tenantId": tenant_id,
        "type": str(body.get("type", "")).lower(),
        "location": str(body.get("location") or "").lower().replace(" ", ""),
        "subscriptionId": parts[2] if parts[1] == "subscriptions" else "",
        "resourceGroup": parts[4].lower() if parts[3].lower() == "resourcegroups" else "",
    }
    return [_cell(column, {**body, **computed}.get(column)) for column in COLUMNS]


def _cell(column: str, value: object) -> str | None:
    if column in JSON_COLUMNS:
        return None if value is None else json.dumps(value)
    return str(value or "")


def _containers(tenant: Tenant) -> Iterator[Body]:
    yield {
        "id": f"/providers/Microsoft.Management/managementGroups/{tenant.management_group}",
        "name": tenant.management_group,
        "type": "microsoft.management/managementgroups",
        "properties": {"displayName": tenant.management_group, "tenantId": tenant.tenant_id},
    }
    for subscription in tenant.subscriptions.values():
        yield subscription_row(subscription, tenant)
    for group in tenant.groups.values():
        yield {**group, "type": "microsoft.resources/subscriptions/resourcegroups"}


def subscription_row(subscription: Subscription, tenant: Tenant) -> Body:
    """Give the row of `resourcecontainers` that stands for a subscription."""
    ancestor = {"name": tenant.management_group, "displayName": tenant.management_group}
    return {
        "id": f"/subscriptions/{subscription.id}",
        "name": subscription.name,
        "type": "microsoft.resources/subscriptions",
        "properties": {
            "state": subscription.state,
            "managedByTenants": [],
            "managementGroupAncestorsChain": [ancestor],
        },
    }
