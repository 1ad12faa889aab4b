"""Whoever changes what was remembered, in whichever table, is found out."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from residency.model import Reason, Status
from residency.store import Store, Version
from residency.store.audit import Audit, audit
from residency.store.engine import Database

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

HOME = (("primary", "westeurope"), ("replica", "northeurope"))
AWAY = (("primary", "northeurope"), ("replica", "westeurope"))
NOT_BOUND = {
    ("coverage", "pk"),
    ("standing", "pk"),
    ("placement", "pk"),
    ("version", "pk"),
    ("event", "seq"),
    ("alembic_version", "version_num"),
}
"""Numbers of rows, which say nothing."""


ROWS = 5
"""How many rows of a table are tried; more of them say nothing new."""


def audited(path: Path) -> Audit:
    database = Database(path, writes=False)
    try:
        with database.reading() as connection:
            return audit(connection)
    finally:
        database.close()


@pytest.fixture
def full(opened: Callable[[], Store], path: Path, scans: "Scans", told: type["Told"]) -> Path:
    """A store of a few scans in two months, in which everything happened once."""
    store = opened()
    exemption = (Version(kind="exemption", id="e1", body='{"why":"test"}'),)
    outside: dict[str, Any] = {"status": Status.VIOLATION, "reasons": (Reason.OUTSIDE_EU,)}
    estates = (
        [told(name="a", places=HOME), told(name="b", product=None, customers=())],
        [told(name="a", places=AWAY), told(name="b", **outside)],
        [told(name="a", places=AWAY), told(name="b", **outside), told(name="c")],
        [told(name="a", places=HOME), told(name="c", customers=("globex",))],
        [told(name="a", places=HOME), told(name="c", customers=("globex",))],
    )
    for number, estate in enumerate(estates):
        state = "unreadable" if number == 2 else "read"
        gone = ("b",) if number == 4 else ()
        live = exemption if number else ()
        store.commit(scans(*estate, state=state, versions=live, gone=gone))
    scans.number += 31 * 96
    store.commit(scans(*estates[-1]))
    store.close()
    return path


def test_what_nobody_changed_is_in_order(full: Path) -> None:
    found = audited(full)
    assert found.faults == ()
    assert (found.scans, found.heads, found.signed) == (6, 6, 0)


def columns(path: Path) -> Iterator[tuple[str, str, int]]:
    with sqlite3.connect(path) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for column in connection.execute(f"PRAGMA table_info({table})").fetchall():
                for row in range(min(rows, ROWS)):
                    yield table, column[1], row


def otherwise(value: Any) -> Any:
    match value:
        case None:
            return 2
        case int():
            return value + 1
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:]
        case _:
            return f"{value}x"


def unguarded(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        connection.execute(f"DROP TRIGGER {trigger}")
    return connection


def test_every_column_of_every_row_that_is_changed_is_found(full: Path, tmp_path: Path) -> None:
    unnoticed = set()
    for table, column, number in list(columns(full)):
        copy = tmp_path / "copy.db"
        shutil.copy(full, copy)
        with unguarded(copy) as connection:
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            query = f"SELECT * FROM {table} LIMIT 1 OFFSET {number}"  # noqa: S608
            whole = connection.execute(query).fetchone()
            old = whole[names.index(column)]
            where = " AND ".join(f"{name} IS ?" for name in names)
            try:
                connection.execute(
                    f"UPDATE {table} SET {column} = ? WHERE {where}",  # noqa: S608
                    (otherwise(old), *whole),
                )
            except sqlite3.IntegrityError:
                continue
        connection.close()
        if not audited(copy).faults:
            unnoticed.add((table, column))
    assert unnoticed <= NOT_BOUND, unnoticed - NOT_BOUND


@pytest.mark.parametrize(
    "table",
    ["scan", "fact", "state", "standing", "placement", "event", "ledger_entry", "ledger_head"],
)
def test_a_row_that_is_taken_away_is_found(full: Path, table: str) -> None:
    with unguarded(full) as connection:
        connection.execute(f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})")  # noqa: S608
    connection.close()
    assert audited(full).faults
