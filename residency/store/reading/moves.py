"""What moved of one customer: places that came, went or changed, and failovers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

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
    events = events_after(connection, kinds=_MOVES, since=asked.since, subjects=by_id.keys())
    known: dict[tuple[str, str], _Known] = {}
    told: list[Moved] = []
    scans: set[tuple[str, int]] = set()
    for event in events:
        key = event.subject, event.scan.seq
        sides = _concerns(asked, event.before) or _concerns(asked, event.after)
        if sides and key not in scans and event.scan.finished_at <= asked.until:
            scans.add(key)
            teller = _Teller(asked, event, by_id[event.subject], kept)
            told += teller.told(known)
    return tuple(told)


def _concerns(asked: Asked, side: Side) -> bool:
    return side.judged is not None and asked.concerns(side.judged.attribution)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Where the copies of a role were last known to be, and until when."""

    regions: frozenset[str]
    at: datetime | None
    evidence: tuple[str, ...]


class _Teller:
    """Tells what one scan found to be elsewhere of one resource."""

    def __init__(self, asked: Asked, event: Happened, found: Concerned, kept: Withheld) -> None:
        self._asked = asked
        self._event = event
        self._found = found
        self._kept = kept

    def told(self, known: dict[tuple[str, str], _Known]) -> Iterator[Moved]:
        """Tell of each role, and keep in `known` where it is now."""
        event = self._event
        roles = {each.role for each in (*event.before.places, *event.after.places)}
        for role in sorted(roles):
            key = event.subject, role
            before = known.get(key) or self._before(role)
            now = _regions(event.after, role)
            whole = _is_known(event.after, role)
            if before is not None:
                left = sorted(before.regions - now) if whole else []
                came = sorted(now - before.regions)
                yield from self._of_role(role, before, left, came)
            if whole:
                by = event.scan.finished_at
                known[key] = _Known(regions=now, at=by, evidence=self._proof(event.after, role))
            elif before is not None:
                known[key] = replace(before, regions=before.regions | now)

    def _before(self, role: str) -> _Known | None:
        """Give where it was known to be before; None where that was not known."""
        side, since = self._event.before, self._event.since
        if not _is_known(side, role):
            return None
        at = since.finished_at if since else None
        return _Known(regions=_regions(side, role), at=at, evidence=self._proof(side, role))

    def _of_role(
        self, role: str, before: _Known, left: list[str], came: list[str]
    ) -> Iterator[Moved]:
        if len(left) == len(came) == 1:
            yield self._moved(role, before, left[0], came[0])
            return
        yield from (self._moved(role, before, region, None) for region in left)
        yield from (self._moved(role, before, None, region) for region in came)

    def _moved(self, role: str, before: _Known, left: str | None, came: str | None) -> Moved:
        event, found = self._event, self._found
        return Moved(
            number=event.seq,
            resource=self._kept.text(found.resource.id) if found.assigned else None,
            resource_type=found.resource.type,
            role=role,
            left=left,
            came=came,
            after=self._last_known(role, before),
            by=event.scan.finished_at,
            evidence_before=before.evidence,
            evidence_after=self._proof(event.after, role),
        )

    def _last_known(self, role: str, before: _Known) -> datetime | None:
        """Give the last time that it was known to be as before: the scan before, if that knew."""
        since = self._event.since
        if since is not None and _is_known(self._event.before, role):
            return since.finished_at
        return before.at

    def _proof(self, side: Side, role: str) -> tuple[str, ...]:
        if not (self._found.assigned and _concerns(self._asked, side)):
            return ()
        own = (each for each in side.places if each.role == role)
        return tuple(dict.fromkeys(self._kept.text(str(each.evidence)) for each in own))


def _is_unknown(place: Placement) -> bool:
    return place.unresolved is not None or place.region == UNKNOWN_REGION


def _regions(side: Side, role: str) -> frozenset[str]:
    return frozenset(
        each.region for each in side.places if each.role == role and not _is_unknown(each)
    )


def _is_known(side: Side, role: str) -> bool:
    """Whether every place of a role is known; so it is where there is nothing of it."""
    return not any(_is_unknown(each) for each in side.places if each.role == role)


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
