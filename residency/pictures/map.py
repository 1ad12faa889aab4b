"""A map of Europe with the countries where something is, and what is elsewhere below it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from residency.model import Zone
from residency.pictures.legend import Entry, boxes, legend
from residency.pictures.marks import MapRow, MapWords, Mark, map_rows, told
from residency.pictures.markup import Markup, element, named, picture
from residency.pictures.outlines import HEIGHT, OUTLINES, WIDTH, Outline
from residency.pictures.paint import painted, patterns, sign
from residency.pictures.plates import drawn, placed, without_plate
from residency.regions import COUNTRIES_OF_THE_EU

__all__ = ["MapRow", "MapWords", "Mark", "europe_map", "map_rows"]

_EU_TONE = "#cfd6df"
_LAND_TONE = "#eceff3"
_BORDER = "#ffffff"
_SMALL_AREA = 200
_SMALL_RADIUS = 9
_QUIET_RADIUS = 4


def europe_map(
    marks: Mapping[str, Mark], *, title: str, description: str, words: MapWords, prefix: str
) -> str:
    """Draw the map as one SVG element.

    Args:
        marks: By ISO 3166-1 alpha-2 code. What the map does not show (another part of the world,
            `unknown`) gets a box below it: no mark is ever left out.
        title: The picture's name.
        description: What it shows, for those who hear it.
        words: The words of the reader's language.
        prefix: What its ids begin with; another one for each picture on a page.

    Raises:
        PictureError: The prefix cannot begin an id.
    """
    rows = map_rows(marks, words)
    plates = placed(row for row in rows if row.code in OUTLINES)
    key = legend(_entries(rows, words, prefix), top=HEIGHT, width=WIDTH)
    listed = tuple(row for row in rows if row.code in without_plate(rows, plates))
    below = boxes(listed, words.elsewhere, top=HEIGHT + key.height, width=WIDTH, prefix=prefix)
    children = [
        patterns(prefix),
        *_quiet(marks),
        *_marked(rows, prefix),
        *drawn(plates),
        *key.drawn,
        *below.drawn,
    ]
    size = (WIDTH, HEIGHT + key.height + below.height + 6)
    return picture(children, size=size, titles=(title, description), prefix=prefix)


def _quiet(marks: Mapping[str, Mark]) -> Iterator[Markup]:
    """Draw the countries without a mark."""
    for code, outline in OUTLINES.items():
        if code not in marks:
            in_eu = code in COUNTRIES_OF_THE_EU
            yield element("path", d=outline.path, **_tone(in_eu=in_eu))
            if in_eu and outline.area < _SMALL_AREA:
                yield element("circle", **_disc(outline, _QUIET_RADIUS), **_tone(in_eu=True))


def _tone(*, in_eu: bool) -> Mapping[str, str]:
    return {
        "class_": "picture-eu" if in_eu else "picture-land",
        "fill": _EU_TONE if in_eu else _LAND_TONE,
        "stroke": _BORDER,
    }


def _disc(outline: Outline, radius: int) -> Mapping[str, float]:
    return {"cx": outline.anchor[0], "cy": outline.anchor[1], "r": radius}


def _marked(rows: Sequence[MapRow], prefix: str) -> Iterator[Markup]:
    """Draw the countries with a mark, over the others, so that their edges are whole."""
    for row in rows:
        outline = OUTLINES.get(row.code)
        if outline is None:
            continue
        name = named(told(row))
        yield painted("path", row.zone, prefix, name, d=outline.path)
        if outline.area < _SMALL_AREA:
            yield painted("circle", row.zone, prefix, name, **_disc(outline, _SMALL_RADIUS))


def _entries(rows: Sequence[MapRow], words: MapWords, prefix: str) -> Iterator[Entry]:
    """Explain the zones that are there, and the tone of the EU."""
    used = {row.zone for row in rows}
    for zone in Zone:
        if zone in used:
            yield Entry(word=words.zones[zone], swatch=partial(_swatch, zone, prefix))
    yield Entry(word=words.nothing, swatch=_quiet_swatch)


def _swatch(zone: Zone, prefix: str, left: float, down: float) -> tuple[Markup, ...]:
    box = painted("rect", zone, prefix, x=left, y=down, width=20, height=20, rx=3)
    return box, sign(zone, left + 32, down + 10)


def _quiet_swatch(left: float, down: float) -> tuple[Markup, ...]:
    tone = _tone(in_eu=True)
    return (element("rect", x=left, y=down, width=36, height=20, rx=3, **tone),)
