"""Incidents."""

from collections.abc import Sequence
from typing import Any

from residency.documents.times import instant
from residency.store.reading.failovers import Told
from residency.store.reading.seen import Acknowledged

SCHEMA = "residency/incidents/v1"


def document(incidents: Sequence[Told]) -> dict[str, Any]:
    """Give incidents as JSON values, schema `residency/incidents/v1`."""
    return {"schema": SCHEMA, "incidents": [incident_document(each) for each in incidents]}


def incident_document(told: Told) -> dict[str, Any]:
    """Give one incident as JSON values."""
    incident = told.incident
    return {
        "id": incident.id,
        "zone": incident.zone,
        "worst_zone": incident.worst_zone,
        "open": told.open,
        "started_at": instant(incident.started_at),
        "ended_at": instant(incident.ended_at),
        "episodes": list(incident.episode_ids),
        "products": list(told.products),
        "affected_customers": len(told.customers),
        "acknowledged": acknowledged_document(told.acknowledged),
    }


def acknowledged_document(acknowledged: Acknowledged | None) -> dict[str, Any] | None:
    """Give who saw something as JSON values; None where nobody said so."""
    if acknowledged is None:
        return None
    return {"at": instant(acknowledged.at), "by_role": acknowledged.by_role}
