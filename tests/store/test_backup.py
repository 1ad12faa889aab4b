"""A copy counts once it is verified; what is replaced is kept; an older history is never silent."""

import json
import os
import shutil
import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from residency.errors import LedgerError, StoreError
from residency.store import Store
from residency.store.audit import audit
from residency.store.backup import back_up, verified
from residency.store.failpoint import VARIABLE
from residency.store.ledger.signing import load_signer
from residency.store.notes import acknowledgement, record
from residency.store.restore import Lost, Restored, restore
from residency.store.tables import LEDGER_ENTRY

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

Open = Callable[[], Store]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def store(opened: Open, scans: "Scans", told: type["Told"]) -> Store:
    store = opened()
    for name in ("a", "b", "c"):
        store.commit(scans(told(name=name)))
    return store


@pytest.fixture
def copy(store: Store, tmp_path: Path) -> Path:
    """A backup of three scans; the store is still open."""
    back_up(store.database.path, tmp_path / "backup.db")
    return tmp_path / "backup.db"


def test_a_store_in_use_is_copied_and_the_copy_verified(store: Store, copy: Path) -> None:
    found = verified(copy)
    assert (found.scans, found.origin) == (3, store.origin)
    assert sorted(path.name for path in copy.parent.glob("backup*")) == ["backup.db"]


def test_a_backup_is_never_overwritten(store: Store, copy: Path) -> None:
    before = copy.read_bytes()
    with pytest.raises(StoreError, match="exists"):
        back_up(store.database.path, copy)
    assert copy.read_bytes() == before


def test_a_backup_of_an_altered_store_is_none(store: Store, path: Path, tmp_path: Path) -> None:
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        guard = "SELECT sql FROM sqlite_master WHERE name = 'scan_update'"
        (made,) = connection.execute(guard).fetchone()
        connection.execute("DROP TRIGGER scan_update")
        connection.execute("UPDATE scan SET verdict = 'violation' WHERE seq = 2")
        connection.execute(made)
    with pytest.raises(StoreError, match=r"altered or damaged.*scan 2 its verdict"):
        back_up(path, tmp_path / "bad.db")
    assert not (tmp_path / "bad.db").exists()


def test_a_backup_of_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing to back up"):
        back_up(tmp_path / "none.db", tmp_path / "copy.db")


def test_a_lost_store_is_put_back_and_goes_on(
    store: Store, copy: Path, path: Path, opened: Open, scans: "Scans", told: type["Told"]
) -> None:
    store.close()
    path.unlink()
    found = restore(copy, path, NOW, None, older=False)
    assert (found.kept_as, found.lost) == (None, None)
    again = opened()
    assert again.commit(scans(told(name="c"))).seq == 4
    with again.database.reading() as connection:
        assert audit(connection).faults == ()
        entries = [json.loads(each) for each in connection.scalars(select(LEDGER_ENTRY.c.entry))]
    assert [each["kind"] for each in entries].count("restore") == 1


def test_an_older_backup_takes_the_place_of_newer_scans_only_if_told(
    store: Store, copy: Path, path: Path, opened: Open, scans: "Scans", told: type["Told"]
) -> None:
    store.commit(scans(told(name="d")))
    store.close()
    with pytest.raises(StoreError, match="--older to lose that"):
        restore(copy, path, NOW, None, older=False)
    found = restore(copy, path, NOW, None, older=True)
    assert found.lost is not None
    assert (found.lost.scans, found.lost.from_scan) == (1, 4)
    assert found.kept_as is not None
    assert verified(found.kept_as).scans == 4
    assert opened().memory.scan == 3


def test_a_damaged_store_is_replaced_and_kept(store: Store, copy: Path, path: Path) -> None:
    store.close()
    path.write_bytes(b"not a database" * 1000)
    found = restore(copy, path, NOW, None, older=False)
    assert found.kept_as is not None
    assert found.kept_as.read_bytes().startswith(b"not a database")
    assert verified(path).scans == 3


def test_a_damaged_backup_is_not_put_back(store: Store, copy: Path, path: Path) -> None:
    store.close()
    before = path.read_bytes()
    raw = bytearray(copy.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 64] = bytes(64)
    copy.write_bytes(raw)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("DROP TRIGGER IF EXISTS meta_update")
        connection.execute("UPDATE meta SET value = x'00' WHERE key = 'origin'")
    with pytest.raises(StoreError):
        restore(copy, path, NOW, None, older=True)
    assert path.read_bytes() == before


def test_a_store_in_use_is_not_replaced(store: Store, copy: Path) -> None:
    with pytest.raises(StoreError, match="written by another process"):
        restore(copy, store.database.path, NOW, None, older=True)


