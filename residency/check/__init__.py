"""The kit for authors of checks: everything that a check may use, in one place."""

from residency.check.bodies import resource_of_body, tags_of
from residency.check.catalogue import Catalogue, load_catalogue
from residency.check.contract import Check, Locate, Reader
from residency.check.places import (
    absent,
    at_location,
    documented,
    evidence,
    facet,
    observed,
    pair_copy,
    text,
    unknown,
    unreadable,
    value,
)

__all__ = [
    "Catalogue",
    "Check",
    "Locate",
    "Reader",
    "absent",
    "at_location",
    "documented",
    "evidence",
    "facet",
    "load_catalogue",
    "observed",
    "pair_copy",
    "resource_of_body",
    "tags_of",
    "text",
    "unknown",
    "unreadable",
    "value",
]
