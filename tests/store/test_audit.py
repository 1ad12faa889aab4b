"""Whoever changes what was remembered, in whichever table, is found out."""

import shutil
import sqlite3
from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert

from residency.model import Reason, Status
from residency.store import Store, Version
from residency.store.audit import Audit, audit
from residency.store.engine import Database
from residency.store.ledger.keys import read_keys
from residency.store.ledger.signing import PublicKey, load_signer
from residency.store.ledger_log import LedgerLog
from residency.store.notes import acknowledgement, record
from residency.store.tables import EVENT, INTERVALS, PRUNED
from residency.store.times import written

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

AT = datetime(2026, 11, 2, tzinfo=UTC)
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


ROWS = 3
"""How many rows of a table are tried; more of them say nothing new."""


def audited(path: Path, *keys: PublicKey, told: Container[str] = ("schema",)) -> Audit:
    """Audit without what is `told` anyway: that `unguarded` took the triggers away."""
    database = Database(path, writes=False)
    try:
        with database.reading() as connection:
            found = audit(connection, keys)
        kept = tuple(each for each in found.faults if each.where.split()[0] not in told)
        return replace(found, faults=kept)
    finally:
        database.close()


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """The store that most tests begin with, once it was made."""
    return {}


@pytest.fixture
def full(
    opened: Callable[[], Store],
    path: Path,
    scans: "Scans",
    told: type["Told"],
    made: dict[str, bytes],
) -> Path:
    """A store of a few scans in two months, in which everything happened once."""
    if made:
        path.write_bytes(made["full"])
        scans.number = 6 + 31 * 96
        return path
    store = opened()
    exemption = (Version(kind="exemption", id="e1", body='{"why":"test"}'),)
    episode = Version(kind="episode", id="e2", body='{"open":true}')
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
        store.commit(scans(*estate, state=state, versions=(*live, episode), gone=gone))
    scans.number += 31 * 96
    record(f"sqlite:///{path}", acknowledgement("1", AT, "on-call", "ticket 7"), None)
    store.commit(scans(*estates[-1]))
    store.close()
    record(f"sqlite:///{path}", acknowledgement("2", AT, "on-call"), None)
    made["full"] = path.read_bytes()
    return path


def test_what_nobody_changed_is_in_order(full: Path) -> None:
    found = audited(full)
    assert found.faults == ()
    assert (found.scans, found.notes, found.heads) == (6, 2, 8)
    assert (found.bearing, found.signed) == (0, 0)


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
    [
        "scan",
        "fact",
        "state",
        "standing",
        "placement",
        "event",
        "note",
        "ledger_entry",
        "ledger_head",
    ],
)
def test_a_row_that_is_taken_away_is_found(full: Path, table: str) -> None:
    with unguarded(full) as connection:
        connection.execute(f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})")  # noqa: S608
    connection.close()
    assert audited(full).faults


def test_a_trigger_that_is_taken_away_or_changed_is_found(full: Path) -> None:
    with sqlite3.connect(full) as connection:
        connection.execute("DROP TRIGGER placement_delete")
        connection.execute("DROP TRIGGER scan_update")
        connection.execute("CREATE TRIGGER scan_update BEFORE UPDATE ON scan BEGIN SELECT 1; END")
        connection.execute("CREATE TABLE strange (x)")
    connection.close()
    found = audited(full, told=()).faults
    assert {fault.where: fault.what for fault in found} == {
        "schema placement_delete": "is missing",
        "schema scan_update": "is not as this residency makes it",
        "schema strange": "is not as this residency makes it",
    }


def test_an_index_that_does_not_fit_its_table_is_found(full: Path) -> None:
    with sqlite3.connect(full) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        made = "CREATE INDEX event_of ON event (kind, scan) WHERE resource IS NOT NULL"
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'event_of'", (made,))
    with sqlite3.connect(full) as connection:
        connection.execute("REINDEX event_of")
        right = "CREATE INDEX event_of ON event (resource, scan) WHERE resource IS NOT NULL"
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'event_of'", (right,))
    connection.close()
    assert {fault.where for fault in audited(full).faults} == {"file"}


