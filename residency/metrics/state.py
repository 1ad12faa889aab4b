"""The state of the store that the series are made of."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from residency.metrics.failovers import Failovers, failovers
from residency.metrics.violations import (
    Violations,
    affected_customers,
    severity_of,
    violations,
)
from residency.metrics.zones import Policies
from residency.model import Basis, Evidence, Holds, Placement, Reason, Role, Zone
from residency.policy import country_of, zone_of
from residency.settings import Settings
from residency.store.reading.acknowledged import Tally, acknowledged, tally, unacknowledged
from residency.store.reading.standing import (
    Looked,
    PlaceGroup,
    Reader,
    ResourceGroup,
    StandingState,
    last_look,
    place_groups,
    resource_groups,
    states,
    store_bytes,
)

Counts = Mapping[tuple[str, ...], int]
"""Numbers by the values of labels, in the order of the series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What stood in the store at one time, added up; nothing here is a resource of its own.

    Attributes:
        looked: How the last scan looked; None before the first.
        tally: The events by kind, to be counted on by the next state.
        unassigned: How many resources that may hold customer data are nobody's.
    """

    at: datetime
    looked: Looked | None
    resources: Counts
    placements: Counts
    findings: Counts
    violations: Violations
    violation_customers: Counts
    failovers: Failovers
    tally: Tally
    unacknowledged: Mapping[str, int]
    has_manifest: bool
    unknown_types: int
    unassigned: int
    retention_overdue: int
    exemptions: Mapping[str, datetime]
    interval_seconds: float
    store_bytes: int


def state_of(
    connection: Reader, settings: Settings, at: datetime, former: State | None = None
) -> State:
    """Read what the series are made of.

    Args:
        connection: Sees one state throughout. A store without a scan will do.
        settings: Says what the zones are, and what is exempt.
        at: Now.
        former: The state that was read of this store before: its events are counted on, and what
            was given up since stays counted.

    Raises:
        StoreError: A row is not one that the store writes.
    """
    policies = Policies(settings=settings, at=at)
    known = states(connection)
    groups = resource_groups(connection)
    counts = _by_state(groups)
    seen = acknowledged(connection)
    counted = tally(connection, former.tally if former else None)
    return State(
        at=at,
        looked=last_look(connection),
        resources=_resources(groups, known),
        placements=_placements(place_groups(connection), known, policies),
        findings=_findings(known, counts),
        violations=violations(connection, known, counts, policies),
        violation_customers=affected_customers(known, counts, len(settings.estate.customers)),
        failovers=failovers(connection, policies, seen.names),
        tally=counted,
        unacknowledged=unacknowledged(connection, seen, counted),
        has_manifest=_has_manifest(settings),
        unknown_types=len({each.type for each in groups if _is_unknown(known[each.state])}),
        unassigned=sum(counts[pk] for pk in counts if _is_unassigned(known[pk])),
        retention_overdue=sum(counts[pk] for pk in counts if _is_overdue(known[pk])),
        exemptions={each.id: each.expires for each in settings.exemptions},
        interval_seconds=settings.scan.interval.total_seconds(),
        store_bytes=store_bytes(connection),
    )


def _has_manifest(settings: Settings) -> bool:
    return bool(settings.scope.subscriptions or settings.scope.management_group)


def _by_state(groups: Mapping[ResourceGroup, int]) -> Mapping[int, int]:
    found: Counter[int] = Counter()
    for group, count in groups.items():
        found[group.state] += count
    return found


def _resources(groups: Mapping[ResourceGroup, int], known: Mapping[int, StandingState]) -> Counts:
    found: Counter[tuple[str, ...]] = Counter()
    for group, count in groups.items():
        state = known[group.state]
        product = state.judged.attribution.product or ""
        found[group.subscription_id, group.type, product, state.judged.status] += count
    return found


def _placements(
    groups: Mapping[PlaceGroup, int], known: Mapping[int, StandingState], policies: Policies
) -> Counts:
    """Count places; that of a resource which the last scan did not see is unknown."""
    found: Counter[tuple[str, ...]] = Counter()
    for group, count in groups.items():
        state, place = known[group.state], _placement(group, policies.at)
        zone = zone_of(place, policies.default) if state.judged.seen else Zone.UNKNOWN
        product = state.judged.attribution.product or ""
        found[group.role, group.region, country_of(place) or "", zone, product] += count
    return found


def _placement(group: PlaceGroup, at: datetime) -> Placement:
    return Placement(
        role=Role(group.role),
        region=group.region,
        basis=Basis.OBSERVED,
        evidence=Evidence(api="store", path="", value="", read_at=at),
        country=group.country,
        unresolved=Reason(group.unresolved) if group.unresolved else None,
    )


def _findings(known: Mapping[int, StandingState], counts: Mapping[int, int]) -> Counts:
    found: Counter[tuple[str, ...]] = Counter()
    for pk, count in counts.items():
        state = known[pk]
        whose = state.judged.attribution
        product, environment = whose.product or "", whose.environment
        for reason in state.left:
            found[reason, severity_of(reason, state), product, environment] += count
    return found


def _is_unknown(state: StandingState) -> bool:
    return state.judged.holds is None


def _is_unassigned(state: StandingState) -> bool:
    return state.judged.attribution.unassigned and state.judged.holds is not Holds.NONE


def _is_overdue(state: StandingState) -> bool:
    return Reason.RETENTION_OVERDUE in state.left
