from collections.abc import Sequence
from typing import Any

import pytest

from checks.cosmos_db import CHECKS
from residency import testing
from residency.check import Check
from residency.model import Placement, Reason, Role
from residency.testing import JsonReader

(CHECK,) = CHECKS


def run_check(check: Check, body: dict[str, Any]) -> tuple[Placement, ...]:
    """Run a check where the provider tells what the inventory has, and no service beside."""
    answers = {body["id"]: body, f"{body['id']}/services": {"value": []}}
    return testing.run_check(check, body, JsonReader(answers=answers))


PERIODIC_LOCAL = {
    "type": "Periodic",
    "periodicModeProperties": {"backupStorageRedundancy": "Local"},
}
CONTINUOUS = {"type": "Continuous", "continuousModeProperties": {"tier": "Continuous7Days"}}


def periodic(redundancy: str | None) -> dict[str, Any]:
    mode = {"backupStorageRedundancy": redundancy} if redundancy else {}
    return {"type": "Periodic", "periodicModeProperties": mode}


def regions_of(*names: str, first: int = 0) -> list[dict[str, Any]]:
    return [
        {"locationName": name, "failoverPriority": priority, "provisioningState": "Succeeded"}
        for priority, name in enumerate(names, start=first)
    ]


def account(
    *,
    writes: Sequence[Any] | None,
    reads: Sequence[Any] = (),
    locations: Sequence[Any] = (),
    backup: dict[str, Any] | None = PERIODIC_LOCAL,
    location: str = "West Europe",
) -> dict[str, Any]:
    return {
        "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.DocumentDB/databaseAccounts/c",
        "type": "microsoft.documentdb/databaseaccounts",
        "location": location,
        "properties": {
            "writeLocations": writes,
            "readLocations": list(reads),
            "locations": list(locations or reads or writes or ()),
            "backupPolicy": backup,
        },
    }


def live(places: Sequence[Placement]) -> list[tuple[str, str]]:
    return [(place.role, place.region) for place in places if place.role is not Role.BACKUP]


def backups(body: dict[str, Any]) -> list[tuple[str, str]]:
    found = run_check(CHECK, body)
    return [(place.region, place.basis) for place in found if place.role is Role.BACKUP]


def test_location_is_not_the_write_region() -> None:
    body = account(writes=regions_of("North Europe"), location="West Europe")
    primary = run_check(CHECK, body)[0]
    assert (primary.role, primary.region, primary.writer) == (Role.PRIMARY, "northeurope", True)
    assert primary.evidence.path.endswith(" properties.writeLocations[0].locationName")


def test_a_write_region_away_from_the_creation_region_is_no_proof_of_a_failover() -> None:
    names = regions_of("North Europe", "West Europe")
    body = account(writes=names[:1], reads=names, locations=names, location="West Europe")
    assert [place.failover for place in run_check(CHECK, body)] == [None, None, None]


@pytest.mark.parametrize("every", [None, []])
def test_an_account_that_does_not_name_all_its_regions_may_have_others(every: Any) -> None:
    body = account(writes=regions_of("West Europe"))
    body["properties"]["locations"] = every
    assert live(run_check(CHECK, body)) == [("primary", "westeurope"), ("replica", "unknown")]


def test_every_further_region_of_the_account_is_a_replica_once() -> None:
    names = regions_of("West Europe", "North Europe", "France Central")
    body = account(writes=names[:1], reads=names[:2], locations=names)
    assert live(run_check(CHECK, body)) == [
        ("primary", "westeurope"),
        ("replica", "northeurope"),
        ("replica", "francecentral"),
    ]


def test_of_several_write_regions_the_one_with_priority_0_is_primary() -> None:
    north, west = regions_of("North Europe", first=1) + regions_of("West Europe")
    places = run_check(CHECK, account(writes=[north, west], locations=[north, west]))
    assert live(places) == [("primary", "westeurope"), ("replica", "northeurope")]
    assert [place.writer for place in places[:2]] == [True, False]


