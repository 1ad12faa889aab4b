"""Exemptions and declarations."""

from collections.abc import Sequence
from typing import Any

from residency.documents.history import stretch_document
from residency.documents.times import instant
from residency.store.reading.lives import DECLARATION, EXEMPTION, Lived

SCHEMA = "residency/exemptions/v1"


def document(lived: Sequence[Lived]) -> dict[str, Any]:
    """Give exemptions and declarations as JSON values, schema `residency/exemptions/v1`."""
    return {
        "schema": SCHEMA,
        "exemptions": [_entry(each) for each in lived if each.kind == EXEMPTION],
        "declarations": [_entry(each) for each in lived if each.kind == DECLARATION],
    }


def _entry(lived: Lived) -> dict[str, Any]:
    return {
        **lived.body,
        "id": lived.id,
        "life": lived.life,
        "expires": instant(lived.expires),
        "edited": lived.edited,
        "matches": lived.matches,
        "covers": lived.covers,
        "matches_nothing": lived.in_vain,
        "covers_nothing": lived.idle,
        "versions": [
            {**stretch_document(each.stretch), "body": dict(each.body)} for each in lived.versions
        ],
    }
