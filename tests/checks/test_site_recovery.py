from datetime import UTC, datetime
from typing import Any

import pytest

from checks.recovery_services import CHECKS
from residency.errors import AccessDenied
from residency.model import Placement, Reason
from residency.testing import JsonReader, run_check

(CHECK,) = CHECKS
VAULT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v"
MACHINES = "/subscriptions/s/resourcegroups/g/providers/microsoft.compute/virtualmachines"
SOURCE, RECOVERED = f"{MACHINES}/vm1", f"{MACHINES}/vm1-recovered"
BODY = {
    "id": VAULT,
    "type": "Microsoft.RecoveryServices/vaults",
    "location": "northeurope",
    "properties": {"redundancySettings": {"standardTierStorageRedundancy": "ZoneRedundant"}},
}
WEST_TO_NORTH = {
    "instanceType": "A2A",
    "fabricObjectId": SOURCE.upper().replace("/SUBSCRIPTIONS/", "/subscriptions/"),
    "primaryFabricLocation": "West Europe",
    "recoveryFabricLocation": "northeurope",
    "initialPrimaryFabricLocation": "westeurope",
}
NORTH_TO_WEST = {
    **WEST_TO_NORTH,
    "primaryFabricLocation": "northeurope",
    "recoveryFabricLocation": "westeurope",
}
FAILED_OVER = "2026-10-20T08:30:00.1234567Z"


def item(active: str | None, details: dict[str, Any], **more: object) -> dict[str, Any]:
    return {
        "id": f"{VAULT}/replicationFabrics/f1/replicationProtectionContainers/c/x/i",
        "properties": {"activeLocation": active, "providerSpecificDetails": details, **more},
    }


def found(*items: dict[str, Any], fabrics: object = None) -> tuple[Placement, ...]:
    answers: dict[str, Any] = {
        f"{VAULT}/backupProtectedItems": {"value": []},
        f"{VAULT}/replicationProtectedItems": {"value": list(items)},
    }
    if fabrics is not None:
        answers[f"{VAULT}/replicationFabrics"] = fabrics
    return run_check(CHECK, BODY, JsonReader(answers=answers))[1:]


def rows(places: tuple[Placement, ...]) -> list[tuple[str, str, str | None]]:
    return [(place.role.value, place.region, place.subject) for place in places]


def test_the_replica_of_a_protected_machine_is_a_placement_on_that_machine() -> None:
    places = found(item("Primary", WEST_TO_NORTH))
    assert rows(places) == [("replica", "northeurope", SOURCE)]
    assert places[0].evidence.path.endswith("providerSpecificDetails.recoveryFabricLocation")


def test_after_a_failover_the_primary_is_at_the_recovery_side_and_came_from_the_other() -> None:
    places = found(item("Recovery", WEST_TO_NORTH, lastSuccessfulFailoverTime=FAILED_OVER))
    assert rows(places) == [("primary", "northeurope", SOURCE)]
    assert places[0].writer
    assert places[0].failover is not None
    assert places[0].failover.path == ("westeurope",)
    assert places[0].failover.since == datetime(2026, 10, 20, 8, 30, 0, 123456, tzinfo=UTC)
    assert "activeLocation = 'Recovery'" in str(places[0].failover.evidence)


def test_the_machine_that_took_over_carries_the_same_failover() -> None:
    details = {**WEST_TO_NORTH, "recoveryFabricObjectId": RECOVERED}
    places = found(item("Recovery", details))
    assert rows(places) == [
        ("primary", "northeurope", SOURCE),
        ("primary", "northeurope", RECOVERED),
    ]
    assert places[0].failover == places[1].failover


def test_a_machine_that_is_protected_in_the_other_direction_is_still_failed_over() -> None:
    places = found(item("Primary", NORTH_TO_WEST))
    assert rows(places) == [("replica", "westeurope", SOURCE), ("primary", "northeurope", SOURCE)]
    assert places[1].failover is not None
    assert places[1].failover.path == ("westeurope",)


def test_a_second_hop_keeps_the_whole_path() -> None:
    details = {**NORTH_TO_WEST, "recoveryFabricLocation": "swedencentral"}
    (place,) = found(item("Recovery", details))
    assert place.region == "swedencentral"
    assert place.failover is not None
    assert place.failover.path == ("westeurope", "northeurope")


def test_a_machine_that_came_back_to_where_it_began_has_no_failover() -> None:
    (place,) = found(item("Recovery", NORTH_TO_WEST))
    assert (place.role.value, place.region, place.failover) == ("primary", "westeurope", None)


def test_a_failover_between_zones_of_one_region_is_no_failover_to_another_region() -> None:
    details = {**WEST_TO_NORTH, "recoveryFabricLocation": "westeurope"}
    (place,) = found(item("Recovery", details))
    assert (place.region, place.failover) == ("westeurope", None)


@pytest.mark.parametrize("active", [None, "", "Unknown"])
def test_an_item_that_does_not_say_which_side_runs_leaves_the_primary_unknown(
    active: str | None,
) -> None:
    places = found(item(active, WEST_TO_NORTH))
    assert rows(places) == [("replica", "northeurope", SOURCE), ("primary", "unknown", SOURCE)]
    assert places[1].decides_primary


