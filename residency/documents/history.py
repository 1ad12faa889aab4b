"""The history of one resource, and the parts that other documents share with it."""

from datetime import datetime
from typing import Any

from residency.documents.times import instant
from residency.model import Placement
from residency.policy import country_of
from residency.store.reading.history import History, Judged, Placed, Stood
from residency.store.reading.scans import Scanned, Stretch

SCHEMA = "residency/history/v1"


def document(history: History, at: datetime | None) -> dict[str, Any]:
    """Give a history as JSON values, schema `residency/history/v1`."""
    resource = history.resource
    return {
        "schema": SCHEMA,
        "at": instant(at),
        "resource": {
            "id": resource.id,
            "type": resource.type,
            "name": resource.name,
            "subscription_id": resource.subscription_id,
            "resource_group": resource.resource_group,
        },
        "states": [_state(each) for each in history.states],
        "placements": [_place(each) for each in history.places],
    }


def stretch_document(stretch: Stretch) -> dict[str, Any]:
    """Give the scans of a stretch as JSON values."""
    return {
        "from": scan_document(stretch.first),
        "last_seen": scan_document(stretch.last),
        "to": scan_document(stretch.ended),
    }


def scan_document(scan: Scanned | None) -> dict[str, Any] | None:
    """Give a scan with its times as JSON values."""
    if scan is None:
        return None
    return {
        "scan": scan.seq,
        "id": scan.id,
        "started_at": instant(scan.started_at),
        "finished_at": instant(scan.finished_at),
    }


def judged_document(judged: Judged) -> dict[str, Any]:
    """Give what the policy said, and whose it was, as JSON values."""
    return {
        "status": judged.status,
        "severity": judged.severity,
        "reasons": list(judged.reasons),
        "exemptions": list(judged.exemptions),
        "holds": judged.holds,
        "seen": judged.seen,
        "product": judged.attribution.product,
        "customers": list(judged.attribution.customers),
        "environment": judged.attribution.environment,
    }


def place_document(place: Placement) -> dict[str, Any]:
    """Give a place and what proves it as JSON values."""
    return {
        "role": place.role,
        "region": place.region,
        "country": country_of(place),
        "basis": place.basis,
        "evidence": str(place.evidence),
        "unresolved": place.unresolved,
        "failed_over_from": list(place.failover.path) if place.failover else [],
    }


def _state(stood: Stood) -> dict[str, Any]:
    return {**stretch_document(stood.stretch), **judged_document(stood.judged)}


def _place(placed: Placed) -> dict[str, Any]:
    return {**stretch_document(placed.stretch), **place_document(placed.placement)}