def test_the_only_write_region_is_primary_whatever_its_priority_while_a_failover_runs() -> None:
    body = account(writes=regions_of("North Europe", first=1))
    assert live(run_check(CHECK, body)) == [("primary", "northeurope")]


@pytest.mark.parametrize("writes", [None, [], regions_of("West Europe", "North Europe", first=1)])
def test_without_a_write_region_of_priority_0_the_primary_is_unknown_and_that_decides(
    writes: list[Any] | None,
) -> None:
    names = regions_of("West Europe", "North Europe")
    places = run_check(CHECK, account(writes=writes, locations=names))
    assert live(places) == [
        ("primary", "unknown"),
        ("replica", "westeurope"),
        ("replica", "northeurope"),
    ]
    assert places[0].decides_primary
    assert places[0].unresolved is Reason.REGION_UNKNOWN


@pytest.mark.parametrize("state", ["Creating", "Deleting", "Updating", "Offline"])
def test_a_region_that_is_being_added_or_removed_holds_data(state: str) -> None:
    leaving = {"locationName": "UK South", "failoverPriority": 1, "provisioningState": state}
    body = account(writes=regions_of("West Europe"), locations=[leaving])
    assert ("replica", "uksouth") in live(run_check(CHECK, body))


def test_a_region_that_no_table_knows_is_unknown_and_stated_once_by_its_spelling() -> None:
    names = regions_of("West Europe", "Atlantis", "Lemuria")
    body = account(writes=names[:1], reads=names, locations=names)
    replicas = [place for place in run_check(CHECK, body) if place.role is Role.REPLICA]
    assert [place.evidence.value for place in replicas] == ["Atlantis", "Lemuria"]
    assert {place.region for place in replicas} == {"unknown"}


@pytest.mark.parametrize(
    ("written", "redundancy", "expected"),
    [
        ("West Europe", "Local", [("westeurope", "observed")]),
        ("West Europe", "Zone", [("westeurope", "observed")]),
        ("West Europe", "Geo", [("westeurope", "observed"), ("northeurope", "documented")]),
        ("UK South", "Geo", [("uksouth", "observed"), ("ukwest", "documented")]),
        ("Brazil South", "Geo", [("brazilsouth", "observed"), ("southcentralus", "documented")]),
        ("West Europe", None, [("unknown", "observed")]),
        ("West Europe", "Everywhere", [("unknown", "observed")]),
    ],
)
def test_periodic_backups_are_in_the_write_region_and_if_geo_in_its_pair(
    written: str, redundancy: str | None, expected: list[tuple[str, str]]
) -> None:
    body = account(writes=regions_of(written), backup=periodic(redundancy), location="East US")
    assert backups(body) == expected


def test_a_geo_backup_from_a_region_without_a_pair_is_somewhere_unknown() -> None:
    body = account(writes=regions_of("Poland Central"), backup=periodic("Geo"))
    assert backups(body) == [("polandcentral", "observed"), ("unknown", "observed")]


def test_periodic_backups_are_in_one_of_several_write_regions_so_each_is_documented() -> None:
    writes = regions_of("West Europe", "Sweden Central")
    assert backups(account(writes=writes, backup=periodic("Geo"))) == [
        ("westeurope", "documented"),
        ("northeurope", "documented"),
        ("swedencentral", "documented"),
        ("swedensouth", "documented"),
    ]


def test_without_a_write_region_the_periodic_backups_are_unknown() -> None:
    assert backups(account(writes=[], backup=periodic("Local"))) == [("unknown", "observed")]


def test_continuous_backups_are_in_each_region_where_data_is_and_in_no_pair() -> None:
    names = regions_of("West Europe", "France Central")
    assert backups(account(writes=names[:1], reads=names, backup=CONTINUOUS)) == [
        ("westeurope", "documented"),
        ("francecentral", "documented"),
    ]


@pytest.mark.parametrize("policy", [None, {}, {"type": "Sometimes"}])
def test_a_missing_or_new_kind_of_backup_policy_is_unknown_never_the_default(
    policy: dict[str, Any] | None,
) -> None:
    body = account(writes=regions_of("West Europe"), backup=policy)
    assert backups(body) == [("unknown", "observed")]
