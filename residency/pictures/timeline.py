"""A timeline: what was so from when to when, in lanes over an axis of time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

from residency.pictures.axis import MOST_TICKS, Step, ticks
from residency.pictures.lanes import (
    LABEL_FONT,
    LEFT,
    RIGHT,
    SIGN_ROOM,
    Bar,
    Lane,
    is_signed,
    lanes,
    position,
)
from residency.pictures.legend import Entry, legend
from residency.pictures.markup import Markup, element, fitted, named, picture, text_width, words
from residency.pictures.paint import INK, painted, patterns, sign
from residency.pictures.spans import (
    ZONES,
    Kind,
    Span,
    TimelineRow,
    TimelineWords,
    shown_spans,
    timeline_rows,
    told,
)

__all__ = ["Kind", "Span", "TimelineRow", "TimelineWords", "timeline", "timeline_rows"]

WIDTH = 1000
_AXIS_HEIGHT = 40
_TRACK_HEIGHT = 44
_BAR_MIDDLE = 30
_LANE_PADDING = 6
_FONT = 16
_RULE = "#c3cad3"

_HEIGHTS = {
    Kind.HOME: 6,
    Kind.FALLBACK: 20,
    Kind.EXCEPTIONAL: 20,
    Kind.OUTSIDE: 24,
    Kind.UNKNOWN: 14,
    Kind.UNSEEN: 10,
}
"""How high each kind is drawn: what is as it should be is thin."""


def timeline(  # noqa: PLR0913 - a picture's own words, all by keyword
    spans: Iterable[Span],
    *,
    since: datetime,
    until: datetime,
    title: str,
    description: str,
    words: TimelineWords,
    prefix: str,
) -> str:
    """Draw spans of time as one SVG element.

    A span that reaches beyond the axis is cut at its end, and one that lies beyond it is left
    out, here and in `timeline_rows`. One that still lasts ends in an arrow.

    Args:
        spans: In UTC, in any order.
        since: Where the axis begins, in UTC.
        until: Where it ends, in UTC.
        title: The picture's name.
        description: What it shows, for those who hear it.
        words: The words of the reader's language.
        prefix: What its ids begin with; another one for each picture on a page.

    Raises:
        PictureError: A time has no zone, something ends before it begins, or the prefix cannot
            begin an id.
    """
    shown = shown_spans(spans, since, until)
    placed = lanes(shown, since, until)
    bottom = _AXIS_HEIGHT + sum(_height(lane) for lane in placed)
    key = legend(_entries(shown, words, prefix), top=bottom + 6, width=WIDTH)
    children = [
        patterns(prefix),
        *_axis(since, until, bottom, words),
        *_lanes(placed, words, prefix),
        *key.drawn,
    ]
    size = (WIDTH, bottom + key.height + 12)
    return picture(children, size=size, titles=(title, description), prefix=prefix)


def _height(lane: Lane) -> float:
    return lane.tracks * _TRACK_HEIGHT + 2 * _LANE_PADDING


def _axis(since: datetime, until: datetime, bottom: float, said: TimelineWords) -> Iterator[Markup]:
    step, moments = ticks(since, until, said.zone)
    places = [position(moment, since, until) for moment in moments]
    yield _rule(f"M{LEFT:.1f} {_AXIS_HEIGHT}H{RIGHT:.1f}")
    yield from (_rule(f"M{place:.1f} {_AXIS_HEIGHT - 8}V{bottom:.1f}") for place in places)
    room = min(
        (right - left for left, right in pairwise(places)),
        default=(RIGHT - LEFT) / MOST_TICKS,
    )
    for moment, place in zip(moments, places, strict=True):
        label = fitted(said.tick(moment, _length(step)), LABEL_FONT, room - 4)
        middle = min(place, WIDTH - 4 - text_width(label, LABEL_FONT) / 2)
        yield _text(label, middle, _AXIS_HEIGHT - 14, size=LABEL_FONT, anchor="middle")


def _length(step: Step) -> timedelta:
    return timedelta(minutes=step.minutes, days=step.days + 30 * step.months)


def _rule(path: str) -> Markup:
    return element("path", class_="picture-rule", d=path, fill="none", stroke=_RULE)


def _lanes(placed: Sequence[Lane], said: TimelineWords, prefix: str) -> Iterator[Markup]:
    top: float = _AXIS_HEIGHT
    for lane in placed:
        name = fitted(lane.name, _FONT, LEFT - 28)
        label = _text(name, 16, top + _LANE_PADDING + _BAR_MIDDLE + 6, size=_FONT)
        yield element("g", named(lane.name), label)
        for bar in lane.bars:
            down = top + _LANE_PADDING + bar.track * _TRACK_HEIGHT
            yield element("g", named(told(bar.span, said)), *_bar(bar, down, prefix))
        top += _height(lane)
        yield _rule(f"M16 {top:.1f}H{RIGHT:.1f}")


def _bar(bar: Bar, top: float, prefix: str) -> Iterator[Markup]:
    middle = top + _BAR_MIDDLE
    kind = bar.span.kind
    yield _block(kind, prefix, (bar.left, middle), bar.right - bar.left)
    if bar.span.until is None:
        yield element(
            "path",
            class_="picture-sign",
            d=f"M{RIGHT + 3:.1f} {middle - 11:.1f}l16 11l-16 11z",
            fill=INK,
        )
    yield from _label(bar, top + 7)


def _label(bar: Bar, middle: float) -> Iterator[Markup]:
    """Write beside the sign, which tells kinds apart where a bar is too short for its pattern."""
    left = bar.label_left
    if is_signed(bar.span.kind):
        yield sign(ZONES[bar.span.kind], left + 7, middle)
        left += SIGN_ROOM
    if bar.label:
        yield _text(bar.label, left, middle + 5, size=LABEL_FONT)


def _block(kind: Kind, prefix: str, start: tuple[float, float], width: float) -> Markup:
    left, middle = start
    height = _HEIGHTS[kind]
    shape = {"x": left, "y": middle - height / 2, "width": width, "height": height}
    if kind in ZONES:
        return painted("rect", ZONES[kind], prefix, **shape)
    return element(
        "rect",
        **shape,
        class_="picture-unseen",
        fill="none",
        stroke=INK,
        stroke_width=1.5,
        stroke_dasharray="5 4",
    )


def _entries(spans: Sequence[Span], said: TimelineWords, prefix: str) -> Iterator[Entry]:
    used = {span.kind for span in spans}
    for kind in Kind:
        if kind in used:
            yield Entry(word=said.kinds[kind], swatch=partial(_swatch, kind, prefix))


def _swatch(kind: Kind, prefix: str, left: float, down: float) -> tuple[Markup, ...]:
    if not is_signed(kind):
        return (_block(kind, prefix, (left, down + 10), 36),)
    return _block(kind, prefix, (left, down + 10), 20), sign(ZONES[kind], left + 32, down + 10)


def _text(text: str, left: float, down: float, *, size: int, anchor: str = "start") -> Markup:
    return words(
        "text",
        text,
        class_="picture-text",
        x=left,
        y=down,
        font_size=size,
        text_anchor=anchor,
        fill=INK,
    )
