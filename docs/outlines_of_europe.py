"""Writes residency/data/europe.json, the outlines that the map is drawn from.

They are Natural Earth's 1:50m countries, in the public domain (https://www.naturalearthdata.com),
as the npm package world-atlas 2.0.2 carries them in `countries-50m.json`. Run it by hand:

    python docs/outlines_of_europe.py PATH/countries-50m.json

The form of that file: https://github.com/topojson/topojson-specification. A border is one arc that
both neighbours use, and arcs are thinned before rings are put together, so no gap opens between
two countries.
"""  # noqa: INP001

import argparse
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "residency/data/europe.json"

Point = tuple[float, float]
Ring = Sequence[Point]

CENTRE = (10.0, 52.0)
"""Degrees east and north: the centre of the EU's own equal-area grid, ETRS89-LAEA."""

WEST_KM, EAST_KM, SOUTH_KM, NORTH_KM = -1790.0, 2320.0, -1880.0, 2270.0
"""The view, from the centre: Iceland and Ireland to Cyprus, Malta to the North Cape."""

WIDTH = 1000
"""Units of the picture from west to east; about 4.1 km each."""

EARTH_KM = 6371.0
THINNED_UNITS = 0.6
SMALLEST_ISLAND = 14.0
"""Square units, about 230 km². A country's largest piece stays, whatever its size."""

ALPHA_2 = {
    "008": "AL", "012": "DZ", "020": "AD", "040": "AT", "056": "BE", "070": "BA", "100": "BG",
    "112": "BY", "191": "HR", "196": "CY", "203": "CZ", "208": "DK", "233": "EE", "234": "FO",
    "246": "FI", "248": "FI", "250": "FR", "276": "DE", "300": "GR", "348": "HU", "352": "IS",
    "372": "IE", "380": "IT", "428": "LV", "438": "LI", "440": "LT", "442": "LU", "470": "MT",
    "498": "MD", "499": "ME", "504": "MA", "528": "NL", "578": "NO", "616": "PL", "620": "PT",
    "642": "RO", "643": "RU", "674": "SM", "688": "RS", "703": "SK", "705": "SI", "724": "ES",
    "752": "SE", "756": "CH", "788": "TN", "792": "TR", "804": "UA", "807": "MK", "826": "GB",
    "831": "GG", "832": "JE", "833": "IM", "N. Cyprus": "CY", "Kosovo": "XK",
}  # fmt: skip
"""ISO 3166-1, numeric to alpha-2, of what is drawn; what would show only a corner is not.

Two that Natural Earth gives no number go by their name: to ISO the north of Cyprus is part of CY,
and Kosovo has XK, which ISO leaves to its users."""

CRIMEA = (32.0, 37.0, 44.0, 46.5)
"""West, east, south, north. Natural Earth draws Crimea by who holds it; ISO 3166-2 has it in UA."""


def thinned(line: Ring, tolerance: float) -> list[Point]:
    """Drop the points that lie within the tolerance of what is left (Douglas and Peucker)."""
    kept, waiting = {0, len(line) - 1}, [(0, len(line) - 1)]
    while waiting:
        first, last = waiting.pop()
        inner = range(first + 1, last)
        far = max(inner, key=lambda at: _off(line[at], line[first], line[last]), default=None)
        if far is not None and _off(line[far], line[first], line[last]) > tolerance:
            kept.add(far)
            waiting += [(first, far), (far, last)]
    return [line[at] for at in sorted(kept)]


def _off(point: Point, start: Point, end: Point) -> float:
    """Give how far a point is from a piece of line."""
    (x, y), (x0, y0), (x1, y1) = point, start, end
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2
    along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length if length else 0.0
    along = min(1.0, max(0.0, along))
    return math.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0))


