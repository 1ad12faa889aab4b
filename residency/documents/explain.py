"""The JSON of `residency explain`, schema `residency/explain/v1`."""

from collections.abc import Mapping
from typing import Any

from residency import clock
from residency.check import load_catalogue
from residency.documents.explanation import Explanation, Recorded
from residency.documents.history import (
    judged_document,
    place_document,
    scan_document,
    stretch_document,
)
from residency.documents.times import instant
from residency.policy import country_of
from residency.settings.values import expiry
from residency.store.episodes.episode import Episode
from residency.store.reading.events import Happened
from residency.store.reading.versions import Kept

SCHEMA = "residency/explain/v1"


def document(explanation: Explanation) -> dict[str, Any]:
    """Give an explanation as JSON values."""
    resource = _resource(explanation)
    recorded = explanation.recorded
    kind = recorded.explained.resource.type if recorded else (resource or {}).get("type", "")
    return {
        "schema": SCHEMA,
        "source": explanation.source,
        "notices": list(explanation.notices),
        "differs": list(explanation.differs),
        "resource": resource,
        "check": _check(kind),
        "recorded": _recorded(recorded) if recorded else None,
    }


def _resource(explanation: Explanation) -> dict[str, Any] | None:
    """Give it as one of `resources` of a scan; None where it is not there, or not to be seen."""
    if explanation.asked or explanation.recorded is None:
        from residency.scan import resource_document  # noqa: PLC0415 - late, for a quick start

        return resource_document(explanation.found) if explanation.found else None
    recorded = explanation.recorded
    judged, resource = recorded.judged, recorded.explained.resource
    if judged is None:
        return None
    told = judged_document(judged)
    places = zip(recorded.explained.places, recorded.zones, recorded.read_at, strict=True)
    return {
        "id": resource.id,
        "type": resource.type,
        "name": resource.name,
        "subscription_id": resource.subscription_id,
        "resource_group": resource.resource_group,
        **{name: told[name] for name in told if name not in {"holds", "seen"}},
        "placements": [
            {
                "role": each.placement.role,
                "region": each.placement.region,
                "country": country_of(each.placement),
                "zone": zone,
                "basis": each.placement.basis,
                "read_at": instant(read_at),
                "evidence": str(each.placement.evidence),
            }
            for each, zone, read_at in places
        ],
    }


def _check(resource_type: str) -> dict[str, Any] | None:
    check = load_catalogue().check_for(resource_type)
    if check is None:
        return None
    return {"id": check.id, "title": check.title, "docs": list(check.docs)}


def _recorded(recorded: Recorded) -> dict[str, Any]:
    explained = recorded.explained
    judged = explained.judged
    counted = judged.exemptions if judged else ()
    return {
        "scan": scan_document(explained.scan),
        "policy_sha256": explained.policy_sha256,
        "there": judged is not None,
        "states": [
            {**stretch_document(each.stretch), **judged_document(each.judged)}
            for each in explained.history.states
        ],
        "placements": [
            {**stretch_document(each.stretch), **place_document(each.placement)}
            for each in explained.history.places
        ],
        "policies": [_policy(each) for each in explained.policies],
        "exemptions": [_exemption(each, counted) for each in explained.exemptions],
        "episodes": [_episode(each) for each in explained.episodes],
        "events": [_event(each) for each in explained.events],
    }


def _policy(kept: Kept) -> Mapping[str, Any]:
    return {
        "name": kept.id,
        "from": scan_document(kept.stretch.first),
        "body": dict(kept.body),
    }


def _exemption(kept: Kept, counted: tuple[str, ...]) -> Mapping[str, Any]:
    expires = expiry(kept.body["expires"])
    return {
        "id": kept.id,
        "reasons": list(kept.body["reasons"]),
        "owner": kept.body["owner"],
        "ticket": kept.body["ticket"],
        "expires": instant(expires),
        "expired": clock.now() > expires,
        "counted": kept.id in counted,
    }


def _episode(episode: Episode) -> Mapping[str, Any]:
    return {
        "id": episode.id,
        "path": list(episode.path),
        "cause": episode.cause,
        "reason": episode.reason,
        "open": episode.open,
        "started_at": instant(episode.started_at),
        "started_after": instant(episode.started_after),
        "ended_at": instant(episode.ended_at),
        "ended_after": instant(episode.ended_after),
    }


def _event(event: Happened) -> Mapping[str, Any]:
    return {
        "number": event.seq,
        "kind": event.kind,
        "found_by": scan_document(event.scan),
        "told": dict(event.after.told),
    }
