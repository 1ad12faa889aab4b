"""A copy counts once it is verified; what is replaced is kept; an older history is never silent."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from residency.errors import StoreError
from residency.store import Store
from residency.store.audit import audit
from residency.store.backup import back_up, restore, verified
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
        connection.execute("DROP TRIGGER scan_update")
        connection.execute("UPDATE scan SET verdict = 'violation' WHERE seq = 2")
    with pytest.raises(StoreError, match="altered or damaged"):
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
    assert (found.kept_as, found.lost_scans) == (None, 0)
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
    assert found.lost_scans == 1
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
