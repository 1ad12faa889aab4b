"""A role tells where a namespace or a hub is written, and where it may have come from."""

from typing import Any

import pytest

from checks.event_hubs import CHECKS as EVENT_HUBS
from checks.iot_hub import CHECKS as IOT_HUB
from residency.errors import AccessDenied
from residency.model import Placement, Reason, Role
from residency.testing import JsonReader, run_check

(NAMESPACES,), (HUBS,) = EVENT_HUBS, IOT_HUB
ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.EventHub/namespaces/n"
HUB = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Devices/IotHubs/h"
DENIED = AccessDenied("no", code="AuthorizationFailed")


def namespace(location: str, *replicas: tuple[str, str]) -> dict[str, Any]:
    listed = [{"locationName": place, "roleType": role} for place, role in replicas]
    return {
        "id": ID,
        "type": "Microsoft.EventHub/namespaces",
        "location": location,
        "sku": {"name": "Premium"},
        "properties": {"geoDataReplication": {"locations": listed}},
    }


def hub(location: str, *listed: tuple[str, str], **properties: Any) -> dict[str, Any]:
    locations = [{"location": place, "role": role} for place, role in listed]
    told = {"locations": locations, **properties}
    return {
        "id": HUB,
        "type": "Microsoft.Devices/IotHubs",
        "location": location,
        "properties": told,
    }


def found(row: dict[str, Any], told: Any = None) -> tuple[Placement, ...]:
    """Give the places when the inventory shows `row` and the provider tells `told`."""
    nothing: dict[str, Any] = {"value": []}
    answers = {ID: told or row, HUB: told or row}
    answers |= {f"{ID}/disasterRecoveryConfigs": nothing, f"{ID}/eventhubs": nothing}
    return run_check(HUBS if row["id"] == HUB else NAMESPACES, row, JsonReader(answers=answers))


def primary_of(places: tuple[Placement, ...]) -> Placement:
    (primary,) = [place for place in places if place.role is Role.PRIMARY]
    return primary


AT_HOME = namespace("westeurope", ("westeurope", "Primary"), ("northeurope", "Secondary"))


@pytest.mark.parametrize(
    ("body", "written", "former", "proof"),
    [
        (AT_HOME, "westeurope", "northeurope", "locations[1].locationName"),
        (
            namespace("westeurope", ("westeurope", "Secondary"), ("North Europe", "primary")),
            "northeurope",
            "westeurope",
            " location ",
        ),
        (
            namespace("northeurope", ("westeurope", "Secondary"), ("northeurope", "Primary")),
            "northeurope",
            "westeurope",
            "locations[0].locationName",
        ),
        (
            hub("westeurope", ("West Europe", "secondary"), ("North Europe", "primary")),
            "northeurope",
            "westeurope",
            " location ",
        ),
    ],
)
def test_the_written_copy_names_the_region_that_it_may_have_come_from(
    body: dict[str, Any], written: str, former: str, proof: str
) -> None:
    primary = primary_of(found(body))
    assert (primary.region, primary.writer) == (written, True)
    assert primary.failover is not None
    assert (primary.failover.path, primary.failover.since) == ((former,), None)
    assert proof in str(primary.failover.evidence)


def test_a_namespace_in_one_region_came_from_nowhere() -> None:
    assert primary_of(found(namespace("westeurope", ("westeurope", "Primary")))).failover is None


def test_the_provider_wins_over_a_row_that_has_not_seen_the_promotion_yet() -> None:
    told = namespace("westeurope", ("westeurope", "Secondary"), ("northeurope", "Primary"))
    primary = primary_of(found(AT_HOME, told))
    assert primary.region == "northeurope"


def test_two_primaries_are_none() -> None:
    places = found(namespace("westeurope", ("westeurope", "Primary"), ("northeurope", "Primary")))
    primary = primary_of(places)
    assert (primary.unresolved, primary.decides_primary) == (Reason.REGION_UNKNOWN, True)
    assert {place.region for place in places if place.role is Role.REPLICA} == {
        "westeurope",
        "northeurope",
    }


def test_a_provider_that_is_not_answering_leaves_open_which_copy_is_written() -> None:
    gap, *rest = found(AT_HOME, DENIED)
    assert (gap.decides_primary, gap.unresolved) == (True, Reason.FACET_UNREADABLE)
    assert [place.region for place in rest] == ["westeurope", "northeurope"]


def test_an_endpoint_that_nobody_has_seen_is_cited_without_its_secret() -> None:
    keyed = "Endpoint=sb://far.servicebus.windows.net/;SharedAccessKey=hidden"
    endpoints = {"eventHubs": [{"name": "far", "connectionString": keyed}]}
    upload = {"$default": {"connectionString": "AccountName=faraway;AccountKey=hidden"}}
    body = hub(
        "italynorth",
        ("Italy North", "primary"),
        routing={"endpoints": endpoints},
        storageEndpoints=upload,
    )
    exports = [place for place in found(body) if place.role is Role.EXPORT]
    assert [place.target for place in exports] == ["far.servicebus.windows.net", "faraway"]
    assert {place.unresolved for place in exports} == {Reason.FACET_UNREADABLE}
    assert "hidden" not in str(exports)


def test_a_route_list_of_another_shape_leaves_the_regions_standing() -> None:
    body = hub("italynorth", ("Italy North", "primary"), routing={"endpoints": ["odd"]})
    assert [(place.role, place.region) for place in found(body)] == [
        (Role.PRIMARY, "italynorth"),
        (Role.EXPORT, "unknown"),
    ]
