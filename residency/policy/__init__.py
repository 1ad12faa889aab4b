"""Judges placements against the promise: pure functions of facts, settings and a time."""

from residency.policy.attribution import Attribution, Attributor, Groups, attribute
from residency.policy.instructed import instructing
from residency.policy.judgement import (
    STATUS_OF_REASON,
    Facts,
    JudgedPlacement,
    Judgement,
    judge,
    severity_outside,
    unknown_reasons,
    worst,
)
from residency.policy.judges import INSTRUCTED, Judge, Judged
from residency.policy.verdict import verdict
from residency.policy.zones import country_of, zone_of, zone_of_region

__all__ = [
    "INSTRUCTED",
    "STATUS_OF_REASON",
    "Attribution",
    "Attributor",
    "Facts",
    "Groups",
    "Judge",
    "Judged",
    "JudgedPlacement",
    "Judgement",
    "attribute",
    "country_of",
    "instructing",
    "judge",
    "severity_outside",
    "unknown_reasons",
    "verdict",
    "worst",
    "zone_of",
    "zone_of_region",
]
