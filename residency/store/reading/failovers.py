"""Episodes and incidents as people ask for them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from residency.store.episodes.episode import Episode
from residency.store.episodes.incidents import Incident
from residency.store.episodes.kept import read_back
from residency.store.reading.seen import Acknowledged, acknowledgements


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An incident with its episodes.

    Attributes:
        acknowledged: The first who saw it, or one of its episodes.
    """

    incident: Incident
    episodes: tuple[Episode, ...]
    acknowledged: Acknowledged | None

    @property
    def open(self) -> bool:
        """Whether one of its episodes has not ended."""
        return self.incident.ended_at is None

    @property
    def products(self) -> tuple[str, ...]:
        """The products that it concerns."""
        return tuple(sorted({name for each in self.episodes for name in each.products}))

    @property
    def customers(self) -> tuple[str, ...]:
        """The ids of the customers that it concerns."""
        return tuple(sorted({name for each in self.episodes for name in each.customers}))


def episodes(
    connection: Connection, *, only_open: bool = False, at: int | None = None
) -> tuple[Episode, ...]:
    """Read the episodes, by their beginning, with what people recorded of them.

    Args:
        connection: Sees one state throughout.
        only_open: Only those that have not ended.
        at: As they stood by this scan; None: by the last one.
    """
    found = (each for each in read_back(connection, Episode, at) if each.open or not only_open)
    return tuple(sorted(found, key=lambda each: (each.started_at, each.id)))


def incidents(
    connection: Connection, *, only_open: bool = False, at: int | None = None
) -> tuple[Told, ...]:
    """Read the incidents, by their beginning; one that turned out to be another is left out.

    Args:
        connection: Sees one state throughout.
        only_open: Only those of which an episode has not ended.
        at: As they stood by this scan; None: by the last one.
    """
    by_id = {each.id: each for each in read_back(connection, Episode, at)}
    known = read_back(connection, Incident, at)
    gone = {name for each in known for name in each.superseded}
    found = [each for each in known if each.id not in gone]
    names = {name for each in found for name in (each.id, *each.episode_ids)}
    seen = acknowledgements(connection, names)
    told = (_told(each, by_id, seen) for each in found if each.ended_at is None or not only_open)
    return tuple(sorted(told, key=lambda each: (each.incident.started_at, each.incident.id)))


def _told(
    incident: Incident, by_id: Mapping[str, Episode], seen: Mapping[str, Acknowledged]
) -> Told:
    names = (incident.id, *incident.superseded, *incident.episode_ids)
    by = [seen[name] for name in names if name in seen]
    return Told(
        incident=incident,
        episodes=tuple(by_id[name] for name in incident.episode_ids if name in by_id),
        acknowledged=min(by, key=lambda each: each.at, default=None),
    )
