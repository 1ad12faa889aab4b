"""What is wrong now, and why: a row of the first page for each resource."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from residency.documents.zones import binding, farthest_zone
from residency.model import Placement, Zone
from residency.policy import country_of
from residency.settings import DEFAULT_POLICY, Policy, Settings
from residency.store.reading.standing_violations import Violating
from residency.web.page.known import Known
from residency.web.page.words import When, Why, name_of, product_of, when, why


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongPlace:
    """Where data of something wrong is."""

    role: str
    region: str
    country: str
    zone: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongRow:
    """A resource that is in violation or unknown.

    Attributes:
        home: The countries where the policy wants it.
        places: Those that are not at home; all, where all are.
    """

    id: str
    name: str
    type: str
    status: str
    severity: str
    whose: str
    reasons: tuple[Why, ...]
    home: str
    places: tuple[WrongPlace, ...]
    since: When


def wrong_row(found: Violating, known: Known, now: datetime) -> WrongRow:
    """Tell of one resource."""
    judged, settings = known.standing.states[found.state].judged, known.settings
    whose = judged.attribution
    policies = policies_of(whose.customers, settings)
    every = tuple(dict.fromkeys(_place(each, policies) for each in found.places))
    return WrongRow(
        id=found.id,
        name=name_of(found.id),
        type=found.type.removeprefix("microsoft."),
        status=judged.status,
        severity=judged.severity or "",
        whose=f"{product_of(whose.product, settings)}, {whose.environment}",
        reasons=why(judged.reasons),
        home="/".join(policies[0].primary),
        places=tuple(_away(every)) or every,
        since=when(found.since, now),
    )


def policies_of(customers: Sequence[str], settings: Settings) -> Sequence[Policy]:
    """Give the policies that bind what these customers have, as configured."""
    return binding({DEFAULT_POLICY: settings.policy, **settings.policies}, customers, settings)


def _place(place: Placement, policies: Sequence[Policy]) -> WrongPlace:
    return WrongPlace(
        role=place.role,
        region=place.region,
        country=country_of(place) or "?",
        zone=farthest_zone(place, policies),
        basis=place.basis,
    )


def _away(places: Sequence[WrongPlace]) -> Iterator[WrongPlace]:
    return (each for each in places if each.zone != Zone.HOME)
