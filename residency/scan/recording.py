"""What a scan gives the store: all that was found, and what counts in the configuration."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from residency.scan.following import Past, Trail
from residency.scan.hearing import Heard
from residency.scan.missing import Missing
from residency.scan.result import Scan
from residency.settings import DEFAULT_POLICY, Settings
from residency.store import ScanRecord, SubscriptionRecord, Version
from residency.store.episodes.kept import versions_of

_ENCODER = msgspec.json.Encoder(order="sorted")


def record_of(  # noqa: PLR0913 - each is a part of its own, all by keyword
    scan: Scan,
    settings: Settings,
    *,
    trail: Trail,
    past: Past,
    missing: Missing,
    heard: Heard,
    requests: Mapping[str, int],
) -> ScanRecord:
    """Give all that is to be remembered of a scan."""
    return ScanRecord(
        id=scan.id,
        started_at=scan.started_at,
        finished_at=scan.finished_at,
        complete=scan.complete,
        verdict=scan.verdict,
        policy_sha256=scan.policy_sha256,
        reasons=scan.reasons,
        subscriptions=tuple(
            SubscriptionRecord(
                id=entry.id,
                name=entry.name,
                state=entry.state,
                reasons=entry.reasons,
                resources=entry.resources,
            )
            for entry in scan.coverage
        ),
        judged=scan.judged,
        gone=missing.gone,
        requests=requests,
        log=heard.log,
        versions=(*_of_configuration(settings, scan.finished_at), *_of_trail(trail, past)),
        events=(*trail.events, *heard.events, *missing.events()),
        customers=tuple(settings.estate.customers),
    )


def _of_trail(trail: Trail, past: Past) -> tuple[Version, ...]:
    """Give the episodes and incidents, and the operations that were not known."""
    known = frozenset(past.operations)
    operations = (each for each in trail.operations if each not in known)
    return versions_of((*trail.gathered.episodes, *trail.gathered.incidents, *operations))


def _of_configuration(settings: Settings, at: datetime) -> Iterator[Version]:
    """Give the exemptions and declarations that are live, and every policy."""
    for exemption in settings.exemptions:
        if exemption.is_live(at):
            yield _version("exemption", exemption.id, exemption.model_dump(mode="json"))
    for number, declaration in enumerate(settings.declarations):
        if declaration.is_live(at):
            body = declaration.model_dump(mode="json")
            yield _version("declaration", str(number), body)
    for name, policy in ((DEFAULT_POLICY, settings.policy), *settings.policies.items()):
        yield _version("policy", name, policy.model_dump(mode="json"))


def _version(kind: str, name: str, body: Mapping[str, Any]) -> Version:
    return Version(kind=kind, id=name, body=_ENCODER.encode(body).decode())
