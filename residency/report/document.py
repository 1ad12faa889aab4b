"""A customer's month as JSON values: every other form is made of them alone.

Times are UTC. Ratios are texts of a fraction rounded down, so that no reader rounds them up.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from residency.documents.times import instant
from residency.report.covering import Gap
from residency.report.places import Deviated
from residency.report.recorded import CustomerMonth
from residency.report.told import FailoverTold, MonthTold
from residency.report.verdict import Established, Verdict
from residency.settings import Policy
from residency.store.times import Span

_SECOND = timedelta(seconds=1)
_PLACES = 10_000


def document(told: MonthTold) -> dict[str, Any]:
    """Give the month as JSON values."""
    recorded = told.recorded
    return {
        "month": str(recorded.month),
        "timezone": recorded.month.timezone,
        "period": _period(recorded),
        "customer": _customer(recorded),
        "promise": recorded.settings.promise.model_dump(mode="json"),
        "policy": _policy(recorded.policy_by(recorded.period.until)),
        "verdict": _verdict(told.verdict),
        "coverage": _coverage(told.established, recorded),
        "gaps": [_gap(gap, resources, recorded.period) for gap, resources in told.gaps],
        "resources": _resources(told),
        "places": [asdict(each) for each in told.places],
        "standing_copies": list(told.established.standing),
        "failovers": [_failover(each) for each in told.failovers],
        "deviations": [_deviation(each) for each in told.deviations],
        "outside_promise": list(told.outside_promise),
    }


def rounded_down(ratio: Fraction) -> str:
    """Write a ratio with four digits behind the point: 0.99996 is no 1."""
    return f"{ratio * _PLACES // 1 / _PLACES:.4f}"


def _period(recorded: CustomerMonth) -> Mapping[str, Any]:
    since, until = recorded.period
    return {"since": instant(since), "until": instant(until), "seconds": (until - since) // _SECOND}


def _customer(recorded: CustomerMonth) -> Mapping[str, Any]:
    known = recorded.settings.estate.customers[recorded.customer]
    return {
        "id": recorded.customer,
        "name": known.name,
        "contract": known.contract,
        "products": list(known.products),
        "dora": known.dora,
    }


def _policy(policy: Policy) -> Mapping[str, Any]:
    told = policy.model_dump(mode="json")
    return {name: told[name] for name in ("primary", "failover", "exceptional", "standing_copies")}


def _verdict(verdict: Verdict) -> Mapping[str, Any]:
    return {
        "sentence": verdict.sentence,
        "countries": list(verdict.countries),
        "clauses": [
            {"clause": clause, "countries": list(countries)}
            for clause, countries in verdict.clauses
        ],
        "doubts": list(verdict.doubts),
        "needs_explanation": verdict.needs_explanation,
    }


def _coverage(found: Established, recorded: CustomerMonth) -> Mapping[str, Any]:
    seen = found.seen
    return {
        "ratio": rounded_down(seen.ratio),
        "threshold": rounded_down(found.threshold),
        "seen_seconds": seen.seen // _SECOND,
        "bridged_seconds": seen.bridged // _SECOND,
        "not_seen_seconds": -(-seen.not_seen // _SECOND),
        "scans": sum(
            recorded.period.since < each <= recorded.period.until for each in recorded.ends
        ),
        "interval_seconds": recorded.settings.scan.interval // _SECOND,
        "has_manifest": found.has_manifest,
    }


def _gap(gap: Gap, resources: int, period: Span) -> Mapping[str, Any]:
    """Cut a gap off at the edges of the period, and say where it goes beyond them."""
    since, until = gap.since_until
    return {
        "since": instant(max(since, period.since)),
        "until": instant(min(until, period.until)),
        "began_before": since < period.since,
        "lasted_beyond": until > period.until,
        "bridged": gap.bridged,
        "resources": resources,
    }


def _resources(told: MonthTold) -> Mapping[str, int]:
    unassigned = told.established.unassigned
    return {"own_or_shared": told.resources - unassigned, "unassigned": unassigned}


def _failover(told: FailoverTold) -> Mapping[str, Any]:
    found = {
        key: instant(value) if isinstance(value, datetime) else value
        for key, value in asdict(told.failover).items()
    }
    return {**found, "countries": list(told.countries), "deviates": list(told.kinds)}


def _deviation(found: Deviated) -> Mapping[str, Any]:
    told = found._asdict()
    when = told.pop("when")
    return {**told, "since": instant(when.since), "until": instant(when.until)}