def test_the_backup_of_another_store_is_refused(
    store: Store, path: Path, tmp_path: Path, scans: "Scans", told: type["Told"]
) -> None:
    store.close()
    other = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    other.commit(scans(told(name="a")))
    other.close()
    with pytest.raises(StoreError, match="another store"):
        restore(tmp_path / "other.db", path, NOW, None, older=True)


def test_an_older_copy_that_is_put_there_by_hand_is_found_out(
    store: Store, copy: Path, path: Path, opened: Open, scans: "Scans", told: type["Told"]
) -> None:
    store.commit(scans(told(name="d")))
    store.close()
    for ending in ("-wal", "-shm"):
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
    shutil.copyfile(copy, path)
    with pytest.raises(StoreError, match="it is an older copy"):
        opened()


def test_another_history_of_the_same_length_is_found_out(
    store: Store, copy: Path, path: Path, opened: Open, scans: "Scans", told: type["Told"]
) -> None:
    branch = copy.with_name("branch.db")
    shutil.copyfile(copy, branch)
    store.commit(scans(told(name="d")))
    store.close()
    other = Store.open(f"sqlite:///{branch}")
    other.commit(scans(told(name="e")))
    other.close()
    for ending in ("-wal", "-shm"):
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
    shutil.copyfile(branch, path)
    with pytest.raises(StoreError, match="another history"):
        opened()


def kinds(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT entry FROM ledger_entry ORDER BY seq")
        return [json.loads(entry)["kind"] for (entry,) in rows]


def test_the_restore_tells_from_which_scan_on_history_is_missing(
    store: Store, copy: Path, path: Path, scans: "Scans", told: type["Told"]
) -> None:
    for name in ("d", "e"):
        store.commit(scans(told(name=name)))
    store.close()
    with pytest.raises(StoreError, match=r"missing from scan 4 of 2026-10-01T00:45.* on: 2 scans"):
        restore(copy, path, NOW, None, older=False)
    found = restore(copy, path, NOW, None, older=True)
    assert found.lost == Lost(entries=2, scans=2, from_scan=4, since="2026-10-01T00:45:30.000000Z")


def test_the_entry_of_a_restore_names_the_head_of_what_was_there(
    store: Store, copy: Path, path: Path, scans: "Scans", told: type["Told"]
) -> None:
    store.commit(scans(told(name="d")))
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT checkpoint FROM ledger_head ORDER BY size DESC LIMIT 1"
        (head,) = connection.execute(query).fetchone()
    found = restore(copy, path, NOW, None, older=True)
    with closing(sqlite3.connect(path)) as connection:
        (entry,) = connection.execute(
            "SELECT entry FROM ledger_entry WHERE seq = ?", (found.entry,)
        ).fetchone()
    body = json.loads(entry)["body"]
    assert body == {
        "entries": 4,
        "scan": 3,
        "lost_entries": 1,
        "lost_scans": 1,
        "instead_of": head,
    }
    assert verified(path).entries == found.entry == 5


def test_a_backup_of_all_that_is_there_is_put_back_without_a_word(
    store: Store, copy: Path, path: Path
) -> None:
    store.close()
    found = restore(copy, path, NOW, None, older=False)
    assert found.lost is None
    assert kinds(path) == ["scan", "snapshot", "scan", "scan", "restore"]


def test_a_note_that_the_backup_lacks_is_history_as_well(
    store: Store, copy: Path, path: Path
) -> None:
    store.close()
    record(f"sqlite:///{path}", acknowledgement("1", NOW, "on-call"), None)
    with pytest.raises(StoreError, match="lacks 1 entries of the ledger that are not of scans"):
        restore(copy, path, NOW, None, older=False)


def test_a_backup_of_another_branch_is_not_put_back_because_it_is_longer(
    store: Store, copy: Path, path: Path, tmp_path: Path, scans: "Scans", told: type["Told"]
) -> None:
    branch = tmp_path / "branch.db"
    shutil.copyfile(copy, branch)
    store.commit(scans(told(name="d")))
    store.close()
    other = Store.open(f"sqlite:///{branch}")
    for name in ("e", "f", "g"):
        other.commit(scans(told(name=name)))
    other.close()
    with pytest.raises(StoreError, match="missing from scan 4"):
        restore(branch, path, NOW, None, older=False)


def test_what_was_written_here_counts_even_where_the_store_is_lost_or_damaged(
    store: Store, copy: Path, path: Path, scans: "Scans", told: type["Told"]
) -> None:
    store.commit(scans(told(name="d")))
    store.close()
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="lacks entries that were written here by 2026-10-01"):
        restore(copy, path, NOW, None, older=False)
    path.unlink()
    with pytest.raises(StoreError, match="lacks entries that were written here by 2026-10-01"):
        restore(copy, path, NOW, None, older=False)
    found = restore(copy, path, NOW, None, older=True)
    assert found.lost is not None
    assert found.lost.entries == 1
    assert kinds(path)[-1] == "restore"


