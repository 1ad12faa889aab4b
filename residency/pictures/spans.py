"""What a timeline shows, and the same in rows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from residency.errors import PictureError
from residency.model import Zone


class Kind(StrEnum):
    """What was so for a while.

    `unseen` is when nobody looked; `unknown` when somebody looked and could not tell.
    """

    HOME = "home"
    FALLBACK = "fallback"
    EXCEPTIONAL = "exceptional"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"
    UNSEEN = "unseen"


ZONES: Mapping[Kind, Zone] = {
    Kind.HOME: Zone.HOME,
    Kind.FALLBACK: Zone.FAILOVER,
    Kind.EXCEPTIONAL: Zone.EXCEPTIONAL,
    Kind.OUTSIDE: Zone.OUTSIDE,
    Kind.UNKNOWN: Zone.UNKNOWN,
}
"""The zone whose paint a kind has; `unseen` has none, since nothing is known of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A length of time in one lane.

    Attributes:
        lane: An incident, a resource or a month, as the reader knows it.
        since: In UTC.
        until: In UTC; None while it lasts.
        label: A few words beside it; may be empty.
    """

    lane: str
    since: datetime
    until: datetime | None
    kind: Kind
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineWords:
    """The words of a timeline, in the reader's language.

    Attributes:
        kinds: What each kind is called; all of them.
        lasts: What stands for the end of what has not ended.
        tick: Writes a tick of the axis, given its time and how far apart ticks are. A step is over
            28 days where ticks are on firsts of months.
        moment: Writes a time in full.
        zone: Where midnight is for the reader.
    """

    kinds: Mapping[Kind, str]
    lasts: str
    tick: Callable[[datetime, timedelta], str]
    moment: Callable[[datetime], str]
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """One span of a timeline in words, with its own beginning and end."""

    lane: str
    since: datetime
    until: datetime | None
    began: str
    ended: str
    kind: Kind
    word: str
    label: str


def timeline_rows(
    spans: Iterable[Span], *, since: datetime, until: datetime, words: TimelineWords
) -> tuple[TimelineRow, ...]:
    """Give each span that the timeline draws as a row, lane by lane as lanes first come.

    Raises:
        PictureError: A time has no zone, or something ends before it begins.
    """
    drawn = shown_spans(spans, since, until)
    lanes = list(dict.fromkeys(span.lane for span in drawn))
    return tuple(
        _row(span, words)
        for span in sorted(drawn, key=lambda span: (lanes.index(span.lane), span.since))
    )


def told(span: Span, words: TimelineWords) -> str:
    """Say a span in one line."""
    row = _row(span, words)
    what = f"{row.word}, {row.label}" if row.label else row.word
    return f"{row.lane}: {what}, {row.began} \N{EN DASH} {row.ended}"


def shown_spans(spans: Iterable[Span], since: datetime, until: datetime) -> tuple[Span, ...]:
    """Give the spans that lie in a stretch of time, which its own end is no part of.

    Raises:
        PictureError: A time has no zone, or something ends before it begins.
    """
    _hold("The timeline", since, until)
    if since == until:
        raise PictureError("The timeline has no length.")
    given = tuple(spans)
    for span in given:
        _hold(f"A span of {span.lane!r}", span.since, span.until or span.since)
    return tuple(
        span
        for span in given
        if span.since < until and (span.until is None or span.until > since or span.since >= since)
    )


def _hold(what: str, since: datetime, until: datetime) -> None:
    if since.tzinfo is None or until.tzinfo is None:
        raise PictureError(f"{what} has a time without a zone.")
    if until < since:
        raise PictureError(f"{what} ends before it begins.")


def _row(span: Span, words: TimelineWords) -> TimelineRow:
    return TimelineRow(
        lane=span.lane,
        since=span.since,
        until=span.until,
        began=words.moment(span.since),
        ended=words.lasts if span.until is None else words.moment(span.until),
        kind=span.kind,
        word=words.kinds[span.kind],
        label=span.label,
    )
