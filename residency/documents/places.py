"""In which zone and country the counted places are: for the metrics and for the pages."""

from collections.abc import Iterator
from typing import NamedTuple

from residency.model import Basis, Evidence, Placement, Reason, Role, Zone
from residency.policy import country_of, zone_of
from residency.settings import Policy
from residency.store.reading.placements import NEVER_SHOWN
from residency.store.reading.standing import PlaceGroup, Standing, StandingState

_NOT_READ = Evidence(api="store", path="", value="", read_at=NEVER_SHOWN)
"""A group has no evidence of its own, and zone and country do not ask for it."""


class ZonedPlaces(NamedTuple):
    """Places that were counted together, and how many; no one country is an empty one."""

    group: PlaceGroup
    state: StandingState
    zone: Zone
    country: str
    places: int


def zoned(standing: Standing, policy: Policy) -> Iterator[ZonedPlaces]:
    """Give the places that stand with their zones; of what the scan did not see it is unknown."""
    for group, count in standing.places.items():
        state, place = standing.states[group.state], _placement(group)
        zone = zone_of(place, policy) if state.judged.seen else Zone.UNKNOWN
        yield ZonedPlaces(group, state, zone, country_of(place) or "", count)


def _placement(group: PlaceGroup) -> Placement:
    return Placement(
        role=Role(group.role),
        region=group.region,
        basis=Basis.OBSERVED,
        evidence=_NOT_READ,
        country=group.country,
        unresolved=Reason(group.unresolved) if group.unresolved else None,
    )