@pytest.mark.parametrize("raw", [None, "", "1753-01-01T01:01:01Z", "0001-01-01T00:00:00"])
def test_a_placeholder_for_a_time_is_no_time(raw: str | None) -> None:
    (place,) = found(item("Recovery", WEST_TO_NORTH, lastSuccessfulFailoverTime=raw))
    assert place.failover is not None
    assert place.failover.since is None


def test_a_time_that_cannot_be_read_is_said_aloud() -> None:
    (place,) = found(item("Recovery", WEST_TO_NORTH, lastSuccessfulFailoverTime="yesterday"))
    assert (place.region, place.subject) == ("unknown", SOURCE)
    assert "lastSuccessfulFailoverTime" in place.evidence.value


def test_an_item_that_cannot_be_read_hides_no_other() -> None:
    odd = item("Primary", {**WEST_TO_NORTH, "fabricObjectId": 42})
    places = found(odd, item("Primary", WEST_TO_NORTH))
    assert rows(places) == [("replica", "unknown", None), ("replica", "northeurope", SOURCE)]


@pytest.mark.parametrize(("site", "region"), [("losangeles", "losangeles"), ("nowhere", "unknown")])
def test_a_side_at_an_edge_zone_is_not_in_the_region_of_its_fabric(site: str, region: str) -> None:
    details = {**WEST_TO_NORTH, "recoveryExtendedLocation": {"name": site, "type": "EdgeZone"}}
    assert rows(found(item("Primary", details))) == [("replica", region, SOURCE)]


def fabric(number: int, **custom: str) -> dict[str, Any]:
    return {
        "id": f"{VAULT}/replicationFabrics/f{number}",
        "properties": {"friendlyName": "northeurope", "customDetails": custom},
    }


@pytest.mark.parametrize(
    ("target", "region"),
    [
        (fabric(2, instanceType="Azure", location="northeurope"), "northeurope"),
        (fabric(2, instanceType="HyperVSite"), "unknown"),
        (fabric(3, instanceType="Azure", location="northeurope"), "unknown"),
    ],
    ids=["azure", "site-of-the-customer", "fabric-not-listed"],
)
def test_an_item_without_a_location_is_where_its_fabric_is_and_names_prove_nothing(
    target: dict[str, Any], region: str
) -> None:
    details = {"fabricObjectId": SOURCE}
    recovery = {
        "recoveryFabricId": f"{VAULT}/replicationFabrics/F2",
        "recoveryFabricFriendlyName": "northeurope",
    }
    places = found(item("Primary", details, **recovery), fabrics={"value": [target]})
    assert rows(places) == [("replica", region, SOURCE)]


def test_the_former_region_of_an_item_without_a_location_is_that_of_its_own_fabric() -> None:
    details = {"fabricObjectId": SOURCE, "recoveryFabricLocation": "northeurope"}
    fabrics = {"value": [fabric(1, instanceType="Azure", location="westeurope")]}
    (place,) = found(item("Recovery", details), fabrics=fabrics)
    assert place.failover is not None
    assert place.failover.path == ("westeurope",)


def test_fabrics_that_cannot_be_read_do_not_hide_the_other_items() -> None:
    lost = item("Primary", {}, recoveryFabricId=f"{VAULT}/replicationFabrics/f2")
    denied = AccessDenied("no", code="AuthorizationFailed")
    places = found(lost, item("Primary", WEST_TO_NORTH), fabrics=denied)
    assert places[0].unresolved is Reason.FACET_UNREADABLE
    assert rows(places[1:]) == [("replica", "northeurope", SOURCE)]


@pytest.mark.parametrize(
    ("details", "region"),
    [
        ({"instanceType": "InMageRcm", "targetLocation": "West Europe"}, "westeurope"),
        ({"instanceType": "HyperVReplicaAzure"}, "unknown"),
        ({"instanceType": "InMageAzureV2"}, "unknown"),
    ],
)
def test_a_replica_of_a_machine_outside_azure_is_the_vaults_and_where_the_item_says(
    details: dict[str, Any], region: str
) -> None:
    places = found(item("Primary", details, recoveryFabricId="Microsoft Azure"))
    assert rows(places) == [("replica", region, None)]


def test_a_machine_that_is_replicated_out_of_azure_has_a_replica_nobody_knows_where() -> None:
    details = {"instanceType": "InMageRcmFailback", "azureVirtualMachineId": SOURCE}
    assert rows(found(item("Primary", details))) == [("replica", "unknown", SOURCE)]


def test_items_that_cannot_be_read_are_an_unreadable_facet_of_the_vault() -> None:
    reader = JsonReader(
        answers={
            f"{VAULT}/backupProtectedItems": {"value": []},
            f"{VAULT}/replicationProtectedItems": AccessDenied("no", code="AuthorizationFailed"),
        }
    )
    places = run_check(CHECK, BODY, reader)
    assert [place.unresolved for place in places] == [None, Reason.FACET_UNREADABLE]
