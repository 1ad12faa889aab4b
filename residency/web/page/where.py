"""Where the data is: places counted by country and role, those farthest from home first."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from residency.model import Basis, Evidence, Placement, Reason, Role, Zone
from residency.policy import country_of, zone_of
from residency.settings import Policy
from residency.store.reading.placements import NEVER_SHOWN
from residency.store.reading.standing import PlaceGroup
from residency.web.page.known import Known
from residency.web.page.words import WORST_FIRST

_NOWHERE = Evidence(api="store", path="", value="", read_at=NEVER_SHOWN)
_Key = tuple[Zone, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """A country, or what has none.

    Attributes:
        country: ISO 3166-1 code; empty where a place lies in no one country, or in none known.
        counts: Places by role, in the order of the roles.
    """

    zone: str
    country: str
    regions: tuple[str, ...]
    counts: tuple[int, ...]
    total: int


def places_of(known: Known) -> tuple[PlaceRow, ...]:
    """Count the places that stood after a scan; of what it did not see the zone is unknown."""
    policy = known.settings.policy
    found: dict[_Key, Counter[str]] = defaultdict(Counter)
    regions: dict[_Key, set[str]] = defaultdict(set)
    for group, count in known.places.items():
        place = _placement(group)
        seen = known.states[group.state].judged.seen
        key = _zone(place, policy, seen=seen), country_of(place) or ""
        found[key][group.role] += count
        regions[key].add(group.region)
    ranked = sorted(found, key=lambda key: (WORST_FIRST.index(key[0]), key[1]))
    return tuple(_row(key, found[key], sorted(regions[key])) for key in ranked)


def _zone(place: Placement, policy: Policy, *, seen: bool) -> Zone:
    return zone_of(place, policy) if seen else Zone.UNKNOWN


def _row(key: _Key, counts: Mapping[str, int], regions: list[str]) -> PlaceRow:
    zone, country = key
    return PlaceRow(
        zone=zone,
        country=country,
        regions=tuple(regions),
        counts=tuple(counts.get(role, 0) for role in Role),
        total=sum(counts.values()),
    )


def _placement(group: PlaceGroup) -> Placement:
    """Give a place of a group, to ask in which zone it is."""
    return Placement(
        role=Role(group.role),
        region=group.region,
        basis=Basis.OBSERVED,
        evidence=_NOWHERE,
        country=group.country,
        unresolved=Reason(group.unresolved) if group.unresolved else None,
    )
