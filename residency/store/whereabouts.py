"""Where resources were seen before: the unbroken row of scans that ends with the last one."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import Connection, select

from residency.model import Role
from residency.store.tables import FACT, PLACEMENT, RESOURCE, SCAN, STANDING, STATE
from residency.store.times import Span, moment_of

_AT_ONCE = 500
"""Fewer than SQLite takes as parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Where one incarnation of a resource was last seen to be written.

    Attributes:
        regions: Those that a field calls written, else all that its primary is in.
        writer: Whether a field called them written.
        first: The first scan of an unbroken row that saw it there, from its beginning to its end:
            when in between it looked, nothing tells. What was unknown breaks no row.
        last: The last of them.
        told_by: The paths of all evidence of where this incarnation was written, now and before.
    """

    regions: frozenset[str]
    writer: bool
    first: Span
    last: Span
    told_by: frozenset[str] = frozenset()


class _Place(NamedTuple):
    """A known primary, from a scan until another."""

    since: int
    until: int
    region: str
    writer: bool
    path: str


class _Seen(NamedTuple):
    """A stretch of scans in which a resource stood, and whether it was really seen."""

    since: int
    until: int
    really: bool


def last_stays(connection: Connection, resource_ids: Collection[str]) -> Mapping[str, Stay]:
    """Give where resources were last seen; what stands no longer, or was never known, is left out.

    Args:
        connection: Sees the store as it was before the scan that asks.
        resource_ids: Lower-cased.
    """
    times = {
        seq: Span(moment_of(began), moment_of(ended))
        for seq, began, ended in connection.execute(
            select(SCAN.c.seq, SCAN.c.started_at, SCAN.c.finished_at)
        )
    }
    found: dict[str, Stay] = {}
    wanted = sorted(resource_ids)
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        seen, places = _seen(connection, part, len(times)), _places(connection, part, len(times))
        for name in part:
            stood, stays = _unbroken(seen.get(name, ()), len(times)), places.get(name, ())
            row = _row(stood, stays)
            if row is not None:
                (regions, writer), first, last = row
                found[name] = Stay(
                    regions=regions,
                    writer=writer,
                    first=times[first],
                    last=times[last],
                    told_by=frozenset(each.path for each in stays if each.until >= stood[-1].since),
                )
    return found


def _seen(connection: Connection, names: Sequence[str], last: int) -> Mapping[str, Sequence[_Seen]]:
    columns = RESOURCE.c.id, STANDING.c.from_scan, STANDING.c.to_scan, STATE.c.seen
    query = (
        select(*columns)
        .join(STANDING, STANDING.c.resource == RESOURCE.c.pk)
        .join(STATE, STATE.c.pk == STANDING.c.state)
        .where(RESOURCE.c.id.in_(names))
        .order_by(STANDING.c.from_scan)
    )
    found: dict[str, list[_Seen]] = {}
    for name, since, until, seen in connection.execute(query):
        found.setdefault(name, []).append(_Seen(since, (until or last + 1) - 1, seen))
    return found


def _places(
    connection: Connection, names: Sequence[str], last: int
) -> Mapping[str, Sequence[_Place]]:
    span = PLACEMENT.c.from_scan, PLACEMENT.c.to_scan
    query = (
        select(RESOURCE.c.id, *span, FACT.c.region, FACT.c.more, FACT.c.path)
        .join(PLACEMENT, PLACEMENT.c.resource == RESOURCE.c.pk)
        .join(FACT, FACT.c.pk == PLACEMENT.c.fact)
        .where(RESOURCE.c.id.in_(names) & (FACT.c.role == Role.PRIMARY))
        .order_by(PLACEMENT.c.from_scan)
    )
    found: dict[str, list[_Place]] = {}
    for name, since, until, region, more, path in connection.execute(query):
        told = json.loads(more)
        if "unresolved" not in told:
            end, writer = (until or last + 1) - 1, bool(told.get("writer"))
            place = _Place(since, end, region, writer, path)
            found.setdefault(name, []).append(place)
    return found


def _unbroken(seen: Sequence[_Seen], last: int) -> list[_Seen]:
    """Give the stretches, newest first, in which it stood without a gap until the last scan."""
    found: list[_Seen] = []
    wanted = last
    for each in reversed(seen):
        if each.until != wanted:
            break
        found.append(each)
        wanted = each.since - 1
    return found


def _row(
    seen: Iterable[_Seen], places: Sequence[_Place]
) -> tuple[tuple[frozenset[str], bool], int, int] | None:
    """Give the newest known places with the first and the last scan that saw them."""
    found: tuple[frozenset[str], bool] | None = None
    first = last = 0
    for since, until in _stretches(seen, places):
        stood = [each for each in places if each.since <= since and until <= each.until]
        written = [each for each in stood if each.writer] or stood
        here = frozenset(each.region for each in written), any(each.writer for each in written)
        if not here[0]:
            continue
        if found is None:
            found, last = here, until
        if here[0] != found[0]:
            break
        first = since
    return (found, first, last) if found else None


def _stretches(seen: Iterable[_Seen], places: Sequence[_Place]) -> Iterator[tuple[int, int]]:
    """Cut what was really seen wherever a place begins or ends, newest first."""
    cuts = sorted({each.since for each in places} | {each.until + 1 for each in places})
    for each in seen:
        if each.really:
            inner = [cut for cut in cuts if each.since < cut <= each.until]
            edges = [each.since, *inner, each.until + 1]
            yield from reversed([(a, b - 1) for a, b in pairwise(edges)])
