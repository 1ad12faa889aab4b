"""How a scan looked: in sum, each subscription, and since when that is so."""

from typing import Any

from residency.documents.history import scan_document, stretch_document
from residency.documents.times import instant
from residency.model import Status
from residency.store.reading.coverage import Covered, Silence
from residency.store.reading.looked import Seen, Summed

SCHEMA = "residency/scan-summary/v1"


def summary_document(summed: Summed, subscriptions: tuple[Seen, ...]) -> dict[str, Any]:
    """Give what a scan said of all that it found, as a scan's own document does: no resources."""
    scan = summed.scan
    return {
        "schema": SCHEMA,
        "verdict": scan.verdict,
        "scan": {
            **(scan_document(scan) or {}),
            "complete": scan.complete,
            "policy_sha256": summed.policy_sha256,
            "reasons": list(summed.reasons),
        },
        "subscriptions": [subscription_document(each) for each in subscriptions],
        "counts": {name: summed.counts[name] for name in ("resources", *map(str, Status))},
        "unknown_types": [
            {"type": name, "count": count} for name, count in summed.unknown_types.items()
        ],
    }


def subscription_document(seen: Seen) -> dict[str, Any]:
    """Give how much a scan saw of a subscription."""
    return {
        "id": seen.id,
        "name": seen.name,
        "state": seen.state,
        "reasons": list(seen.reasons),
        "whole": seen.whole,
        "resources": seen.resources,
    }


def covered_document(covered: Covered) -> dict[str, Any]:
    """Give how much of a subscription was seen, from which scan until which."""
    return {
        **stretch_document(covered.stretch),
        "id": covered.subscription_id,
        "name": covered.name,
        "state": covered.state,
        "reasons": list(covered.reasons),
        "whole": covered.whole,
    }


def silence_document(silence: Silence) -> dict[str, Any]:
    """Give a time in which nobody looked."""
    return {
        "since": instant(silence.since),
        "until": instant(silence.until),
        "why": silence.why,
    }
