"""Region to country to zone: where a place stands under one policy."""

from collections.abc import Collection
from functools import lru_cache

from residency import regions
from residency.model import Placement, Zone
from residency.settings import Policy

EU = "EU"

Countries = tuple[str, ...]


def country_of(placement: Placement) -> str | None:
    """Give the ISO 3166-1 alpha-2 country of a placement, or None where there is not just one."""
    if placement.country:
        return placement.country
    region = regions.find(placement.region)
    return region.country if region else None


def zone_of(placement: Placement, policy: Policy) -> Zone:
    """Say where a placement stands under the policy; what could not be established is unknown."""
    if placement.unresolved is not None:
        return Zone.UNKNOWN
    if placement.country:
        in_eu = placement.country in regions.COUNTRIES_OF_THE_EU
        lists = (policy.primary, policy.failover, policy.exceptional)
        return _zone(placement.country, lists, in_eu=in_eu)
    return zone_of_region(placement.region, policy)


def zone_of_region(region_name: str, policy: Policy) -> Zone:
    """Say where a region stands under the policy.

    A place that is not bounded by what the policy allows (`global`, or the whole EU under a policy
    that names single countries) is outside; one that is wider than the EU is unknown.
    """
    return _zone_of_region(region_name, policy.primary, policy.failover, policy.exceptional)


@lru_cache(maxsize=4096)
def _zone_of_region(region_name: str, *lists: Countries) -> Zone:
    region = regions.find(region_name)
    if region is None or region.eu is None:
        return Zone.UNKNOWN
    return _zone(region.country, lists, in_eu=region.eu)


def _zone(country: str | None, lists: tuple[Countries, ...], *, in_eu: bool) -> Zone:
    """Look a country up in the policy's lists: home, failover, exceptional."""
    ranked = tuple(zip((Zone.HOME, Zone.FAILOVER, Zone.EXCEPTIONAL), lists, strict=True))
    named = (zone for zone, countries in ranked if country in countries)
    by_union = (zone for zone, countries in ranked if in_eu and EU in countries)
    return next(named, next(by_union, Zone.OUTSIDE))


def allows(countries: Collection[str], placement: Placement) -> bool:
    """Whether a list of countries (or EU) covers a placement."""
    country = country_of(placement)
    region = regions.find(placement.region)
    in_eu = country in regions.COUNTRIES_OF_THE_EU or (region is not None and region.eu is True)
    return country in countries or (in_eu and EU in countries)
