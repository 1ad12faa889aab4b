"""The script that writes the outlines keeps borders whole and leaves out what is not in view."""

import json
import runpy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from residency.pictures.outlines import HEIGHT, WIDTH

SCRIPT = Path(__file__).resolve().parents[2] / "docs/outlines_of_europe.py"


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


def atlas(shapes: Sequence[dict[str, Any]], arcs: Sequence[Sequence[tuple[int, int]]]) -> Any:
    """Give a file of whole degrees; an arc is its first point and the steps from there."""
    return {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": arcs,
        "objects": {"countries": {"geometries": shapes}},
    }


def shape(code: str | None, name: str, *rings: list[int]) -> dict[str, Any]:
    found = {"type": "MultiPolygon", "arcs": [[ring] for ring in rings]}
    return found | {"properties": {"name": name}} | ({"id": code} if code else {})


SHARED = [(10, 50), (0, 2)]
WEST = [(10, 52), (-3, 0), (0, -2), (3, 0)]
EAST = [(10, 50), (3, 0), (0, 2), (-3, 0)]
FAR = [(-100, 40), (3, 0), (0, 2), (-3, -2)]


def countries(script: dict[str, Any], given: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(script["render"](given))["countries"]
    return found


def test_neighbours_are_drawn_each_and_what_is_far_is_not(script: dict[str, Any]) -> None:
    given = atlas(
        [
            shape("528", "Netherlands", [0, 1]),
            shape("276", "Germany", [2, -1]),
            shape("372", "Ireland", [3]),
            shape("840", "United States of America", [3]),
        ],
        [SHARED, WEST, EAST, FAR],
    )
    found = countries(script, given)
    assert set(found) == {"NL", "DE"}
    assert found["NL"]["anchor"][0] < found["DE"]["anchor"][0]
    assert all(each["path"].count("z") == 1 for each in found.values())


@pytest.mark.parametrize(
    "shapes",
    [
        [shape("196", "Cyprus", [0, 1]), shape(None, "N. Cyprus", [2, -1])],
        [shape("196", "Cyprus", [2, -1], [0, 1])],
    ],
)
def test_a_border_inside_a_country_goes(script: dict[str, Any], shapes: Any) -> None:
    found = countries(script, atlas(shapes, [SHARED, WEST, EAST]))
    assert set(found) == {"CY"}
    assert found["CY"]["path"].count("z") == 1


def test_crimea_is_drawn_with_ukraine(script: dict[str, Any]) -> None:
    crimea = [(33, 45), (2, 0), (0, 1), (-2, -1)]
    kaliningrad = [(20, 54), (2, 0), (0, 1), (-2, -1)]
    found = countries(script, atlas([shape("643", "Russia", [0], [1])], [crimea, kaliningrad]))
    assert set(found) == {"UA", "RU"}
    assert found["UA"]["anchor"][0] > found["RU"]["anchor"][0]


def test_what_reaches_out_of_view_is_cut_at_its_edge(script: dict[str, Any]) -> None:
    wide = [(30, 50), (60, 0), (0, 10), (-60, -10)]
    (found,) = countries(script, atlas([shape("643", "Russia", [0])], [wide])).values()
    right, down = found["anchor"]
    assert 0 < right < WIDTH
    assert 0 < down < HEIGHT


def test_a_line_keeps_the_points_that_give_it_its_form(script: dict[str, Any]) -> None:
    line = [(0.0, 0.0), (5.0, 0.1), (10.0, 0.0), (10.0, 8.0)]
    assert script["thinned"](line, 0.5) == [(0.0, 0.0), (10.0, 0.0), (10.0, 8.0)]
