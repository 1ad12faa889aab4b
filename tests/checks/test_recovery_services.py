from typing import Any

import pytest

from checks.recovery_services import CHECKS
from residency.errors import AccessDenied
from residency.model import Placement, Reason
from residency.testing import JsonReader, run_check

(CHECK,) = CHECKS
VAULT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v"
MACHINE = "/subscriptions/S/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/VM1"
CONFIG = f"{VAULT}/backupstorageconfig/vaultstorageconfig"
PAIR = [("northeurope", "documented")]
UNKNOWN = [("unknown", "observed")]


def vault(redundancy: str | None, location: str = "westeurope", **more: object) -> dict[str, Any]:
    stated = {} if redundancy is None else {"standardTierStorageRedundancy": redundancy}
    return {
        "id": VAULT,
        "type": "Microsoft.RecoveryServices/vaults",
        "location": location,
        "properties": {"redundancySettings": stated, **more},
    }


def reader(*sources: str, config: object = None, items: object = None) -> JsonReader:
    protected = [{"properties": {"sourceResourceId": source}} for source in sources]
    answers: dict[str, Any] = {
        VAULT: {"properties": {}},
        f"{VAULT}/backupProtectedItems": items or {"value": protected},
        f"{VAULT}/replicationProtectedItems": {"value": []},
    }
    return JsonReader(answers=answers if config is None else {**answers, CONFIG: config})


def rows(places: tuple[Placement, ...], subject: str | None = None) -> list[tuple[str, str]]:
    return [(place.region, place.basis.value) for place in places if place.subject == subject]


@pytest.mark.parametrize(
    ("redundancy", "expected"),
    [("GeoRedundant", PAIR), ("ZoneRedundant", []), ("LocallyRedundant", []), ("Odd", UNKNOWN)],
)
def test_an_empty_vault_is_a_backup_at_its_region_and_as_redundant_as_it_says(
    redundancy: str, expected: list[tuple[str, str]]
) -> None:
    places = run_check(CHECK, vault(redundancy), reader())
    assert rows(places) == [("westeurope", "observed"), *expected]
    assert {place.role.value for place in places} == {"backup"}


def test_a_second_region_that_only_the_provider_says_was_chosen_is_not_the_pair() -> None:
    chosen = {"properties": {"regionOfChoiceSettings": {"status": "Enabled"}}}
    answers = {**reader().answers, VAULT: chosen}
    places = run_check(CHECK, vault("GeoRedundant"), JsonReader(answers=answers))
    assert rows(places) == [("westeurope", "observed"), *UNKNOWN]


def config(model: str | None, stored: str | None) -> dict[str, Any]:
    return {"properties": {"storageModelType": model, "storageType": stored}}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (config("GeoRedundant", "GeoRedundant"), PAIR),
        (config("LocallyRedundant", "GeoRedundant"), PAIR),
        (config("ReadAccessGeoZoneRedundant", None), PAIR),
        (config("LocallyRedundant", "LocallyRedundant"), []),
        (config("Invalid", "ZoneRedundant"), []),
        (config("Invalid", "Invalid"), UNKNOWN),
        (config(None, None), UNKNOWN),
        (config("LocallyRedundant", "Odd"), UNKNOWN),
    ],
)
@pytest.mark.parametrize("redundancy", [None, "Invalid"])
def test_a_vault_that_does_not_state_its_redundancy_is_asked_and_never_taken_for_local(
    redundancy: str | None, answer: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    places = run_check(CHECK, vault(redundancy), reader(config=answer))
    assert rows(places) == [("westeurope", "observed"), *expected]


def test_a_storage_configuration_that_cannot_be_read_is_an_unreadable_facet() -> None:
    denied = AccessDenied("no", code="AuthorizationFailed")
    places = run_check(CHECK, vault(None), reader(config=denied))
    assert [place.unresolved for place in places] == [None, Reason.FACET_UNREADABLE]


@pytest.mark.parametrize(
    ("body", "region"),
    [
        (vault("GeoRedundant", regionOfChoiceSettings={"status": "Enabled"}), "westeurope"),
        (vault("GeoRedundant", "polandcentral"), "polandcentral"),
    ],
    ids=["chosen-region", "no-pair"],
)
def test_a_second_region_that_is_chosen_or_has_no_pair_is_unknown(
    body: dict[str, Any], region: str
) -> None:
    assert rows(run_check(CHECK, body, reader())) == [(region, "observed"), *UNKNOWN]


def test_a_region_of_choice_that_is_not_in_use_leaves_the_pair() -> None:
    body = vault("GeoRedundant", regionOfChoiceSettings={"status": "Disabled"})
    assert rows(run_check(CHECK, body, reader())) == [("westeurope", "observed"), *PAIR]


def test_what_a_vault_protects_carries_the_backups_once_even_if_it_is_in_no_inventory() -> None:
    places = run_check(CHECK, vault("GeoRedundant"), reader(MACHINE, MACHINE.upper()))
    assert rows(places, MACHINE.lower()) == [("westeurope", "observed"), *PAIR]
    own, copy = (place.evidence.path for place in places if place.region == "westeurope")
    assert (own, copy) == ("location", f"{VAULT.lower()} location")


def test_a_backup_of_a_machine_that_is_not_in_azure_is_the_vaults_alone() -> None:
    agent = {"value": [{"properties": {"backupManagementType": "MAB"}}]}
    places = run_check(CHECK, vault("ZoneRedundant"), reader(items=agent))
    assert rows(places) == [("westeurope", "observed")]
    assert len(places) == 1


@pytest.mark.parametrize("kind", ["AzureIaasVM", "AzureStorage", "Brand new", None])
@pytest.mark.parametrize("source", [None, "", "vm-1", 42])
def test_a_backup_that_does_not_name_its_source_is_unknown_and_hides_no_other(
    kind: str | None, source: Any
) -> None:
    odd = {"properties": {"backupManagementType": kind, "sourceResourceId": source}}
    known = {"properties": {"sourceResourceId": MACHINE}}
    places = run_check(CHECK, vault("ZoneRedundant"), reader(items={"value": [odd, known]}))
    assert rows(places) == [("westeurope", "observed"), *UNKNOWN]
    assert rows(places, MACHINE.lower()) == [("westeurope", "observed")]


@pytest.mark.parametrize("choice", [{"status": "Lunar"}, {"status": None}, {"region": "uksouth"}])
def test_a_region_of_choice_that_does_not_say_whether_it_is_in_use_is_unknown(
    choice: dict[str, Any],
) -> None:
    body = vault("GeoRedundant", regionOfChoiceSettings=choice)
    assert rows(run_check(CHECK, body, reader())) == [("westeurope", "observed"), *UNKNOWN]


def test_a_protected_source_shares_the_doubt_about_the_second_region() -> None:
    answer = config("Invalid", None)
    places = run_check(CHECK, vault(None), reader(MACHINE, config=answer))
    assert rows(places, MACHINE.lower()) == [("westeurope", "observed"), *UNKNOWN]


def test_items_that_cannot_be_read_leave_the_vaults_own_place_and_an_unreadable_facet() -> None:
    denied = AccessDenied("no", code="AuthorizationFailed")
    places = run_check(CHECK, vault("ZoneRedundant"), reader(items=denied))
    assert [place.unresolved for place in places] == [None, Reason.FACET_UNREADABLE]
