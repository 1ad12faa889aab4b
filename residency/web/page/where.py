"""Where the data is: places counted by country and role, those farthest from home first."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from residency.documents.places import zoned
from residency.documents.zones import WORST_FIRST
from residency.model import Role, Zone
from residency.settings import Policy
from residency.store.reading.standing import Standing

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


def places_of(standing: Standing, policy: Policy) -> tuple[PlaceRow, ...]:
    """Count the places that stood after a scan; of what it did not see the zone is unknown."""
    found: dict[_Key, Counter[str]] = defaultdict(Counter)
    regions: dict[_Key, set[str]] = defaultdict(set)
    for group, _, zone, country, count in zoned(standing, policy):
        found[zone, country][group.role] += count
        regions[zone, country].add(group.region)
    ranked = sorted(found, key=lambda key: (WORST_FIRST.index(key[0]), key[1]))
    return tuple(_row(key, found[key], sorted(regions[key])) for key in ranked)


def _row(key: _Key, counts: Mapping[str, int], regions: list[str]) -> PlaceRow:
    zone, country = key
    return PlaceRow(
        zone=zone,
        country=country,
        regions=tuple(regions),
        counts=tuple(counts.get(role, 0) for role in Role),
        total=sum(counts.values()),
    )
