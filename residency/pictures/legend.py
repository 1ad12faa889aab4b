"""What stands below a picture: what its paints mean, and boxes for what it has no room for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from residency.pictures.marks import MapRow, told
from residency.pictures.markup import Markup, element, fitted, named, text_width, words
from residency.pictures.paint import INK, painted, sign

_FONT = 17
_LINE = 34
_MARGIN = 16
_SWATCH_ROOM = 44
_BETWEEN = 22
_BOXES_IN_A_LINE = 3
_BOX_HEIGHT = 44
_BOX_GAP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Something drawn, and how high it is."""

    drawn: tuple[Markup, ...]
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one paint means.

    Attributes:
        word: In the reader's language.
        swatch: Draws the paint, 30 by 20, from a left upper corner.
    """

    word: str
    swatch: Callable[[float, float], tuple[Markup, ...]]


def legend(entries: Iterable[Entry], *, top: float, width: float) -> Block:
    """Set entries side by side, in as many lines as they need."""
    drawn: list[Markup] = []
    left, down = float(_MARGIN), top
    for entry in entries:
        word = fitted(entry.word, _FONT, width - 2 * _MARGIN - _SWATCH_ROOM)
        room = _SWATCH_ROOM + text_width(word, _FONT)
        if left + room > width - _MARGIN and left > _MARGIN:
            left, down = float(_MARGIN), down + _LINE
        drawn += [*entry.swatch(left, down + 7), _text(word, left + _SWATCH_ROOM, down + 23)]
        left += room + _BETWEEN
    return Block(drawn=tuple(drawn), height=down + _LINE - top)


def boxes(rows: Sequence[MapRow], heading: str, *, top: float, width: float, prefix: str) -> Block:
    """Draw a box for each row under a heading; nothing where there is no row."""
    if not rows:
        return Block(drawn=(), height=0)
    across = (width - 2 * _MARGIN - _BOX_GAP * (_BOXES_IN_A_LINE - 1)) / _BOXES_IN_A_LINE
    drawn = [_text(fitted(heading, _FONT, width - 2 * _MARGIN), _MARGIN, top + 23, bold=True)]
    for at, row in enumerate(rows):
        line, column = divmod(at, _BOXES_IN_A_LINE)
        left = _MARGIN + column * (across + _BOX_GAP)
        down = top + _LINE + line * (_BOX_HEIGHT + _BOX_GAP)
        drawn.append(element("g", *_box(row, (left, down), across, prefix)))
    lines = -(-len(rows) // _BOXES_IN_A_LINE)
    return Block(drawn=tuple(drawn), height=_LINE + lines * (_BOX_HEIGHT + _BOX_GAP))


def _box(row: MapRow, corner: tuple[float, float], width: float, prefix: str) -> Iterator[Markup]:
    left, down = corner
    count = str(row.count)
    middle = down + _BOX_HEIGHT / 2
    yield named(told(row))
    yield element(
        "rect",
        class_="picture-plate",
        x=left,
        y=down,
        width=width,
        height=_BOX_HEIGHT,
        rx=5,
        fill="#ffffff",
        stroke=INK,
        stroke_width=1.5,
    )
    yield painted("rect", row.zone, prefix, x=left + 8, y=middle - 12, width=24, height=24, rx=3)
    yield sign(row.zone, left + 47, middle)
    shown_count = fitted(count, _FONT, width / 2)
    room = width - 62 - text_width(shown_count, _FONT, bold=True) - 20
    yield _text(fitted(row.label, _FONT, room), left + 62, middle + 6)
    yield _text(shown_count, left + width - 10, middle + 6, bold=True, anchor="end")


def _text(
    text: str, left: float, down: float, *, bold: bool = False, anchor: str = "start"
) -> Markup:
    return words(
        "text",
        text,
        class_="picture-text",
        x=left,
        y=down,
        font_size=_FONT,
        font_weight="bold" if bold else "normal",
        text_anchor=anchor,
        fill=INK,
    )
