"""Where a database of Azure SQL is written, and where its copies follow.

A database that follows is a `replica`, and its `primary` is where the partner is
(https://learn.microsoft.com/azure/azure-sql/database/active-geo-replication-overview). The partner
may be on a server that cannot be read: then the link is still the best source of its region.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from checks.sql_sides import FOLLOWS, WRITTEN, Partner, Side
from residency import regions
from residency.check import at_location, evidence, observed, text, unknown
from residency.model import UNKNOWN_REGION, Failover, Placement, Resource, Role


def copies(
    resource: Resource, links: Sequence[Side] = (), groups: Sequence[Side] = ()
) -> Iterator[Placement]:
    """State every live copy that the resource, its links and its failover groups tell of.

    Links win over groups: of a group only the regions count that no link has named. If the two
    do not agree on whether this end is written, as while a failover runs, that stays open.
    """
    own = at_location(resource)
    told = _partners(own, links)
    named = {place.region for place in told} - {UNKNOWN_REGION}
    told += [place for place in _partners(own, groups) if place.region not in named]
    former = _former(own, groups) or _former(own, links)
    places = [*_own(own, links or groups, former), *told]
    if links and groups and _follows(links) != _follows(groups):
        places.append(_undecided(groups[0]))
    if not any(place.role is Role.PRIMARY for place in places):
        places.append(_undecided((links or groups)[0]))
    yield from once(places)


def once(places: Iterable[Placement]) -> Iterator[Placement]:
    """Drop what repeats a role in a region that is already stated."""
    seen: set[tuple[Role, str]] = set()
    for place in places:
        if place.region == UNKNOWN_REGION or (place.role, place.region) not in seen:
            seen.add((place.role, place.region))
            yield place


def _own(own: Placement, sides: Sequence[Side], former: Failover | None) -> Iterator[Placement]:
    odd = [side for side in sides if side.role not in WRITTEN | FOLLOWS]
    if odd:
        yield _undecided(odd[0])
    if odd or _follows(sides):
        yield replace(own, role=Role.REPLICA)
    else:
        writer = any(side.role == "primary" for side in sides)
        yield replace(own, writer=writer, failover=former)


def _follows(sides: Sequence[Side]) -> bool:
    return any(side.role in FOLLOWS for side in sides)


def _undecided(side: Side) -> Placement:
    return unknown(side.reading, Role.PRIMARY, side.path, decides_primary=True)


def _former(own: Placement, sides: Sequence[Side]) -> Failover | None:
    """Name the one other region that swaps roles with this one: where the primary may have been.

    With several such regions nothing tells which of them it was, so nothing is stated.
    """
    found = {
        region.name: evidence(side.reading, side.path, text(side.reading.body, side.path))
        for side in sides
        if side.can_swap and side.role == "primary"
        for partner in side.partners
        if (region := regions.find(text(side.reading.body, partner.location)))
        if region.name != own.region
    }
    if len(found) != 1:
        return None
    ((name, told),) = found.items()
    return Failover(path=(name,), since=None, evidence=told)


def _partners(own: Placement, sides: Sequence[Side]) -> list[Placement]:
    return [_partner(own, side, partner) for side in sides for partner in side.partners]


def _partner(own: Placement, side: Side, partner: Partner) -> Placement:
    raw = text(side.reading.body, partner.role)
    role = (raw or "").lower()
    if role not in WRITTEN:
        return observed(side.reading, Role.REPLICA, partner.location)
    place = observed(side.reading, Role.PRIMARY, partner.location, writer=role == "primary")
    places = {own.region, place.region}
    if not side.can_swap or len(places) == 1 or UNKNOWN_REGION in places:
        return place
    told = evidence(side.reading, partner.role, raw)
    return replace(place, failover=Failover(path=(own.region,), since=None, evidence=told))
