"""In which zone a recorded place is, by the policies that judged it."""

from collections.abc import Iterable, Mapping, Sequence

from residency.model import Placement, Zone
from residency.policy import zone_of
from residency.settings import DEFAULT_POLICY, Policy, Settings
from residency.store.episodes.episode import is_worse
from residency.store.reading.versions import Kept

WORST_FIRST = (Zone.OUTSIDE, Zone.UNKNOWN, Zone.EXCEPTIONAL, Zone.FAILOVER, Zone.HOME)
"""Outside comes before unknown: what is known to be broken is not hidden by what is not known."""


def recorded_policies(kept: Iterable[Kept]) -> Mapping[str, Policy]:
    """Give policies as scans judged by them, by name."""
    return {each.id: Policy.model_validate(each.body) for each in kept}


def binding(
    recorded: Mapping[str, Policy], customers: Sequence[str], settings: Settings
) -> Sequence[Policy]:
    """Give the policies that bind what is of these customers: those of their contracts."""
    known = settings.estate.customers
    names = [known[each].policy for each in customers if each in known] or [DEFAULT_POLICY]
    bind = [recorded[name] for name in names if name in recorded]
    return bind or list(recorded.values()) or [settings.policy]


def farthest_zone(place: Placement, policies: Sequence[Policy]) -> Zone:
    """Give the zone of a place under the policy that it is the farthest from home under."""
    farthest = zone_of(place, policies[0])
    for policy in policies[1:]:
        zone = zone_of(place, policy)
        if is_worse(zone, farthest):
            farthest = zone
    return farthest
