"""One resource under one policy: docs/policy.md, rules 1 to 8, and nothing else."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from residency.model import (
    Failover,
    Holds,
    Placement,
    Reason,
    Role,
    Severity,
    Status,
    Zone,
)
from residency.policy.zones import allows, country_of, zone_of, zone_of_region
from residency.settings import Policy

_SEVERITIES = tuple(Severity)
_STATUSES = tuple(Status)
_REASONS = tuple(Reason)

STATUS_OF_REASON = {
    Reason.OUTSIDE_EU: Status.VIOLATION,
    Reason.PRIMARY_MISPLACED: Status.VIOLATION,
    Reason.FAILOVER_OVERDUE: Status.VIOLATION,
    Reason.RETENTION_OVERDUE: Status.VIOLATION,
    Reason.DELETED_EARLY: Status.VIOLATION,
    Reason.REGION_UNKNOWN: Status.UNKNOWN,
    Reason.TYPE_UNKNOWN: Status.UNKNOWN,
    Reason.FACET_UNREADABLE: Status.UNKNOWN,
    Reason.FACET_PENDING: Status.UNKNOWN,
    Reason.STALE: Status.UNKNOWN,
    Reason.FAILOVER_ACTIVE: Status.FALLBACK,
    Reason.ORDER_SKIPPED: Status.FALLBACK,
    Reason.EXCEPTIONAL_REGION: Status.FALLBACK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known of one resource when it is judged.

    Attributes:
        holds: What its type holds; None when the catalogue lacks the type.
        standby: `policy.standby` names it.
        failover: What the activity log or the store remembers of its failover.
        instructed: The placements that a customer asked for, as an instructed export.
        lifecycle: Reasons that follow from the contract (`retention-overdue`, `deleted-early`).
        max_age: How old a fact may be before it is stale.
    """

    holds: Holds | None
    placements: tuple[Placement, ...]
    standby: bool = False
    failover: Failover | None = None
    instructed: frozenset[Placement] = frozenset()
    lifecycle: frozenset[Reason] = frozenset()
    max_age: timedelta = timedelta.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong; `severity` is set for what makes a violation."""

    reason: Reason
    severity: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPlacement:
    """A placement with the country and the zone that the policy gives it."""

    placement: Placement
    country: str | None
    zone: Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the policy says of one resource. `reasons` holds every one that applies."""

    status: Status
    severity: Severity | None
    reasons: tuple[Reason, ...]
    placements: tuple[JudgedPlacement, ...]
    findings: tuple[Finding, ...] = ()
    exemptions: tuple[str, ...] = ()


def judge(facts: Facts, policy: Policy, now: datetime) -> Judgement:
    """Judge one resource under one policy, before any exemption.

    The law behind it: one more placement never makes the status better.
    """
    places = tuple(
        JudgedPlacement(placement=place, country=country_of(place), zone=zone_of(place, policy))
        for place in facts.placements
    )
    found = tuple(dict.fromkeys(_findings(facts, places, policy, now)))
    return Judgement(
        status=worst_status(found),
        severity=worst_severity(found),
        reasons=ordered_reasons(found),
        placements=places,
        findings=found,
    )


def worst_status(findings: Iterable[Finding]) -> Status:
    """Give the worst status that any of the findings means; compliant if there are none."""
    statuses = (STATUS_OF_REASON[finding.reason] for finding in findings)
    return min(statuses, key=_STATUSES.index, default=Status.COMPLIANT)


def worst_severity(findings: Iterable[Finding]) -> Severity | None:
    """Give the worst severity among the findings, or None where none has one."""
    severities = (finding.severity for finding in findings if finding.severity)
    return min(severities, key=_SEVERITIES.index, default=None)


def ordered_reasons(findings: Iterable[Finding]) -> tuple[Reason, ...]:
    """Give each reason once, in the order of the design."""
    return tuple(sorted({finding.reason for finding in findings}, key=_REASONS.index))


def unknown_reasons(reasons: Collection[Reason]) -> tuple[Reason, ...]:
    """Give those reasons that mean that something is not known."""
    return tuple(reason for reason in reasons if STATUS_OF_REASON[reason] is Status.UNKNOWN)


def worst(judgements: Iterable[Judgement]) -> Judgement:
    """Give the worst of the judgements under several policies, with the reasons of them all."""
    every_one = list(judgements)
    if len(every_one) == 1:
        return every_one[0]
    ranked = sorted(
        every_one,
        key=lambda each: (
            _STATUSES.index(each.status),
            _SEVERITIES.index(each.severity) if each.severity else len(_SEVERITIES),
        ),
    )
    first = ranked[0]
    every = {reason for each in ranked for reason in each.reasons}
    names = dict.fromkeys(name for each in ranked for name in each.exemptions)
    return Judgement(
        status=first.status,
        severity=first.severity,
        reasons=tuple(sorted(every, key=_REASONS.index)),
        placements=first.placements,
        findings=first.findings,
        exemptions=tuple(names),
    )


