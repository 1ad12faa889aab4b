"""Plates with a code and a count on the map: where each stands so that none hides another.

A large country has its plate inside; a small one beside it, with a line to it, because a plate
would hide the whole country. Places over the sea are better than places over land.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from residency.model import Zone
from residency.pictures.marks import MapRow
from residency.pictures.markup import Markup, element, text_width, words
from residency.pictures.outlines import HEIGHT, OUTLINES, WIDTH, Outline
from residency.pictures.paint import INK, sign

_FONT = 19
_PLATE_HEIGHT = 30
_SIGN_ROOM = 26
_GAP = 3
_LARGE_AREA = 12000
_REACHES = (0, 45, 60, 75, 90, 110, 135, 165, 200, 250, 310, 380, 460, 550, 650, 750)
_DIRECTIONS = 16
_HIDES_DATA = 150
_HIDES_LAND = 25
"""What a place costs, in units of distance, for each country that a plate would lie on there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """A plate in its place.

    Attributes:
        middle: Right and down.
        width: In units of the map; every plate is as high.
    """

    row: MapRow
    middle: tuple[float, float]
    width: float


def placed(rows: Iterable[MapRow]) -> tuple[Plate, ...]:
    """Place a plate for each row, home and small countries first.

    Where no place is free a row gets none, and the caller shows it elsewhere.
    """
    wanted = sorted(rows, key=lambda row: (row.zone is not Zone.HOME, OUTLINES[row.code].area))
    marked = frozenset(row.code for row in wanted)
    done: list[Plate] = []
    for row in wanted:
        best = _cheapest(row, done, marked)
        done += [best] if best else []
    return tuple(done)


def _cheapest(row: MapRow, done: Sequence[Plate], marked: frozenset[str]) -> Plate | None:
    """Find the free place that costs least; a place is never cheaper than it is far."""
    best, least = None, math.inf
    for plate in _candidates(row):
        if math.dist(plate.middle, OUTLINES[row.code].anchor) > least:
            break
        if _is_free(plate, done) and (cost := _cost(plate, marked)) < least:
            best, least = plate, cost
    return best


def drawn(plates: Sequence[Plate]) -> Iterator[Markup]:
    """Draw the lines first, so that no line crosses a plate."""
    for plate in plates:
        yield from _line(plate)
    for plate in plates:
        yield _plate(plate)


def _text(row: MapRow) -> str:
    return f"{row.code} {row.count}"


def _candidates(row: MapRow) -> Iterator[Plate]:
    right, down = OUTLINES[row.code].anchor
    width = _SIGN_ROOM + text_width(_text(row), _FONT, bold=True) + 8
    for reach in _REACHES:
        for step in range(_DIRECTIONS if reach else 1):
            angle = 2 * math.pi * step / _DIRECTIONS
            middle = (right - reach * math.cos(angle), down - reach * math.sin(angle))
            yield Plate(row=row, middle=middle, width=width)


def _is_free(plate: Plate, others: Iterable[Plate]) -> bool:
    right, down = plate.middle
    half, up = plate.width / 2 + _GAP, _PLATE_HEIGHT / 2 + _GAP
    in_view = half <= right <= WIDTH - half and up <= down <= HEIGHT - up
    return in_view and not any(
        abs(right - other.middle[0]) < half + other.width / 2 + _GAP
        and abs(down - other.middle[1]) < 2 * up
        for other in others
    )


def _cost(plate: Plate, marked: frozenset[str]) -> float:
    own = OUTLINES[plate.row.code]
    distance = math.dist(plate.middle, own.anchor)
    hidden = [code for code, outline in OUTLINES.items() if _lies_on(plate, outline)]
    data = [code for code in hidden if code in marked and not _fits_inside(plate, code)]
    return distance + _HIDES_DATA * len(data) + _HIDES_LAND * len(hidden)


def _fits_inside(plate: Plate, code: str) -> bool:
    return code == plate.row.code and OUTLINES[code].area >= _LARGE_AREA


def _lies_on(plate: Plate, outline: Outline) -> bool:
    """Tell whether a plate touches a country, taken for a disc as large as the country."""
    across = abs(plate.middle[0] - outline.anchor[0]) - plate.width / 2
    along = abs(plate.middle[1] - outline.anchor[1]) - _PLATE_HEIGHT / 2
    return math.hypot(max(0, across), max(0, along)) < math.sqrt(outline.area / math.pi)


def _line(plate: Plate) -> Iterator[Markup]:
    right, down = OUTLINES[plate.row.code].anchor
    if math.dist(plate.middle, (right, down)) >= _REACHES[1] - 1:
        yield element(
            "path",
            class_="picture-line",
            d=f"M{right} {down}L{plate.middle[0]:.1f} {plate.middle[1]:.1f}",
            fill="none",
            stroke=INK,
            stroke_width=1.5,
        )


def _plate(plate: Plate) -> Markup:
    right, down = plate.middle
    left = right - plate.width / 2
    return element(
        "g",
        element(
            "rect",
            class_="picture-plate",
            x=left,
            y=down - _PLATE_HEIGHT / 2,
            width=plate.width,
            height=_PLATE_HEIGHT,
            rx=5,
            fill="#ffffff",
            stroke=INK,
            stroke_width=1.5,
        ),
        sign(plate.row.zone, left + 15, down),
        words(
            "text",
            _text(plate.row),
            class_="picture-text",
            x=left + _SIGN_ROOM,
            y=down + _FONT * 0.36,
            font_size=_FONT,
            font_weight="bold",
            fill=INK,
        ),
    )


def without_plate(rows: Iterable[MapRow], plates: Iterable[Plate]) -> Mapping[str, MapRow]:
    """Give the rows that found no place, by code."""
    have = {plate.row.code for plate in plates}
    return {row.code: row for row in rows if row.code not in have}
