"""Makes HTML of views. All text is escaped, and what a browser would obey unseen is shown."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from markupsafe import Markup

from residency.pictures import ZONE_SIGNS
from residency.web.page.words import SIGN

if TYPE_CHECKING:
    from jinja2 import Environment

STYLE, SCRIPT, ICON = "residency.css", "residency.js", "residency.svg"


def shown(value: object) -> object:
    """Replace each character that is not shown (marks of direction, controls) by `�`."""
    if isinstance(value, Markup) or not isinstance(value, str) or value.isprintable():
        return value
    return "".join(
        each if each.isprintable() or each == "\N{NO-BREAK SPACE}" else "\N{REPLACEMENT CHARACTER}"
        for each in value
    )


def render(template: str, view: object) -> bytes:
    """Give the page of a view as UTF-8."""
    return _environment().get_template(template).render(view=view).encode()


@cache
def asset(name: str) -> bytes:
    """Give the style sheet, that of the pictures as well, the script or the icon."""
    own = files("residency.web.page").joinpath("static", name).read_bytes()
    if name != STYLE:
        return own
    return own + files("residency.data").joinpath("pictures.css").read_bytes()


@cache
def asset_version(name: str) -> str:
    """Give what changes with what is in it."""
    return hashlib.sha256(asset(name)).hexdigest()[:16]


def _address(name: str) -> str:
    return f"/static/{name}?v={asset_version(name)}"


@cache
def _environment() -> "Environment":
    from jinja2 import (  # noqa: PLC0415 - late, for a quick start
        Environment,
        PackageLoader,
        StrictUndefined,
    )

    made = Environment(
        loader=PackageLoader("residency.web.page"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        style=_address(STYLE),
        script=_address(SCRIPT),
        icon=_address(ICON),
        signs=SIGN,
        zone_signs=ZONE_SIGNS,
        resource_link=lambda name: "/resource?" + urlencode({"id": name}),
    )
    return made
