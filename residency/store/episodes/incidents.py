"""Incidents: the episodes that belong together, which people are told of as one.

Episodes that first went to the same zone and began within an hour of each other are one incident,
and so are those that are linked through others between them. An escalation changes no incident: it
is the same disruption, and its clock runs on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from residency.model import Zone
from residency.store.episodes.episode import Episode, is_worse, new_id, revised
from residency.store.episodes.sighting import head_of

APART = timedelta(minutes=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What belongs together.

    Attributes:
        zone: The zone that its episodes went to first.
        worst_zone: The farthest from home that any of them reached.
        superseded: Ids of other incidents that turned out to be this one.
    """

    id: str
    zone: Zone
    worst_zone: Zone
    started_at: datetime
    ended_at: datetime | None
    episode_ids: tuple[str, ...]
    superseded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The episodes, each with its incident, and the incidents by their beginning."""

    episodes: tuple[Episode, ...]
    incidents: tuple[Incident, ...]


def gather(episodes: Sequence[Episode]) -> Gathered:
    """Put episodes together to incidents.

    An incident that grows keeps its id, and an episode never leaves the incident that it was told
    with, also if its beginning becomes better known. Where two turn out to be one, the id of the
    one whose episode began first stays. Give all episodes that a new one may belong to: those that
    began within the last hours, and with them every one of their incidents.
    """
    incidents: list[Incident] = []
    found: dict[str, Episode] = {}
    ranked = sorted(episodes, key=lambda each: (each.started_at, each.id))
    for cluster in _clusters(ranked):
        incident = _incident(cluster)
        incidents.append(incident)
        found |= {each.id: _with_incident(each, incident.id) for each in cluster}
    incidents.sort(key=lambda each: (each.started_at, each.id))
    return Gathered(episodes=tuple(found[each.id] for each in ranked), incidents=tuple(incidents))


def _clusters(ranked: Sequence[Episode]) -> Iterator[list[Episode]]:
    """Link each episode with the one before it in its zone, and with those of its incident."""
    heads: dict[str, str] = {}
    last: dict[Zone, Episode] = {}
    told: dict[str, Episode] = {}
    for episode in ranked:
        heads[episode.id] = episode.id
        before = last.get(_first_zone(episode))
        if before and episode.started_at - before.started_at <= APART:
            _join(heads, before.id, episode.id)
        if episode.incident_id is not None:
            _join(heads, told.setdefault(episode.incident_id, episode).id, episode.id)
        last[_first_zone(episode)] = episode
    found: dict[str, list[Episode]] = {}
    for episode in ranked:
        found.setdefault(head_of(heads, episode.id), []).append(episode)
    yield from found.values()


def _join(heads: dict[str, str], one: str, other: str) -> None:
    heads[head_of(heads, other)] = head_of(heads, one)


def _incident(cluster: Sequence[Episode]) -> Incident:
    first = cluster[0]
    named = list(dict.fromkeys(each.incident_id for each in cluster if each.incident_id))
    ends = [each.ended_at for each in cluster if each.ended_at is not None]
    worst = first.zones[-1]
    for zone in (zone for each in cluster for zone in each.zones[1:]):
        worst = zone if is_worse(zone, worst) else worst
    return Incident(
        id=named[0] if named else new_id("incident", first.id),
        zone=_first_zone(first),
        worst_zone=worst,
        started_at=first.started_at,
        ended_at=max(ends) if len(ends) == len(cluster) else None,
        episode_ids=tuple(each.id for each in cluster),
        superseded=tuple(sorted(named[1:])),
    )


def _first_zone(episode: Episode) -> Zone:
    return episode.zones[min(1, len(episode.zones) - 1)]


def _with_incident(episode: Episode, incident_id: str) -> Episode:
    """Put an episode in its incident; the first time is part of the version that opened it."""
    placed = replace(episode, incident_id=incident_id)
    return placed if episode.incident_id is None else revised(episode, placed)
