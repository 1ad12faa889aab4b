"""What is exported verifies with the independent verifier; what is altered does not."""

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from residency import verify
from residency.errors import LedgerError, StoreError
from residency.store import Store, Version
from residency.store.engine import Database
from residency.store.export import Exported, export
from residency.store.ledger.keys import read_keys
from residency.store.ledger.signing import load_signer
from residency.store.notes import acknowledgement, record

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

AT = datetime(2026, 11, 2, tzinfo=UTC)
HOME = (("primary", "westeurope"), ("replica", "northeurope"))
AWAY = (("primary", "northeurope"), ("replica", "westeurope"))
HOSTILE = ('é\u0001\t"\\', "\u2028\u007f", "\U0001f600\ufb33</script>", "=1+1")


@pytest.fixture
def full(opened: Callable[[], Store], path: Path, scans: "Scans", told: type["Told"]) -> Path:
    """A store of a few scans with names of every kind, an exemption and a note."""
    store = opened()
    named = [told(name=each) for each in HOSTILE]
    live = (Version(kind="exemption", id="e1", body='{"why":"test"}'),)
    store.commit(scans(*named))
    store.commit(scans(*named, told(name="a", places=HOME), versions=live))
    store.commit(scans(*named, told(name="a", places=AWAY)))
    store.commit(scans(*named, told(name="a", places=AWAY)))
    store.close()
    record(f"sqlite:///{path}", acknowledgement("1", AT, "on-call"), None)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "export"


def exported(path: Path, folder: Path, *key_files: Path, **more: Any) -> Exported:
    keys = [key for file in key_files for key in read_keys(file)]
    database = Database(path, writes=False)
    try:
        with database.reading() as connection:
            return export(connection, folder, keys, **more)
    finally:
        database.close()


def changed(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        for (each,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            connection.execute(f"DROP TRIGGER {each}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_an_export_verifies_with_what_every_scan_changed(full: Path, folder: Path) -> None:
    done = exported(full, folder, changes=True)
    found = verify.verify(folder)
    assert (found.size, len(found.heads)) == (done.entries, done.heads) == (8, 5)
    assert found.scans == [True] * 4
    assert done.changes == 4
    assert done.keys == ()
    assert found.heads == [[]] * 5


def test_change_sets_are_only_written_where_they_are_asked_for(full: Path, folder: Path) -> None:
    exported(full, folder)
    assert sorted(each.name for each in folder.iterdir()) == [
        "entries.jsonl",
        "heads.jsonl",
        "keys.json",
    ]
    assert verify.verify(folder).scans == [False] * 4


def test_names_of_every_kind_come_out_as_they_are(full: Path, folder: Path) -> None:
    exported(full, folder, changes=True)
    lines = (folder / "changes" / "1.jsonl").read_bytes().split(b"\n")[:-1]
    assert {json.loads(line)["name"] for line in lines} == set(HOSTILE)


def test_an_export_of_what_was_altered_does_not_verify(full: Path, folder: Path) -> None:
    changed(
        full,
        "UPDATE ledger_entry SET entry = CAST("
        """replace(entry, '"verdict":"compliant"', '"verdict":"violation"') AS BLOB)""",
    )
    exported(full, folder)
    with pytest.raises(ValueError, match="is not what was sealed"):
        verify.verify(folder)


def test_a_row_that_was_altered_shows_in_the_change_sets(full: Path, folder: Path) -> None:
    changed(full, "UPDATE resource SET name = 'b' WHERE name = 'a'")
    exported(full, folder, changes=True)
    with pytest.raises(ValueError, match=r"changes/2\.jsonl"):
        verify.verify(folder)


@pytest.fixture
def rotated(
    opened: Callable[[], Store],
    path: Path,
    scans: "Scans",
    told: type["Told"],
    new_key: Callable[[], Path],
) -> tuple[Path, Path]:
    """Two keys, with which a store was signed one after the other; before that by none."""
    opened().commit(scans(told(name="a")))
    opened().close()
    files = new_key(), new_key()
    for file in files:
        store = Store.open(f"sqlite:///{path}", load_signer(file))
        for _ in range(2):
            store.commit(scans(told(name="a")))
        store.close()
    return files


def test_every_key_is_listed_with_the_time_in_which_it_signed(
    rotated: tuple[Path, Path], path: Path, folder: Path
) -> None:
    done = exported(path, folder, *rotated)
    first, second = (read_keys(file)[0].keyid for file in rotated)
    assert verify.verify(folder).heads == [[], [first], [first], [second], [second]]
    assert [key.keyid for key in done.keys] == [first, second]
    assert done.keys[0].valid_to == done.keys[1].valid_from
    assert done.keys[1].valid_to is None
    assert b"PRIVATE" not in (folder / "keys.json").read_bytes()


def test_a_list_that_was_published_stays_as_it_is(
    rotated: tuple[Path, Path], path: Path, folder: Path, tmp_path: Path
) -> None:
    exported(path, folder, *rotated)
    again = tmp_path / "again"
    exported(path, again, folder / "keys.json")
    assert (again / "keys.json").read_bytes() == (folder / "keys.json").read_bytes()
    assert verify.verify(again, None, folder / "keys.json").size


def test_without_one_of_its_keys_nothing_is_exported(
    rotated: tuple[Path, Path], path: Path, folder: Path
) -> None:
    with pytest.raises(LedgerError, match="--key"):
        exported(path, folder, rotated[1])
    assert list(folder.parent.glob("*export*")) == []


@pytest.mark.parametrize("there", ["folder", "empty", "file", "link"])
def test_what_is_there_is_never_overwritten(full: Path, folder: Path, there: str) -> None:
    match there:
        case "file":
            folder.write_text("mine")
        case "link":
            folder.symlink_to("nowhere")
        case _:
            folder.mkdir()
    if there == "folder":
        (folder / "entries.jsonl").write_text("mine")
    before = sorted(folder.parent.rglob("*"))
    with pytest.raises(StoreError, match="is there already"):
        exported(full, folder)
    assert sorted(folder.parent.rglob("*")) == before


def test_a_folder_that_cannot_be_made_is_said(full: Path, folder: Path) -> None:
    with pytest.raises(StoreError, match="nothing was exported"):
        exported(full, folder / "deeper" / "still")


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM standing WHERE pk = 1",
        "UPDATE standing SET state = 99",
        "UPDATE ledger_head SET envelope = 'x'",
        "UPDATE ledger_head SET envelope = '[]'",
        "UPDATE ledger_head SET checkpoint = 'x'",
        "UPDATE ledger_entry SET entry = 'text'",
    ],
)
def test_what_cannot_be_read_leaves_no_half_export(full: Path, folder: Path, change: str) -> None:
    changed(full, change)
    with pytest.raises(StoreError):
        exported(full, folder, changes=True)
    assert list(folder.parent.glob("*export*")) == []


def test_a_ledger_without_entries_is_not_exported(
    opened: Callable[[], Store], path: Path, folder: Path
) -> None:
    opened().close()
    with pytest.raises(StoreError, match="no entry yet"):
        exported(path, folder)


def test_an_export_is_of_one_moment_while_scans_go_on(
    full: Path, opened: Callable[[], Store], scans: "Scans", told: type["Told"], folder: Path
) -> None:
    database = Database(full, writes=False)
    store = opened()
    try:
        with database.reading() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM scan").scalar()
            store.commit(scans(told(name="new")))
            export(connection, folder, changes=True)
    finally:
        database.close()
    assert len(verify.verify(folder).scans) == 4
