"""How each zone looks: a colour, a pattern and a sign, so that any one of the three may be lost.

The colours are those of Okabe and Ito, which people with any kind of colour-blindness tell apart
(https://jfly.uni-koeln.de/color/). What stands for data has a dark edge: not all of them reach
3:1 against a light ground by themselves.
"""

from collections.abc import Iterator

from residency.model import Zone
from residency.pictures.markup import Markup, element

INK = "#18212b"
"""Texts, edges and signs."""

COLOURS = {
    Zone.HOME: "#0072b2",
    Zone.FAILOVER: "#e69f00",
    Zone.EXCEPTIONAL: "#cc79a7",
    Zone.OUTSIDE: "#d55e00",
    Zone.UNKNOWN: "#ffffff",
}

_STROKES = {
    Zone.FAILOVER: "M-2 2l4-4M0 10L10 0M8 12l4-4",
    Zone.EXCEPTIONAL: "M2.5 2.5h.1M7.5 7.5h.1",
    Zone.OUTSIDE: "M0 0L10 10M0 10L10 0",
    Zone.UNKNOWN: "M0 5h10",
}
"""Lines over the colour, on a tile of 10 by 10. Home has none."""

_SIGNS = {
    Zone.HOME: "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z",
    Zone.FAILOVER: "M0-7L7 6H-7z",
    Zone.EXCEPTIONAL: "M-6-6H6V6H-6z",
    Zone.OUTSIDE: "M-6-3L-3-6L0-3L3-6L6-3L3 0L6 3L3 6L0 3L-3 6L-6 3L-3 0z",
    Zone.UNKNOWN: "M0-7L7 0L0 7L-7 0zM0-4L-4 0L0 4L4 0z",
}
"""Disc, triangle, square, cross, hollow diamond; drawn around 0, 0."""

ZONE_SIGNS = {
    Zone.HOME: "●",
    Zone.FAILOVER: "▲",
    Zone.EXCEPTIONAL: "■",
    Zone.OUTSIDE: "✖",
    Zone.UNKNOWN: "◇",
}
"""The same signs as characters, for words beside a picture."""


def patterns(prefix: str) -> Markup:
    """Define the pattern of each zone that has one."""
    return element("defs", *_patterns(prefix))


def _patterns(prefix: str) -> Iterator[Markup]:
    for zone, strokes in _STROKES.items():
        width = 2.6 if zone is Zone.EXCEPTIONAL else 1.4
        yield element(
            "pattern",
            element("rect", class_=f"picture-{zone}", width=10, height=10, fill=COLOURS[zone]),
            element(
                "path",
                class_="picture-line",
                d=strokes,
                fill="none",
                stroke=INK,
                stroke_width=width,
                stroke_linecap="round",
            ),
            id=f"{prefix}-{zone}",
            width=10,
            height=10,
            patternUnits="userSpaceOnUse",
        )


def fill(zone: Zone, prefix: str) -> str:
    """Give the fill of a shape: the pattern, or the plain colour where patterns are not known."""
    if zone not in _STROKES:
        return COLOURS[zone]
    return f"url(#{prefix}-{zone}) {COLOURS[zone]}"


def painted(name: str, zone: Zone, prefix: str, *children: Markup, **shape: str | float) -> Markup:
    """Draw a shape in the paint of a zone, with the edge that tells it from the ground."""
    plain = f" picture-{zone}" if zone not in _STROKES else ""
    return element(
        name,
        *children,
        **shape,
        class_=f"picture-data{plain}",
        fill=fill(zone, prefix),
        stroke=INK,
        stroke_width=1.5,
        stroke_linejoin="round",
    )


def sign(zone: Zone, right: float, down: float) -> Markup:
    """Draw the sign of a zone around a point."""
    place = f"translate({right:.1f} {down:.1f})"
    return element(
        "path",
        class_="picture-sign",
        d=_SIGNS[zone],
        transform=place,
        fill=INK,
        fill_rule="evenodd",
    )
