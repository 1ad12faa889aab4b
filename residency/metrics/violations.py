"""Violations as series: each reason of a resource with the places that it is about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from residency.metrics.zones import Policies
from residency.model import Holds, Placement, Reason, Role, Severity, Status, Zone
from residency.policy import STATUS_OF_REASON, severity_outside, zone_of
from residency.store.reading.standing import Reader, StandingState
from residency.store.reading.standing_violations import Violating, violating

LISTED = 2_000
"""How many resources in violation, and how many open failovers, are read to be listed."""

SEVERITIES = tuple(map(str, Severity))


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationRow:
    """One reason of a resource in violation, at one of its places; without one the place is ""."""

    resource_id: str
    resource_type: str
    subscription_id: str
    product: str
    environment: str
    role: str
    region: str
    basis: str
    reason: str
    severity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Violations:
    """The resources in violation.

    Attributes:
        rows: The worst first, then by id; of as many resources as are listed at most.
        since: By resource id, since when it is in violation without a break.
        resources: How many there are, listed or not.
    """

    rows: tuple[ViolationRow, ...] = ()
    since: Mapping[str, datetime]
    resources: int = 0


def severity_of(reason: Reason, state: StandingState) -> str:
    """Give the severity of a reason: empty where it makes no violation."""
    if STATUS_OF_REASON[reason] is not Status.VIOLATION:
        return ""
    if reason is not Reason.OUTSIDE_EU:
        return str(Severity.MAJOR)
    return str(state.judged.severity or Severity.CRITICAL)


def is_violation(state: StandingState) -> bool:
    """Whether resources of this state are in violation, and no exemption silences that."""
    return state.judged.status is Status.VIOLATION


def violations(
    reader: Reader,
    states: Mapping[int, StandingState],
    counts: Mapping[int, int],
    policies: Policies,
) -> Violations:
    """Read the resources in violation, the worst first.

    Args:
        reader: Sees one state throughout.
        states: All states, by number.
        counts: How many resources have each state.
        policies: Says what is outside for whom.
    """
    standing = [pk for pk in counts if is_violation(states[pk])]
    ranked = [
        [pk for pk in standing if _rank(states[pk]) == rank] for rank in range(len(SEVERITIES))
    ]
    found = violating(reader, ranked, policies.at, LISTED)
    rows = {row for each in found for row in _rows(each, states[each.state], policies)}
    return Violations(
        rows=tuple(sorted(rows, key=_worst_first)),
        since={each.id: each.since for each in found},
        resources=sum(counts[pk] for pk in standing),
    )


def _rank(state: StandingState) -> int:
    return SEVERITIES.index(state.judged.severity) if state.judged.severity else 0


def _worst_first(row: ViolationRow) -> tuple[object, ...]:
    rank = SEVERITIES.index(row.severity)
    return rank, row.resource_id, row.reason, row.role, row.region, row.basis


def _rows(found: Violating, state: StandingState, policies: Policies) -> Iterator[ViolationRow]:
    for reason in state.left:
        if STATUS_OF_REASON[reason] is not Status.VIOLATION:
            continue
        for place, severity in _places(reason, found, state, policies):
            yield _row(found, state, place, reason, severity)


def _places(
    reason: Reason, found: Violating, state: StandingState, policies: Policies
) -> Sequence[tuple[Placement | None, str]]:
    """Give the places that a reason is about; where none fits, the primary, or none at all."""
    if reason is Reason.OUTSIDE_EU:
        outside = [each for each in found.places if policies.is_outside(each, found.id, state)]
        if outside:
            return [(each, _severity_at(each, state)) for each in outside]
    primaries = [each for each in found.places if each.role is Role.PRIMARY]
    if reason is Reason.PRIMARY_MISPLACED:
        primaries = [
            each for each in primaries if zone_of(each, policies.default) is not Zone.HOME
        ] or primaries
    return [(each, severity_of(reason, state)) for each in primaries or (None,)]


def _severity_at(place: Placement, state: StandingState) -> str:
    """Give the severity of this place alone, which may be less than that of its resource."""
    return str(severity_outside(place, state.judged.holds))


def _row(
    found: Violating,
    state: StandingState,
    place: Placement | None,
    reason: Reason,
    severity: str,
) -> ViolationRow:
    return ViolationRow(
        resource_id=found.id,
        resource_type=found.type,
        subscription_id=found.subscription_id,
        product=state.judged.attribution.product or "",
        environment=state.judged.attribution.environment,
        role=place.role if place else "",
        region=place.region if place else "",
        basis=place.basis if place else "",
        reason=reason,
        severity=severity,
    )


def affected_customers(
    states: Mapping[int, StandingState], counts: Mapping[int, int], everybody: int
) -> Mapping[tuple[str, ...], int]:
    """Count the customers of resources in violation, by product, environment and severity.

    What may hold data and is nobody's concerns everybody.
    """
    names: dict[tuple[str, ...], set[str]] = {}
    nobodys: set[tuple[str, ...]] = set()
    for state in (states[pk] for pk in counts if is_violation(states[pk])):
        whose, severity = state.judged.attribution, state.judged.severity or Severity.CRITICAL
        key = whose.product or "", whose.environment, str(severity)
        names.setdefault(key, set()).update(whose.customers)
        if whose.unassigned and state.judged.holds is not Holds.NONE:
            nobodys.add(key)
    return {key: everybody if key in nobodys else len(found) for key, found in names.items()}
