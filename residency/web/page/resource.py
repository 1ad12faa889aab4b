"""One resource: what `residency explain` tells of it, down to the evidence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException

from residency import clock
from residency.check import Catalogue, load_catalogue
from residency.documents.explanation import Recorded, recorded_in
from residency.model import Placement
from residency.policy import country_of
from residency.settings import Settings
from residency.settings.values import expiry
from residency.store.reading.history import Placed, Stood
from residency.store.reading.resources import resource_called
from residency.store.reading.scans import Stretch
from residency.store.reading.standing import Reader
from residency.store.reading.versions import Kept
from residency.web.page.events import EventRow, event_row
from residency.web.page.incident import EpisodeRow, episode_row
from residency.web.page.words import (
    When,
    Why,
    customers_of,
    name_of,
    product_of,
    when,
    when_known,
    why,
)

_ID = "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    """A place and what proves it; `read` is when that was read, None where it is not kept."""

    role: str
    region: str
    country: str
    zone: str
    basis: str
    evidence: str
    unresolved: str
    failed_over: str
    since: When
    read: When | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRow:
    """What stood, from which scan until which; `until` is None while it stands."""

    what: str
    reasons: tuple[Why, ...]
    proof: str
    since: When
    until: When | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The check that placed it, and the policies that judged it."""

    check: str
    title: str
    docs: tuple[str, ...]
    policies: tuple[Mapping[str, str], ...]
    digest: str
    exemptions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceView:
    """All that is recorded of a resource; `status` is empty where it is gone."""

    id: str
    name: str
    type: str
    subscription: str
    group: str
    status: str
    severity: str
    reasons: tuple[Why, ...]
    product: str
    customers: tuple[str, ...]
    environment: str
    holds: str
    scanned: When
    notices: tuple[str, ...]
    places: tuple[PlaceView, ...]
    rule: Rule
    states: tuple[PastRow, ...]
    past_places: tuple[PastRow, ...]
    episodes: tuple[EpisodeRow, ...]
    events: tuple[EventRow, ...]


def resource(reader: Reader, settings: Settings, asked: Mapping[str, str]) -> ResourceView:
    """Read one resource. Raises HTTPException: 404: no scan ever saw it."""
    named = resource_called(reader, asked[_ID]) if asked.get(_ID) else None
    recorded = recorded_in(reader, settings, named) if named else None
    if recorded is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "No scan ever saw such a resource")
    return resource_view(recorded, settings, clock.now())


def resource_view(recorded: Recorded, settings: Settings, now: datetime) -> ResourceView:
    """Tell of a resource."""
    explained, judged = recorded.explained, recorded.judged
    named, history = explained.resource, explained.history
    return ResourceView(
        id=named.id,
        name=name_of(named.id),
        type=named.type,
        subscription=named.subscription_id,
        group=named.resource_group,
        status=judged.status if judged else "",
        severity=(judged.severity or "") if judged else "",
        reasons=why(judged.reasons) if judged else (),
        product=product_of(judged.attribution.product if judged else None, settings),
        customers=customers_of(judged.attribution.customers, settings) if judged else (),
        environment=judged.attribution.environment if judged else "",
        holds=(judged.holds or "unknown") if judged else "",
        scanned=when(explained.scan.finished_at, now),
        notices=recorded.notices,
        places=tuple(_places(recorded, now)),
        rule=_rule(recorded, now),
        states=tuple(_state(each, now) for each in reversed(history.states)),
        past_places=tuple(_past(each, now) for each in reversed(history.places)),
        episodes=tuple(episode_row(each, settings, now) for each in explained.episodes),
        events=tuple(event_row(each, now) for each in reversed(explained.events)),
    )


def _places(recorded: Recorded, now: datetime) -> Iterator[PlaceView]:
    found = zip(recorded.explained.places, recorded.zones, recorded.read_at, strict=True)
    for placed, zone, read_at in found:
        place = placed.placement
        yield PlaceView(
            role=place.role,
            region=place.region,
            country=country_of(place) or "?",
            zone=zone,
            basis=place.basis,
            evidence=str(place.evidence),
            unresolved=place.unresolved or "",
            failed_over=_failed_over(place),
            since=when(placed.stretch.first.finished_at, now),
            read=when_known(read_at, now),
        )


def _failed_over(place: Placement) -> str:
    if place.failover is None:
        return ""
    way = " → ".join((*place.failover.path, place.region))
    return f"{way} ({place.failover.evidence})"


@cache
def _catalogue() -> Catalogue:
    """Load the checks once: what is installed does not change while the service runs."""
    return load_catalogue()


def _rule(recorded: Recorded, now: datetime) -> Rule:
    explained = recorded.explained
    check = _catalogue().check_for(explained.resource.type)
    return Rule(
        check=check.id if check else "",
        title=check.title if check else "",
        docs=tuple(check.docs) if check else (),
        policies=tuple(_policy(each) for each in explained.policies),
        digest=explained.policy_sha256,
        exemptions=tuple(_exemption(each, now) for each in explained.exemptions),
    )


def _policy(kept: Kept) -> Mapping[str, str]:
    body: Mapping[str, Any] = kept.body
    lists = ("primary", "failover", "exceptional", "standing_copies")
    return {
        "name": kept.id,
        **{name: ", ".join(map(str, body.get(name, ()))) or "none" for name in lists},
    }


def _exemption(kept: Kept, now: datetime) -> str:
    expires = when(expiry(kept.body["expires"]), now)
    told = ", ".join(kept.body["reasons"])
    return f"{kept.id}: {told}; {kept.body['owner']}, {kept.body['ticket']}; ends {expires.age}"


def _until(stretch: Stretch, now: datetime) -> When | None:
    return when_known(stretch.ended.finished_at if stretch.ended else None, now)


def _state(stood: Stood, now: datetime) -> PastRow:
    judged = stood.judged
    unseen = "" if judged.seen else ", not seen"
    return PastRow(
        what=f"{judged.status}{f' ({judged.severity})' if judged.severity else ''}{unseen}",
        reasons=why(judged.reasons),
        proof=", ".join(judged.exemptions),
        since=when(stood.stretch.first.finished_at, now),
        until=_until(stood.stretch, now),
    )


def _past(placed: Placed, now: datetime) -> PastRow:
    place = placed.placement
    return PastRow(
        what=f"{place.role} {place.region} ({country_of(place) or '?'}), {place.basis}",
        reasons=why([place.unresolved] if place.unresolved else []),
        proof=str(place.evidence),
        since=when(placed.stretch.first.finished_at, now),
        until=_until(placed.stretch, now),
    )
