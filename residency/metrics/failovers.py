"""Open failovers and incidents as series."""

import heapq
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from residency.documents.zones import WORST_FIRST
from residency.metrics.violations import LISTED
from residency.metrics.zones import Policies
from residency.model import Zone
from residency.policy.attribution import glob
from residency.store.episodes.episode import Purpose
from residency.store.reading.standing import Reader
from residency.store.reading.standing_failovers import (
    StandingEpisode,
    StandingIncident,
    Whose,
    open_incidents,
    standing_episodes,
    whose,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailoverRow:
    """One open failover of a resource, of one of its products."""

    incident: str
    resource_id: str
    resource_type: str
    product: str
    environment: str
    from_region: str
    to_region: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentState:
    """What stands of an open incident.

    Attributes:
        zone: The worst that its open episodes reached, under the default policy.
        customers: How many it concerns, those whose failover has ended as well.
        overdue: How many of its open episodes last too long.
    """

    id: str
    zone: Zone
    started_at: datetime
    customers: int
    acknowledged: bool
    order_skipped: bool
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failovers:
    """The open failovers, the worst first, and their incidents.

    Attributes:
        episodes: How many are open, listed or not.
    """

    rows: tuple[FailoverRow, ...] = ()
    episodes: int = 0
    incidents: tuple[IncidentState, ...] = ()


def failovers(reader: Reader, policies: Policies, acknowledged: Collection[str]) -> Failovers:
    """Read the open failovers; `acknowledged` are the episodes and incidents that were seen."""
    known = open_incidents(reader)
    gathered = _Gathered(known, policies, acknowledged)
    episodes = standing_episodes(reader, known)
    listed = heapq.nsmallest(LISTED, gathered.opened(episodes), key=_Worst(policies))
    attributed = whose(reader, {each.resource_id for each in listed})
    return Failovers(
        rows=tuple(row for each in listed for row in _rows(each, attributed, policies)),
        episodes=gathered.open,
        incidents=gathered.incidents(),
    )


@dataclass(frozen=True, slots=True)
class _Worst:
    """Ranks episodes: by where they stand now, then in an order that stays."""

    policies: Policies

    def __call__(self, episode: StandingEpisode) -> tuple[int, str, str, str]:
        zone = self.policies.zone_of_region(episode.path[-1])
        rank = WORST_FIRST.index(zone)
        return rank, episode.incident_id or "", episode.resource_id, episode.id


@dataclass(slots=True, kw_only=True)
class _Incident:
    """What is gathered of one incident while its episodes are read."""

    started_at: datetime
    zones: set[Zone] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    nobodys: bool = False
    unseen: int = 0
    order_skipped: bool = False
    overdue: int = 0


class _Gathered:
    """Gathers what is told of incidents from episodes that come one by one."""

    def __init__(
        self,
        known: Iterable[StandingIncident],
        policies: Policies,
        acknowledged: Collection[str],
    ) -> None:
        self._policies = policies
        self._acknowledged = acknowledged
        self._known = {each.id: each for each in known}
        self._found: dict[str, _Incident] = {}
        self._ways: dict[tuple[str, ...], tuple[Zone, bool]] = {}
        self._longest: dict[tuple[str, ...], float] = {}
        self.open = 0

    def opened(self, episodes: Iterable[StandingEpisode]) -> Iterable[StandingEpisode]:
        """Take episodes in, and give on those that are open."""
        for episode in episodes:
            name = episode.incident_id or episode.id
            if name not in self._found:
                told = self._known.get(name)
                self._found[name] = _Incident(
                    started_at=told.started_at if told else episode.started_at
                )
            found = self._found[name]
            self._take(found, episode)
            if episode.open:
                self.open += 1
                self._take_open(found, episode)
                yield episode

    def _take(self, found: _Incident, episode: StandingEpisode) -> None:
        found.started_at = min(found.started_at, episode.started_at)
        found.customers.update(episode.customers)
        found.nobodys |= not episode.customers and not episode.products
        seen = episode.reason is Purpose.TEST or episode.id in self._acknowledged
        found.unseen += not seen

    def _take_open(self, found: _Incident, episode: StandingEpisode) -> None:
        path = episode.path
        if path not in self._ways:
            self._ways[path] = self._policies.worst(path), self._policies.skipped_the_order(path)
        worst, skipped = self._ways[path]
        found.zones.add(worst)
        found.order_skipped |= skipped and not episode.explained
        found.overdue += self._is_overdue(episode)

    def _is_overdue(self, episode: StandingEpisode) -> bool:
        lasts = (self._policies.at - episode.started_at).total_seconds()
        whose = episode.customers
        if whose not in self._longest:
            self._longest[whose] = self._policies.longest_failover_seconds(whose)
        if lasts <= self._longest[whose]:
            return False
        return not any(
            exemption.is_live(self._policies.at)
            and "failover-overdue" in exemption.reasons
            and any(glob(pattern, episode.resource_id) for pattern in exemption.resources)
            for exemption in self._policies.settings.exemptions
        )

    def incidents(self) -> tuple[IncidentState, ...]:
        """Give the incidents that have an open episode, the worst first."""
        found = [self._incident(name, each) for name, each in self._found.items() if each.zones]
        return tuple(sorted(found, key=lambda each: (WORST_FIRST.index(each.zone), each.id)))

    def _incident(self, name: str, found: _Incident) -> IncidentState:
        told = self._known.get(name)
        names = {name, *(told.superseded if told else ())}
        everybody = len(self._policies.settings.estate.customers)
        return IncidentState(
            id=name,
            zone=min(found.zones, key=WORST_FIRST.index),
            started_at=found.started_at,
            customers=everybody if found.nobodys else len(found.customers),
            acknowledged=not found.unseen or not names.isdisjoint(self._acknowledged),
            order_skipped=found.order_skipped,
            overdue=found.overdue,
        )


def _rows(
    episode: StandingEpisode, attributed: Mapping[str, Whose], policies: Policies
) -> Iterable[FailoverRow]:
    """Give a row for each product; a resource that stands no more has none but the episode's."""
    told = attributed.get(episode.resource_id)
    products = set(episode.products) or {(told.product if told else None) or ""}
    for product in sorted(products):
        yield FailoverRow(
            incident=episode.incident_id or episode.id,
            resource_id=episode.resource_id,
            resource_type=episode.resource_type,
            product=product,
            environment=told.environment if told else "",
            from_region=episode.path[0],
            to_region=episode.path[-1],
            zone=policies.zone_of_region(episode.path[-1]),
        )
