"""How much was seen: to the microsecond, the parts add up to the whole, and doubt never helps."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.report.covering import Gap, Seen, gaps_of, joined, seen_of, within
from residency.store.times import Span

NOON = datetime(2026, 10, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTHING = timedelta()


def at(hours: float) -> datetime:
    return NOON + hours * HOUR


def span(since: float, until: float) -> Span:
    return Span(at(since), at(until))


def yes(_: Span) -> bool:
    return True


def no(_: Span) -> bool:
    return False


GAPS: list[tuple[list[Span], Callable[[Span], bool], list[tuple[Span, bool]]]] = [
    ([], yes, []),
    ([span(1, 2)], yes, [(span(1, 2), True)]),
    ([span(1, 3)], yes, [(span(1, 3), True)]),  # two hours are still bridged
    ([span(1, 3.001)], yes, [(span(1, 3.001), False)]),
    ([span(1, 2)], no, [(span(1, 2), False)]),
    ([span(1, 2.5), span(2.5, 4)], yes, [(span(1, 4), False)]),  # nothing is known between them
    ([span(2, 4), span(1, 2.5)], yes, [(span(1, 4), False)]),
    ([span(1, 2), span(2.5, 3)], yes, [(span(1, 2), True), (span(2.5, 3), True)]),
    ([span(2, 2), span(3, 1)], yes, []),
]


@pytest.mark.parametrize(("blind", "is_same", "told"), GAPS)
def test_a_gap_is_bridged_if_it_is_short_and_nothing_moved(
    blind: list[Span], is_same: Callable[[Span], bool], told: list[tuple[Span, bool]]
) -> None:
    assert [(each.since_until, each.bridged) for each in gaps_of(blind, is_same)] == told


def test_what_was_seen_bridged_and_not_seen_adds_up() -> None:
    gaps = gaps_of([span(1, 2), span(10, 14), span(23, 30)], yes)
    found = seen_of([span(0, 24)], gaps)
    assert found == Seen(seen=18 * HOUR, bridged=HOUR, not_seen=5 * HOUR)
    assert found.ratio == Fraction(19, 24)


def test_a_gap_that_began_in_the_month_before_is_as_long_as_it_is() -> None:
    gaps = gaps_of([span(-1.5, 1)], yes)  # two and a half hours, one of them in this month
    assert seen_of([span(0, 24)], gaps).not_seen == HOUR


def test_of_no_time_no_part_was_seen() -> None:
    assert seen_of([], ()).ratio == 0


def test_two_resources_have_two_hours_in_an_hour() -> None:
    found = seen_of([span(0, 1)], ()) + seen_of([span(0, 1)], gaps_of([span(0, 1)], no))
    assert found == Seen(seen=HOUR, not_seen=HOUR)


MINUTES = st.integers(-10_000, 10_000)
SPANS = st.lists(
    st.builds(
        lambda begin, length: span(begin / 60, (begin + length) / 60), MINUTES, st.integers(0, 600)
    )
)


@given(concerned=SPANS, blind=SPANS, cut=MINUTES, sides=st.booleans())
def test_the_parts_of_two_months_add_up_to_the_whole(
    concerned: list[Span], blind: list[Span], cut: int, *, sides: bool
) -> None:
    gaps = gaps_of(blind, lambda _: sides)
    before, after = span(-1_000, cut / 60), span(cut / 60, 1_000)
    parts = [seen_of(within(concerned, month), gaps) for month in (before, after)]
    assert parts[0] + parts[1] == seen_of(concerned, gaps)


@given(concerned=SPANS, blind=SPANS)
def test_every_moment_counts_once(concerned: list[Span], blind: list[Span]) -> None:
    found = seen_of(concerned, gaps_of(blind, yes))
    whole = sum((until - since for since, until in joined(concerned)), NOTHING)
    assert found.total == whole
    assert min(found.seen, found.bridged, found.not_seen) >= NOTHING


@given(concerned=SPANS, blind=SPANS, more=SPANS)
def test_more_that_was_not_seen_never_raises_what_was(
    concerned: list[Span], blind: list[Span], more: list[Span]
) -> None:
    few, many = (seen_of(concerned, gaps_of(each, yes)) for each in (blind, [*blind, *more]))
    assert many.seen <= few.seen
    assert many.not_seen >= few.not_seen


@given(blind=SPANS)
def test_gaps_lie_apart_and_hold_all_that_was_not_seen(blind: list[Span]) -> None:
    gaps: list[Gap] = list(gaps_of(blind, yes))
    found = [each.since_until for each in gaps]
    assert list(joined(found)) == found
    for since, until in blind:
        assert since >= until or any(a <= since and until <= b for a, b in found)
