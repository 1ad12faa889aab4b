"""What the store keeps of scans, and what it refuses."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from residency.errors import StoreError
from residency.model import Reason, Status
from residency.store import Store

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

HOME = (("primary", "westeurope"), ("replica", "northeurope"))
AWAY = (("primary", "northeurope"), ("replica", "westeurope"))


def rows(path: Path, query: str) -> list[Any]:
    with sqlite3.connect(path) as connection:
        return connection.execute(query).fetchall()


def counts(path: Path) -> dict[str, int]:
    tables = [name for (name,) in rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: rows(path, f"SELECT count(*) FROM {name}")[0][0] for name in tables}  # noqa: S608


def test_an_unchanged_estate_writes_few_rows_whatever_its_size(
    store: Store, path: Path, scans: "Scans", told: type["Told"]
) -> None:
    written = []
    for size in (3, 300):
        estate = [told(name=f"a{number}", places=HOME) for number in range(size)]
        store.commit(scans(*estate))
        before = counts(path)
        store.commit(scans(*estate))
        after = counts(path)
        written.append({name: n - before[name] for name, n in after.items() if n != before[name]})
    assert all(
        set(each) == {"scan", "ledger_entry", "ledger_node", "ledger_head"} for each in written
    )
    assert all(sum(each.values()) <= 10 for each in written)


def test_a_place_stands_from_the_scan_that_found_it_until_the_one_that_did_not(
    store: Store, path: Path, scans: "Scans", told: type["Told"]
) -> None:
    store.commit(scans(told(name="a", places=HOME)))
    store.commit(scans(told(name="a", places=HOME)))
    store.commit(scans(told(name="a", places=HOME[:1])))
    found = rows(
        path,
        "SELECT role, region, from_scan, to_scan FROM placement JOIN fact ON fact.pk = fact"
        " ORDER BY role",
    )
    assert found == [("primary", "westeurope", 1, None), ("replica", "northeurope", 1, 3)]


def test_what_is_gone_ends_and_what_comes_back_begins_again(
    store: Store, path: Path, scans: "Scans", told: type["Told"]
) -> None:
    store.commit(scans(told(name="a")))
    store.commit(scans(gone=("a",)))
    store.commit(scans(told(name="a")))
    found = rows(path, "SELECT resource, from_scan, to_scan FROM standing")
    assert found == [(1, 1, 2), (1, 3, None)]
    assert rows(path, "SELECT count(*) FROM resource") == [(1,)]


def test_what_was_not_seen_and_is_not_known_to_be_gone_stands_and_is_unknown(
    store: Store, path: Path, scans: "Scans", told: type["Told"]
) -> None:
    store.commit(scans(told(name="a", places=HOME), told(name="b")))
    for _ in range(2):
        store.commit(scans(told(name="b"), state="unreadable"))
    query = "SELECT status, from_scan, to_scan FROM standing JOIN state ON state.pk = state"
    states = rows(path, f"{query} ORDER BY resource, from_scan")
    assert states == [("compliant", 1, 2), ("unknown", 2, None), ("compliant", 1, None)]
    assert rows(path, "SELECT count(*) FROM placement WHERE to_scan IS NULL") == [(3,)]
    told_of = json.loads(rows(path, "SELECT counts FROM scan WHERE seq = 3")[0][0])
    assert (told_of["resources"], told_of["compliant"], told_of["unknown"]) == (2, 1, 1)
    store.commit(scans(told(name="a", places=HOME), told(name="b")))
    assert rows(path, "SELECT count(*) FROM placement WHERE from_scan > 1") == [(0,)]


def test_what_is_new_after_a_restart_is_numbered_after_all_that_was_ever_seen(
    opened: Callable[[], Store], path: Path, scans: "Scans", told: type["Told"]
) -> None:
    first = opened()
    first.commit(scans(told(name="a"), told(name="b")))
    first.commit(scans(told(name="a"), gone=("b",)))
    again = opened()
    again.commit(scans(told(name="a")))
    again.commit(scans(told(name="a"), told(name="c"), told(name="b")))
    numbers = rows(path, "SELECT pk, name FROM resource ORDER BY pk")
    assert numbers == [(1, "a"), (2, "b"), (3, "c")]
    assert again.memory.types == {"microsoft.storage/storageaccounts"}


def test_a_store_that_is_opened_again_knows_all_that_stands(
    opened: Callable[[], Store], path: Path, scans: "Scans", told: type["Told"]
) -> None:
    estate = [
        told(name="a", places=HOME),
        told(name="b", status=Status.VIOLATION, reasons=(Reason.OUTSIDE_EU,)),
        told(name="c", product=None, customers=()),
    ]
    first = opened()
    first.commit(scans(*estate))
    known = first.memory
    again = opened()
    assert again.memory == known
    assert again.memory.resources == known.resources
    before = counts(path)
    again.commit(scans(*estate))
    assert counts(path)["placement"] == before["placement"]


@pytest.mark.usefixtures("store")
def test_a_second_writer_is_refused_and_told_why(path: Path) -> None:
    with pytest.raises(StoreError, match="written by another process"):
        Store.open(f"sqlite:///{path}")


def test_a_store_that_something_else_wrote_to_is_not_continued(
    store: Store, path: Path, scans: "Scans", told: type["Told"]
) -> None:
    store.commit(scans(told(name="a")))
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO scan VALUES"
            " (2, 'x', 'x', 'x', 1, 'compliant', 'x', '[]', '{}', '{}', '{}')"
        )
    with pytest.raises(StoreError, match="scan 2"):
        store.commit(scans(told(name="a")))


def test_a_scan_that_cannot_be_written_leaves_nothing_behind(
    store: Store, path: Path, scans: "Scans", told: type["Told"]
) -> None:
    store.commit(scans(told(name="a")))
    before, known = counts(path), store.memory.scan
    twice = scans(told(name="b"), id="scan-1")
    with pytest.raises(StoreError, match="UNIQUE"):
        store.commit(twice)
    assert counts(path) == before
    assert store.memory.scan == known
    store.commit(scans(told(name="b")))
    assert store.memory.scan == 2


TAMPERING = (
    "UPDATE scan SET verdict = 'compliant'",
    "UPDATE placement SET from_scan = 0",
    "UPDATE placement SET to_scan = 2 WHERE to_scan IS NOT NULL",
    "UPDATE placement SET fact = 2, to_scan = 9",
    "UPDATE standing SET to_scan = from_scan",
    "UPDATE fact SET region = 'westeurope'",
    "UPDATE ledger_entry SET entry = x'00'",
    "DELETE FROM scan",
    "DELETE FROM placement",
    "DELETE FROM event",
    "DELETE FROM meta",
)


@pytest.mark.parametrize("statement", TAMPERING)
def test_the_database_itself_refuses_to_change_what_was_remembered(
    store: Store, path: Path, scans: "Scans", told: type["Told"], statement: str
) -> None:
    store.commit(scans(told(name="a", places=HOME)))
    store.commit(scans(told(name="a", places=AWAY)))
    store.commit(scans(told(name="a", status=Status.VIOLATION)))
    with pytest.raises(sqlite3.IntegrityError), sqlite3.connect(path) as connection:
        connection.execute(statement)
