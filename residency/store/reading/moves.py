"""What moved of one customer: places that came, went or changed, and failovers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from residency.model import UNKNOWN_REGION, Placement
from residency.store.episodes.episode import Episode
from residency.store.events import EventKind
from residency.store.reading.concern import Asked, Concerned
from residency.store.reading.events import Happened, Side, events_after
from residency.store.reading.failovers import episodes
from residency.store.reading.spans import Spans
from residency.store.reading.withheld import Withheld

_MOVES = frozenset(
    {EventKind.PLACEMENT_ADDED, EventKind.PLACEMENT_REMOVED, EventKind.PLACEMENT_MOVED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One change of a place.

    Attributes:
        number: Of the event.
        resource: Its id; None where nothing says whose it is.
        role: Of the copy.
        left: The region that it left, or None.
        came: The region where it is now, or None.
        after: The end of the last scan that found it as before; None where there was none.
        by: The end of the scan that found it so.
        evidence_before: What proved the place before.
        evidence_after: What proves it now.
    """

    number: int
    resource: str | None
    resource_type: str
    role: str
    left: str | None
    came: str | None
    after: datetime | None
    by: datetime
    evidence_before: tuple[str, ...]
    evidence_after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedOver:
    """One failover, of which only this customer's resources are told."""

    resources: tuple[str, ...]
    resource_type: str
    path: tuple[str, ...]
    started_at: datetime
    started_after: datetime | None
    ended_at: datetime | None
    ended_after: datetime | None
    cause: str
    cause_basis: str
    reason: str


def moves_of(
    connection: Connection, asked: Asked, found: Sequence[Concerned], kept: Withheld
) -> tuple[Moved, ...]:
    """Give each change between places that are known; that one became unknown is none.

    What was unknown for a while is compared with where it was last known.
    """
    by_id = {each.resource.id: each for each in found}
    events = events_after(
        connection, kinds=_MOVES, since=asked.since, subjects=by_id.keys(), read_at=asked.until
    )
    teller = _Teller(asked, kept)
    told: list[Moved] = []
    scans: set[tuple[str, int]] = set()
    for event in events:
        key = event.subject, event.scan.seq
        sides = teller.concerns(event.before) or teller.concerns(event.after)
        if sides and key not in scans and event.scan.finished_at <= asked.until:
            scans.add(key)
            told += teller.told(event, by_id[event.subject])
    return tuple(told)


class _Known(NamedTuple):
    """Where the copies of a role were last known to be, and until when."""

    regions: frozenset[str]
    at: datetime | None
    evidence: tuple[str, ...]


class _Copies(NamedTuple):
    """The copies of one role on one side of an event.

    `whole`: every place of them is known; so it is where there is none.
    """

    regions: frozenset[str] = frozenset()
    whole: bool = True
    evidence: tuple[str, ...] = ()


_NONE = _Copies()


