"""What one scan says of where a resource stands that can fail over."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from residency.model import UNKNOWN_REGION, Failover, Resource, Role, Zone
from residency.policy import JudgedPlacement
from residency.store.episodes.episode import is_worse
from residency.store.episodes.groups import groups_of, handles_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """Where the same incarnation of a resource was seen last, before this scan.

    Attributes:
        home: Whether it was at home, or stood by.
        since: The first scan of an unbroken row of scans that saw it there.
        at: The last of them. What was unknown in between breaks no row.
    """

    region: str
    home: bool
    since: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Where the primary of one resource stands, by one scan.

    Attributes:
        region: Where it is written; of several such regions the one farthest from home.
        zone: What the policy that binds the resource calls that region.
        standby: It is declared as standby.
        stands_by: It is, and nothing says that it took over.
        unknown: Where it is written could not be established; the rest then says nothing.
        failover: What the service says of how it came there.
        made_in: The region that it was made in, by Azure's `location`.
        others: The regions of its live copies: where it can fail over to.
        groups: What it shares with the other ends of its group.
        handles: What operations are called on that concern it.
        before: None if this incarnation was never seen before, or its type cannot fail over.
    """

    resource_id: str
    resource_type: str
    region: str
    zone: Zone
    standby: bool = False
    stands_by: bool = False
    unknown: bool = False
    failover: Failover | None = None
    made_in: str | None = None
    others: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    handles: frozenset[str] = frozenset()
    products: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    before: Before | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether nothing may be concluded from it."""
        return self.unknown or (self.zone is Zone.UNKNOWN and not self.stands_by)

    @property
    def home(self) -> bool:
        """Whether it is at home, or stands by."""
        return not self.is_unknown and (self.stands_by or self.zone is Zone.HOME)

    @property
    def away(self) -> bool:
        """Whether it is known to be written elsewhere than at home."""
        return not self.is_unknown and not self.home

    @property
    def rests(self) -> bool:
        """Whether it is at home, was so before, and gives no time of a failover."""
        was_home = self.before is None or self.before.home
        told = self.failover is not None and self.failover.since is not None
        return self.home and was_home and not told


def sighting_of(  # noqa: PLR0913 - each is a fact of its own, all by keyword
    resource: Resource,
    places: Sequence[JudgedPlacement],
    *,
    standby: bool = False,
    made_in: str | None = None,
    products: Sequence[str] = (),
    customers: Sequence[str] = (),
    before: Before | None = None,
) -> Sighting:
    """Make a sighting of the judged placements of a resource.

    A copy that a field calls the written one counts before any other; of several the one that is
    farthest from home does, so that no failover hides behind a copy at home.
    """
    placements = [judged.placement for judged in places]
    primaries = [judged for judged in places if judged.placement.role is Role.PRIMARY]
    open_ = any(_leaves_open(judged) for judged in places)
    writers = [judged for judged in primaries if judged.placement.writer]
    chosen = _farthest(writers or ([] if standby else primaries))
    place = chosen.placement if chosen else None
    region = place.region if place else UNKNOWN_REGION
    return Sighting(
        resource_id=resource.id,
        resource_type=resource.type,
        region=region,
        zone=chosen.zone if chosen else Zone.UNKNOWN,
        standby=standby,
        stands_by=standby and chosen is None and not open_,
        unknown=open_ or (chosen is None and not standby),
        failover=place.failover if place else None,
        made_in=made_in,
        others=frozenset(_copies(places)) - {region},
        groups=groups_of(resource.id, placements),
        handles=handles_of(resource.id, placements),
        products=tuple(products),
        customers=tuple(customers),
        before=before,
    )


def _leaves_open(judged: JudgedPlacement) -> bool:
    place = judged.placement
    is_primary = place.role is Role.PRIMARY
    return place.unresolved is not None and (is_primary or place.decides_primary)


def _copies(places: Sequence[JudgedPlacement]) -> list[str]:
    roles = {Role.PRIMARY, Role.REPLICA}
    found = (judged.placement for judged in places if judged.placement.role in roles)
    return [each.region for each in found if not each.unresolved and not each.metadata_only]


def _farthest(places: Sequence[JudgedPlacement]) -> JudgedPlacement | None:
    farthest: JudgedPlacement | None = None
    for each in sorted(places, key=lambda judged: judged.placement.region):
        if farthest is None or is_worse(each.zone, farthest.zone):
            farthest = each
    return farthest


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """The sightings of the ends of one group as one; a resource in no group is its own."""

    ends: tuple[Sighting, ...]

    @property
    def ids(self) -> frozenset[str]:
        """The ids of every end."""
        return frozenset(end.resource_id for end in self.ends)

    @property
    def lead(self) -> Sighting:
        """The end that an episode is told of: one that was made at home, else the first by id."""
        away = {end.region for end in self.ends if end.away}
        return min(self.ends, key=lambda end: (end.made_in in {None, *away}, end.resource_id))

    @property
    def teller(self) -> Sighting | None:
        """The end that tells where the primary is, or None where that is not known.

        One end that sees it away is believed; that it is at home, all that can be read must say,
        and none may be in doubt.
        """
        away = [end for end in self.ends if end.away]
        if away:
            return min(away, key=_told_best)
        if any(end.is_unknown for end in self.ends):
            return None
        return min(self.ends, key=_told_best)

    @property
    def before(self) -> Before | None:
        """What was seen last of any end; that it was away counts more than that it was at home."""
        known = [end.before for end in self.ends if end.before]
        return max(known, key=lambda seen: (not seen.home, seen.at), default=None)

    @property
    def handles(self) -> frozenset[str]:
        """What operations are called on that concern any end."""
        return frozenset(each for end in self.ends for each in (end.resource_id, *end.handles))


def _told_best(end: Sighting) -> tuple[bool, bool, str]:
    since = end.failover.since if end.failover else None
    return (end.failover is None, since is None, end.resource_id)


def of_interest(
    sightings: Sequence[Sighting], known: Collection[str], operated_on: Collection[str]
) -> list[Sighting]:
    """Leave out what rests, with all the ends that it shares a group with: nothing is to be told.

    Args:
        sightings: All that were made.
        known: Ids of resources that have episodes.
        operated_on: What the log has operations on.
    """
    stirs = {
        each.resource_id
        for each in sightings
        if not each.rests
        or each.resource_id in known
        or each.resource_id in operated_on
        or not each.handles.isdisjoint(operated_on)
    }
    grouped = [each for each in sightings if each.groups]
    touched: frozenset[str] = frozenset()
    more = True
    while more:
        found = {group for each in grouped if each.resource_id in stirs for group in each.groups}
        more = found > touched
        touched = frozenset(found)
        stirs |= {each.resource_id for each in grouped if not each.groups.isdisjoint(touched)}
    return [each for each in sightings if each.resource_id in stirs]


def together(
    sightings: Sequence[Sighting], known: Sequence[frozenset[str]] = ()
) -> tuple[Ends, ...]:
    """Join the sightings of ends that share a group, or an episode that is still open."""
    by_id = {sighting.resource_id: sighting for sighting in sightings}
    ties: dict[str, list[str]] = {}
    for sighting in by_id.values():
        for group in sighting.groups:
            ties.setdefault(group, []).append(sighting.resource_id)
    tied = [*ties.values(), *([name for name in ids if name in by_id] for ids in known)]
    heads = _joined({name: name for name in by_id}, tied)
    found: dict[str, list[Sighting]] = {}
    for name in sorted(by_id):
        found.setdefault(head_of(heads, name), []).append(by_id[name])
    return tuple(Ends(ends=tuple(ends)) for ends in found.values())


def _joined(heads: dict[str, str], tied: Sequence[Sequence[str]]) -> Mapping[str, str]:
    for names in tied:
        for name in names[1:]:
            one, other = sorted((head_of(heads, names[0]), head_of(heads, name)))
            heads[other] = one
    return heads


def head_of(heads: Mapping[str, str], name: str) -> str:
    """Follow what was joined to the one that stands for all of it."""
    while heads[name] != name:
        name = heads[name]
    return name
