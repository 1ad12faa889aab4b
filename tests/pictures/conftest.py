"""What the tests of pictures share: words, drawn pictures as trees, and texts that mean harm."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from datetime import timedelta

from hypothesis import strategies as st

from residency.model import Zone
from residency.pictures import Kind, MapWords, TimelineWords

SVG = "{http://www.w3.org/2000/svg}"

MAP_WORDS = MapWords(
    zones={
        Zone.HOME: "Home",
        Zone.FAILOVER: "Failover",
        Zone.EXCEPTIONAL: "Elsewhere in the EU",
        Zone.OUTSIDE: "Outside the EU",
        Zone.UNKNOWN: "Not known",
    },
    nothing="EU, no data seen",
    elsewhere="Not on this map",
)

TIMELINE_WORDS = TimelineWords(
    kinds={
        Kind.HOME: "Home",
        Kind.FALLBACK: "Failover",
        Kind.EXCEPTIONAL: "Elsewhere in the EU",
        Kind.OUTSIDE: "Outside the EU",
        Kind.UNKNOWN: "Not known",
        Kind.UNSEEN: "Nobody looked",
    },
    lasts="still",
    tick=lambda moment, step: f"{moment:%H:%M}" if step < timedelta(days=1) else f"{moment:%d %b}",
    moment=lambda moment: f"{moment:%Y-%m-%d %H:%M:%S}",
)

HOSTILE = [
    "<script>alert(1)</script>",
    "</text><image href='https://example.com/x.png'/>",
    '" onload="alert(1)" x=\'',
    "]]>&lt;&#60;&unknown;",
    "null\x00escape\x1b[31mdelete\x7f\x85",
    "turned \u202eround\u2066\u200f",
    "half of a pair \ud800",
    "no character \ufffe\uffff",
    "two\nlines\u2028and\ta tab",
    "{{ template }} {% raw %} ${x}",
]

ALLOWED = {
    "svg", "title", "desc", "defs", "pattern", "g", "path", "rect", "circle", "text",
}  # fmt: skip

harsh_texts = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(HOSTILE)


def tree_of(picture: str) -> ET.Element:
    """Read a picture as a browser or a PDF would get it: as bytes of UTF-8."""
    return ET.fromstring(picture.encode())  # noqa: S314 - drawn here


def all_texts(tree: ET.Element) -> list[str]:
    return [each.text or "" for each in tree.iter(f"{SVG}text")]


def names(tree: ET.Element) -> list[str]:
    """Give the names of parts, without that of the picture."""
    return [each.text or "" for each in tree.iter(f"{SVG}title")][1:]


def attributes(tree: ET.Element) -> Iterator[tuple[str, str]]:
    for each in tree.iter():
        yield from each.attrib.items()


def wrong_with(tree: ET.Element, prefix: str) -> list[str]:
    """Say what a picture has that it may not have: anything that runs, fetches or styles."""
    found = [each.tag for each in tree.iter() if each.tag.removeprefix(SVG) not in ALLOWED]
    own = {f"#{value}" for name, value in attributes(tree) if name == "id"}
    for name, value in attributes(tree):
        if name.startswith("on") or "href" in name or name == "style":
            found.append(name)
        if "url(" in value and value.partition("url(")[2].partition(")")[0] not in own:
            found.append(value)
        if name == "id" and not value.startswith(f"{prefix}-"):
            found.append(value)
        if "://" in value:
            found.append(value)
    return found


def box_of(part: ET.Element) -> Mapping[str, float]:
    return {name: float(part.attrib[name]) for name in ("x", "y", "width", "height")}


def overlap(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Tell whether two rectangles share more than what rounding to a tenth explains."""
    return (
        one["x"] + one["width"] > other["x"] + 0.2
        and other["x"] + other["width"] > one["x"] + 0.2
        and one["y"] + one["height"] > other["y"] + 0.2
        and other["y"] + other["height"] > one["y"] + 0.2
    )
