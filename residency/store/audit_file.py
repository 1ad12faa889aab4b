"""Holds the database itself to be whole: its pages, its indexes, and what guards its rows.

A file that rots answers wrongly long before it fails, and who takes a trigger away can then change
rows as often as he likes between two audits.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from residency.store.fault import Fault
from residency.store.tables import METADATA
from residency.store.triggers import statements

_MOST = 5
"""How many broken places are told; one is enough to give the file up."""

_MADE = (
    "SELECT name, type, tbl_name, sql FROM sqlite_master"
    " WHERE sql IS NOT NULL AND name != 'alembic_version'"
)

Schema = dict[str, tuple[str, ...]]
"""What each table, index and trigger is: kind, table and statement. Blanks say nothing."""


def file_faults(connection: Connection) -> Iterator[Fault]:
    """Find broken pages, indexes that do not fit their tables, and another schema."""
    for (said,) in connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST})"):
        if said != "ok":
            yield Fault(where="file", what=f"is damaged: {said}")
    yield from schema_faults(connection)


def schema_faults(connection: Connection) -> Iterator[Fault]:
    """Find tables, indexes and triggers that are missing, strange or otherwise."""
    found, expected = _read(connection.exec_driver_sql(_MADE)), _expected()
    for name in sorted(found.keys() | expected.keys()):
        if found.get(name) != expected.get(name):
            what = "is missing" if name not in found else "is not as this residency makes it"
            yield Fault(where=f"schema {name}", what=what)


@cache
def _expected() -> Schema:
    connection = sqlite3.connect(":memory:")
    try:
        for table in METADATA.sorted_tables:
            connection.execute(str(CreateTable(table).compile(dialect=dialect())))
            for index in table.indexes:
                connection.execute(str(CreateIndex(index).compile(dialect=dialect())))
        for statement in statements():
            connection.execute(statement)
        return _read(connection.execute(_MADE))
    finally:
        connection.close()


def _read(rows: Iterable[Sequence[Any]]) -> Schema:
    return {name: (*of, "".join(sql.split())) for name, *of, sql in rows}