@pytest.mark.parametrize("column", ["resource", "fact", "from_scan", "to_scan"])
def test_bytes_that_no_scan_wrote_are_found(full: Path, column: str) -> None:
    with unguarded(full) as connection:
        row = "WHERE pk = (SELECT max(pk) FROM placement WHERE to_scan IS NOT NULL)"
        changed = connection.execute(f"UPDATE placement SET {column} = x'07' {row}")  # noqa: S608
        assert changed.rowcount == 1
    connection.close()
    assert audited(full).faults


def test_a_note_that_nobody_recorded_is_found(full: Path) -> None:
    with unguarded(full) as connection:
        names = "kind, subject, at, by_role, body"
        connection.execute(f"INSERT INTO note ({names}) SELECT {names} FROM note")  # noqa: S608
    connection.close()
    assert {fault.where for fault in audited(full).faults} == {"note 3", "note 4"}


def test_notes_that_changed_places_are_found(full: Path) -> None:
    with unguarded(full) as connection:
        for before, after in ((1, 9), (2, 1), (9, 2)):
            connection.execute("UPDATE note SET pk = ? WHERE pk = ?", (after, before))
    connection.close()
    assert len(audited(full).faults) == 2


ENTRIES = (
    b"\x00",
    b"[]",
    b"{}",
    b'{"at":"","body":[],"kind":"scan","seq":2,"v":1}',
    b'{"at":"","body":{},"kind":"scan","seq":2,"v":1}',
    b'{"at":"","body":{"scan":[]},"kind":"scan","seq":2,"v":1}',
    b'{"at":"","body":{},"kind":"annotation","seq":2,"v":1}',
    b'{"at":"","body":{},"kind":["scan"],"seq":2,"v":1}',
    "text",
)


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_of_any_other_form_is_found(full: Path, entry: bytes | str) -> None:
    with unguarded(full) as connection:
        connection.execute("UPDATE ledger_entry SET entry = ? WHERE seq = 2", (entry,))
    connection.close()
    assert audited(full).faults


@pytest.fixture
def signed(
    path: Path, scans: "Scans", told: type["Told"], new_key: Callable[[], Path]
) -> tuple[Path, PublicKey]:
    """A store of two scans before there was a key and three with it, and the key."""
    file = new_key()
    for signer, times in ((None, 2), (load_signer(file), 3)):
        store = Store.open(f"sqlite:///{path}", signer)
        for _ in range(times):
            store.commit(scans(told(name="a")))
        store.close()
    return path, read_keys(file)[0]


def test_signatures_are_verified_where_a_key_is_given(signed: tuple[Path, PublicKey]) -> None:
    path, key = signed
    with_key, without = audited(path, key), audited(path)
    assert with_key.faults == without.faults == ()
    assert (with_key.heads, with_key.bearing, with_key.signed) == (5, 3, 3)
    assert (without.bearing, without.signed) == (3, 0)


@pytest.mark.parametrize("size", [4, 5, 6])
@pytest.mark.parametrize(
    "change",
    [
        "size = size + 100",
        "checkpoint = replace(checkpoint, 'time 2026-10', 'time 2026-11')",
        "checkpoint = 'x' || checkpoint",
        """envelope = replace(envelope, '"sig": "ME', '"sig": "MD')""",
        """envelope = replace(envelope, '"payload": "', '"payload": "AAAA')""",
        """envelope = replace(envelope, '"keyid": "', '"keyid": "0')""",
        "envelope = '[]'",
        "envelope = '{}'",
        """envelope = '{"payload":"","payloadType":"","signatures":[]}'""",
    ],
)
def test_every_column_of_a_signed_head_that_is_changed_is_found(
    signed: tuple[Path, PublicKey], size: int, change: str
) -> None:
    path, key = signed
    with unguarded(path) as connection:
        whole = f"SELECT * FROM ledger_head WHERE size IN ({size}, {size + 100})"  # noqa: S608
        before = connection.execute(whole).fetchall()
        connection.execute(f"UPDATE ledger_head SET {change} WHERE size = {size}")  # noqa: S608
        assert connection.execute(whole).fetchall() != before
    connection.close()
    assert audited(path, key).faults


