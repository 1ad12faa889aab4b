"""What deviates from the promise of one customer: a second judgement, over the same facts.

It is not that of operations: nobody's exemption changes it but an export that this customer asked
for; what a failover was for counts; how long one may last counts only where the contract says it.
What is unknown is no deviation and no comfort: it is counted as not seen.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from residency.model import Holds, Placement, Reason, Role, Severity, Zone
from residency.policy import country_of, severity_outside, zone_of, zone_of_region
from residency.policy.zones import allows
from residency.settings import Policy
from residency.store.episodes.episode import Purpose


class Kind(StrEnum):
    """How something deviates."""

    OUTSIDE = "outside"
    MISPLACED = "misplaced"
    COPY_ELSEWHERE = "copy-elsewhere"
    FAILOVER_OUTSIDE = "failover-outside"
    FAILOVER_NOT_EXPLAINED = "failover-not-explained"
    FAILOVER_OUT_OF_ORDER = "failover-out-of-order"
    FAILOVER_TOO_LONG = "failover-too-long"


REASON_OF_KIND = {
    Kind.OUTSIDE: Reason.OUTSIDE_EU,
    Kind.MISPLACED: Reason.PRIMARY_MISPLACED,
    Kind.COPY_ELSEWHERE: Reason.EXCEPTIONAL_REGION,
}
"""By which reason of operations a customer's own instruction names what a place deviates by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Where the data of one resource was, as long as that stayed the same.

    Attributes:
        holds: What its type holds; None: nobody knows the type.
        reasons: What operations found wrong with it, under every policy that bound it.
    """

    holds: Holds | None
    places: tuple[Placement, ...]
    reasons: frozenset[Reason] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failover:
    """A failover of something of this customer's.

    Attributes:
        path: The regions where the primary stood, home first.
        ended_at: None: it lasts.
        out_of_order: It went past the failover countries, and nothing recorded explains that.
    """

    path: tuple[str, ...]
    started_at: datetime
    ended_at: datetime | None
    reason: Purpose
    out_of_order: bool


def deviations_of(
    held: Held, policy: Policy, is_asked_for: Callable[[Placement], bool]
) -> Iterator[tuple[Kind, Placement]]:
    """Give the places that are not as was agreed.

    Args:
        held: Of one resource.
        policy: That of this customer's contract, as it was then.
        is_asked_for: Whether this customer asked for a place: an export on its instruction.
    """
    for place in held.places:
        if is_asked_for(place):
            continue
        zone = zone_of(place, policy)
        is_minor = severity_outside(place, held.holds) is Severity.MINOR
        if zone is Zone.OUTSIDE and not is_minor:
            yield Kind.OUTSIDE, place
        elif zone not in {Zone.HOME, Zone.UNKNOWN}:
            yield from _away(held, place, zone, policy)


def _away(
    held: Held, place: Placement, zone: Zone, policy: Policy
) -> Iterator[tuple[Kind, Placement]]:
    """A place that is not at home. A primary that failed over is judged as a failover."""
    if place.role is Role.PRIMARY and Reason.PRIMARY_MISPLACED in held.reasons:
        yield Kind.MISPLACED, place
    elif zone is Zone.OUTSIDE:
        return  # of no more than names of things: listed among the places, and no deviation
    elif Reason.EXCEPTIONAL_REGION in held.reasons and not allows(policy.standing_copies, place):
        yield Kind.COPY_ELSEWHERE, place


def standing_copies(
    held: Held, policy: Policy, is_asked_for: Callable[[Placement], bool]
) -> frozenset[str]:
    """Give the countries abroad where copies stand, allowed or not: they are always named."""
    return frozenset(
        country_of(place) or place.region
        for place in held.places
        if place.role in {Role.REPLICA, Role.BACKUP}
        and not is_asked_for(place)
        and zone_of(place, policy) not in {Zone.HOME, Zone.UNKNOWN}
    )


def failover_deviations(found: Failover, policy: Policy, by: datetime) -> Iterator[Kind]:
    """Say how a failover deviates, as it stands `by` then; one for a disruption may not at all."""
    reached = [zone_of_region(each, policy) for each in found.path[1:]]
    if Zone.OUTSIDE in reached:
        yield Kind.FAILOVER_OUTSIDE
    if found.reason is not Purpose.DISRUPTION:
        yield Kind.FAILOVER_NOT_EXPLAINED
    if found.out_of_order:
        yield Kind.FAILOVER_OUT_OF_ORDER
    if _is_too_long(found, policy, by):
        yield Kind.FAILOVER_TOO_LONG


def _is_too_long(found: Failover, policy: Policy, by: datetime) -> bool:
    ended = min(found.ended_at or by, by)
    is_promised = policy.max_failover_source == "contract"
    return is_promised and ended - found.started_at > policy.max_failover
