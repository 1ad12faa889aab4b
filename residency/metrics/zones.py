"""What the policies say of places: zones by the default one, and what is outside for whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from residency.documents.zones import WORST_FIRST
from residency.model import Placement, Zone
from residency.policy import instructing, zone_of, zone_of_region
from residency.settings import DEFAULT_POLICY, Policy, Settings
from residency.store.reading.standing import StandingState


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The configuration by which places are shown, at one time."""

    settings: Settings
    at: datetime

    @property
    def default(self) -> Policy:
        """The policy that gives the zones of series."""
        return self.settings.policy

    def zone_of_region(self, region: str) -> Zone:
        """Give the zone of a region under the default policy."""
        return zone_of_region(region, self.default)

    def worst(self, path: tuple[str, ...]) -> Zone:
        """Give the worst zone that a failover reached after it left the first region."""
        reached = [self.zone_of_region(each) for each in path[1:] or path]
        return min(reached, key=WORST_FIRST.index)

    def skipped_the_order(self, path: tuple[str, ...]) -> bool:
        """Whether a failover went to an exceptional region without a failover country first."""
        reached = [self.zone_of_region(each) for each in path[1:]]
        if not self.default.failover or Zone.EXCEPTIONAL not in reached:
            return False
        return Zone.FAILOVER not in reached[: reached.index(Zone.EXCEPTIONAL)]

    def is_outside(self, place: Placement, resource_id: str, state: StandingState) -> bool:
        """Whether a place is outside for any of its customers, none of whom asked for it."""
        exports = self.settings.estate.instructed_exports
        if next(instructing(exports, resource_id, place, self.at), None) is not None:
            return False
        bound = self._bound(state.judged.attribution.customers)
        return any(zone_of(place, policy) is Zone.OUTSIDE for policy in bound)

    def longest_failover_seconds(self, customers: tuple[str, ...]) -> float:
        """Give how long a failover may last under the strictest policy that binds it."""
        return min(each.max_failover.total_seconds() for each in self._bound(customers))

    def _bound(self, customers: tuple[str, ...]) -> Iterator[Policy]:
        """Give the policies that bind what these customers have; else the default."""
        known = self.settings.estate.customers
        names = {known[each].policy for each in customers if each in known} or {DEFAULT_POLICY}
        for name in sorted(names):
            yield self.default if name == DEFAULT_POLICY else self.settings.policies[name]
