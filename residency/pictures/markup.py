"""Elements of SVG. Every text is made harmless and escaped here, and nowhere else."""

import re
import unicodedata
from collections.abc import Iterable
from typing import NewType
from xml.sax.saxutils import escape, quoteattr

from residency.errors import PictureError

Markup = NewType("Markup", str)
"""SVG that was put together here, and needs no more escaping."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_PREFIX = re.compile(r"[a-z][a-z0-9-]{0,63}")

_WIDTH_OF_A_CHARACTER = 0.62
_WIDTH_IN_BOLD = 0.7
"""Of the font's size: what a wide sans-serif font needs on average."""


def shown(text: str) -> str:
    """Make a text one line, with `�` for each character that is obeyed rather than shown.

    XML forbids some of these (controls, surrogates), and marks of direction could turn what
    stands beside them around.
    """
    line = " ".join(text.split())
    if line.isascii() and line.isprintable():
        return line
    return "".join(_REPLACEMENT if _obeyed(each) else each for each in line)


def _obeyed(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}


def element(name: str, *children: Markup, **attributes: str | float) -> Markup:
    """Write one element; `_` in an attribute's name is `-`, and a last one falls away."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_value(value))}"
        for key, value in attributes.items()
    )
    inside = "".join(children)
    return Markup(f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>")


def _value(value: str | float) -> str:
    return shown(value) if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    written = f"{value:.1f}".removesuffix(".0")
    return "0" if written == "-0" else written


def words(name: str, text: str, **attributes: str | float) -> Markup:
    """Write an element that holds a text."""
    return element(name, Markup(escape(shown(text))), **attributes)


def named(text: str) -> Markup:
    """Write the name of a part, which a browser shows when it is pointed at."""
    return words("title", text)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate how wide a text is drawn, rather too much than too little."""
    wide = sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in shown(text))
    return wide * size * (_WIDTH_IN_BOLD if bold else _WIDTH_OF_A_CHARACTER)


def fitted(text: str, size: float, room: float) -> str:
    """Cut a text to the room that there is; what was cut is told by an ellipsis."""
    whole = shown(text)
    if text_width(whole, size) <= room:
        return whole
    kept = whole
    while kept and text_width(kept + _ELLIPSIS, size) > room:
        kept = kept[:-1]
    return kept.rstrip() + _ELLIPSIS if kept else ""


def picture(
    children: Iterable[Markup], *, size: tuple[float, float], titles: tuple[str, str], prefix: str
) -> str:
    """Put a picture together, named for those who hear it rather than see it.

    Args:
        children: What is drawn.
        size: Width and height in its own units; it scales to the room that a page gives it.
        titles: Its name, and what it shows in a sentence or two.
        prefix: What its ids begin with; another one for each picture on a page.

    Raises:
        PictureError: The prefix cannot begin an id.
    """
    if not _PREFIX.fullmatch(prefix):
        raise PictureError(f"{prefix!r} cannot begin an id: use a-z, 0-9 and -, a letter first.")
    title, description = titles
    width, height = size
    return element(
        "svg",
        words("title", title, id=f"{prefix}-title"),
        words("desc", description, id=f"{prefix}-desc"),
        element("rect", class_="picture-ground", width=width, height=height, fill="#ffffff", rx=6),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_number(width)} {_number(height)}",
        role="img",
        aria_labelledby=f"{prefix}-title",
        aria_describedby=f"{prefix}-desc",
        class_="picture",
        font_family="sans-serif",
        font_size=16,
    )
