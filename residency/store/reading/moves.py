"""What moved of one customer: places that came, went or changed, and failovers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from residency.model import Placement
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
    """Give each change of a place that the scans of that time found."""
    by_id = {each.resource.id: each for each in found}
    events = events_after(connection, kinds=_MOVES, since=asked.since, subjects=by_id.keys())
    return tuple(
        _moved(each, by_id[each.subject], kept)
        for each in events
        if each.scan.finished_at <= asked.until
        if _concerns(asked, each.before) or _concerns(asked, each.after)
    )


def _concerns(asked: Asked, side: Side) -> bool:
    return side.judged is not None and asked.concerns(side.judged.attribution)


def _moved(event: Happened, found: Concerned, kept: Withheld) -> Moved:
    told = event.after.told
    added = event.kind is EventKind.PLACEMENT_ADDED
    left = told.get("from") or (None if added else told.get("region"))
    came = told.get("to") or (told.get("region") if added else None)
    role = str(told["role"])
    proven = found.assigned
    return Moved(
        number=event.seq,
        resource=kept.text(found.resource.id) if proven else None,
        resource_type=found.resource.type,
        role=role,
        left=left,
        came=came,
        after=event.since.finished_at if event.since else None,
        by=event.scan.finished_at,
        evidence_before=_proof(event.before.places, role, left, kept) if proven else (),
        evidence_after=_proof(event.after.places, role, came, kept) if proven else (),
    )


def _proof(
    places: Sequence[Placement], role: str, region: str | None, kept: Withheld
) -> tuple[str, ...]:
    """Give what proves the place that is told of; where it left to nowhere, what is there still."""
    own = [each for each in places if each.role == role]
    here = [each for each in own if each.region == region] or own
    return tuple(dict.fromkeys(kept.text(str(each.evidence)) for each in here))


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
