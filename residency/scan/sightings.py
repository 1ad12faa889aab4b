"""Where the primaries stand that can fail over, as failovers are followed from scan to scan.

Most resources rest at home, and so say nothing: only those that may be the end of a failover are
looked at more closely, with all that they share a group with.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from residency.check import Catalogue
from residency.model import Placement, Role, Zone
from residency.policy import (
    Judge,
    Judged,
    JudgedPlacement,
    country_of,
    zone_of,
    zone_of_region,
)
from residency.regions import normalise
from residency.settings import Policy
from residency.store.episodes import Before, Sighting, sighting_of
from residency.store.episodes.episode import is_worse
from residency.store.episodes.groups import ids_in, operated_on
from residency.store.whereabouts import Stay

_LIVE = frozenset({Role.PRIMARY, Role.REPLICA})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A resource with the policy under which its failovers are followed, and what that says."""

    judged: Judged
    policy: str
    places: tuple[JudgedPlacement, ...]
    standby: bool

    @property
    def id(self) -> str:
        """The resource's id."""
        return self.judged.resource.id

    def under(self, name: str, judge: Judge) -> "Bound":
        """Give it as another policy sees it, which a group of resources is followed under."""
        return replace(
            self,
            policy=name,
            places=_zoned(self.places, judge.policy(name)),
            standby=judge.is_standby(self.judged.resource, name),
        )


def can_fail_over(judged: Iterable[Judged], catalogue: Catalogue, judge: Judge) -> Iterator[Bound]:
    """Give what can fail over and does not plainly rest, and what cites another end of its group.

    That is by its type, because a field tells of a failover, or because it is a declared standby.
    """
    told: dict[int, tuple[bool, bool]] = {}  # most resources share their judgement
    for each in judged:
        key = id(each.judgement)
        if key not in told:
            told[key] = _rests(each), _tells_of_failover(each)
        rests, tells = told[key]
        check = catalogue.check_for(each.resource.type)
        names = judge.policies_of(each)
        standby = any(judge.is_standby(each.resource, name) for name in names)
        may = tells or standby or (check is not None and check.can_fail_over)
        if may and (standby or not rests or _cites(each)):
            yield _bound(each, names, judge)


def named(judged: Iterable[Judged], ids: Collection[str], judge: Judge) -> Iterator[Bound]:
    """Give the resources that are asked for, at rest or not."""
    for each in judged:
        if each.resource.id in ids:
            yield _bound(each, judge.policies_of(each), judge)


def sighting(bound: Bound, stay: Stay | None, policy: Policy) -> Sighting:
    """Say where one resource stands, and stood."""
    resource, attribution = bound.judged.resource, bound.judged.attribution
    made_in = normalise(resource.location) if resource.location else None
    found = sighting_of(
        resource,
        bound.places,
        standby=bound.standby,
        made_in=made_in,
        products=[attribution.product] if attribution.product else [],
        customers=attribution.customers,
        before=_before(stay, policy, standby=bound.standby) if stay else None,
    )
    if stay is None or not found.away:
        return found
    # an operation that ends a link is called on what nothing names any more
    ended = operated_on(ids_in(stay.told_by))
    return replace(found, handles=found.handles | ended)


def same_incarnation(
    stays: Mapping[str, Stay], renewed: Mapping[str, datetime]
) -> Mapping[str, Stay]:
    """Leave out what was deleted or made since it was seen: that was another of the same name."""
    return {
        name: stay
        for name, stay in stays.items()
        if name not in renewed or renewed[name] <= stay.last.since
    }


def _before(stay: Stay, policy: Policy, *, standby: bool) -> Before:
    """Give where it was: of several regions the one that is farthest from home."""
    farthest = min(stay.regions)
    for region in sorted(stay.regions):
        if is_worse(zone_of_region(region, policy), zone_of_region(farthest, policy)):
            farthest = region
    stood_by = standby and not stay.writer
    home = stood_by or zone_of_region(farthest, policy) is Zone.HOME
    if home:  # it was, when the scan began or later; that it still was at its end, nobody saw
        return Before(region=farthest, home=True, since=stay.first.since, at=stay.last.since)
    return Before(region=farthest, home=False, since=stay.first.until, at=stay.last.until)


def _bound(judged: Judged, names: tuple[str, ...], judge: Judge) -> Bound:
    """Bind a resource to the policy that its primary is farthest from home under."""
    places = judged.judgement.placements
    found: tuple[Zone, str, tuple[JudgedPlacement, ...]] | None = None
    for name in names:
        zoned = places if len(names) == 1 else _zoned(places, judge.policy(name))
        zone = _farthest(zoned)
        if found is None or is_worse(zone, found[0]):
            found = zone, name, zoned
    assert found is not None, "something always binds"  # noqa: S101 - for the type checker
    _, name, zoned = found
    return Bound(
        judged=judged,
        policy=name,
        places=zoned,
        standby=judge.is_standby(judged.resource, name),
    )


def _zoned(places: Iterable[JudgedPlacement], policy: Policy) -> tuple[JudgedPlacement, ...]:
    return tuple(
        replace(each, country=country_of(each.placement), zone=zone_of(each.placement, policy))
        for each in places
    )


def _farthest(places: Iterable[JudgedPlacement]) -> Zone:
    zone = Zone.HOME
    for each in places:
        if each.placement.role is Role.PRIMARY and is_worse(each.zone, zone):
            zone = each.zone
    return zone


def _rests(judged: Judged) -> bool:
    """Whether every primary is known to be at home, and nothing tells of a failover."""
    primaries = [each for each in judged.judgement.placements if _is_primary(each.placement)]
    return all(
        each.zone is Zone.HOME
        and each.placement.unresolved is None
        and (each.placement.failover is None or each.placement.failover.since is None)
        for each in primaries
    )


def _is_primary(place: Placement) -> bool:
    return place.role is Role.PRIMARY or place.decides_primary


def _cites(judged: Judged) -> bool:
    """Whether another resource is named that may be the other end of a group."""
    return any(
        each.placement.role in _LIVE
        and (each.placement.evidence.path.startswith("/") or each.placement.target)
        for each in judged.judgement.placements
    )


def _tells_of_failover(judged: Judged) -> bool:
    return any(each.placement.failover for each in judged.judgement.placements)
