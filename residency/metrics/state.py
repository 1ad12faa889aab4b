"""The state of the store that the series are made of."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from residency.documents.places import zoned
from residency.metrics.failovers import Failovers, failovers
from residency.metrics.violations import (
    Violations,
    affected_customers,
    severity_of,
    violations,
)
from residency.metrics.zones import Policies
from residency.model import Holds, Reason
from residency.settings import Settings
from residency.store.reading.acknowledged import Tally, acknowledged, tally, unacknowledged
from residency.store.reading.standing import (
    Looked,
    Reader,
    ResourceGroup,
    Standing,
    StandingState,
    standing,
    store_bytes,
)

Counts = Mapping[tuple[str, ...], int]
"""Numbers by the values of labels, in the order of the series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What stood in the store at one time, added up; nothing here is a resource of its own.

    Attributes:
        standing: What the rest was added up of.
        tally: The events by kind, to be counted on by the next state.
        unassigned: How many resources that may hold customer data are nobody's.
    """

    at: datetime
    standing: Standing
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

    @property
    def looked(self) -> Looked | None:
        """How the last scan looked; None before the first."""
        return self.standing.looked


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
    now = standing(connection)
    known, groups = now.states, now.resources
    counts = _by_state(groups)
    seen = acknowledged(connection)
    counted = tally(connection, former.tally if former else None)
    return State(
        at=at,
        standing=now,
        resources=_resources(groups, known),
        placements=_placements(now, policies),
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


def _placements(standing: Standing, policies: Policies) -> Counts:
    found: Counter[tuple[str, ...]] = Counter()
    for group, state, zone, country, count in zoned(standing, policies.default):
        product = state.judged.attribution.product or ""
        found[group.role, group.region, country, zone, product] += count
    return found


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