@pytest.mark.parametrize("size", [5, 6])
def test_a_signature_that_was_taken_off_is_found_without_any_key(
    signed: tuple[Path, PublicKey], size: int
) -> None:
    path, _ = signed
    with unguarded(path) as connection:
        connection.execute(f"UPDATE ledger_head SET envelope = 'null' WHERE size = {size}")  # noqa: S608
        assert connection.total_changes == 1
    connection.close()
    (fault,) = audited(path).faults
    assert fault.what == "is not signed, though heads before it are"


def test_signatures_that_were_all_taken_off_are_found_by_who_has_the_key(
    signed: tuple[Path, PublicKey],
) -> None:
    path, key = signed
    with unguarded(path) as connection:
        connection.execute("UPDATE ledger_head SET envelope = 'null'")
    connection.close()
    assert audited(path).faults == ()
    assert "is not signed, though there is a key" in audited(path, key).faults[0].what


def test_another_key_verifies_nothing(
    signed: tuple[Path, PublicKey], new_key: Callable[[], Path]
) -> None:
    path, _ = signed
    (other,) = read_keys(new_key())
    assert len(audited(path, other).faults) == 3


@pytest.fixture
def pruned(full: Path, opened: Callable[[], Store]) -> Path:
    """The same store, of whose first month the evidence was given up as the triggers allow it."""
    store = opened()
    with store.database.writing() as connection:
        connection.execute(insert(PRUNED), {"until_scan": 6, "at": written(AT)})
        for table in INTERVALS:
            connection.execute(delete(table).where(table.c.to_scan <= 6))
        connection.execute(delete(EVENT).where(EVENT.c.scan < 6))
        log = LedgerLog(connection)
        log.append("prune", AT, {"until_scan": 6})
        log.seal(store.origin, AT, None)
    store.close()
    return full


def test_a_store_whose_first_month_was_given_up_is_in_order(pruned: Path) -> None:
    assert audited(pruned).faults == ()


def test_a_scan_after_that_is_in_order(
    pruned: Path, opened: Callable[[], Store], scans: "Scans", told: type["Told"]
) -> None:
    opened().commit(scans(told(name="a", places=AWAY)))
    opened().close()
    assert audited(pruned).faults == ()


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM pruned",
        "UPDATE pruned SET at = '2026-11-03T00:00:00.000000Z'",
        "UPDATE pruned SET until_scan = 5",
        "INSERT INTO pruned SELECT 7, at FROM pruned",
        "UPDATE scan SET verdict = 'violation' WHERE seq = 2",
        "DELETE FROM scan WHERE seq = 2",
        "UPDATE standing SET state = state % 2 + 1",
        "DELETE FROM placement WHERE pk = (SELECT max(pk) FROM placement)",
        "INSERT INTO placement (resource, fact, from_scan, to_scan) SELECT 1, 1, 1, 2",
        "INSERT INTO event SELECT 900, 2, kind, NULL, 't', before, after FROM event LIMIT 1",
        "DELETE FROM version",
        "UPDATE version SET from_scan = 3",
    ],
)
def test_what_is_altered_after_that_is_found(pruned: Path, change: str) -> None:
    with unguarded(pruned) as connection:
        if "FROM event" in change:
            row = (1, 6, "type-first-seen", None, "t", "{}", "{}")
            connection.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        before = connection.total_changes
        connection.execute(change)
        assert connection.total_changes > before
    connection.close()
    assert audited(pruned).faults
