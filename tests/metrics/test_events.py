"""Events are counted, and those that nobody has seen; what was given up does not count back."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert

from residency.model import Reason, Status
from residency.store import Event, EventKind
from residency.store.tables import EVENT, PRUNED

if TYPE_CHECKING:
    from tests.metrics.conftest import Estate, Told

OPENED, CLOSED = "violation-opened", "violation-closed"


SEEN: list[tuple[list[str], int, int]] = [
    ([], 2, 2),
    (["1"], 1, 1),
    (["1", "1"], 1, 1),
    (["2"], 2, 1),
    (["1", "2"], 1, 1),
    (["3"], 1, 1),
    (["1", "3"], 0, 0),
    (["1", "2", "3", "4"], 0, 0),
]


@pytest.mark.parametrize(("seen", "opened", "closed"), SEEN)
def test_who_sees_that_a_violation_opened_has_seen_its_end_and_no_other(
    estate: "Estate",
    told: type["Told"],
    in_violation: Callable[..., "Told"],
    seen: list[str],
    opened: int,
    closed: int,
) -> None:
    places = {"places": told(name="x").places, "reasons": (Reason.RETENTION_OVERDUE,)}
    for each in (told(name="a"), in_violation("a", **places)) * 2:
        estate.scan(each)
    estate.scan(told(name="a"))
    for number in seen:
        estate.acknowledge(number)
    found = estate.series()
    total = found.of("events_total", "kind")
    assert (total[OPENED,], total[CLOSED,]) == (2, 2)
    left = found.of("events_unacknowledged", "kind")
    assert (left[OPENED,], left[CLOSED,]) == (opened, closed)
    assert estate.waiting() == +Counter(left)  # the list says the same


def became_unknown(number: int) -> Event:
    return Event(kind=EventKind.BECAME_UNKNOWN, subject=f"r{number}", before={}, after={})


BULK: list[tuple[list[str], int]] = [
    (["became-unknown:3"], 1),
    (["became-unknown:3", "2"], 1),
    (["became-unknown:1", "became-unknown:3"], 1),
    (["became-unknown:4"], 0),
    (["became-unknown:2", "3"], 1),
]


@pytest.mark.parametrize(("seen", "left"), BULK)
def test_all_events_of_a_kind_are_acknowledged_up_to_one(
    estate: "Estate", seen: list[str], left: int
) -> None:
    estate.scan(events=tuple(map(became_unknown, range(4))))
    for each in seen:
        estate.acknowledge(each)
    assert estate.series().of("events_unacknowledged", "kind")["became-unknown",] == left


def test_openings_that_are_acknowledged_by_kind_cover_their_ends(
    estate: "Estate", told: type["Told"]
) -> None:
    wrong: dict[str, object] = {"status": Status.VIOLATION}
    estate.scan(told(name="a", **wrong), told(name="b", **wrong))  # type: ignore[arg-type]
    estate.acknowledge("violation-opened:1")
    estate.scan(told(name="a"), told(name="b"))
    left = estate.series().of("events_unacknowledged", "kind")
    assert estate.waiting() == +Counter(left)
    assert (left[OPENED,], left[CLOSED,]) == (1, 1)


def test_a_state_counts_on_from_the_one_before(estate: "Estate") -> None:
    estate.scan(events=(became_unknown(1),))
    former = estate.state()
    estate.scan(events=(became_unknown(2), became_unknown(3)))
    found = estate.state(former=former)
    assert found.tally == estate.state().tally
    assert found.tally.total[EventKind.BECAME_UNKNOWN] == 3
    assert estate.state(former=found).tally == found.tally


def test_what_was_given_up_stays_counted_and_waits_for_nobody(estate: "Estate") -> None:
    estate.scan(events=(became_unknown(1), became_unknown(2)))
    former = estate.state()
    estate.scan(events=(became_unknown(3),))
    with estate.store.database.writing() as connection:
        connection.execute(insert(PRUNED), {"until_scan": 1, "at": "2026-10-02"})
        connection.execute(delete(EVENT).where(EVENT.c.scan == 1))
    found = estate.state(former=former)
    assert found.tally.total[EventKind.BECAME_UNKNOWN] == 3
    assert found.unacknowledged["became-unknown"] == 1
