"""Where the spans of a timeline stand: in lanes, and in a lane below each other where they meet."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from residency.pictures.markup import fitted, text_width
from residency.pictures.spans import Kind, Span

LEFT = 250.0
RIGHT = 960.0
LABEL_FONT = 14
LEAST_WIDTH = 2.0
"""A span that is shorter on the axis is drawn as wide as this."""

SIGN_ROOM = 20.0
"""What the sign of a kind needs before the label."""

_GAP = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A span in its place.

    Attributes:
        left: Where it begins on the axis.
        right: Where it ends there.
        label: What of its label there is room for.
        label_left: Where its sign and label begin; they never end beyond the axis.
        track: How many tracks of its lane are above it.
    """

    span: Span
    left: float
    right: float
    label: str
    label_left: float
    track: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane with its bars."""

    name: str
    bars: tuple[Bar, ...]

    @property
    def tracks(self) -> int:
        """Give how many tracks its bars need."""
        return 1 + max(bar.track for bar in self.bars)


def position(moment: datetime, since: datetime, until: datetime) -> float:
    """Give where a time stands on the axis; what is beyond it stands at its end."""
    part = (moment - since) / (until - since)
    return LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, part))


def lanes(spans: Sequence[Span], since: datetime, until: datetime) -> tuple[Lane, ...]:
    """Put spans into lanes, in the order in which lanes first come."""

    def where(moment: datetime) -> float:
        return position(moment, since, until)

    names = dict.fromkeys(span.lane for span in spans)
    return tuple(
        Lane(
            name=name,
            bars=tuple(_bars([span for span in spans if span.lane == name], where)),
        )
        for name in names
    )


def _bars(spans: Sequence[Span], where: Callable[[datetime], float]) -> Iterator[Bar]:
    """Give each span the first track where neither its bar nor its label meets another's."""
    ends: list[tuple[float, float]] = []
    for span in sorted(spans, key=lambda span: span.since):
        left, right = _extent(span, where)
        label = fitted(span.label, LABEL_FONT, RIGHT - LEFT - SIGN_ROOM)
        room = text_width(label, LABEL_FONT) + (SIGN_ROOM if is_signed(span.kind) else 0)
        label_left = min(left, RIGHT - room)
        free = (at for at, (bar, said) in enumerate(ends) if bar <= left and said <= label_left)
        track = next(free, len(ends))
        ends[track : track + 1] = [(right, label_left + room + _GAP if room else 0)]
        yield Bar(
            span=span, left=left, right=right, label=label, label_left=label_left, track=track
        )


def is_signed(kind: Kind) -> bool:
    """Tell whether a kind has a sign: what is as it should be, and what nobody saw, has none."""
    return kind not in {Kind.HOME, Kind.UNSEEN}


def _extent(span: Span, where: Callable[[datetime], float]) -> tuple[float, float]:
    left = where(span.since)
    right = RIGHT if span.until is None else where(span.until)
    if right - left >= LEAST_WIDTH:
        return left, right
    left = min(left, RIGHT - LEAST_WIDTH)
    return left, left + LEAST_WIDTH
