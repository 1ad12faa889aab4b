"""The outlines of Europe's countries: `data/europe.json`, read once.

Natural Earth 4.1, in the public domain; `docs/outlines_of_europe.py` wrote the file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any

_FILE: Mapping[str, Any] = json.loads(
    files("residency").joinpath("data", "europe.json").read_text(encoding="utf-8")
)

WIDTH: int = _FILE["width"]
HEIGHT: int = _FILE["height"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One country in an equal-area projection.

    Attributes:
        path: SVG path data in units of the map.
        anchor: The place for a label: right and down.
        area: What is in view, in square units.
    """

    path: str
    anchor: tuple[int, int]
    area: int


OUTLINES: Mapping[str, Outline] = MappingProxyType(
    {
        code: Outline(path=each["path"], anchor=tuple(each["anchor"]), area=each["area"])
        for code, each in _FILE["countries"].items()
    }
)
"""Each country in view by its ISO 3166-1 alpha-2 code (XK is Kosovo), in order of codes."""
