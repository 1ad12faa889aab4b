"""The places of a customer's month: which deviated and when, and where copies stood abroad."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from residency.documents.zones import WORST_FIRST
from residency.model import Placement, Reason, Role, Zone
from residency.policy import country_of, instructing, zone_of
from residency.report.covering import joined, within
from residency.report.deviations import REASON_OF_KIND, Held, Kind, deviations_of, standing_copies
from residency.report.recorded import CustomerMonth
from residency.settings import Policy
from residency.store.reading.stays import Had, Stay, is_outside_promise
from residency.store.times import Span


class Deviated(NamedTuple):
    """A place that was not as was agreed, and when scans found it so.

    Attributes:
        resource: Its id; None where nothing says whose it is.
    """

    kind: Kind
    resource: str | None
    resource_type: str
    role: Role
    region: str
    country: str | None
    basis: str
    when: Span


def deviated(every: Iterable[Had], recorded: CustomerMonth) -> Iterator[Deviated]:
    """Give the places that were not as was agreed, by resource, kind and time."""
    for had in every:
        found: dict[tuple[Kind, Role, str, str | None, str], list[Span]] = defaultdict(list)
        for stay in had.stays:
            for kind, place in _of_stay(had, stay, recorded):
                key = kind, place.role, place.region, country_of(place), str(place.basis)
                found[key].append(Span(stay.since, stay.until))
        name = recorded.kept.text(had.resource.id) if had.assigned else None
        for (kind, role, region, country, basis), spans in found.items():
            for when in within(joined(spans), recorded.period):
                kept = had.resource.type
                yield Deviated(kind, name, kept, role, region, country, basis, when)


def standing(every: Iterable[Had], recorded: CustomerMonth) -> tuple[str, ...]:
    """Give the countries abroad where standing copies were at some time of the period."""
    found: set[str] = set()
    for had in every:
        for stay in had.stays:
            is_in_it = within([Span(stay.since, stay.until)], recorded.period)
            if is_in_it and not is_outside_promise(stay.judged):
                policy = recorded.policy_at(stay.scan)
                asked_for = _asked_for(had, stay, recorded)
                found |= standing_copies(_held(stay, recorded), policy, asked_for)
    return tuple(sorted(found))


def _of_stay(had: Had, stay: Stay, recorded: CustomerMonth) -> Iterator[tuple[Kind, Placement]]:
    if is_outside_promise(stay.judged):
        return  # the vendor says that it holds nothing of a customer: told as that, and as no more
    held, policy = _held(stay, recorded), recorded.policy_at(stay.scan)
    for kind, place in deviations_of(held, policy, _asked_for(had, stay, recorded)):
        if not recorded.is_instructed(had.resource.id, REASON_OF_KIND[kind], stay.scan):
            yield kind, place
    if Reason.FAILOVER_ACTIVE in held.reasons:
        for place in held.places:
            if _is_away(place, policy) and not _is_told(place, stay, recorded):
                yield Kind.FAILOVER_NOT_EXPLAINED, place


def _is_away(place: Placement, policy: Policy) -> bool:
    away = {Zone.FAILOVER, Zone.EXCEPTIONAL}
    return place.role is Role.PRIMARY and zone_of(place, policy) in away


def _is_told(place: Placement, stay: Stay, recorded: CustomerMonth) -> bool:
    """Whether one of the failovers that are judged by themselves led there at that time."""
    return any(
        place.region in each.path[1:]
        and (each.started_after or each.started_at) < stay.until
        and (each.ended_at is None or each.ended_at > stay.since)
        for each in recorded.answer.failovers
    )


def _held(stay: Stay, recorded: CustomerMonth) -> Held:
    return Held(
        holds=stay.judged.holds,
        places=recorded.places_of(stay.facts),
        reasons=frozenset(stay.judged.reasons),
    )


def _asked_for(had: Had, stay: Stay, recorded: CustomerMonth) -> Callable[[Placement], bool]:
    """Say of a place whether this customer asked for it, as an export, by then."""
    exports = [
        each
        for each in recorded.settings.estate.instructed_exports
        if each.customer == recorded.customer
    ]

    def is_asked_for(place: Placement) -> bool:
        return next(instructing(exports, had.resource.id, place, stay.since), None) is not None

    return is_asked_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where data of the customer stood at some time of the period.

    Attributes:
        zone: Under the customer's own policy, the farthest from home that it had.
        resources: How many resources had such a place; `unassigned` are nobody's.
    """

    role: Role
    region: str
    country: str | None
    basis: str
    zone: Zone
    resources: int
    unassigned: int


def placed(every: Iterable[Had], recorded: CustomerMonth) -> tuple[Placed, ...]:
    """Count the places of the period, by role and region."""
    found: dict[tuple[Role, str, str | None, str], _Count] = defaultdict(_Count)
    for had in every:
        for stay in had.stays:
            if not within([Span(stay.since, stay.until)], recorded.period):
                continue
            policy = recorded.policy_at(stay.scan)
            for place in recorded.places_of(stay.facts):
                key = place.role, place.region, country_of(place), str(place.basis)
                found[key].add(had, zone_of(place, policy))
    return tuple(_placed(key, found[key]) for key in sorted(found, key=str))


class _Count:
    """The resources that have a place, and the zones that it had."""

    def __init__(self) -> None:
        self.of: dict[bool, set[str]] = {True: set(), False: set()}
        self.zones: set[Zone] = set()

    def add(self, had: Had, zone: Zone) -> None:
        self.of[had.assigned].add(had.resource.id)
        self.zones.add(zone)


def _placed(key: tuple[Role, str, str | None, str], count: _Count) -> Placed:
    role, region, country, basis = key
    return Placed(
        role=role,
        region=region,
        country=country,
        basis=basis,
        zone=min(count.zones, key=WORST_FIRST.index),
        resources=len(count.of[True]),
        unassigned=len(count.of[False]),
    )
