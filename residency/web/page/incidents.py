"""Incidents: what moved, from where to where, since when, and whether the promise allows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from residency import clock
from residency.documents.times import of_length
from residency.model import Zone
from residency.policy import zone_of_region
from residency.regions import find
from residency.settings import Settings
from residency.store.episodes.episode import Episode, Purpose
from residency.store.reading import failovers
from residency.store.reading.failovers import Told
from residency.store.reading.seen import Acknowledged
from residency.store.reading.standing import Reader
from residency.web.page.words import When, customers_of, product_of, when, when_known
from residency.web.page.wrong import policies_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Saw:
    """Who saw something first, by role."""

    role: str
    at: When


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """An incident.

    Attributes:
        paths: Each way that data went, region by region.
        lasted: How long it lasted, or lasts already.
        allowed: What the promise says of it, in words.
        is_allowed: Whether it allows it; None where that is not known.
    """

    id: str
    is_open: bool
    zone: str
    worst_zone: str
    paths: tuple[str, ...]
    started: When
    ended: When | None
    lasted: str
    allowed: str
    is_allowed: bool | None
    products: tuple[str, ...]
    customers: tuple[str, ...]
    resources: int
    saw: Saw | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidents:
    """All incidents, newest first."""

    rows: tuple[IncidentRow, ...]


def incidents(reader: Reader, settings: Settings) -> Incidents:
    """Read all incidents."""
    now = clock.now()
    found = reversed(failovers.incidents(reader))
    return Incidents(rows=tuple(incident_row(each, settings, now) for each in found))


def incident_row(told: Told, settings: Settings, now: datetime) -> IncidentRow:
    """Tell of one incident."""
    incident = told.incident
    is_allowed, allowed = _allowed(told, settings, now)
    return IncidentRow(
        id=incident.id,
        is_open=told.open,
        zone=incident.zone,
        worst_zone=incident.worst_zone,
        paths=tuple(sorted({path_of(each) for each in told.episodes})),
        started=when(incident.started_at, now),
        ended=when_known(incident.ended_at, now),
        lasted=of_length((incident.ended_at or now) - incident.started_at),
        allowed=allowed,
        is_allowed=is_allowed,
        products=tuple(product_of(each, settings) for each in told.products),
        customers=customers_of(told.customers, settings),
        resources=len({name for each in told.episodes for name in each.resource_ids}),
        saw=saw_of(told.acknowledged, now),
    )


def saw_of(acknowledged: Acknowledged | None, now: datetime) -> Saw | None:
    """Tell who saw something; None where nobody has."""
    if acknowledged is None:
        return None
    return Saw(role=acknowledged.by_role, at=when(acknowledged.at, now))


def path_of(episode: Episode) -> str:
    """Give the regions of an episode with their countries."""
    return " → ".join(f"{each} ({_country(each)})" for each in episode.path)


def _country(region: str) -> str:
    found = find(region)
    return (found.country if found else None) or "?"


def _allowed(told: Told, settings: Settings, now: datetime) -> tuple[bool | None, str]:
    """Say what the promise says, the worst of its episodes first."""
    against = [said for each in told.episodes for said in _against(each, settings, now)]
    if against:
        return False, "not allowed: " + "; ".join(dict.fromkeys(against))
    if Zone.UNKNOWN in _reached(told):
        return None, "not proven: where it went is not known"
    purposes = {each.reason for each in told.episodes}
    if purposes == {Purpose.DISRUPTION}:
        return True, "allowed: people recorded a disruption"
    if purposes <= {Purpose.DISRUPTION, Purpose.UNKNOWN}:
        return None, "allowed in a disruption, and nobody has recorded that it was one"
    return None, "allowed in a disruption, and people recorded another reason"


def _reached(told: Told) -> Iterator[Zone]:
    return (zone for each in told.episodes for zone in each.zones[1:])


def _against(episode: Episode, settings: Settings, now: datetime) -> Iterator[str]:
    """Say why an episode is against the promise."""
    policies = policies_of(episode.customers, settings)
    zones = {zone_of_region(each, policy) for each in episode.path[1:] for policy in policies}
    if Zone.OUTSIDE in zones or Zone.OUTSIDE in episode.zones:
        yield "it left what the policy allows"
    if episode.skipped_the_order:
        yield "it went past the first failover countries"
    longest = min(each.max_failover for each in policies)
    if (episode.ended_at or now) - episode.started_at > longest:
        yield f"it lasted longer than {of_length(longest)}"
