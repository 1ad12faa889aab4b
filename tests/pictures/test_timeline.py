"""The timeline shows every span that it is given, and says the same in rows."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.errors import PictureError
from residency.pictures import Kind, Span, timeline, timeline_rows
from residency.pictures.axis import MOST_TICKS, ticks
from residency.pictures.lanes import LEFT, RIGHT
from tests.pictures.conftest import (
    HOSTILE,
    SVG,
    TIMELINE_WORDS,
    all_texts,
    box_of,
    harsh_texts,
    names,
    overlap,
    tree_of,
    wrong_with,
)

SINCE = datetime(2026, 10, 1, tzinfo=UTC)
UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


def span(
    since: datetime, until: datetime | None, kind: Kind = Kind.FALLBACK, label: str = ""
) -> Span:
    return Span(lane="incident 1", since=since, until=until, kind=kind, label=label)


def draw(
    spans: Sequence[Span],
    *,
    since: datetime = SINCE,
    until: datetime = UNTIL,
    text: str = "October",
    prefix: str = "time",
) -> str:
    return timeline(
        spans,
        since=since,
        until=until,
        title=text,
        description=text,
        words=TIMELINE_WORDS,
        prefix=prefix,
    )


def bars(tree: ET.Element) -> list[ET.Element]:
    """Give the bars of spans; a swatch of the legend stands in no group."""
    groups = [each for each in tree if each.tag == f"{SVG}g"]
    return [each for group in groups for each in group.iter(f"{SVG}rect")]


def arrows(tree: ET.Element) -> int:
    paths = [each.get("d", "") for each in tree.iter(f"{SVG}path")]
    return sum(path.startswith(f"M{RIGHT + 3:.1f} ") for path in paths)


moments = st.datetimes(
    datetime(2026, 9, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2026, 12, 1),  # noqa: DTZ001 - the same
    timezones=st.just(UTC),
)


@st.composite
def some_spans(draw_one: st.DrawFn) -> Span:
    since = draw_one(moments)
    length = draw_one(st.none() | st.timedeltas(timedelta(0), timedelta(days=40)))
    return Span(
        lane=draw_one(st.sampled_from(["a", "b", *HOSTILE[:2]])),
        since=since,
        until=None if length is None else since + length,
        kind=draw_one(st.sampled_from(Kind)),
        label=draw_one(harsh_texts),
    )


def lies_within(each: Span) -> bool:
    until = each.until or UNTIL
    return each.since < UNTIL and (until > SINCE or each.since == until == SINCE)


@settings(max_examples=50, deadline=None)
@given(st.lists(some_spans(), max_size=12))
def test_each_span_is_in_the_picture_and_in_the_rows(spans: list[Span]) -> None:
    tree = tree_of(draw(spans))
    rows = timeline_rows(spans, since=SINCE, until=UNTIL, words=TIMELINE_WORDS)
    expected = [each for each in spans if lies_within(each)]
    key = [(row.lane, row.since, row.until, row.kind, row.label) for row in rows]
    given_keys = [(each.lane, each.since, each.until, each.kind, each.label) for each in expected]
    assert sorted(map(repr, key)) == sorted(map(repr, given_keys))
    assert len(bars(tree)) == len(expected)
    assert arrows(tree) == sum(each.until is None for each in expected)
    assert wrong_with(tree, "time") == []


@settings(max_examples=50, deadline=None)
@given(st.lists(some_spans(), max_size=12))
def test_no_bar_hides_another_and_none_is_too_thin_to_see(spans: list[Span]) -> None:
    boxes = [box_of(each) for each in bars(tree_of(draw(spans)))]
    assert [pair for pair in combinations(boxes, 2) if overlap(*pair)] == []
    assert all(box["width"] >= 2 for box in boxes)
    assert all(box["x"] >= LEFT and box["x"] + box["width"] <= RIGHT + 0.1 for box in boxes)


def test_labels_that_would_meet_stand_below_each_other() -> None:
    spans = [span(at(5), at(6), label="a rather long label"), span(at(6), at(7), label="another")]
    tree = tree_of(draw(spans))
    first, second = (each for each in tree.iter(f"{SVG}text") if each.text in labels(spans))
    assert float(first.attrib["y"]) < float(second.attrib["y"])


def labels(spans: Sequence[Span]) -> set[str]:
    return {each.label for each in spans}


def test_spans_that_follow_each_other_stand_side_by_side() -> None:
    tree = tree_of(draw([span(at(1), at(11), Kind.HOME), span(at(11), at(21))]))
    first, second = map(box_of, bars(tree))
    assert first["x"] + first["width"] == pytest.approx(second["x"], abs=0.11)
    assert first["y"] + first["height"] / 2 == pytest.approx(second["y"] + second["height"] / 2)


def test_seconds_in_a_month_are_two_units_wide() -> None:
    (bar,) = bars(tree_of(draw([span(at(9), at(9) + timedelta(seconds=3))])))
    assert bar.get("width") == "2"


def test_a_span_that_lasts_ends_in_an_arrow_and_its_row_says_so() -> None:
    spans = [span(at(9), None)]
    tree = tree_of(draw(spans))
    assert arrows(tree) == 1
    (row,) = timeline_rows(spans, since=SINCE, until=UNTIL, words=TIMELINE_WORDS)
    assert (row.began, row.ended, row.until) == ("2026-10-09 00:00:00", "still", None)
    assert "incident 1: Failover, 2026-10-09 00:00:00 \N{EN DASH} still" in names(tree)


def test_a_span_cut_by_the_axis_keeps_its_own_times_in_words() -> None:
    spans = [span(SINCE - timedelta(days=5), UNTIL + timedelta(days=5))]
    tree = tree_of(draw(spans))
    (box,) = map(box_of, bars(tree))
    assert (box["x"], box["x"] + box["width"]) == (LEFT, RIGHT)
    assert arrows(tree) == 0
    assert "incident 1: Failover, 2026-09-26 00:00:00 \N{EN DASH} 2026-11-06 00:00:00" in names(
        tree
    )


@pytest.mark.parametrize(
    ("since", "until", "drawn"),
    [
        (SINCE - timedelta(days=1), SINCE, 0),
        (SINCE - timedelta(days=1), SINCE + timedelta(seconds=1), 1),
        (SINCE, SINCE, 1),
        (UNTIL, None, 0),
        (UNTIL - timedelta(seconds=1), None, 1),
        (UNTIL, UNTIL + timedelta(days=1), 0),
    ],
)
def test_the_end_of_one_month_is_the_beginning_of_the_next(
    since: datetime, until: datetime | None, drawn: int
) -> None:
    spans = [span(since, until)]
    assert len(bars(tree_of(draw(spans)))) == drawn
    rows = timeline_rows(spans, since=SINCE, until=UNTIL, words=TIMELINE_WORDS)
    assert len(rows) == drawn


def test_kinds_differ_in_more_than_colour() -> None:
    drawn = {kind: bars(tree_of(draw([span(at(3), at(9), kind)])))[0] for kind in Kind}
    looks = {(each.get("height"), "url(" in each.get("fill", "")) for each in drawn.values()}
    assert {kind for kind, each in drawn.items() if each.get("stroke-dasharray")} == {Kind.UNSEEN}
    fills = [each.get("fill") for each in drawn.values()]
    assert len(set(fills)) == len(Kind)
    assert len(looks) >= 5


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (UNTIL, SINCE),
        (SINCE, SINCE),
        (SINCE.replace(tzinfo=None), UNTIL),
        (SINCE, UNTIL.replace(tzinfo=None)),
    ],
)
def test_an_axis_that_is_none_is_refused(since: datetime, until: datetime) -> None:
    with pytest.raises(PictureError):
        draw([], since=since, until=until)


@pytest.mark.parametrize(
    ("since", "until"),
    [(at(5), at(4)), (at(5).replace(tzinfo=None), None), (at(5), at(6).replace(tzinfo=None))],
)
def test_a_span_that_is_none_is_refused(since: datetime, until: datetime | None) -> None:
    with pytest.raises(PictureError, match="incident 1"):
        draw([span(since, until)])
    with pytest.raises(PictureError, match="incident 1"):
        timeline_rows([span(since, until)], since=SINCE, until=UNTIL, words=TIMELINE_WORDS)


@pytest.mark.parametrize(
    ("length", "first", "last", "number"),
    [
        (timedelta(minutes=8), "00:00", "00:08", 9),
        (timedelta(hours=1), "00:00", "01:00", 7),
        (timedelta(hours=30), "00:00", "06:00", 6),
        (timedelta(days=8), "01 Oct", "09 Oct", 9),
        (timedelta(days=31), "05 Oct", "26 Oct", 4),
        (timedelta(days=365), "01 Nov", "01 Sep", 6),
    ],
)
def test_ticks_fit_the_length(length: timedelta, first: str, last: str, number: int) -> None:
    found = all_texts(tree_of(draw([], until=SINCE + length)))
    assert (found[0], found[-1], len(found)) == (first, last, number)


@pytest.mark.parametrize("month", [3, 10])
def test_an_hour_that_summer_time_takes_or_gives_moves_no_tick(month: int) -> None:
    since = datetime(2026, month, 20, tzinfo=AMSTERDAM).astimezone(UTC)
    _, found = ticks(since, since + timedelta(days=8), AMSTERDAM)
    local = [moment.astimezone(AMSTERDAM) for moment in found]
    assert {(each.hour, each.minute) for each in local} == {(0, 0)}
    assert [each.day for each in local][:8] == list(range(20, 28))


@given(moments, st.timedeltas(timedelta(seconds=1), timedelta(days=36500)))
def test_there_are_never_more_ticks_than_fit(since: datetime, length: timedelta) -> None:
    _, found = ticks(since, since + length, AMSTERDAM)
    assert len(found) <= MOST_TICKS
    assert all(since <= moment <= since + length for moment in found)
    assert all(before < after for before, after in pairwise(found))
    assert len(found) >= 2 or length < timedelta(minutes=2)


def test_the_same_spans_give_the_same_bytes() -> None:
    spans = [span(at(5), at(6), label="x"), span(at(7), None, Kind.OUTSIDE)]
    assert draw(spans) == draw(spans)


def test_a_timeline_of_nothing_is_an_axis() -> None:
    tree = tree_of(draw([]))
    assert bars(tree) == []
    assert all_texts(tree)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_means_harm_is_only_a_text(text: str) -> None:
    harsh = [Span(lane=text, since=at(5), until=at(6), kind=Kind.OUTSIDE, label=text)]
    tame = [Span(lane="x", since=at(5), until=at(6), kind=Kind.OUTSIDE, label="x")]
    picture = draw(harsh, text=text)
    tree = tree_of(picture)
    assert wrong_with(tree, "time") == []
    assert len(list(tree.iter())) == len(list(tree_of(draw(tame)).iter()))
    assert all(each.isprintable() for each in picture)
