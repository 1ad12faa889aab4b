from typing import Any

import pytest

from checks.backup_vault import CHECKS
from residency.errors import AccessDenied
from residency.model import Basis, Placement, Reason
from residency.testing import JsonReader, run_check

(CHECK,) = CHECKS
VAULT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.DataProtection/backupVaults/v"
ACCOUNT = "/subscriptions/S/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a"
DISK = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/disks/d"


def vault(location: str = "westeurope", **properties: object) -> dict[str, Any]:
    return {
        "id": VAULT,
        "type": "Microsoft.DataProtection/backupVaults",
        "location": location,
        "properties": properties,
    }


def settings(*kinds: str) -> list[dict[str, str]]:
    return [{"datastoreType": "VaultStore", "type": kind} for kind in kinds]


def instance(source: str, kind: str, location: str = "", store: str = "VaultStore") -> Any:
    return {
        "properties": {
            "dataSourceInfo": {
                "resourceID": source,
                "datasourceType": kind,
                "resourceLocation": location,
            },
            "policyInfo": {
                "policyParameters": {"dataStoreParametersList": [{"dataStoreType": store}]}
            },
        }
    }


def found(body: dict[str, Any], *instances: object, inventory: tuple[Any, ...] = ()) -> Any:
    answers = {VAULT: body, f"{VAULT}/backupInstances": {"value": list(instances)}}
    return run_check(CHECK, body, JsonReader(answers=answers, inventory=inventory))


def rows(places: tuple[Placement, ...], subject: str | None = None) -> list[tuple[str, str]]:
    return [(place.region, place.basis.value) for place in places if place.subject == subject]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["GeoRedundant"], [("northeurope", "documented")]),
        (["LocallyRedundant", "GeoRedundant"], [("northeurope", "documented")]),
        (["LocallyRedundant"], []),
        (["ZoneRedundant"], []),
        (["PlanetRedundant"], [("unknown", "observed")]),
        (["LocallyRedundant", ""], [("unknown", "observed")]),
        ([], [("unknown", "observed")]),
    ],
)
def test_the_second_copy_of_an_empty_vault_is_as_its_storage_settings_say(
    kinds: list[str], expected: list[tuple[str, str]]
) -> None:
    places = found(vault(storageSettings=settings(*kinds)))
    assert rows(places) == [("westeurope", "observed"), *expected]


def test_a_geo_redundant_vault_in_a_region_without_a_pair_has_a_copy_nobody_knows_where() -> None:
    places = found(vault("polandcentral", storageSettings=settings("GeoRedundant")))
    assert rows(places) == [("polandcentral", "observed"), ("unknown", "observed")]


def test_a_region_that_the_vault_says_it_replicates_to_is_observed() -> None:
    body = vault(storageSettings=settings("ZoneRedundant"), replicatedRegions=["UK South"])
    assert rows(found(body)) == [("westeurope", "observed"), ("uksouth", "observed")]


def test_restoring_in_another_region_adds_no_copy() -> None:
    features = {"crossRegionRestoreSettings": {"state": "Enabled"}}
    body = vault(storageSettings=settings("GeoRedundant"), featureSettings=features)
    assert rows(found(body)) == [("westeurope", "observed"), ("northeurope", "documented")]


def test_what_a_vault_protects_carries_the_vaults_copies_once() -> None:
    blobs = instance(ACCOUNT, "Microsoft.Storage/storageAccounts/blobServices", "westeurope")
    places = found(vault(storageSettings=settings("GeoRedundant")), blobs, blobs)
    copies = [place for place in places if place.subject == ACCOUNT.lower()]
    assert rows(places, ACCOUNT.lower()) == [
        ("westeurope", "observed"),
        ("northeurope", "documented"),
    ]
    assert copies[0].evidence.path == f"{VAULT.lower()} location"


def test_a_source_in_another_region_has_its_operational_store_there() -> None:
    blobs = instance(ACCOUNT, "Other", "North Europe", store="OperationalStore")
    places = found(vault(storageSettings=settings("LocallyRedundant")), blobs)
    assert rows(places, ACCOUNT.lower()) == [
        ("westeurope", "observed"),
        ("northeurope", "documented"),
    ]


