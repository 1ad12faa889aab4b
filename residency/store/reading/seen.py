"""Who first saw each event: by its number, by its kind, or with what it belongs to.

Who acknowledges an incident or an episode has seen all its failover events, also those to come.
Who acknowledges that a violation opened has seen that it closed. `acknowledged` counts the same.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from residency.store.events import EventKind
from residency.store.notes import EventsUntil, events_until
from residency.store.tables import NOTE
from residency.store.times import moment_of

ACKNOWLEDGEMENT = "acknowledgement"

_OPENINGS = """
SELECT c.seq, max(o.seq) FROM event AS c JOIN event AS o
  ON o.resource = c.resource AND o.kind = 'violation-opened' AND o.seq < c.seq
WHERE c.seq IN (SELECT value FROM json_each(?)) GROUP BY c.seq
"""
_INCIDENTS = "SELECT id, body FROM version WHERE kind = 'incident' AND to_scan IS NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Who saw it, by role, and when."""

    at: datetime
    by_role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event as far as it matters who saw it; `episode` is that of which it tells, or none."""

    seq: int
    kind: EventKind
    episode: str


class Seen:
    """All that people have seen."""

    def __init__(self, connection: Connection, closed: Collection[int]) -> None:
        """Read it; `closed` are the numbers of the events that tell of closed violations."""
        self._notes: list[tuple[str, Acknowledged]] = list(_notes(connection))
        self._first: dict[str, int] = {}
        for place, (subject, _) in enumerate(self._notes):
            self._first.setdefault(subject, place)
        self._until: Sequence[tuple[int, EventsUntil]] = [
            (place, many)
            for place, (subject, _) in enumerate(self._notes)
            if (many := events_until(subject)) is not None
        ]
        self._openings: Mapping[int, int] = dict(
            connection.exec_driver_sql(_OPENINGS, (json.dumps(sorted(closed)),)).fetchall()
        )
        self._incidents = _incidents(connection)

    def of(self, event: Told) -> Acknowledged | None:
        """Give who saw an event first; None where nobody has."""
        places = [self._first[name] for name in self._names(event) if name in self._first] + [
            *self._of_kinds(event)
        ]
        return self._notes[min(places)][1] if places else None

    def _names(self, event: Told) -> Iterator[str]:
        yield str(event.seq)
        if event.seq in self._openings:
            yield str(self._openings[event.seq])
        if event.episode:
            yield event.episode
            yield from self._incidents.get(event.episode, ())

    def _of_kinds(self, event: Told) -> Iterator[int]:
        numbers = {str(event.kind): event.seq}
        if event.seq in self._openings:
            numbers[EventKind.VIOLATION_OPENED] = self._openings[event.seq]
        for place, many in self._until:
            if many.kind in numbers and numbers[many.kind] <= many.number:
                yield place


def acknowledgements(connection: Connection, subjects: Iterable[str]) -> Mapping[str, Acknowledged]:
    """Read who first saw each of the subjects that somebody has seen."""
    wanted = set(subjects)
    found: dict[str, Acknowledged] = {}
    for subject, by in _notes(connection):
        if subject in wanted:
            found.setdefault(subject, by)
    return found


def _notes(connection: Connection) -> Iterator[tuple[str, Acknowledged]]:
    """Read what was seen and by whom, the oldest first."""
    query = select(NOTE.c.subject, NOTE.c.at, NOTE.c.by_role).where(NOTE.c.kind == ACKNOWLEDGEMENT)
    for subject, at, by_role in connection.execute(query.order_by(NOTE.c.pk)):
        yield subject, Acknowledged(at=moment_of(at), by_role=by_role)


def _incidents(connection: Connection) -> Mapping[str, tuple[str, ...]]:
    """Read under which names the incident of each episode may have been acknowledged."""
    found: dict[str, tuple[str, ...]] = {}
    for name, body in connection.exec_driver_sql(_INCIDENTS).fetchall():
        told = json.loads(body)
        names = (name, *told.get("superseded", ()))
        found |= dict.fromkeys(told["episode_ids"], names)
    return found
