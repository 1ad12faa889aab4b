"""Episodes as JSON: the schema `residency/episodes/v1`."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from residency.store.episodes.episode import Episode

SCHEMA = "residency/episodes/v1"


def document(episodes: Iterable[Episode]) -> dict[str, Any]:
    """Give episodes as the document that `residency episodes --format json` prints."""
    ranked = sorted(episodes, key=lambda each: (each.started_at, each.id))
    return {"schema": SCHEMA, "episodes": [episode_document(episode) for episode in ranked]}


def episode_document(episode: Episode) -> dict[str, Any]:
    """Give one episode as JSON values."""
    return {
        "id": episode.id,
        "incident_id": episode.incident_id,
        "resource_id": episode.resource_id,
        "resource_type": episode.resource_type,
        "from_region": episode.from_region,
        "to_region": episode.to_region,
        "path": list(episode.path),
        "cause": str(episode.cause),
        "cause_basis": str(episode.cause_basis),
        "reason": str(episode.reason),
        "open": episode.open,
        "started_at": _written(episode.started_at),
        "started_after": _written(episode.started_after),
        "ended_at": _written(episode.ended_at),
        "ended_after": _written(episode.ended_after),
        "products": list(episode.products),
        "customers": list(episode.customers),
    }


def _written(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