def _findings(
    facts: Facts, places: tuple[JudgedPlacement, ...], policy: Policy, now: datetime
) -> Iterator[Finding]:
    for reason in sorted(facts.lifecycle, key=_REASONS.index):
        yield Finding(reason=reason, severity=Severity.MAJOR)
    if facts.holds is None:
        yield Finding(reason=Reason.TYPE_UNKNOWN)
    for judged in places:
        yield from _not_known(judged, facts, now)
        if judged.placement in facts.instructed:
            continue
        yield from _outside(judged, facts)
        if facts.holds in {Holds.STORES, Holds.PROCESSES}:
            yield from _not_at_home(judged, facts, policy, now)


def _not_known(judged: JudgedPlacement, facts: Facts, now: datetime) -> Iterator[Finding]:
    if judged.zone is Zone.UNKNOWN:
        yield Finding(reason=judged.placement.unresolved or Reason.REGION_UNKNOWN)
    if now - judged.placement.evidence.read_at > facts.max_age:
        yield Finding(reason=Reason.STALE)


def _outside(judged: JudgedPlacement, facts: Facts) -> Iterator[Finding]:
    if judged.zone is Zone.OUTSIDE:
        yield Finding(
            reason=Reason.OUTSIDE_EU, severity=severity_outside(judged.placement, facts.holds)
        )


def severity_outside(place: Placement, holds: Holds | None) -> Severity:
    """Critical is data at rest, or sent on; a type that nobody knows is taken to hold data."""
    if holds is Holds.NONE or place.metadata_only:
        return Severity.MINOR
    handled_only = place.role is Role.PROCESSING or (
        place.role is Role.PRIMARY and holds is Holds.PROCESSES
    )
    return Severity.MAJOR if handled_only else Severity.CRITICAL


def _not_at_home(
    judged: JudgedPlacement, facts: Facts, policy: Policy, now: datetime
) -> Iterator[Finding]:
    place = judged.placement
    if judged.zone in {Zone.HOME, Zone.UNKNOWN}:
        return
    if place.role is Role.PRIMARY and (place.writer or not facts.standby):
        yield from _away(judged, facts, policy, now)
    elif _stands_where_it_should_not(judged, policy):
        yield Finding(reason=Reason.EXCEPTIONAL_REGION)


def _stands_where_it_should_not(judged: JudgedPlacement, policy: Policy) -> bool:
    in_eu = judged.zone in {Zone.FAILOVER, Zone.EXCEPTIONAL}
    return in_eu and not allows(policy.standing_copies, judged.placement)


def _away(
    judged: JudgedPlacement, facts: Facts, policy: Policy, now: datetime
) -> Iterator[Finding]:
    """A primary that is not at home: a failover explains it, or it is misplaced, or unread."""
    story = _explanation(judged.placement, facts, policy)
    if story is not None:
        yield from _failed_over(judged, story, policy, now)
    elif not _role_unread(facts):
        yield Finding(reason=Reason.PRIMARY_MISPLACED, severity=Severity.MAJOR)


def _explanation(place: Placement, facts: Facts, policy: Policy) -> Failover | None:
    """Rule 8: a failover explains a primary away from home if the former primary was at home."""
    stories = [story for story in (facts.failover, place.failover) if story is not None]
    for story in stories:
        if story.path and zone_of_region(story.path[0], policy) is Zone.HOME:
            return story
    if facts.standby and place.writer:
        told = stories[0] if stories else None
        return told or Failover(path=(), since=None, evidence=place.evidence)
    return None


def _failed_over(
    judged: JudgedPlacement, story: Failover, policy: Policy, now: datetime
) -> Iterator[Finding]:
    yield Finding(reason=Reason.FAILOVER_ACTIVE)
    if story.since is not None and now - story.since > policy.max_failover:
        yield Finding(reason=Reason.FAILOVER_OVERDUE, severity=Severity.MAJOR)
    if judged.zone is Zone.EXCEPTIONAL and _skipped_the_order(story, policy):
        yield Finding(reason=Reason.ORDER_SKIPPED)


def _skipped_the_order(story: Failover, policy: Policy) -> bool:
    zones = {zone_of_region(name, policy) for name in story.path}
    return bool(policy.failover) and not story.explained and Zone.FAILOVER not in zones


def _role_unread(facts: Facts) -> bool:
    return any(place.unresolved and place.decides_primary for place in facts.placements)
