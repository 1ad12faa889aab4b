"""When the service scans, and when it looks."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.service.calendar import Calendar
from residency.settings import Settings

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
QUARTER = 15 * MINUTE


def settings(**sections: Any) -> Settings:
    return Settings(**sections)


def after_a_scan(at: datetime = NOON, seconds: float = 10, share: float = 0.0) -> Calendar:
    """Give a calendar that has just seen a scan that was due."""
    calendar = Calendar(None, at, settings())
    calendar.began(settings(), at, share)
    calendar.ended(at + timedelta(seconds=seconds))
    return calendar


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (None, NOON),
        (NOON - 3 * QUARTER, NOON),
        (NOON - QUARTER, NOON),
        (NOON - 5 * MINUTE, NOON + 10 * MINUTE),
        (NOON + 10 * QUARTER, NOON + QUARTER),  # the clock was set back meanwhile
    ],
)
def test_the_first_scan_comes_when_the_last_one_is_an_interval_old(
    last: datetime | None, due: datetime
) -> None:
    assert Calendar(last, NOON, settings()).scan_at(settings()) == due


@pytest.mark.parametrize(("share", "late"), [(0.0, 0), (0.5, 45), (1.0, 90)])
def test_the_next_scan_comes_an_interval_later_and_up_to_a_tenth_more(
    share: float, late: int
) -> None:
    due = after_a_scan(share=share).scan_at(settings())
    assert due == NOON + QUARTER + timedelta(seconds=late)


def test_being_late_once_does_not_shift_the_scans_after_it() -> None:
    calendar = after_a_scan(share=1.0)
    late = calendar.scan_at(settings())
    calendar.began(settings(), late, 0.0)
    assert calendar.scan_at(settings()) == NOON + 2 * QUARTER


def test_what_was_missed_is_made_up_by_one_scan() -> None:
    calendar = after_a_scan()
    woke = NOON + 10 * QUARTER + 3 * MINUTE
    assert calendar.scan_at(settings()) <= woke
    calendar.began(settings(), woke, 0.0)
    calendar.ended(woke + MINUTE)
    assert calendar.scan_at(settings()) == woke + QUARTER


def test_what_is_wanted_comes_after_a_rest_and_the_schedule_stays() -> None:
    calendar = after_a_scan(seconds=2)
    ended = NOON + timedelta(seconds=2)
    calendar.want()
    rested = ended + timedelta(seconds=15)
    assert calendar.scan_at(settings()) == rested
    calendar.began(settings(), rested, 0.0)
    calendar.ended(rested)
    assert calendar.scan_at(settings()) == NOON + QUARTER


@pytest.mark.parametrize(("took", "rest"), [(2, 15), (30, 60), (60, 120), (300, 120)])
def test_long_scans_rest_twice_as_long_as_they_took_and_two_minutes_at_most(
    took: int, rest: int
) -> None:
    calendar = after_a_scan(seconds=took)
    calendar.want()
    ended = NOON + timedelta(seconds=took)
    assert calendar.scan_at(settings()) == ended + timedelta(seconds=rest)


def test_a_scan_that_failed_is_tried_again_a_minute_later() -> None:
    calendar = Calendar(None, NOON, settings())
    calendar.began(settings(), NOON, 0.0)
    calendar.ended(NOON + timedelta(seconds=1), failed=True)
    assert calendar.scan_at(settings()) == NOON + timedelta(seconds=61)


@pytest.mark.parametrize("wanted", [False, True])
def test_a_clock_that_is_set_back_by_a_day_puts_nothing_off_for_a_day(
    wanted: bool,  # noqa: FBT001 - a column of the table
) -> None:
    calendar = after_a_scan()
    if wanted:
        calendar.want()
    yesterday = NOON - timedelta(days=1)
    for minutes in range(17):  # it is looked at every now and then
        calendar.notice(settings(), yesterday + minutes * MINUTE)
    assert calendar.scan_at(settings()) <= yesterday + (2 * MINUTE if wanted else QUARTER)
    assert calendar.look_at(settings()) <= yesterday + MINUTE


def test_a_shorter_interval_counts_at_once() -> None:
    calendar = after_a_scan()
    often = settings(scan={"interval": "2m", "deadline": "1m"})
    calendar.notice(often, NOON + MINUTE)
    assert calendar.scan_at(often) == NOON + 3 * MINUTE


EXEMPTION: Mapping[str, Any] = {
    "id": "old",
    "reasons": ["outside-eu"],
    "resources": ["*"],
    "owner": "o",
    "why": "w",
    "ticket": "T-1",
    "expires": NOON + 4 * MINUTE,
}
DECLARATION: Mapping[str, Any] = {
    "types": ["microsoft.web/sites"],
    "country": "NL",
    "source": "s",
    "owner": "o",
    "holds": "stores",
    "expires": NOON + 5 * MINUTE,
}


@pytest.mark.parametrize(
    ("section", "expires"),
    [
        ({"exemptions": [EXEMPTION]}, NOON + 4 * MINUTE),
        ({"declarations": [DECLARATION]}, NOON + 5 * MINUTE),
    ],
)
def test_what_expires_is_scanned_without_in_the_same_minute(
    section: dict[str, Any], expires: datetime
) -> None:
    with_it, calendar = settings(**section), after_a_scan()
    due = calendar.scan_at(with_it)
    assert expires < due <= expires + MINUTE
    calendar.began(with_it, due, 0.0)
    calendar.ended(due)
    assert calendar.scan_at(with_it) == NOON + QUARTER


def test_what_expired_while_nothing_ran_is_scanned_at_the_start() -> None:
    with_it = settings(exemptions=[EXEMPTION])
    woke = NOON + 6 * MINUTE
    assert Calendar(NOON, woke, with_it).scan_at(with_it) <= woke


def test_looks_come_a_minute_after_the_last_look_or_scan() -> None:
    calendar = after_a_scan(seconds=10)
    first = NOON + timedelta(seconds=70)
    assert calendar.look_at(settings()) == first
    calendar.looked(first)
    assert calendar.look_at(settings()) == first + MINUTE


@given(
    jumps=st.lists(st.integers(-200_000, 200_000), max_size=6),
    shares=st.lists(st.floats(0, 1), min_size=1, max_size=4),
)
def test_however_the_clock_jumps_a_scan_comes_within_an_interval_and_a_tenth_of_quiet_time(
    jumps: list[int], shares: list[float]
) -> None:
    now, calendar = NOON, Calendar(None, NOON, settings())
    for number, share in enumerate(shares):
        calendar.began(settings(), now, share)
        calendar.ended(now + timedelta(seconds=1))
        now += timedelta(seconds=jumps[number] if number < len(jumps) else 1)
        calendar.notice(settings(), now)
    for _ in range(17):
        now += MINUTE
        calendar.notice(settings(), now)
    assert calendar.scan_at(settings()) <= now
