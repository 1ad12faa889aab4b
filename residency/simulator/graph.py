"""Azure Resource Graph's own copy of the tenant, and real Kusto queries over it.

A query runs in a DuckDB cursor of its own, where each table is a view of what the caller may see.
Its result stays there for as long as its `$skipToken` lives, so that pages add up whatever changes.
"""

# ruff: noqa: S608 - the names in the SQL are constants of this package

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from threading import RLock

import duckdb
import duckdb_kql

from residency.simulator.answers import Refusal
from residency.simulator.graph_tables import load_tenant, open_tables, row_of, table_of
from residency.simulator.kql_gate import COLUMNS, TABLES, GateRefusal, Passed, check
from residency.simulator.tenant import Tenant
from residency.simulator.world import Body

_SCHEMA = {spelling: list(COLUMNS) for pair in TABLES.items() for spelling in pair}
_NUMBERS = ("BIGINT", "INTEGER", "HUGEINT", "UBIGINT", "SMALLINT", "TINYINT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The rows of one query, kept in the cursor that ran it.

    Attributes:
        columns: Name and DuckDB type of each column.
        paged: Resource Graph gives a `$skipToken` for it: no limit, and a column that is no JSON.
    """

    cursor: duckdb.DuckDBPyConnection
    columns: Sequence[tuple[str, str]]
    total: int
    paged: bool

    def page(self, offset: int, size: int, *, as_table: bool) -> list[bytes]:
        """Give the JSON of `size` rows from `offset`: objects, or arrays for a table."""
        cells = [(name, _cell(name, kind)) for name, kind in self.columns]
        row = (
            f"json_array({', '.join(cell for _, cell in cells)})"
            if as_table
            else f"json_object({', '.join(f'{_text(name)}, {cell}' for name, cell in cells)})"
        )
        found = self.cursor.execute(
            f"SELECT {row} FROM answer WHERE rowid >= ? AND rowid < ? ORDER BY rowid",
            [offset, offset + size],
        )
        return [one[0].encode() for one in found.fetchall()]


class Graph:
    """The tables, and what runs on them."""

    def __init__(self, tenant: Tenant, clock: Callable[[], datetime]) -> None:
        """Copy the tenant as it is now; `clock` is what queries go by with `now()` and `ago()`."""
        self._tenant_id = tenant.tenant_id
        self._clock = clock
        self._lock = RLock()
        self._connection = open_tables()
        load_tenant(self._connection, tenant)

    def put(self, body: Body, table: str | None = None) -> None:
        """Create or replace the row of a resource, or of `table` where it is named."""
        where = table or table_of(body)
        marks = ", ".join("?" for _ in COLUMNS)
        with self._lock:
            self._connection.execute(
                f"DELETE FROM tenant.{where} WHERE lower(id) = ?", [body["id"].lower()]
            )
            row = row_of(body, self._tenant_id)
            self._connection.execute(f"INSERT INTO tenant.{where} VALUES ({marks})", row)

    def remove(self, resource_id: str) -> None:
        """Take a resource out with everything under it."""
        key = resource_id.lower()
        with self._lock:
            for table in ("resources", "recoveryservicesresources"):
                self._connection.execute(
                    f"DELETE FROM tenant.{table} WHERE lower(id) = ? OR starts_with(lower(id), ?)",
                    [key, key + "/"],
                )

    def query(self, text: str, subscriptions: Sequence[str], *, with_tenant: bool) -> Result:
        """Run a query over what the caller sees.

        Args:
            text: The Kusto query.
            subscriptions: Lower-cased ids of the subscriptions in scope that are readable.
            with_tenant: Rows outside any subscription (management groups) are in scope too.

        Raises:
            Refusal: Azure would refuse it, or duckdb-kql cannot run it.
        """
        passed = _gated(text)
        with self._lock:
            cursor = self._connection.cursor()
        cursor.execute("SET TimeZone='UTC'")
        _set_clock(cursor, self._clock())
        _open_views(cursor, subscriptions, with_tenant=with_tenant)
        _run(cursor, passed.query)
        described = cursor.execute("DESCRIBE answer").fetchall()
        columns = [(str(one[0]), str(one[1])) for one in described]
        total: int = cursor.execute("SELECT count(*) FROM answer").fetchall()[0][0]
        paged = not passed.limited and any(kind != "JSON" for _, kind in columns)
        return Result(cursor=cursor, columns=columns, total=total, paged=paged)


def _gated(text: str) -> Passed:
    try:
        return check(text)
    except GateRefusal as refusal:
        raise _invalid(refusal.code, str(refusal)) from refusal


def _set_clock(cursor: duckdb.DuckDBPyConnection, now: datetime) -> None:
    """Let `now()` and `ago()`, which becomes it, be the tenant's time and not this machine's."""
    at = now.astimezone(UTC).isoformat()
    cursor.execute(f"CREATE TEMP MACRO now() AS TIMESTAMPTZ '{at}'")


def _open_views(
    cursor: duckdb.DuckDBPyConnection, subscriptions: Sequence[str], *, with_tenant: bool
) -> None:
    scope = [*subscriptions, *([""] if with_tenant else [])]
    cursor.execute("CREATE TEMP TABLE scope AS SELECT unnest(?::VARCHAR[]) AS one", [scope])
    for table in TABLES:
        cursor.execute(
            f"CREATE TEMP VIEW {table} AS SELECT * FROM tenant.{table} "
            "WHERE lower(subscriptionId) IN (SELECT one FROM scope)"
        )


@lru_cache(maxsize=64)
def _translated(query: str) -> duckdb_kql.TranslationResult:
    """Translate a query once: a monitor asks the same ones in every scan."""
    return duckdb_kql.to_sql(query, schema=_SCHEMA, allow_write=False)


def _run(cursor: duckdb.DuckDBPyConnection, query: str) -> None:
    try:
        sql = _translated(query)
        cursor.execute(f"CREATE TEMP TABLE answer AS {sql}", sql.parameters or None)
    except duckdb_kql.KqlSyntaxError as error:
        raise _invalid("ParserFailure", str(error)) from error
    except duckdb_kql.KqlError as error:
        raise _invalid("NotInSimulator", f"The simulator cannot run this: {error}") from error
    except duckdb.Error as error:
        raise _invalid("InvalidQuery", str(error)) from error


def _invalid(code: str, message: str) -> Refusal:
    details = [
        {
            "code": "InvalidQuery",
            "message": "Query is invalid. Please refer to the documentation for the Azure "
            "Resource Graph service and fix the error before retrying.",
        },
        {"code": code, "message": message},
    ]
    return Refusal(400, "BadRequest", "The query was refused.", details=details)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _cell(name: str, kind: str) -> str:
    column = '"' + name.replace('"', '""') + '"'
    if kind == "VARCHAR":
        return f"coalesce({column}, '')"
    if kind.startswith("TIMESTAMP"):
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%S.%f') || '0Z'"
    if kind == "INTERVAL":
        return f"{column}::VARCHAR"
    return column


def column_type(kind: str) -> str:
    """Name a DuckDB type as Resource Graph's table format does."""
    match kind:
        case "JSON":
            return "object"
        case "BOOLEAN":
            return "boolean"
        case "DOUBLE" | "FLOAT":
            return "number"
        case _ if kind in _NUMBERS:
            return "integer"
        case _:
            return "string"
