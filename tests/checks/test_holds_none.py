"""Types that hold no customer data are judged by their location alone."""

from typing import Any

import pytest

from checks.holds_none import CHECKS
from residency.check import Catalogue
from residency.model import Basis, Holds, Placement, Reason, Role
from residency.testing import JsonReader, run_check

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers"
NETWORK = "microsoft.network/virtualnetworks"
SUBNET = "microsoft.network/virtualnetworks/subnets"
DNS = "microsoft.network/dnszones"
LINK = "microsoft.network/privatednszones/virtualnetworklinks"
POOL = "microsoft.sql/servers/elasticpools"


def body_of(resource_type: str, **fields: object) -> dict[str, Any]:
    provider, first, *children = resource_type.split("/")
    tail = "".join(f"/{child}/it" for child in children)
    return {
        "id": f"{GROUP}/{provider}/{first}/it{tail}",
        "name": "it",
        "type": resource_type,
        **fields,
    }


def facts_of(places: tuple[Placement, ...]) -> list[tuple[Role, str, Reason | None]]:
    return [(place.role, place.region, place.unresolved) for place in places]


def placed(region: str) -> list[tuple[Role, str, Reason | None]]:
    return [(Role.PRIMARY, region, None)]


NOWHERE: list[tuple[Role, str, Reason | None]] = []
UNKNOWN: list[tuple[Role, str, Reason | None]] = [(Role.PRIMARY, "unknown", Reason.REGION_UNKNOWN)]
SITE = {"name": "losangeles", "type": "EdgeZone"}
CUSTOM = {
    "name": f"{GROUP}/Microsoft.ExtendedLocation/customLocations/shop",
    "type": "CustomLocation",
}


@pytest.mark.parametrize(
    ("resource_type", "fields", "expected"),
    [
        pytest.param(NETWORK, {"location": "westeurope"}, placed("westeurope"), id="its-location"),
        pytest.param(NETWORK, {"location": "West Europe"}, placed("westeurope"), id="any-spelling"),
        pytest.param(NETWORK, {"location": "eastus"}, placed("eastus"), id="abroad-is-stated"),
        pytest.param(NETWORK, {"location": "atlantis"}, UNKNOWN, id="unknown-region-is-unknown"),
        pytest.param(
            NETWORK, {"location": "europe"}, placed("europe"), id="a-geography-is-a-place"
        ),
        pytest.param(NETWORK, {}, UNKNOWN, id="missing-location-is-unknown"),
        pytest.param(NETWORK, {"location": ""}, UNKNOWN, id="empty-location-is-unknown"),
        pytest.param(NETWORK, {"location": None}, UNKNOWN, id="null-location-is-unknown"),
        pytest.param(NETWORK, {"location": " "}, UNKNOWN, id="blank-location-is-unknown"),
        pytest.param(DNS, {"location": "global"}, NOWHERE, id="global-is-no-place"),
        pytest.param(DNS, {"location": "Global"}, NOWHERE, id="global-in-any-case"),
        pytest.param(LINK, {"location": "global"}, NOWHERE, id="a-global-child-has-no-place"),
        pytest.param(SUBNET, {}, UNKNOWN, id="a-child-without-location-of-nothing-is-unknown"),
        pytest.param(POOL, {"location": "northeurope"}, placed("northeurope"), id="a-placed-child"),
        pytest.param(POOL, {"location": "atlantis"}, UNKNOWN, id="a-child-in-an-unknown-region"),
        pytest.param(
            NETWORK,
            {"location": "westeurope", "extendedLocation": CUSTOM},
            UNKNOWN,
            id="a-custom-location-is-not-the-region-beside-it",
        ),
        pytest.param(
            DNS,
            {"location": "global", "extendedLocation": CUSTOM},
            UNKNOWN,
            id="global-does-not-hide-a-site",
        ),
    ],
)
def test_a_type_that_holds_none_is_placed_by_its_location_alone(
    resource_type: str, fields: dict[str, Any], expected: list[tuple[Role, str, Reason | None]]
) -> None:
    assert facts_of(run_check(CHECKS[0], body_of(resource_type, **fields))) == expected


@pytest.mark.parametrize(
    ("parent_location", "expected"),
    [("North Europe", placed("northeurope")), ("Global", NOWHERE), ("", UNKNOWN), (None, UNKNOWN)],
)
def test_a_child_without_location_is_where_its_parent_is(
    parent_location: str | None, expected: list[tuple[Role, str, Reason | None]]
) -> None:
    parent = body_of(NETWORK, location=parent_location)
    places = run_check(CHECKS[0], body_of(SUBNET), JsonReader(inventory=[parent]))
    assert facts_of(places) == expected
    assert all(place.evidence.path == f"{parent['id'].lower()} location" for place in places)


def test_an_edge_zone_is_the_place_and_not_the_region_beside_it() -> None:
    body = body_of(NETWORK, location="westus", extendedLocation=SITE)
    (place,) = run_check(CHECKS[0], body)
    assert place.region != "westus"
    assert place.evidence.path == "extendedLocation.name"


def test_the_place_cites_the_field_that_was_read() -> None:
    (place,) = run_check(CHECKS[0], body_of(NETWORK, location="West Europe"))
    assert place.basis is Basis.OBSERVED
    assert str(place.evidence) == "resourcegraph location = 'West Europe'"


def test_a_missing_location_says_so_in_its_evidence() -> None:
    (place,) = run_check(CHECKS[0], body_of(NETWORK))
    assert "absent" in place.evidence.value


def test_the_check_needs_nothing_but_the_inventory() -> None:
    (check,) = CHECKS
    assert check.holds is Holds.NONE
    assert (check.reads, check.uses_properties, check.can_fail_over) == (False, False, False)
    assert Catalogue.of(CHECKS).check_for(NETWORK) is check
