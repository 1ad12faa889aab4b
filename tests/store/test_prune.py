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
    assert until == 4 * 8, "the last scan of August: the cutoff is 29 September"
    assert count(year, PLACEMENT) < before[PLACEMENT]
    assert count(year, EVENT) < before[EVENT]
    assert count(year, SCAN) == before[SCAN]
    assert count(year, LEDGER_ENTRY) == before[LEDGER_ENTRY] + 1
    assert faults(year) == ()
    assert faults(opened()) == ()


def test_no_row_is_left_that_ended_by_then_and_none_is_gone_that_ended_later(year: Store) -> None:
    ended = select(PLACEMENT.c.pk).where(PLACEMENT.c.to_scan > 32)
    late = select(EVENT.c.seq).where(EVENT.c.scan > 32)
    with year.database.reading() as connection:
        kept = [connection.scalars(query).all() for query in (ended, late)]
    assert year.prune(datetime(2026, 12, 28, tzinfo=UTC), NINETY_DAYS) == 32
    with year.database.reading() as connection:
        assert [connection.scalars(query).all() for query in (ended, late)] == kept
        for gone in (PLACEMENT.c.to_scan, EVENT.c.scan):
            assert connection.scalars(select(gone).where(gone <= 32)).all() == []


def test_a_number_of_an_event_is_never_given_to_another(
    opened: Open, scans: "Scans", told: type["Told"]
) -> None:
    store = opened()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    store.commit(moved(scans, told, at, "westeurope"))
    store.commit(moved(scans, told, at + timedelta(days=1), "northeurope"))
    for days in (89, 90):
        store.commit(moved(scans, told, at + timedelta(days=days), "northeurope"))
    assert store.prune(at + timedelta(days=90), Retention(30, "d")) == 2
    again = opened()
    assert again.memory.events == 1
    again.commit(moved(scans, told, at + timedelta(days=91), "westeurope"))
    with again.database.reading() as connection:
        assert connection.scalars(select(EVENT.c.seq)).all() == [1, 2]
    assert faults(again) == ()


def test_a_clock_that_jumps_ahead_gives_nothing_up(
    year: Store, scans: "Scans", told: type["Told"]
) -> None:
    later = datetime(2046, 1, 1, tzinfo=UTC)
    assert year.prune(later, Retention(7, "y")) is None
    year.commit(moved(scans, told, later, "westeurope"))
    assert year.prune(later, Retention(7, "y")) is None
    assert faults(year) == ()


def test_a_scan_whose_clock_went_back_gives_up_nothing_before_it(
    year: Store, scans: "Scans", told: type["Told"]
) -> None:
    year.commit(moved(scans, told, datetime(2025, 1, 1, tzinfo=UTC), "westeurope"))
    now = datetime(2026, 12, 28, tzinfo=UTC)
    assert year.prune(now, NINETY_DAYS) is None
    for _ in range(2):
        year.commit(moved(scans, told, now, "northeurope"))
    assert year.prune(now, NINETY_DAYS) == 32
    assert faults(year) == ()


def test_what_comes_after_a_scan_whose_clock_was_ahead_stays(
    opened: Open, scans: "Scans", told: type["Told"]
) -> None:
    store = opened()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for days in (0, 1, 4000, 2, 3, 199, 200):
        region = "westeurope" if days % 2 else "northeurope"
        store.commit(moved(scans, told, at + timedelta(days=days), region))
    assert store.prune(at + timedelta(days=200), NINETY_DAYS) == 2
    assert faults(store) == ()


def test_the_month_of_the_last_scan_always_stays(year: Store) -> None:
    assert year.prune(datetime(2046, 1, 1, tzinfo=UTC), Retention(1, "d")) == 44
    assert faults(year) == ()


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
    assert year.prune(now, Retention(60, "d")) is not None
    assert faults(year) == ()


def test_evidence_that_is_taken_away_without_a_prune_is_found(year: Store) -> None:
    with year.database.writing() as connection:
        guard = "SELECT sql FROM sqlite_master WHERE name = 'placement_delete'"
        made = connection.exec_driver_sql(guard).scalar_one()
        connection.exec_driver_sql("DROP TRIGGER placement_delete")
        connection.exec_driver_sql("DELETE FROM placement WHERE to_scan < 10")
        connection.exec_driver_sql(made)
    assert faults(year) != ()
