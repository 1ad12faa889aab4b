"""Where each region stands under the default policy and under stricter ones."""

import pytest

from residency.model import Zone
from residency.policy import zone_of_region
from residency.settings import Policy

NETHERLANDS_ONLY = Policy(failover=(), exceptional=(), standing_copies=())


@pytest.mark.parametrize(
    ("region", "default", "netherlands_only"),
    [
        ("westeurope", Zone.HOME, Zone.HOME),
        ("northeurope", Zone.FAILOVER, Zone.OUTSIDE),
        ("germanywestcentral", Zone.EXCEPTIONAL, Zone.OUTSIDE),
        ("francesouth", Zone.EXCEPTIONAL, Zone.OUTSIDE),
        ("uksouth", Zone.OUTSIDE, Zone.OUTSIDE),
        ("switzerlandnorth", Zone.OUTSIDE, Zone.OUTSIDE),
        ("norwayeast", Zone.OUTSIDE, Zone.OUTSIDE),
        ("unitedstates", Zone.OUTSIDE, Zone.OUTSIDE),
        ("uk", Zone.OUTSIDE, Zone.OUTSIDE),
        ("asiapacific", Zone.OUTSIDE, Zone.OUTSIDE),
        ("global", Zone.OUTSIDE, Zone.OUTSIDE),
        ("france", Zone.EXCEPTIONAL, Zone.OUTSIDE),
        ("eu", Zone.EXCEPTIONAL, Zone.OUTSIDE),
        ("europe", Zone.UNKNOWN, Zone.UNKNOWN),
        ("marsnorth1", Zone.UNKNOWN, Zone.UNKNOWN),
        ("unknown", Zone.UNKNOWN, Zone.UNKNOWN),
        ("", Zone.UNKNOWN, Zone.UNKNOWN),
    ],
)
def test_a_region_stands_where_the_policy_puts_it(
    region: str, default: Zone, netherlands_only: Zone
) -> None:
    assert zone_of_region(region, Policy()) is default
    assert zone_of_region(region, NETHERLANDS_ONLY) is netherlands_only


def test_a_country_that_is_named_goes_before_the_union_that_holds_it() -> None:
    policy = Policy(primary=("EU",), failover=("IE",), exceptional=())
    assert zone_of_region("northeurope", policy) is Zone.FAILOVER
    assert zone_of_region("westeurope", policy) is Zone.HOME