def test_a_damaged_store_of_which_nobody_knows_how_far_it_was_needs_the_word(
    store: Store, copy: Path, path: Path
) -> None:
    store.close()
    path.with_name(f"{path.name}.head").unlink()
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="nobody can tell"):
        restore(copy, path, NOW, None, older=False)
    assert restore(copy, path, NOW, None, older=True).lost == Lost()


def test_an_older_copy_that_was_put_there_by_hand_is_restored_only_with_the_word(
    store: Store, copy: Path, path: Path, opened: Open, scans: "Scans", told: type["Told"]
) -> None:
    store.commit(scans(told(name="d")))
    store.close()
    shutil.copyfile(copy, path)
    with pytest.raises(StoreError, match="--older"):
        restore(copy, path, NOW, None, older=False)
    restore(copy, path, NOW, None, older=True)
    assert opened().memory.scan == 3


def test_the_log_of_what_was_there_is_kept_and_never_taken_for_the_backups(
    store: Store, copy: Path, path: Path, tmp_path: Path, scans: "Scans", told: type["Told"]
) -> None:
    store.commit(scans(told(name="d")))
    crashed = tmp_path / "crashed.db"
    for ending in ("", "-wal"):
        shutil.copyfile(f"{path}{ending}", f"{crashed}{ending}")
    store.close()
    crashed.write_bytes(b"not a database" * 1000)
    found = restore(copy, crashed, NOW, None, older=True)
    assert found.kept_as is not None
    assert found.kept_as.with_name(f"{found.kept_as.name}-wal").stat().st_size > 0
    assert verified(crashed).scans == 3


def test_a_restored_store_has_the_triggers_and_goes_on(
    store: Store, copy: Path, path: Path, opened: Open, scans: "Scans", told: type["Told"]
) -> None:
    def made(file: Path) -> list[object]:
        with closing(sqlite3.connect(file)) as connection:
            query = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
            return connection.execute(query).fetchall()

    store.close()
    restore(copy, path, NOW, None, older=False)
    assert made(path) == made(copy)
    again = opened()
    assert again.commit(scans(told(name="c"))).seq == 4
    assert verified(path).scans == 4


def test_nothing_is_left_beside_a_store_that_was_not_replaced(
    store: Store, copy: Path, path: Path, scans: "Scans", told: type["Told"]
) -> None:
    store.commit(scans(told(name="d")))
    store.close()
    before = sorted(each.name for each in path.parent.iterdir())
    with pytest.raises(StoreError):
        restore(copy, path, NOW, None, older=False)
    assert sorted(each.name for each in path.parent.iterdir()) == before


def test_a_signed_ledger_is_not_restored_without_its_key(
    path: Path, new_key: Callable[[], Path], scans: "Scans", told: type["Told"]
) -> None:
    signer = load_signer(new_key())
    store = Store.open(f"sqlite:///{path}", signer)
    store.commit(scans(told(name="a")))
    store.close()
    copy = path.with_name("copy.db")
    back_up(path, copy)
    with pytest.raises(LedgerError, match="no key to sign"):
        restore(copy, path, NOW, None, older=False)
    assert kinds(path) == ["scan", "snapshot"]
    found = restore(copy, path, NOW, signer, older=False)
    assert isinstance(found, Restored)
    assert kinds(path) == ["scan", "snapshot", "restore"]


@pytest.mark.parametrize("damaged", [False, True])
def test_a_restore_that_is_killed_leaves_what_was_and_can_be_done_again(
    store: Store,
    copy: Path,
    path: Path,
    opened: Open,
    in_child: Callable[[Callable[[], None]], int],
    *,
    damaged: bool,
) -> None:
    def work() -> None:
        os.environ[VARIABLE] = "restore"
        restore(copy, path, NOW, None, older=False)

    store.close()
    if damaged:
        path.write_bytes(b"not a database" * 1000)
    assert in_child(work) == -signal.SIGKILL
    if not damaged:
        assert "restore" not in kinds(path)
    restore(copy, path, NOW.replace(minute=1), None, older=damaged)
    assert kinds(path) == ["scan", "snapshot", "scan", "scan", "restore"]
    assert opened().memory.scan == 3


def test_who_waits_to_record_while_a_restore_runs_goes_on_with_what_was_restored(
    store: Store, copy: Path, path: Path
) -> None:
    store.close()
    url = f"sqlite:///{path}"
    failed: list[Exception] = []

    def write() -> None:
        try:
            for _ in range(20):
                record(url, acknowledgement("1", NOW, "on-call"), None)
        except Exception as error:  # noqa: BLE001 - told to the other thread
            failed.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        restore(copy, path, NOW, None, older=True)
    finally:
        thread.join()
    assert failed == []
    assert verified(path).scans == 3
    aside = next(path.parent.glob("*.replaced-*Z"))
    both = kinds(path), kinds(aside)
    assert sum(each.count("acknowledgement") for each in both) == 20
