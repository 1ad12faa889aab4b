"""An examination as JSON values, schema `residency/doctor/v1` (docs/json.md)."""

from dataclasses import asdict
from typing import Any

from residency.errors import AzureError
from residency.scan.advice import grant_command, lacks_rights, missing_actions
from residency.scan.examined import Examination, Examined, Facet, Rights


def examination_document(examination: Examination) -> dict[str, Any]:
    """Make the document of an examination."""
    return {
        "schema": "residency/doctor/v1",
        "readable": examination.readable,
        "could_write": examination.could_write,
        "manifest": examination.has_manifest,
        "subscriptions": [_subscription(each) for each in examination.subscriptions],
    }


def _subscription(examined: Examined) -> dict[str, Any]:
    coverage, left_out = examined.coverage, examined.left_out
    return {
        "id": coverage.id,
        "name": coverage.name,
        "state": coverage.state,
        "reasons": coverage.reasons,
        "readable": examined.readable,
        "could_write": examined.could_write,
        "rights": _rights(examined.rights),
        "checks": [_facet(facet) for facet in examined.facets],
        "left_out_by_resource_graph": {
            "error": left_out.code if isinstance(left_out, AzureError) else None,
            "types": []
            if isinstance(left_out, AzureError)
            else [{"type": name, "count": count} for name, count in left_out.items()],
        },
        "missing_actions": missing_actions(examined),
        "grant": grant_command(coverage.id) if lacks_rights(examined) else None,
    }


def _rights(rights: Rights | AzureError | None) -> dict[str, Any]:
    match rights:
        case Rights():
            return {"error": None, **asdict(rights)}
        case AzureError():
            return {"error": rights.code or type(rights).__name__, **_UNKNOWN_RIGHTS}
        case None:
            return {"error": "not-listed", **_UNKNOWN_RIGHTS}


_UNKNOWN_RIGHTS: dict[str, Any] = {
    "grants": [],
    "everything": None,
    "beyond_reading": [],
    "data_actions": [],
}


def _facet(facet: Facet) -> dict[str, Any]:
    missing = facet.missing
    return {
        "id": facet.check.id,
        "readable": facet.readable,
        "resources": facet.resources,
        "permissions": [
            {"action": action, "granted": None if missing is None else action not in missing}
            for action in facet.check.permissions
        ],
        "hidden_types": facet.hidden_types,
        "tried": [asdict(trial) for trial in facet.trials],
    }