def test_backups_of_a_disk_are_beside_the_disk_and_never_in_the_vault() -> None:
    backup = instance(DISK, "Microsoft.Compute/disks", "swedencentral")
    places = found(vault(storageSettings=settings("GeoRedundant")), backup)
    assert rows(places, DISK.lower()) == [("swedencentral", "documented")]


@pytest.mark.parametrize(("inventory", "region"), [((), "unknown"), (("fc",), "francecentral")])
def test_an_instance_that_does_not_say_where_its_source_is_needs_the_source_itself(
    inventory: tuple[str, ...], region: str
) -> None:
    sources = tuple(
        {"id": DISK, "type": "Microsoft.Compute/disks", "location": "francecentral"}
        for _ in inventory
    )
    backup = instance(DISK, "Microsoft.Compute/disks")
    places = found(vault(storageSettings=settings("ZoneRedundant")), backup, inventory=sources)
    assert rows(places, DISK.lower()) == [(region, "documented")]


@pytest.mark.parametrize("source", ["", "westeurope", None, 42])
def test_an_instance_that_does_not_name_its_source_is_unknown_and_hides_no_other(
    source: Any,
) -> None:
    blobs = instance(ACCOUNT, "Microsoft.Storage/storageAccounts/blobServices", "westeurope")
    places = found(vault(storageSettings=settings("ZoneRedundant")), instance(source, "?"), blobs)
    assert rows(places) == [("westeurope", "observed"), ("unknown", "observed")]
    assert rows(places, ACCOUNT.lower()) == [("westeurope", "observed")]


@pytest.mark.parametrize("odd", [42, "GeoRedundant", {"type": "GeoRedundant"}])
def test_a_vault_whose_settings_cannot_be_read_is_unknown_on_what_it_protects_too(odd: Any) -> None:
    blobs = instance(ACCOUNT, "Microsoft.Storage/storageAccounts/blobServices", "westeurope")
    places = found(vault(storageSettings=odd), blobs)
    assert rows(places) == rows(places, ACCOUNT.lower())
    assert rows(places) == [("westeurope", "observed"), ("unknown", "observed")]


def test_a_further_region_that_only_the_provider_shows_is_a_copy_on_what_is_protected_too() -> None:
    row = vault(storageSettings=settings("ZoneRedundant"))
    told = vault(storageSettings=settings("ZoneRedundant"), replicatedRegions=["uksouth"])
    blobs = instance(ACCOUNT, "Microsoft.Storage/storageAccounts/blobServices", "westeurope")
    answers: dict[str, Any] = {VAULT: told, f"{VAULT}/backupInstances": {"value": [blobs]}}
    places = run_check(CHECK, row, JsonReader(answers=answers))
    assert ("uksouth", "observed") in rows(places)
    assert ("uksouth", "observed") in rows(places, ACCOUNT.lower())


def test_a_provider_that_cannot_be_asked_for_further_regions_leaves_one_unknown() -> None:
    row = vault(storageSettings=settings("ZoneRedundant"))
    answers: dict[str, Any] = {f"{VAULT}/backupInstances": {"value": []}}
    places = run_check(CHECK, row, JsonReader(answers=answers))
    assert rows(places) == [("westeurope", "observed"), ("unknown", "observed")]


def test_instances_that_cannot_be_read_leave_the_vault_itself_and_an_unreadable_facet() -> None:
    body = vault(storageSettings=settings("ZoneRedundant"))
    refused = AccessDenied("no", code="Forbidden")
    reader = JsonReader(answers={VAULT: body, f"{VAULT}/backupInstances": refused})
    places = run_check(CHECK, body, reader)
    assert rows(places) == [("westeurope", "observed"), ("unknown", "observed")]
    assert places[1].unresolved is Reason.FACET_UNREADABLE
    assert places[0].basis is Basis.OBSERVED
