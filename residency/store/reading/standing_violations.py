"""The resources in violation or another status, the worst first: where, and since when."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from residency.model import Placement, Status
from residency.store.reading.placements import placement_of
from residency.store.reading.standing import Reader, rows
from residency.store.times import moment_of

_THOSE = """
SELECT s.resource, r.id, r.type, r.subscription_id, s.state
FROM standing AS s INDEXED BY standing_now CROSS JOIN resource AS r ON r.pk = s.resource
WHERE s.to_scan IS NULL AND s.state IN (SELECT value FROM json_each(?))
ORDER BY r.id LIMIT ?
"""
_PLACES = """
SELECT p.resource, f.pk, f.role, f.region, f.country, f.basis, f.api, f.path, f.value, f.more
FROM placement AS p JOIN fact AS f ON f.pk = p.fact
WHERE p.to_scan IS NULL AND p.resource IN (SELECT value FROM json_each(?))
"""
_FACT = ("pk", "role", "region", "country", "basis", "api", "path", "value", "more")

_SINCE = """
WITH told AS (SELECT value AS resource FROM json_each(?)),
broken AS (
  SELECT told.resource, coalesce((
    SELECT max(s.to_scan) FROM standing AS s JOIN state ON state.pk = s.state
    WHERE s.resource = told.resource AND s.to_scan IS NOT NULL AND (
      state.status <> ? OR NOT EXISTS (
        SELECT 1 FROM standing AS next
        WHERE next.resource = s.resource AND next.from_scan = s.to_scan
      )
    )
  ), 0) AS scan FROM told
)
SELECT broken.resource, scan.started_at FROM broken JOIN scan ON scan.seq = (
  SELECT min(s.from_scan) FROM standing AS s
  WHERE s.resource = broken.resource AND s.from_scan >= broken.scan
)
"""
"""A break is another status, or a time in which the resource was gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violating:
    """A resource in violation.

    Attributes:
        since: When the scan began that found it so first, without a break since.
    """

    id: str
    type: str
    subscription_id: str
    state: int
    places: tuple[Placement, ...]
    since: datetime


def violating(
    reader: Reader,
    ranked: Sequence[Collection[int]],
    at: datetime,
    limit: int,
    status: Status = Status.VIOLATION,
) -> tuple[Violating, ...]:
    """Read resources by their states.

    Args:
        reader: Sees one state throughout.
        ranked: Numbers of states, those first whose resources are read first; among them by id.
        at: When their places count as read.
        limit: How many resources at most.
        status: That of all these states; since when it stands is told.
    """
    found: list[tuple[int, str, str, str, int]] = []
    for group in ranked:
        if group and len(found) < limit:
            found += rows(reader, _THOSE, json.dumps(sorted(group)), limit - len(found))
    numbers = json.dumps([row[0] for row in found])
    since = {pk: moment_of(text) for pk, text in rows(reader, _SINCE, numbers, status)}
    places = _places(reader, numbers, at)
    return tuple(_violating(row, since[row[0]], places.get(row[0], ())) for row in found)


def _violating(
    row: tuple[int, str, str, str, int], since: datetime, places: Sequence[Placement]
) -> Violating:
    _, name, kind, subscription, state = row
    return Violating(
        id=name,
        type=kind,
        subscription_id=subscription,
        state=state,
        places=tuple(places),
        since=since,
    )


def _places(reader: Reader, numbers: str, at: datetime) -> Mapping[int, Sequence[Placement]]:
    found: dict[int, list[Placement]] = {}
    known: dict[int, Placement] = {}
    for resource, row in _rows(reader, numbers):
        pk = row["pk"]
        if pk not in known:
            known[pk] = placement_of(row, at)
        found.setdefault(resource, []).append(known[pk])
    return found


def _rows(reader: Reader, numbers: str) -> Iterator[tuple[int, dict[str, int]]]:
    for resource, *fact in rows(reader, _PLACES, numbers):
        yield resource, dict(zip(_FACT, fact, strict=True))
