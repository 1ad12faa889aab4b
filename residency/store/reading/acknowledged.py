"""Which events somebody has seen: by their number, by a kind, or with what they belong to.

Who acknowledges an incident or an episode has seen all its failover events, also those to come.
Who acknowledges that a violation opened has seen that it closed.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from residency.store.events import EventKind
from residency.store.notes import events_until
from residency.store.reading.seen import ACKNOWLEDGEMENT
from residency.store.reading.standing import Reader, rows
from residency.store.tables import NOTE

_NUMBER = re.compile(r"[1-9][0-9]{0,15}")

_BY_NUMBER = "SELECT seq, kind FROM event WHERE seq IN (SELECT value FROM json_each(?))"

_ENDS = """
SELECT c.seq, c.kind FROM event AS o JOIN event AS c ON c.seq = (
  SELECT min(e.seq) FROM event AS e
  WHERE e.resource = o.resource AND e.kind = 'violation-closed' AND e.seq > o.seq
)
WHERE o.kind = 'violation-opened' AND o.seq IN (SELECT value FROM json_each(?))
"""
_ENDS_UNTIL = """
SELECT c.seq, c.kind FROM event AS c
WHERE c.kind = 'violation-closed' AND (
  SELECT max(o.seq) FROM event AS o
  WHERE o.resource = c.resource AND o.kind = 'violation-opened' AND o.seq < c.seq
) <= ?
"""
_EPISODES = """
SELECT id, body ->> '$.resource_ids' FROM version
WHERE kind = 'episode' AND to_scan IS NULL AND id IN (
  SELECT value FROM json_each(?)
  UNION
  SELECT told.value FROM version AS i, json_each(i.body, '$.episode_ids') AS told
  WHERE i.kind = 'incident' AND i.to_scan IS NULL AND (
    i.id IN (SELECT value FROM json_each(?)) OR EXISTS (
      SELECT 1 FROM json_each(i.body, '$.superseded') AS former
      WHERE former.value IN (SELECT value FROM json_each(?))
    )
  )
)
"""
_OF_EPISODES = """
SELECT seq, kind FROM event
WHERE resource IN (SELECT pk FROM resource WHERE id IN (SELECT value FROM json_each(?)))
AND kind LIKE 'failover-%' AND after ->> '$.episode' IN (SELECT value FROM json_each(?))
UNION ALL
SELECT seq, kind FROM event
WHERE subject IN (SELECT value FROM json_each(?))
AND kind LIKE 'failover-%' AND after ->> '$.episode' IN (SELECT value FROM json_each(?))
"""
_ENDS_OF_ALL = "SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) FROM event"
_COUNTED = "SELECT kind, count(*) FROM event WHERE seq > ? GROUP BY kind"
_COUNTED_OF = "SELECT count(*) FROM event WHERE seq > ? AND kind = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgements:
    """What people have seen.

    Attributes:
        numbers: Of single events.
        names: Of episodes and incidents.
        until: By kind the number up to which all its events are seen.
    """

    numbers: frozenset[int]
    names: frozenset[str]
    until: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many events there are.

    Attributes:
        first: The number of the first one that is still kept; 0 where there is none.
        last: The number of the last one.
        total: By kind; it never goes down while it is counted on.
        kept: By kind: those that are still kept.
    """

    first: int
    last: int
    total: Mapping[EventKind, int]
    kept: Mapping[EventKind, int]


def acknowledged(reader: Reader) -> Acknowledgements:
    """Read all that people have seen."""
    query = select(NOTE.c.subject).where(NOTE.c.kind == ACKNOWLEDGEMENT).distinct()
    numbers: set[int] = set()
    names: set[str] = set()
    until: dict[str, int] = {}
    for subject in reader.execute(query).scalars():
        many = events_until(subject)
        if _NUMBER.fullmatch(subject):
            numbers.add(int(subject))
        elif many is not None:
            until[many.kind] = max(many.number, until.get(many.kind, 0))
        else:
            names.add(subject)
    return Acknowledgements(numbers=frozenset(numbers), names=frozenset(names), until=until)


def tally(reader: Reader, former: Tally | None = None) -> Tally:
    """Count the events by kind; `former` is counted on, so that only new ones are read."""
    ((first, last),) = rows(reader, _ENDS_OF_ALL)
    if former is None or former.last > last:
        total = kept = _counted(reader, 0)
    else:
        news = _counted(reader, former.last)
        total = _sum(former.total, news)
        kept = _sum(former.kept, news) if former.first == first else _counted(reader, 0)
    return Tally(first=first, last=last, total=total, kept=kept)


def _counted(reader: Reader, after: int) -> Mapping[EventKind, int]:
    found = dict(rows(reader, _COUNTED, after))
    return {kind: found.get(kind, 0) for kind in EventKind}


def _sum(one: Mapping[EventKind, int], other: Mapping[EventKind, int]) -> Mapping[EventKind, int]:
    return {kind: one[kind] + other[kind] for kind in EventKind}


def unacknowledged(reader: Reader, seen: Acknowledgements, counted: Tally) -> Mapping[str, int]:
    """Count by kind the events that nobody has seen."""
    covered = {seq: kind for seq, kind in _covered(reader, seen) if seq > seen.until.get(kind, 0)}
    found = {str(kind): count for kind, count in counted.kept.items()}
    for kind, until in seen.until.items():
        ((found[kind],),) = rows(reader, _COUNTED_OF, until, kind)
    for kind in covered.values():
        found[kind] -= 1
    return found


def _covered(reader: Reader, seen: Acknowledgements) -> Iterator[tuple[int, str]]:
    """Give the events that are seen, and not by a kind; some more than once."""
    numbers = json.dumps(sorted(seen.numbers))
    yield from rows(reader, _BY_NUMBER, numbers)
    yield from rows(reader, _ENDS, numbers)
    until = seen.until.get(EventKind.VIOLATION_OPENED)
    if until is not None:
        yield from rows(reader, _ENDS_UNTIL, until)
    if seen.names:
        names = json.dumps(sorted(seen.names))
        ends = {name: json.loads(told) for name, told in rows(reader, _EPISODES, *[names] * 3)}
        ids = json.dumps(sorted(ends))
        subjects = json.dumps(sorted({each for told in ends.values() for each in told}))
        yield from rows(reader, _OF_EPISODES, subjects, ids, subjects, ids)
