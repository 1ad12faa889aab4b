"""The outlines are whole, small and free, and their colours can be told apart."""

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import pytest

from residency.model import Zone
from residency.pictures import Kind, Mark, Span, europe_map, timeline
from residency.pictures.outlines import HEIGHT, OUTLINES, WIDTH
from residency.pictures.paint import COLOURS, INK
from residency.regions import COUNTRIES_OF_THE_EU
from tests.pictures.conftest import MAP_WORDS, TIMELINE_WORDS
from tests.pictures.test_timeline import SINCE, UNTIL

DATA = files("residency").joinpath("data")
RING = re.compile(r"M(\d+) (\d+)l(-?\d+[ -]-?\d+(?:[ -]\d+)*)z")
RULE = re.compile(r"\.(picture-[a-z]+) \{ ([^}]+) \}")
ENOUGH = 3.0


def test_the_file_is_small_and_says_whose_it_is() -> None:
    text = DATA.joinpath("europe.json").read_text(encoding="utf-8")
    assert len(text.encode()) <= 60_000
    assert "Natural Earth 4.1" in json.loads(text)["source"]
    assert "public domain" in json.loads(text)["source"]


def test_every_country_of_the_eu_and_its_neighbours_are_on_the_map() -> None:
    assert set(OUTLINES) >= COUNTRIES_OF_THE_EU | {"GB", "CH", "NO", "IS", "UA", "RS", "TR", "XK"}


@pytest.mark.parametrize("code", OUTLINES)
def test_an_outline_is_whole_numbers_within_the_map(code: str) -> None:
    outline = OUTLINES[code]
    right, down = outline.anchor
    assert 0 <= right <= WIDTH
    assert 0 <= down <= HEIGHT
    assert RING.sub("", outline.path) == ""
    points = [point for ring in rings(outline.path) for point in ring]
    assert len(points) >= 3
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)


def rings(path: str) -> list[list[tuple[int, int]]]:
    found = []
    for x, y, steps in RING.findall(path):
        numbers = [int(each) for each in re.findall(r"-?\d+", steps)]
        ring = [(int(x), int(y))]
        for right, down in zip(numbers[::2], numbers[1::2], strict=True):
            ring.append((ring[-1][0] + right, ring[-1][1] + down))
        found.append(ring)
    return found


def area(path: str) -> float:
    return sum(
        abs(
            sum(
                x0 * y1 - x1 * y0
                for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True)
            )
        )
        / 2
        for ring in rings(path)
    )


@pytest.mark.parametrize(
    ("code", "square_km"),
    [
        ("NL", 37_400),
        ("IE", 70_300),
        ("DE", 357_000),
        ("CY", 9_250),
        ("SE", 450_000),
        ("UA", 603_500),
    ],
)
def test_areas_are_as_on_the_ground(code: str, square_km: int) -> None:
    """The projection keeps areas; Cyprus is the whole island, and Ukraine has Crimea."""
    km_a_unit = 4.11
    assert area(OUTLINES[code].path) * km_a_unit**2 == pytest.approx(square_km, rel=0.1)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def dark_colours() -> Mapping[str, Mapping[str, str]]:
    css = DATA.joinpath("pictures.css").read_text(encoding="utf-8")
    return {
        name: dict(each.strip().split(": ") for each in rules.strip(" ;").split(";"))
        for name, rules in RULE.findall(css)
    }


@pytest.mark.parametrize("ground", ["#ffffff", "#cfd6df", "#eceff3", *COLOURS.values()])
def test_edges_texts_and_signs_stand_out_on_a_light_ground(ground: str) -> None:
    assert contrast(INK, ground) >= ENOUGH


def test_home_stands_out_from_its_neighbours_by_its_colour_alone() -> None:
    for ground in ("#ffffff", "#cfd6df", "#eceff3"):
        assert contrast(COLOURS[Zone.HOME], ground) >= ENOUGH


def test_edges_texts_and_signs_stand_out_on_a_dark_ground() -> None:
    dark = dark_colours()
    grounds = [colours["fill"] for name, colours in dark.items() if name not in INKS]
    inks = {colours["stroke"] for name, colours in dark.items() if name in EDGES}
    assert len(inks) == 1
    (ink,) = inks
    assert len(grounds) >= 8
    assert {
        ground: contrast(ink, ground) for ground in grounds if contrast(ink, ground) < ENOUGH
    } == {}


EDGES = {"picture-data", "picture-line", "picture-unseen", "picture-plate"}
INKS = {"picture-data", "picture-line", "picture-unseen", "picture-rule"} | {
    "picture-text",
    "picture-sign",
}


def test_the_style_sheet_knows_the_classes_of_pictures_and_no_others() -> None:
    drawn = europe_map(
        {
            code: Mark(zone=zone, count=1, label=code)
            for code, zone in zip(("NL", "IE", "DE", "GB", "x"), Zone, strict=True)
        },
        title="",
        description="",
        words=MAP_WORDS,
        prefix="m",
    ) + timeline(
        [Span(lane="x", since=SINCE, until=None, kind=kind) for kind in Kind],
        since=SINCE,
        until=UNTIL,
        title="",
        description="",
        words=TIMELINE_WORDS,
        prefix="t",
    )
    used = {each for names in re.findall(r'class="([^"]+)"', drawn) for each in names.split()}
    assert used - {"picture"} == set(dark_colours())


def test_the_map_was_written_by_the_script_that_it_names() -> None:
    root = Path(__file__).resolve().parents[2]
    named = json.loads(DATA.joinpath("europe.json").read_text(encoding="utf-8"))["source"]
    assert root.joinpath(named.rpartition(" ")[2]).is_file()