def projected(east: float, north: float) -> Point:
    """Give units of the picture for degrees (Lambert's azimuthal equal-area projection)."""
    meridian, parallel, middle = (
        math.radians(angle) for angle in (east - CENTRE[0], north, CENTRE[1])
    )
    towards = math.cos(parallel) * math.cos(meridian)
    depth = 1 + math.sin(middle) * math.sin(parallel) + math.cos(middle) * towards
    scale = EARTH_KM * math.sqrt(2 / max(depth, 1e-9))
    x = scale * math.cos(parallel) * math.sin(meridian)
    y = scale * (math.cos(middle) * math.sin(parallel) - math.sin(middle) * towards)
    unit = WIDTH / (EAST_KM - WEST_KM)
    return (x - WEST_KM) * unit, (NORTH_KM - y) * unit


HEIGHT = round(WIDTH * (NORTH_KM - SOUTH_KM) / (EAST_KM - WEST_KM))


def degrees(atlas: Mapping[str, Any]) -> list[list[Point]]:
    """Undo the steps and the grid in which the file writes its arcs."""
    (scale_x, scale_y), (left, bottom) = (
        atlas["transform"]["scale"],
        atlas["transform"]["translate"],
    )
    arcs = []
    for steps in atlas["arcs"]:
        x = y = 0
        arc = []
        for right, up in steps:
            x, y = x + right, y + up
            arc.append((x * scale_x + left, y * scale_y + bottom))
        arcs.append(arc)
    return arcs


def pieces(atlas: Mapping[str, Any], arcs: Sequence[Ring]) -> dict[str, list[list[int]]]:
    """Give the rings of each country in view, as numbers of arcs."""
    found: dict[str, list[list[int]]] = {}
    for shape in atlas["objects"]["countries"]["geometries"]:
        code = ALPHA_2.get(shape.get("id", shape["properties"]["name"]))
        many = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for polygon in many if code else ():
            owner = "UA" if code == "RU" and _is_crimea(arcs, polygon[0]) else str(code)
            found.setdefault(owner, []).extend(polygon)
    return {code: joined(rings, arcs) for code, rings in found.items()}


def _is_crimea(arcs: Sequence[Ring], ring: Iterable[int]) -> bool:
    west, east, south, north = CRIMEA
    points = [point for number in ring for point in arcs[max(number, ~number)]]
    return all(west < x < east and south < y < north for x, y in points)


def joined(rings: list[list[int]], arcs: Sequence[Ring]) -> list[list[int]]:
    """Take out the borders inside a country, which two of its rings walk in opposite directions."""
    walked = {number for ring in rings for number in ring}
    if not any(~number in walked for number in walked):
        return rings
    touched = [ring for ring in rings if any(~number in walked for number in ring)]
    left = [number for ring in touched for number in ring if ~number not in walked]
    return [ring for ring in rings if ring not in touched] + list(_chained(left, arcs))


def _chained(left: list[int], arcs: Sequence[Ring]) -> Iterator[list[int]]:
    starts = {_walk(number, arcs)[0]: number for number in left}
    while starts:
        start, number = starts.popitem()
        ring = [number]
        while (end := _walk(ring[-1], arcs)[-1]) != start:
            ring.append(starts.pop(end))
        yield ring


def _walk(number: int, arcs: Sequence[Ring]) -> Ring:
    return arcs[number] if number >= 0 else arcs[~number][::-1]


def outline(ring: Iterable[int], arcs: Sequence[Ring]) -> list[Point]:
    """Put the arcs of a ring together; each begins where the one before ended."""
    return [point for number in ring for point in _walk(number, arcs)[1:]]


def clipped(ring: list[Point]) -> list[Point]:
    """Cut off what is out of view, one side after the other (Sutherland and Hodgman)."""
    for axis, limit, sign in ((0, 0, 1), (0, WIDTH, -1), (1, 0, 1), (1, HEIGHT, -1)):
        cut: list[Point] = []
        for before, point in pairwise([*ring[-1:], *ring]):
            inside, was_inside = (sign * (each[axis] - limit) >= 0 for each in (point, before))
            if inside != was_inside:
                part = (limit - before[axis]) / (point[axis] - before[axis])
                cut.append(
                    (
                        before[0] + part * (point[0] - before[0]),
                        before[1] + part * (point[1] - before[1]),
                    )
                )
            if inside:
                cut.append(point)
        ring = cut
    return ring


