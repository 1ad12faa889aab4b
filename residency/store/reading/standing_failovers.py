"""The open incidents and their episodes, read one by one: there may be very many."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from residency.store.episodes.episode import Purpose
from residency.store.episodes.kept import annotations
from residency.store.reading.standing import Reader, rows

_OPEN_INCIDENTS = """
SELECT body FROM version
WHERE kind = 'incident' AND to_scan IS NULL AND body ->> '$.ended_at' IS NULL
"""
_EPISODES = """
SELECT body FROM version
WHERE kind = 'episode' AND to_scan IS NULL
AND (body ->> '$.ended_at' IS NULL OR id IN (SELECT value FROM json_each(?)))
"""
_ATTRIBUTED = """
SELECT r.id, state.product, state.environment
FROM resource AS r
JOIN standing AS s ON s.resource = r.pk AND s.to_scan IS NULL
JOIN state ON state.pk = s.state
WHERE r.id IN (SELECT value FROM json_each(?))
"""


class StandingIncident(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that is open."""

    id: str
    started_at: datetime
    episode_ids: tuple[str, ...]
    superseded: tuple[str, ...] = ()


class StandingEpisode(msgspec.Struct, frozen=True, kw_only=True):
    """What the metrics tell of an episode; not all that is kept of it."""

    id: str
    resource_id: str
    resource_type: str
    path: tuple[str, ...]
    started_at: datetime
    ended_at: datetime | None = None
    reason: Purpose = Purpose.UNKNOWN
    explained: bool = False
    products: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    incident_id: str | None = None

    @property
    def open(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """The product and environment of a resource that stands."""

    product: str | None
    environment: str


def open_incidents(reader: Reader) -> tuple[StandingIncident, ...]:
    """Read the incidents that are open, without those that turned out to be another."""
    bodies = reader.exec_driver_sql(_OPEN_INCIDENTS).scalars()
    found = [msgspec.json.decode(body, type=StandingIncident) for body in bodies]
    gone = {name for each in found for name in each.superseded}
    return tuple(each for each in found if each.id not in gone)


def standing_episodes(
    reader: Reader, incidents: Collection[StandingIncident]
) -> Iterator[StandingEpisode]:
    """Read the open episodes and all of the open incidents, with what people recorded of them."""
    notes = annotations(reader)
    names = json.dumps([name for each in incidents for name in each.episode_ids])
    for (body,) in rows(reader, _EPISODES, names):
        episode = msgspec.json.decode(body, type=StandingEpisode)
        note = notes.get(episode.id)
        if note is not None:
            told = {"reason": note.reason, "explained": note.explained}
            episode = msgspec.structs.replace(episode, **told)
        yield episode


def whose(reader: Reader, resource_ids: Collection[str]) -> Mapping[str, Whose]:
    """Read the product and environment of resources; of those that stand."""
    found = rows(reader, _ATTRIBUTED, json.dumps(sorted(resource_ids)))
    return {name: Whose(product=product, environment=where) for name, product, where in found}
