"""Judges placements against the promise: pure functions of facts, settings and a time."""

from residency.policy.attribution import Attribution, Attributor, Groups, attribute
from residency.policy.judgement import (
    Facts,
    JudgedPlacement,
    Judgement,
    judge,
    unknown_reasons,
    worst,
)
from residency.policy.judges import INSTRUCTED, Judge, Judged
from residency.policy.verdict import verdict
from residency.policy.zones import country_of, zone_of, zone_of_region

__all__ = [
    "INSTRUCTED",
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
    "judge",
    "unknown_reasons",
    "verdict",
    "worst",
    "zone_of",
    "zone_of_region",
]
