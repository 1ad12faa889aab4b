"""The JSON of a scan, schema `residency/scan/v1` (docs/scan.schema.json)."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from residency.cycles import few_collections
from residency.model import Reason, Status
from residency.policy import Judged, JudgedPlacement
from residency.scan.result import Scan, Unseen

SCHEMA = "residency/scan/v1"


@few_collections()
def document(scan: Scan, *, everything: bool = False) -> dict[str, Any]:
    """Give a scan as JSON values; only what is not compliant, unless `everything` is wanted."""
    counts = scan.counts
    return {
        "schema": SCHEMA,
        "verdict": scan.verdict,
        "scan": {
            "id": scan.id,
            "started_at": instant(scan.started_at),
            "finished_at": instant(scan.finished_at),
            "complete": scan.complete,
            "policy_sha256": scan.policy_sha256,
            "reasons": list(scan.reasons),
        },
        "subscriptions": [
            {
                "id": entry.id,
                "name": entry.name,
                "state": entry.state,
                "reasons": list(entry.reasons),
                "resources": entry.resources,
            }
            for entry in scan.coverage
        ],
        "counts": {
            "resources": len(scan.judged) + len(scan.unseen),
            **{status: counts[status] for status in _COUNTED},
        },
        "unknown_types": [
            {"type": name, "count": count} for name, count in scan.unknown_types.items()
        ],
        "resources": [
            resource_document(each)
            for each in scan.judged
            if everything or each.judgement.status is not Status.COMPLIANT
        ]
        + [_unseen(each) for each in scan.unseen],
    }


_COUNTED = (
    Status.COMPLIANT,
    Status.FALLBACK,
    Status.VIOLATION,
    Status.UNKNOWN,
    Status.EXEMPT,
)


def resource_document(judged: Judged) -> dict[str, Any]:
    """Give one judged resource as JSON values."""
    resource, judgement, attribution = judged.resource, judged.judgement, judged.attribution
    return {
        "id": resource.id,
        "type": resource.type,
        "name": resource.name,
        "subscription_id": resource.subscription_id,
        "resource_group": resource.resource_group,
        "status": judgement.status,
        "severity": judgement.severity,
        "reasons": list(judgement.reasons),
        "exemptions": list(judgement.exemptions),
        "product": attribution.product,
        "customers": list(attribution.customers),
        "environment": attribution.environment,
        "placements": [_placement(each) for each in judgement.placements],
    }


def _unseen(unseen: Unseen) -> dict[str, Any]:
    """Give a resource that nobody saw, and of which nothing says that it is gone."""
    return {
        "id": unseen.id,
        "type": unseen.type,
        "name": unseen.name,
        "subscription_id": unseen.subscription_id,
        "resource_group": unseen.resource_group,
        "status": Status.UNKNOWN,
        "severity": None,
        "reasons": [Reason.FACET_UNREADABLE],
        "exemptions": [],
        "product": unseen.attribution.product,
        "customers": list(unseen.attribution.customers),
        "environment": unseen.attribution.environment,
        "placements": [],
    }


def _placement(judged: JudgedPlacement) -> dict[str, Any]:
    place = judged.placement
    return {
        "role": place.role,
        "region": place.region,
        "country": judged.country,
        "zone": judged.zone,
        "basis": place.basis,
        "read_at": instant(place.evidence.read_at),
        "evidence": str(place.evidence),
    }


@lru_cache(maxsize=1024)  # most placements of a scan were read at few different times
def instant(moment: datetime) -> str:
    """Give a time in UTC, as JSON has it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
