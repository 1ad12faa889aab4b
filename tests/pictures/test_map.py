"""The map shows every mark that it is given, and says the same in rows."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.errors import PictureError
from residency.model import Zone
from residency.pictures import MapRow, Mark, europe_map, map_rows
from residency.pictures.outlines import OUTLINES
from residency.regions import all_regions
from tests.pictures.conftest import (
    HOSTILE,
    MAP_WORDS,
    SVG,
    all_texts,
    box_of,
    harsh_texts,
    names,
    overlap,
    tree_of,
    wrong_with,
)

CODES = sorted({region.country for region in all_regions() if region.country} | set(OUTLINES))

TEN = {
    "NL": Mark(zone=Zone.HOME, count=1240, label="Netherlands"),
    "IE": Mark(zone=Zone.FAILOVER, count=18, label="Ireland"),
    "DE": Mark(zone=Zone.EXCEPTIONAL, count=3, label="Germany"),
    "SE": Mark(zone=Zone.EXCEPTIONAL, count=7, label="Sweden"),
    "LU": Mark(zone=Zone.EXCEPTIONAL, count=1, label="Luxembourg"),
    "MT": Mark(zone=Zone.UNKNOWN, count=4, label="Malta"),
    "GB": Mark(zone=Zone.OUTSIDE, count=1, label="United Kingdom"),
    "US": Mark(zone=Zone.OUTSIDE, count=12, label="United States"),
    "BR": Mark(zone=Zone.OUTSIDE, count=2, label="Brazil"),
    "unknown": Mark(zone=Zone.UNKNOWN, count=31, label="Place not known"),
}

marks = st.dictionaries(
    st.sampled_from(CODES) | harsh_texts,
    st.builds(
        Mark,
        zone=st.sampled_from(Zone),
        count=st.integers(0, 10**12),
        label=harsh_texts,
    ),
    max_size=20,
)


def draw(given_marks: Mapping[str, Mark], **other: str) -> str:
    said = {"title": "Where data is", "description": "By country.", "prefix": "map"} | other
    return europe_map(
        given_marks,
        title=said["title"],
        description=said["description"],
        words=MAP_WORDS,
        prefix=said["prefix"],
    )


def in_words(row: MapRow) -> str:
    line = " ".join(f"{row.label}: {row.word}, {row.count}".split())
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in line)


def plates(tree: ET.Element) -> list[ET.Element]:
    return [each for each in tree.iter(f"{SVG}rect") if each.get("class") == "picture-plate"]


def painted(tree: ET.Element) -> list[ET.Element]:
    """Give the countries with a mark; a swatch of the legend has no name."""
    drawn = [each for each in tree if each.get("class", "").startswith("picture-data")]
    return [each for each in drawn if each.find(f"{SVG}title") is not None]


@settings(max_examples=25, deadline=None)
@given(marks)
def test_each_mark_is_in_the_picture_and_in_the_rows(given_marks: Mapping[str, Mark]) -> None:
    tree = tree_of(draw(given_marks))
    rows = map_rows(given_marks, MAP_WORDS)
    assert {row.code: (row.zone, row.count, row.label) for row in rows} == {
        code: (mark.zone, mark.count, mark.label) for code, mark in given_marks.items()
    }
    assert len(rows) == len(given_marks)
    assert len(plates(tree)) == len(rows)
    for row in rows:
        assert row.code not in OUTLINES or f"{row.code} {row.count}" in all_texts(tree)
    assert {in_words(row) for row in rows} == set(names(tree))
    assert wrong_with(tree, "map") == []


@settings(max_examples=25, deadline=None)
@given(marks)
def test_no_plate_hides_another(given_marks: Mapping[str, Mark]) -> None:
    boxes = [box_of(each) for each in plates(tree_of(draw(given_marks)))]
    assert [pair for pair in combinations(boxes, 2) if overlap(*pair)] == []


def test_with_a_mark_on_every_country_none_is_lost_and_none_hidden() -> None:
    zones = list(Zone)
    full = {
        code: Mark(zone=zones[at % 5], count=at * 1000, label=code)
        for at, code in enumerate(OUTLINES)
    }
    tree = tree_of(draw(full))
    boxes = [box_of(each) for each in plates(tree)]
    assert len(boxes) == len(full)
    assert [pair for pair in combinations(boxes, 2) if overlap(*pair)] == []
    assert {f"{code} {mark.count}" for code, mark in full.items()} <= set(all_texts(tree))


@pytest.mark.parametrize("code", ["US", "BR", "IL", "unknown", "global", "nl", ""])
def test_a_place_that_the_map_does_not_show_has_a_box(code: str) -> None:
    mark = Mark(zone=Zone.OUTSIDE, count=5, label="Somewhere")
    tree = tree_of(draw({code: mark}))
    assert painted(tree) == []
    assert {"Somewhere", "5", "Not on this map"} <= set(all_texts(tree))
    assert names(tree) == ["Somewhere: Outside the EU, 5"]


def test_a_count_that_no_plate_could_hold_goes_into_a_box() -> None:
    tree = tree_of(draw({"NL": Mark(zone=Zone.HOME, count=10**90, label="Netherlands")}))
    assert "Not on this map" in all_texts(tree)
    assert len(painted(tree)) == 1
    assert f"Netherlands: Home, {10**90}" in names(tree)


def test_a_map_without_marks_shows_that_nothing_was_seen() -> None:
    tree = tree_of(draw({}))
    assert plates(tree) == []
    assert painted(tree) == []
    assert all_texts(tree) == ["EU, no data seen"]


@pytest.mark.parametrize("zone", Zone)
def test_a_zone_is_told_by_more_than_its_colour(zone: Zone) -> None:
    tree = tree_of(draw({"NL": Mark(zone=zone, count=1, label="Netherlands")}))
    others = [
        tree_of(draw({"NL": Mark(zone=other, count=1, label="Netherlands")}))
        for other in Zone
        if other is not zone
    ]
    assert signs(tree)
    assert all(set(signs(tree)).isdisjoint(signs(other)) for other in others)
    assert MAP_WORDS.zones[zone] in all_texts(tree)
    (country,) = painted(tree)
    assert (country.get("fill", "").startswith("url(#map-")) is (zone is not Zone.HOME)


def signs(tree: ET.Element) -> list[str]:
    found = [each for each in tree.iter(f"{SVG}path") if each.get("class") == "picture-sign"]
    return [each.attrib["d"] for each in found]


@pytest.mark.parametrize("code", ["MT", "LU"])
def test_a_country_too_small_to_see_is_a_circle(code: str) -> None:
    tree = tree_of(draw({code: Mark(zone=Zone.EXCEPTIONAL, count=1, label=code)}))
    circles = [each for each in painted(tree) if each.tag == f"{SVG}circle"]
    assert [float(each.attrib["r"]) for each in circles] == [9]


def test_rows_go_from_home_outwards_and_the_most_first() -> None:
    rows = [row.code for row in map_rows(TEN, MAP_WORDS)]
    assert rows == ["NL", "IE", "SE", "DE", "LU", "US", "BR", "GB", "unknown", "MT"]


def test_ten_marks_take_no_more_than_sixty_kilobytes() -> None:
    assert len(draw(TEN).encode()) <= 60_000


def test_the_same_marks_in_any_order_give_the_same_bytes() -> None:
    assert draw(TEN) == draw(TEN)
    assert draw(dict(reversed(TEN.items()))) == draw(TEN)


def test_it_is_named_and_described_for_those_who_hear_it() -> None:
    tree = tree_of(draw(TEN, title="Where data is", description="NL & IE", prefix="p1"))
    assert tree.get("role") == "img"
    assert tree.get("aria-labelledby") == tree[0].get("id") == "p1-title"
    assert tree.get("aria-describedby") == tree[1].get("id") == "p1-desc"
    assert [tree[0].text, tree[1].text] == ["Where data is", "NL & IE"]


def test_two_maps_on_one_page_share_no_id() -> None:
    one, other = (
        {each.get("id") for each in tree_of(draw(TEN, prefix=prefix)).iter() if each.get("id")}
        for prefix in ("a", "b")
    )
    assert one
    assert one.isdisjoint(other)


@pytest.mark.parametrize("prefix", ["", "1", "A", "a b", 'a"', "a)", "a" * 65, "<"])
def test_a_prefix_that_begins_no_id_is_refused(prefix: str) -> None:
    with pytest.raises(PictureError):
        draw(TEN, prefix=prefix)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_means_harm_is_only_a_text(text: str) -> None:
    harsh = {
        "NL": Mark(zone=Zone.HOME, count=1, label=text),
        text: Mark(zone=Zone.UNKNOWN, count=1, label=text),
    }
    picture = draw(harsh, title=text, description=text)
    tree = tree_of(picture)
    assert wrong_with(tree, "map") == []
    assert len(list(tree.iter())) == len(list(tree_of(draw(TAME)).iter()))
    assert all(each.isprintable() for each in picture)
    assert in_words(map_rows(harsh, MAP_WORDS)[0]) in names(tree)


TAME = {
    "NL": Mark(zone=Zone.HOME, count=1, label="Netherlands"),
    "x": Mark(zone=Zone.UNKNOWN, count=1, label="Somewhere"),
}
