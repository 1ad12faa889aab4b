"""The kit for authors of checks: everything that a check may use, in one place."""

from residency.check.bodies import resource_of_body, scope_of, tags_of
from residency.check.catalogue import Catalogue, load_catalogue
from residency.check.contract import EVERY_TYPE, Check, Locate, Reader
from residency.check.fields import flag, items, moment, resource_id, text, value
from residency.check.places import (
    absent,
    at_location,
    at_site,
    cited,
    documented,
    evidence,
    facet,
    is_at_site,
    observed,
    pair_copy,
    unknown,
    unreadable,
)
from residency.check.sharing import derived
from residency.check.sources import at_resource, region_of, where_written, with_fields

__all__ = [
    "EVERY_TYPE",
    "Catalogue",
    "Check",
    "Locate",
    "Reader",
    "absent",
    "at_location",
    "at_resource",
    "at_site",
    "cited",
    "derived",
    "documented",
    "evidence",
    "facet",
    "flag",
    "is_at_site",
    "items",
    "load_catalogue",
    "moment",
    "observed",
    "pair_copy",
    "region_of",
    "resource_id",
    "resource_of_body",
    "scope_of",
    "tags_of",
    "text",
    "unknown",
    "unreadable",
    "value",
    "where_written",
    "with_fields",
]
