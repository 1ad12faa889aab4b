"""What moved of one customer: places that came, went or changed, and failovers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Connection

from residency.store.episodes.episode import Episode
from residency.store.reading.concern import Asked, Concerned
from residency.store.reading.copies import Copies, CopiesOf, PlacedEvent, Sides, placed_events
from residency.store.reading.failovers import episodes
from residency.store.reading.scans import Clock
from residency.store.reading.spans import Spans
from residency.store.reading.withheld import Withheld


class Moved(NamedTuple):
    """One change of a place. A tuple, because there may be many.

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
    """One failover, of which only this customer's resources are told.

    Attributes:
        out_of_order: It went past the failover countries, and nothing recorded explains that.
    """

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
    out_of_order: bool


def moves_of(
    connection: Connection, asked: Asked, found: Sequence[Concerned], clock: Clock, kept: Withheld
) -> tuple[Moved, ...]:
    """Give each change between places that are known; that one became unknown is none.

    What was unknown for a while is compared with where it was last known.
    """
    by_pk = {each.resource.pk: each for each in found}
    chains = placed_events(connection, by_pk, clock.ended_within(asked.since, asked.until))
    copies = CopiesOf(connection, asked, chains.values(), kept)
    known: dict[tuple[object, ...], tuple[_Step, ...]] = {}
    told: list[Moved] = []
    for pk, chain in chains.items():
        each = by_pk[pk]
        _, _, scans, *sides = zip(*chain, strict=True)
        after_first = scans[0] > 1
        key = (each.assigned, after_first, *sides)
        if key not in known:  # resources that move together have the same sides
            pairs = (copies.of(*pair, each.assigned) for pair in zip(*sides, strict=True))
            known[key] = tuple(_steps(pairs, after_first=after_first))
        told += _moved(each, chain, known[key], clock, kept)
    return tuple(sorted(told, key=itemgetter(0)))


class _At(NamedTuple):
    """When something was: the scan of an event of the chain, or the one before it."""

    event: int
    back: int


class _Known(NamedTuple):
    """Where the copies of a role were last known to be, and until when."""

    regions: frozenset[str]
    at: _At | None
    evidence: tuple[str, ...]


class _Step(NamedTuple):
    """One change of a place in a chain of events; `after` and `at` are numbers in the chain."""

    at: int
    role: str
    left: str | None
    came: str | None
    after: _At | None
    evidence_before: tuple[str, ...]
    evidence_after: tuple[str, ...]


_NONE = Copies()


def _steps(chain: Iterable[Sides | None], *, after_first: bool) -> Iterator[_Step]:
    """Tell of each event and role of one resource, and keep in mind where it is now."""
    known: dict[str, _Known] = {}
    for at, sides in enumerate(chain):
        since = _At(at, 1) if at or after_first else None
        was, now = sides or ({}, {})
        for role in sorted(was.keys() | now.keys()):
            former, copies = was.get(role, _NONE), now.get(role, _NONE)
            last = known.get(role) or _before(former, since)
            if last is not None:
                left = sorted(last.regions - copies.regions) if copies.whole else []
                came = sorted(copies.regions - last.regions)
                after = since if since and former.whole else last.at
                for pair in _pairs(left, came):
                    yield _Step(at, role, *pair, after, last.evidence, copies.evidence)
            if copies.whole:
                known[role] = _Known(copies.regions, _At(at, 0), copies.evidence)
            elif last is not None:
                known[role] = last._replace(regions=last.regions | copies.regions)


def _before(former: Copies, since: _At | None) -> _Known | None:
    """Give where it was known to be before; None where that was not known."""
    return _Known(former.regions, since, former.evidence) if former.whole else None


def _moved(
    found: Concerned,
    chain: Sequence[PlacedEvent],
    steps: Iterable[_Step],
    clock: Clock,
    kept: Withheld,
) -> Iterator[Moved]:
    name = kept.text(found.resource.id) if found.assigned else None
    kind = found.resource.type
    ended = clock.ended
    for at, role, left, came, after, before, now in steps:
        _, seq, scan, *_ = chain[at]
        since = None if after is None else ended[chain[after[0]].scan - after[1]]
        by = ended[scan]
        if by is not None:
            yield Moved(seq, name, kind, role, left, came, since, by, before, now)


def _pairs(left: list[str], came: list[str]) -> list[tuple[str | None, str | None]]:
    """Give what moved from where to where; what only left or came is told alone."""
    if len(left) == len(came) == 1:
        return [(left[0], came[0])]
    return [*((region, None) for region in left), *((None, region) for region in came)]


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
        out_of_order=episode.skipped_the_order,
    )