class _Teller:
    """Tells what scans found to be elsewhere, event by event."""

    def __init__(self, asked: Asked, kept: Withheld) -> None:
        self._asked = asked
        self._kept = kept
        self._known: dict[tuple[str, str], _Known] = {}
        self._sides: dict[tuple[int, bool], tuple[Side, Mapping[str, _Copies]]] = {}

    def told(self, event: Happened, found: Concerned) -> Iterator[Moved]:
        """Tell of each role, and keep in mind where it is now."""
        was = self._copies(event.before, assigned=found.assigned)
        now = self._copies(event.after, assigned=found.assigned)
        for role in sorted(was.keys() | now.keys()):
            former, copies = was.get(role, _NONE), now.get(role, _NONE)
            key = event.subject, role
            known = self._known.get(key) or _before(event, former)
            if known is not None:
                left = sorted(known.regions - copies.regions) if copies.whole else []
                came = sorted(copies.regions - known.regions)
                after = event.since.finished_at if event.since and former.whole else known.at
                evidence = known.evidence, copies.evidence
                for regions in _pairs(left, came):
                    yield self._moved(event, found, role, regions, after, evidence)
            if copies.whole:
                at = event.scan.finished_at
                self._known[key] = _Known(copies.regions, at, copies.evidence)
            elif known is not None:
                self._known[key] = known._replace(regions=known.regions | copies.regions)

    def concerns(self, side: Side) -> bool:
        """Whether what stood there concerned the customer."""
        return side.judged is not None and self._asked.concerns(side.judged.attribution)

    def _copies(self, side: Side, *, assigned: bool) -> Mapping[str, _Copies]:
        """Give the copies by role; many events share a side."""
        key = id(side), assigned
        if key not in self._sides:
            told = assigned and self.concerns(side)
            found: dict[str, _Copies] = {
                role: self._of_role([each for each in side.places if each.role == role], told=told)
                for role in {each.role for each in side.places}
            }
            self._sides[key] = side, found  # kept, so that no other comes to have its id
        return self._sides[key][1]

    def _of_role(self, places: Sequence[Placement], *, told: bool) -> _Copies:
        known = frozenset(each.region for each in places if not _is_unknown(each))
        texts = (self._kept.text(str(each.evidence)) for each in places if told)
        whole = not any(map(_is_unknown, places))
        return _Copies(known, whole, tuple(dict.fromkeys(texts)))

    def _moved(
        self,
        event: Happened,
        found: Concerned,
        role: str,
        regions: tuple[str | None, str | None],
        after: datetime | None,
        evidence: tuple[tuple[str, ...], tuple[str, ...]],
    ) -> Moved:
        return Moved(
            number=event.seq,
            resource=self._kept.text(found.resource.id) if found.assigned else None,
            resource_type=found.resource.type,
            role=role,
            left=regions[0],
            came=regions[1],
            after=after,
            by=event.scan.finished_at,
            evidence_before=evidence[0],
            evidence_after=evidence[1],
        )


def _before(event: Happened, former: _Copies) -> _Known | None:
    """Give where it was known to be before; None where that was not known."""
    if not former.whole:
        return None
    at = event.since.finished_at if event.since else None
    return _Known(former.regions, at, former.evidence)


def _pairs(left: list[str], came: list[str]) -> list[tuple[str | None, str | None]]:
    """Give what moved from where to where; what only left or came is told alone."""
    if len(left) == len(came) == 1:
        return [(left[0], came[0])]
    return [*((region, None) for region in left), *((None, region) for region in came)]


def _is_unknown(place: Placement) -> bool:
    return place.unresolved is not None or place.region == UNKNOWN_REGION


def failovers_of(
    connection: Connection,
    asked: Asked,
    found: Sequence[Concerned],
    spans: Spans,
    kept: Withheld,
) -> tuple[FailedOver, ...]:
    """Give each failover that was, or may have been, at some time of what is asked for."""
    by_id = {each.resource.id: each for each in found}
    told: list[FailedOver] = []
    for episode in episodes(connection):
        begins = max(asked.since, episode.started_after or episode.started_at)
        ends = min(asked.until, episode.ended_at or asked.until)
        own = [by_id[name] for name in episode.resource_ids if name in by_id]
        own = [each for each in own if spans.concern(each, begins, ends)]
        if own and begins <= ends:
            told.append(_failed_over(episode, own, kept))
    return tuple(told)


def _failed_over(episode: Episode, own: Sequence[Concerned], kept: Withheld) -> FailedOver:
    return FailedOver(
        resources=tuple(kept.text(each.resource.id) for each in own if each.assigned),
        resource_type=own[0].resource.type,
        path=episode.path,
        started_at=episode.started_at,
        started_after=episode.started_after,
        ended_at=episode.ended_at,
        ended_after=episode.ended_after,
        cause=episode.cause,
        cause_basis=episode.cause_basis,
        reason=episode.reason,
    )
