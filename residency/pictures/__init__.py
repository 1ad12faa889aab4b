"""Pictures as SVG, for pages and reports: pure functions, so the same input gives the same bytes.

A picture asks for nothing: no script, no style, no font, no address. Colours are attributes, so
that it shows where no style sheet is read (PDF), and every coloured part has a class, by which
a page may choose others: `residency/data/pictures.css` does for dark screens. Colour is
never the only sign, and every picture has a twin in rows that says the same in words.
"""

from residency.pictures.map import MapRow, MapWords, Mark, europe_map, map_rows
from residency.pictures.paint import ZONE_SIGNS
from residency.pictures.timeline import (
    Kind,
    Span,
    TimelineRow,
    TimelineWords,
    timeline,
    timeline_rows,
)

__all__ = [
    "ZONE_SIGNS",
    "Kind",
    "MapRow",
    "MapWords",
    "Mark",
    "Span",
    "TimelineRow",
    "TimelineWords",
    "europe_map",
    "map_rows",
    "timeline",
    "timeline_rows",
]
