"""One incident: its episodes with their causes and their way down to the resources."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from starlette.exceptions import HTTPException

from residency import clock
from residency.documents.times import of_length
from residency.settings import Settings
from residency.store.episodes.episode import Episode
from residency.store.reading import failovers
from residency.store.reading.failovers import Told
from residency.store.reading.standing import Reader
from residency.web.page.incidents import IncidentRow, incident_row, path_of
from residency.web.page.words import (
    When,
    customers_of,
    name_of,
    product_of,
    when,
    when_known,
)

_TELLS = {
    "seen": "a scan saw it; it may have been earlier",
    "log": "the activity log says when",
    "service": "the service itself says when",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLink:
    """A resource by its name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRow:
    """A failover of one resource, or of the ends of one group.

    Attributes:
        zones: What the policy called each region of the path when it was first seen there.
        evidence: What tells of it: name and value.
    """

    id: str
    resources: tuple[ResourceLink, ...]
    type: str
    path: str
    zones: str
    is_open: bool
    started: When
    ended: When | None
    lasted: str
    cause: str
    reason: str
    products: tuple[str, ...]
    customers: tuple[str, ...]
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """An incident with its episodes, oldest first."""

    row: IncidentRow
    episodes: tuple[EpisodeRow, ...]
    superseded: tuple[str, ...]


def incident(reader: Reader, settings: Settings, name: str) -> IncidentView:
    """Read one incident, also by an id that it had before. Raises HTTPException: 404."""
    now = clock.now()
    for told in failovers.incidents(reader):
        if name in (told.incident.id, *told.incident.superseded):
            return incident_view(told, settings, now)
    raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such incident")


def incident_view(told: Told, settings: Settings, now: datetime) -> IncidentView:
    """Tell of an incident."""
    return IncidentView(
        row=incident_row(told, settings, now),
        episodes=tuple(episode_row(each, settings, now) for each in told.episodes),
        superseded=told.incident.superseded,
    )


def episode_row(episode: Episode, settings: Settings, now: datetime) -> EpisodeRow:
    """Tell of an episode."""
    return EpisodeRow(
        id=episode.id,
        resources=tuple(ResourceLink(id=each, name=name_of(each)) for each in episode.resource_ids),
        type=episode.resource_type,
        path=path_of(episode),
        zones=" → ".join(episode.zones),
        is_open=episode.open,
        started=when(episode.started_at, now),
        ended=when_known(episode.ended_at, now),
        lasted=of_length((episode.ended_at or now) - episode.started_at),
        cause=f"{episode.cause} ({episode.cause_basis})",
        reason=episode.reason,
        products=tuple(product_of(each, settings) for each in episode.products),
        customers=customers_of(episode.customers, settings),
        evidence=_evidence(episode, now),
    )


def _evidence(episode: Episode, now: datetime) -> Mapping[str, str]:
    """Name what is known of it, and by what."""
    after = when_known(episode.started_after, now)
    until = when_known(episode.ended_after, now)
    unseen = when_known(episode.unseen_since, now)
    told = {
        "its beginning": _TELLS[episode.started_by],
        "last known at home": after.text if after else "never seen at home",
        "operation of the log": episode.operation,
        "called by": f"a {episode.caller}" if episode.caller else None,
        "Service Health": ", ".join(episode.health),
        "its end": _TELLS[episode.ended_by] if episode.ended_by else None,
        "how it ended": episode.ending,
        "last known away": until.text if until else None,
        "not seen since": unseen.text if unseen else None,
    }
    return {name: said for name, said in told.items() if said}