def rounded(ring: Ring) -> list[tuple[int, int]]:
    """Go to whole units, without points that fall on the one before."""
    points = [(round(x), round(y)) for x, y in ring]
    return [point for before, point in pairwise([*points[-1:], *points]) if point != before]


def area(ring: Ring) -> float:
    """Give square units; the sign is the direction that it is walked in."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise([*ring, *ring[:1]])) / 2


def path(ring: Sequence[tuple[int, int]]) -> str:
    """Write a ring as SVG: where it begins, and the steps from there."""
    steps = [f"{x1 - x0} {y1 - y0}" for (x0, y0), (x1, y1) in pairwise(ring)]
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z".replace(" -", "-")


def anchor(ring: Ring) -> tuple[int, int]:
    """Find the place for a label: the point of a grid that is the farthest inside."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    grid = [
        (min(xs) + (max(xs) - min(xs)) * right / 40, min(ys) + (max(ys) - min(ys)) * down / 40)
        for right in range(1, 40)
        for down in range(1, 40)
    ]
    edges = list(pairwise([*ring, *ring[:1]]))
    inside = [point for point in grid if _holds(edges, point)] or [
        (sum(xs) / len(xs), sum(ys) / len(ys))
    ]
    x, y = max(inside, key=lambda point: min(_off(point, *edge) for edge in edges))
    return round(x), round(y)


def _holds(edges: Iterable[tuple[Point, Point]], point: Point) -> bool:
    x, y = point
    crossings = [
        (x1 - x0) * (y - y0) / (y1 - y0) + x0 > x
        for (x0, y0), (x1, y1) in edges
        if (y0 > y) != (y1 > y)
    ]
    return sum(crossings) % 2 == 1


def country(rings: Iterable[Ring]) -> Mapping[str, object] | None:
    """Give the outline and the anchor of a country; None where nothing of it is in view."""
    seen = sorted(
        (cut for ring in rings if (cut := clipped(list(ring)))),
        key=lambda ring: abs(area(ring)),
        reverse=True,
    )
    if not seen:
        return None
    large = [ring for ring in seen if abs(area(ring)) >= SMALLEST_ISLAND] or seen[:1]
    drawn = [whole for ring in large if len(whole := rounded(ring)) > 2]  # noqa: PLR2004 - a face
    return {
        "anchor": anchor(large[0]),
        "area": round(sum(abs(area(ring)) for ring in large)),
        "path": "".join(path(ring) for ring in drawn),
    }


def render(atlas: Mapping[str, Any]) -> str:
    """Give the whole file, a country a line."""
    arcs = degrees(atlas)
    rings = pieces(atlas, arcs)
    thin = [thinned([projected(*point) for point in arc], THINNED_UNITS) for arc in arcs]
    drawn = {
        code: country(outline(ring, thin) for ring in numbers) for code, numbers in rings.items()
    }
    lines = [
        f' "{code}": {json.dumps(shape, separators=(",", ":"))}'
        for code, shape in sorted(drawn.items())
        if shape
    ]
    head = {
        "source": "Natural Earth 4.1, 1:50m countries, public domain (naturalearthdata.com), "
        "by way of world-atlas 2.0.2; written by docs/outlines_of_europe.py",
        "width": WIDTH,
        "height": HEIGHT,
    }
    told = "".join(f'"{name}": {json.dumps(value)},\n' for name, value in head.items())
    shapes = ",\n".join(lines)
    return f'{{\n{told}"countries": {{\n{shapes}\n}}\n}}\n'


def _file() -> Path:
    arguments = argparse.ArgumentParser(description="Write residency/data/europe.json.")
    arguments.add_argument("atlas", type=Path, help="countries-50m.json of world-atlas 2.0.2")
    named: Path = arguments.parse_args().atlas
    return named


if __name__ == "__main__":
    TARGET.write_text(render(json.loads(_file().read_text(encoding="utf-8"))), encoding="utf-8")
