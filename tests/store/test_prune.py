"""Old evidence goes by whole months, and what is left is proven as before."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Table, func, select

from residency.errors import StoreError
from residency.settings import Retention
from residency.store import ScanRecord, Store
from residency.store.audit import audit
from residency.store.reading.events import events_after
from residency.store.tables import (
    EVENT,
    FACT,
    LEDGER_ENTRY,
    LEDGER_HEAD,
    PLACEMENT,
    SCAN,
    STANDING,
    STATE,
)

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


DECEMBER = datetime(2026, 12, 28, tzinfo=UTC)
JANUARY = datetime(2026, 1, 1, 6, tzinfo=UTC)


@pytest.fixture
def abroad(opened: Open, scans: "Scans", told: type["Told"]) -> Store:
    """In London on one day of January alone, of nobody then; at home all the year since."""
    store = opened()
    places = (("primary", "uksouth"),)
    finished = JANUARY + timedelta(seconds=40)
    away = told(name="a", places=places, product=None, customers=())
    store.commit(scans(away, told(name="b"), started_at=JANUARY, finished_at=finished))
    for month in range(1, 13):
        at = datetime(2026, month, 2, 6, tzinfo=UTC)
        region = "westeurope" if month % 2 else "northeurope"
        store.commit(moved(scans, told, at, region))
    return store


def regions(store: Store) -> set[str]:
    with store.database.reading() as connection:
        return set(connection.scalars(select(FACT.c.region)))


def unused(store: Store) -> list[int]:
    """Give the facts and states that nothing refers to, neither an interval nor an event."""
    with store.database.reading() as connection:
        events = events_after(connection)
        told = {
            place.region for each in events for place in (*each.before.places, *each.after.places)
        }
        facts = select(FACT.c.pk).where(FACT.c.region.not_in(told))
        facts = facts.where(FACT.c.pk.not_in(select(PLACEMENT.c.fact)))
        states = select(STATE.c.pk).where(STATE.c.pk.not_in(select(STANDING.c.state)))
        return [*connection.scalars(facts), *connection.scalars(states)]


def test_what_no_interval_and_no_event_refers_to_is_gone_as_well(
    abroad: Store, opened: Open
) -> None:
    assert abroad.prune(DECEMBER, NINETY_DAYS) is not None
    assert regions(abroad) == {"westeurope", "northeurope"}
    assert unused(abroad) == []
    assert count(abroad, STATE) == 1
    assert faults(abroad) == ()
    assert faults(opened()) == ()


@pytest.mark.parametrize("again", [False, True], ids=["running", "restarted"])
def test_a_fact_that_comes_back_after_it_was_given_up_is_written_again(
    abroad: Store, opened: Open, scans: "Scans", told: type["Told"], *, again: bool
) -> None:
    abroad.prune(DECEMBER, NINETY_DAYS)
    store = opened() if again else abroad
    for days, region in ((1, "uksouth"), (2, "francecentral"), (3, "westeurope")):
        at = DECEMBER + timedelta(days=days)
        finished = at + timedelta(seconds=40)
        place = told(name="a", places=(("primary", region),), product=None, customers=())
        new = told(name="c", places=(("primary", f"{region}2"),))
        store.commit(scans(place, told(name="b"), new, started_at=at, finished_at=finished))
        assert faults(store) == ()
    known = dict(store.memory.by_id)
    assert opened().memory.by_id == known
    assert {"uksouth", "francecentral", "uksouth2"} <= regions(store)


def test_what_the_store_has_in_mind_after_a_prune_is_what_it_reads_back(
    abroad: Store, opened: Open
) -> None:
    abroad.prune(DECEMBER, NINETY_DAYS)
    kept = abroad.memory
    read = opened().memory
    assert (kept.facts, kept.fact_of) == (read.facts, read.fact_of)
    assert (kept.states, kept.state_of) == (read.states, read.state_of)


def test_an_event_that_stays_still_tells_where_it_was(
    opened: Open, scans: "Scans", told: type["Told"]
) -> None:
    store = opened()
    store.commit(moved(scans, told, JANUARY, "uksouth"))
    for days in (1, 340, 341):
        store.commit(moved(scans, told, JANUARY + timedelta(days=days), "westeurope"))
    assert store.prune(DECEMBER, NINETY_DAYS) == 2
    with store.database.reading() as connection:
        (event,) = events_after(connection)
    assert [place.region for place in event.before.places] == ["uksouth"]
    assert faults(store) == ()


@pytest.mark.parametrize("table", [FACT, STATE], ids=str)
def test_no_fact_leaves_that_is_in_use_and_none_before_a_prune(abroad: Store, table: Table) -> None:
    def refused(which: str) -> bool:
        try:
            with abroad.database.writing() as connection:
                connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE {which}")  # noqa: S608
        except StoreError:
            return True
        return False

    unused = {"fact": "SELECT fact FROM placement", "state": "SELECT state FROM standing"}
    before = count(abroad, table)
    assert refused("pk = 1")
    abroad.prune(DECEMBER, NINETY_DAYS)
    assert count(abroad, table) < before
    assert refused(f"pk IN ({unused[table.name]})")
    assert faults(abroad) == ()
