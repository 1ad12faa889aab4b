"""Old evidence goes by whole months, and what is left is proven as before."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Table, func, select

from residency.settings import Retention
from residency.store import ScanRecord, Store
from residency.store.audit import audit
from residency.store.tables import EVENT, LEDGER_ENTRY, LEDGER_HEAD, PLACEMENT, SCAN

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

Open = Callable[[], Store]
NINETY_DAYS = Retention(90, "d")


def moved(scans: "Scans", told: type["Told"], at: datetime, region: str) -> ScanRecord:
    places = (("primary", region),)
    finished = at + timedelta(seconds=40)
    return scans(told(name="a", places=places), told(name="b"), started_at=at, finished_at=finished)


@pytest.fixture
def year(opened: Open, scans: "Scans", told: type["Told"]) -> Store:
    """Four scans a month from January to December; something moves in each."""
    store = opened()
    for month in range(1, 13):
        for day in (1, 8, 15, 22):
            region = "westeurope" if (month + day) % 2 else "northeurope"
            at = datetime(2026, month, day, 6, tzinfo=UTC)
            store.commit(moved(scans, told, at, region))
    return store


def count(store: Store, table: Table) -> int:
    with store.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def faults(store: Store) -> object:
    with store.database.reading() as connection:
        return audit(connection).faults


def test_what_ended_before_the_month_of_the_cutoff_is_gone_and_the_rest_is_proven(
    year: Store, opened: Open
) -> None:
    before = {table: count(year, table) for table in (PLACEMENT, EVENT, SCAN, LEDGER_ENTRY)}
    until = year.prune(datetime(2026, 12, 28, tzinfo=UTC), NINETY_DAYS)
    assert until == 4 * 8 + 1, "the first scan of September: the cutoff is the 29th"
    assert count(year, PLACEMENT) < before[PLACEMENT]
    assert count(year, EVENT) < before[EVENT]
    assert count(year, SCAN) == before[SCAN]
    assert count(year, LEDGER_ENTRY) == before[LEDGER_ENTRY] + 1
    assert faults(year) == ()
    assert faults(opened()) == ()


def test_what_still_stands_is_never_given_up(
    year: Store, opened: Open, scans: "Scans", told: type["Told"]
) -> None:
    known = dict(year.memory.by_id)
    year.prune(datetime(2031, 1, 1, tzinfo=UTC), NINETY_DAYS)
    again = opened()
    assert again.memory.by_id == known
    at = datetime(2031, 1, 2, tzinfo=UTC)
    assert again.commit(moved(scans, told, at, "northeurope")).seq == 49
    assert faults(again) == ()


def test_heads_are_kept(year: Store) -> None:
    before = count(year, LEDGER_HEAD)
    year.prune(datetime(2026, 12, 28, tzinfo=UTC), NINETY_DAYS)
    assert count(year, LEDGER_HEAD) == before + 1


@pytest.mark.parametrize("retain", [Retention(7, "y"), Retention(400, "d")], ids=str)
def test_nothing_goes_that_is_younger_than_it_is_kept(year: Store, retain: Retention) -> None:
    entries = count(year, LEDGER_ENTRY)
    assert year.prune(datetime(2026, 12, 28, tzinfo=UTC), retain) is None
    assert count(year, LEDGER_ENTRY) == entries


def test_the_same_month_is_given_up_once(year: Store) -> None:
    now = datetime(2026, 12, 28, tzinfo=UTC)
    assert year.prune(now, NINETY_DAYS) is not None
    assert year.prune(now, NINETY_DAYS) is None
    assert year.prune(now + timedelta(days=31), NINETY_DAYS) is not None
    assert faults(year) == ()


def test_evidence_that_is_taken_away_without_a_prune_is_found(year: Store) -> None:
    with year.database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER placement_delete")
        connection.exec_driver_sql("DELETE FROM placement WHERE to_scan < 10")
    assert faults(year) != ()
