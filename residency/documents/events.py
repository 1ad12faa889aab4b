"""An event."""

from typing import Any

from residency.documents.history import judged_document, place_document, scan_document
from residency.documents.incidents import acknowledged_document
from residency.store.reading.events import Happened, Side

SCHEMA = "residency/event/v1"


def document(event: Happened) -> dict[str, Any]:
    """Give an event as JSON values, schema `residency/event/v1`."""
    return {
        "schema": SCHEMA,
        "number": event.seq,
        "kind": event.kind,
        "subject": event.subject,
        "found_by": scan_document(event.scan),
        "scan_before": scan_document(event.since),
        "before": _side(event.before),
        "after": _side(event.after),
        "acknowledged": acknowledged_document(event.acknowledged),
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "state": judged_document(side.judged) if side.judged else None,
        "placements": [place_document(each) for each in side.places],
        "told": dict(side.told),
    }
