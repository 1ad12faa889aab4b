"""Which subscription was not read when, and when nobody looked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, insert

from residency.store import Store
from residency.store.reading.coverage import Silence, Why, coverage, silences
from residency.store.tables import PRUNED

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

Connected = Callable[[], Connection]
QUARTER = timedelta(minutes=15)
HALF = 2 * QUARTER


def committed(
    store: Store, scans: "Scans", told: type["Told"], pauses: list[int]
) -> list[datetime]:
    """Commit scans with so many quarters of an hour between them; gives their beginnings."""
    begun = []
    for pause in [0, *pauses]:
        scans.number += max(pause - 1, 0)
        record = scans(told(name="a"))
        store.commit(record)
        begun.append(record.started_at)
    return begun


def test_the_states_of_a_subscription_have_their_scans(
    store: Store, scans: "Scans", told: type["Told"], connected: Connected
) -> None:
    for state in ("read", "unreadable", "unreadable", "partial", "read"):
        store.commit(scans(told(name="a"), state=state))
    found = [
        (each.state, each.whole, each.stretch.first.seq, each.stretch.last.seq)
        for each in coverage(connected())
    ]
    assert found == [
        ("read", True, 1, 1),
        ("unreadable", False, 2, 3),
        ("partial", False, 4, 4),
        ("read", True, 5, 5),
    ]


TABLE: tuple[tuple[str, list[int], int, int, list[tuple[int, int, Why]]], ...] = (
    ("scans one after the other", [1, 1, 1], 0, 45, []),
    ("one scan left out", [1, 2, 1], 0, 60, []),
    ("two scans left out", [1, 3, 1], 0, 75, [(15, 60, Why.NO_SCAN)]),
    ("asked within the gap", [1, 9, 1], 40, 60, [(40, 60, Why.NO_SCAN)]),
    ("asked from within the gap on", [1, 9, 1], 40, 150, [(40, 150, Why.NO_SCAN)]),
    ("the last is just young enough", [1], 0, 45, []),
    ("the last is too old", [1], 0, 46, [(15, 46, Why.NO_SCAN)]),
    ("before the first", [1], -60, 15, [(-60, 0, Why.BEFORE_THE_FIRST)]),
    ("wholly before the first", [1], -60, -30, [(-60, -30, Why.BEFORE_THE_FIRST)]),
)


@pytest.mark.parametrize(
    ("name", "pauses", "since", "until", "expected"), TABLE, ids=[row[0] for row in TABLE]
)
def test_when_nobody_looked(
    request: pytest.FixtureRequest,
    name: str,
    pauses: list[int],
    since: int,
    until: int,
    expected: list[tuple[int, int, Why]],
) -> None:
    """Minutes from the first scan; a scan takes less than one, which the beginning of a gap has."""
    assert name
    store, scans, told = (request.getfixturevalue(each) for each in ("store", "scans", "told"))
    first = committed(store, scans, told, pauses)[0]

    def minute(count: int) -> datetime:
        return first + timedelta(minutes=count)

    connection = request.getfixturevalue("connected")()
    found = [
        (round((each.since - first) / timedelta(minutes=1) - 0.34), each.until, each.why)
        for each in silences(connection, minute(since), minute(until), HALF)
    ]
    assert found == [(begins, minute(ends), why) for begins, ends, why in expected]


def test_what_was_given_up_is_not_seen_any_more(
    store: Store, scans: "Scans", told: type["Told"], connected: Connected
) -> None:
    begun = committed(store, scans, told, [1, 1, 1])
    with store.database.writing() as connection:
        connection.execute(insert(PRUNED), {"until_scan": 2, "at": "2026-10-02T00:00:00.000000Z"})
    found = silences(connected(), begun[0], begun[3], HALF)
    assert found == (Silence(since=begun[0], until=begun[2], why=Why.GIVEN_UP),)
