"""What is told of one customer's month: a pure function of what was recorded of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from residency import regions
from residency.model import Zone
from residency.policy import zone_of_region
from residency.report.covering import Gap, Seen, seen_of, within
from residency.report.deviations import Failover, Kind, failover_deviations
from residency.report.gaps import Gaps, counted
from residency.report.places import Deviated, Placed, deviated, placed, standing
from residency.report.recorded import CustomerMonth
from residency.report.verdict import Established, Verdict, verdict
from residency.store.episodes.episode import Purpose
from residency.store.reading.moves import FailedOver
from residency.store.reading.stays import Had, is_outside_promise
from residency.store.times import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class FailoverTold:
    """A failover of the month; without `kinds` it was within the agreement.

    Attributes:
        countries: Where it went, without those that are not known.
    """

    failover: FailedOver
    kinds: tuple[Kind, ...]
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTold:
    """All that is told.

    Attributes:
        gaps: Each once, as long as it truly was, with how many resources it was of; of none where
            nobody looked at all, or not at a subscription of which nothing is known.
        deviations: When scans found them so, cut off at the edges of the period.
        outside_promise: Ids of the resources of which the vendor says that they hold no customer
            data; where they are deviates from nothing.
        resources: How many resources concerned the customer, those that are nobody's as well.
    """

    recorded: CustomerMonth
    established: Established
    verdict: Verdict
    gaps: tuple[tuple[Gap, int], ...]
    deviations: tuple[Deviated, ...]
    failovers: tuple[FailoverTold, ...]
    outside_promise: tuple[str, ...]
    places: tuple[Placed, ...]
    resources: int


def told(recorded: CustomerMonth) -> MonthTold:
    """Tell of a month."""
    had = [each for each in recorded.had if concern(each, recorded.period)]
    found = Gaps(recorded)
    own = [found.of(each) for each in had]
    gaps = tuple(counted(found.of_all(), own))
    failovers = tuple(_failovers(recorded))
    deviations = tuple(deviated(had, recorded))
    established = Established(
        seen=_seen(had, own, recorded.period),
        threshold=Fraction(str(recorded.settings.report.threshold)),
        longest_gap=_longest(gap for gap, _ in gaps),
        unassigned=sum(not each.assigned for each in had),
        has_manifest=recorded.has_manifest,
        untraced=sum(_is_untraced(each.failover, recorded) for each in failovers),
        deviations=len(deviations) + sum(bool(each.kinds) for each in failovers),
        disrupted=_disrupted(failovers),
        standing=standing(had, recorded),
    )
    return MonthTold(
        recorded=recorded,
        established=established,
        verdict=verdict(established),
        gaps=gaps,
        deviations=deviations,
        failovers=failovers,
        outside_promise=tuple(_outside_promise(had, recorded)),
        places=placed(had, recorded),
        resources=len(had),
    )


def _outside_promise(every: Iterable[Had], recorded: CustomerMonth) -> Iterator[str]:
    for had in every:
        if had.assigned and any(is_outside_promise(stay.judged) for stay in had.stays):
            yield recorded.kept.text(had.resource.id)


def concern(had: Had, period: Span) -> tuple[Span, ...]:
    """Give when a resource was the customer's concern in a period, as scans found it."""
    return within((Span(stay.since, stay.until) for stay in had.stays), period)


def _seen(had: Sequence[Had], gaps: Sequence[Sequence[Gap]], period: Span) -> Seen:
    parts = (seen_of(concern(each, period), own) for each, own in zip(had, gaps, strict=True))
    return sum(parts, Seen())


def _longest(gaps: Iterable[Gap]) -> timedelta:
    lengths = (gap.since_until.until - gap.since_until.since for gap in gaps if not gap.bridged)
    return max(lengths, default=timedelta())


def _failovers(recorded: CustomerMonth) -> Iterator[FailoverTold]:
    """Give the failovers that were, or may have been, in the period."""
    period = recorded.period
    policy = recorded.policy_by(period.until)
    for each in recorded.answer.failovers:
        begins, ends = each.started_after or each.started_at, each.ended_at or period.until
        if begins < period.until and ends > period.since:
            yield FailoverTold(
                failover=each,
                kinds=tuple(failover_deviations(_judged(each), policy, period.until)),
                countries=_countries(each),
            )


def _judged(told: FailedOver) -> Failover:
    return Failover(
        path=told.path,
        started_at=told.started_at,
        ended_at=told.ended_at,
        reason=Purpose(told.reason),
        out_of_order=told.out_of_order,
    )


def _countries(told: FailedOver) -> tuple[str, ...]:
    found = (regions.find(name) for name in told.path[1:])
    return tuple(dict.fromkeys(each.country for each in found if each and each.country))


def _is_untraced(told: FailedOver, recorded: CustomerMonth) -> bool:
    policy = recorded.policy_by(recorded.period.until)
    reached = told.path[1:]
    return not reached or any(zone_of_region(each, policy) is Zone.UNKNOWN for each in reached)


def _disrupted(failovers: Iterable[FailoverTold]) -> tuple[str, ...]:
    """Give the countries where disruptions put data as was agreed, by the failovers."""
    found = (country for each in failovers if not each.kinds for country in each.countries)
    return tuple(dict.fromkeys(found))
