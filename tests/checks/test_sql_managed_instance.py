"""Managed instances: groups under one resource group and region, links to servers anywhere."""

from typing import Any

import pytest

from checks.sql_managed_instance import DATABASE, INSTANCE
from residency.errors import AccessDenied, CheckError
from residency.model import Holds, Placement, Reason, Role
from residency.testing import JsonReader, run_check

SCOPE = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Sql"
ID = f"{SCOPE}/managedInstances/Ledger"
OTHER = f"{SCOPE}/managedInstances/Shadow"
LOCATIONS = "/subscriptions/s1/providers/Microsoft.Sql/locations"
DENIED = AccessDenied("not allowed", code="AuthorizationFailed")
LIVE = {Role.PRIMARY, Role.REPLICA}


def instance(location: str = "westeurope", redundancy: str | None = "Local") -> dict[str, Any]:
    return {
        "id": ID,
        "name": "Ledger",
        "type": "Microsoft.Sql/managedInstances",
        "location": location,
        "properties": {
            "currentBackupStorageRedundancy": redundancy,
            "requestedBackupStorageRedundancy": redundancy,
        },
    }


def database(location: str = "westeurope") -> dict[str, Any]:
    return {
        "id": f"{ID}/databases/Books",
        "name": "Books",
        "type": "Microsoft.Sql/managedInstances/databases",
        "location": location,
        "properties": {},
    }


def group(
    role: str, partner: str, location: str, pair: tuple[str, str] = (ID, OTHER)
) -> dict[str, Any]:
    return {
        "id": f"{SCOPE}/locations/here/instanceFailoverGroups/fog",
        "properties": {
            "replicationRole": role,
            "partnerRegions": [{"location": location, "replicationRole": partner}],
            "managedInstancePairs": [
                {"primaryManagedInstanceId": pair[0], "partnerManagedInstanceId": pair[1]}
            ],
        },
    }


def link(role: str | None, partner: str | None, *databases: str) -> dict[str, Any]:
    return {
        "id": f"{ID}/distributedAvailabilityGroups/dag",
        "properties": {
            "instanceLinkRole": role,
            "partnerLinkRole": partner,
            "partnerEndpoint": "TCP://10.0.0.4:5022",
            "databases": [{"databaseName": name} for name in databases],
        },
    }


def reader(
    groups: Any = (), links: Any = (), *, where: str = "westeurope", inventory: Any = ()
) -> JsonReader:
    def answer(found: Any) -> Any:
        return found if isinstance(found, Exception) else {"value": list(found)}

    return JsonReader(
        answers={
            f"{SCOPE}/locations/{where}/instanceFailoverGroups": answer(groups),
            f"{ID}/distributedAvailabilityGroups": answer(links),
            f"{LOCATIONS}/{where}/longTermRetentionManagedInstanceBackups": answer(()),
        },
        inventory=inventory,
    )


def live(found: tuple[Placement, ...]) -> list[tuple[str, str]]:
    return sorted((p.role, p.region) for p in found if p.role in LIVE)


WEST_WRITES = [("primary", "westeurope"), ("replica", "northeurope")]
NORTH_WRITES = [("primary", "northeurope"), ("replica", "westeurope")]


@pytest.mark.parametrize(
    ("here", "role", "partner", "there", "expected", "former"),
    [
        ("westeurope", "Primary", "Secondary", "North Europe", WEST_WRITES, "northeurope"),
        ("northeurope", "Secondary", "Primary", "West Europe", WEST_WRITES, "northeurope"),
        ("northeurope", "Primary", "Secondary", "West Europe", NORTH_WRITES, "westeurope"),
        ("westeurope", "Secondary", "Primary", "North Europe", NORTH_WRITES, "westeurope"),
    ],
)
def test_an_instance_and_its_databases_swap_with_the_roles_of_their_group(
    here: str,
    role: str,
    partner: str,
    there: str,
    expected: list[tuple[str, str]],
    former: str,
) -> None:
    known = reader([group(role, partner, there)], where=here)
    for check, body in ((INSTANCE, instance(here)), (DATABASE, database(here))):
        found = run_check(check, body, known)
        assert live(found) == expected
        (written,) = [place for place in found if place.role is Role.PRIMARY]
        assert written.writer
        assert written.failover is not None
        assert (written.failover.path, written.failover.since) == ((former,), None)


@pytest.mark.parametrize("pair", [(ID, OTHER), (OTHER, ID), (ID.upper(), OTHER)])
def test_an_instance_is_in_the_group_whichever_end_of_the_pair_it_is(pair: tuple[str, str]) -> None:
    known = reader([group("Primary", "Secondary", "North Europe", pair)])
    assert live(run_check(INSTANCE, instance(), known)) == WEST_WRITES


def test_a_group_of_other_instances_says_nothing_of_this_one() -> None:
    known = reader([group("Secondary", "Primary", "UK South", (OTHER, f"{OTHER}2"))])
    assert live(run_check(INSTANCE, instance(), known)) == [("primary", "westeurope")]


def test_groups_are_looked_for_under_the_region_in_its_normal_form() -> None:
    known = reader([group("Primary", "Secondary", "North Europe")])
    assert live(run_check(INSTANCE, instance("West Europe"), known)) == WEST_WRITES


def test_groups_that_may_not_be_read_leave_open_which_copy_is_written() -> None:
    found = run_check(INSTANCE, instance(), reader(DENIED))
    (gap,) = [place for place in found if place.unresolved is Reason.FACET_UNREADABLE]
    assert gap.decides_primary
    assert ("primary", "westeurope") in live(found)


@pytest.mark.parametrize(
    ("redundancy", "expected"),
    [
        ("Local", ["westeurope"]),
        ("Zone", ["westeurope"]),
        ("Geo", ["northeurope", "westeurope"]),
        ("GeoZone", ["northeurope", "westeurope"]),
        ("Lunar", ["unknown"]),
        (None, ["unknown"]),
    ],
)
def test_an_instance_and_its_databases_have_the_backups_of_the_instance(
    redundancy: str | None, expected: list[str]
) -> None:
    parent = instance(redundancy=redundancy)
    for check, body in ((INSTANCE, parent), (DATABASE, database())):
        found = run_check(check, body, reader(inventory=[parent]))
        assert sorted({p.region for p in found if p.role is Role.BACKUP}) == expected


def test_the_geo_copy_of_an_instance_is_in_the_pair_by_the_page_on_managed_instances() -> None:
    parent = instance(redundancy="Geo")
    for check, body in ((INSTANCE, parent), (DATABASE, database())):
        found = run_check(check, body, reader(inventory=[parent]))
        (copy,) = [p for p in found if p.role is Role.BACKUP and p.region == "northeurope"]
        assert copy.evidence.path.endswith("/managed-instance/automated-backups-overview")


def test_the_geo_copy_of_an_instance_in_a_region_without_a_pair_is_somewhere_unknown() -> None:
    parent = instance("swedencentral", redundancy="Geo")
    unpaired = instance("spaincentral", redundancy="Geo")
    for body, expected in ((parent, "swedensouth"), (unpaired, "unknown")):
        found = run_check(INSTANCE, body, reader(where=body["location"]))
        places = {p.region for p in found if p.role is Role.BACKUP}
        assert places == {body["location"], expected}


def test_a_database_whose_instance_is_out_of_sight_has_unknown_backups() -> None:
    found = run_check(DATABASE, database(), reader())
    assert [p.region for p in found if p.role is Role.BACKUP] == ["unknown"]


def test_the_other_end_of_an_instances_link_is_anywhere() -> None:
    found = run_check(INSTANCE, instance(), reader(links=[link("Primary", "Secondary", "Books")]))
    assert live(found) == [("primary", "westeurope"), ("replica", "unknown")]
    (there,) = [place for place in found if place.role is Role.REPLICA]
    assert "TCP://10.0.0.4:5022" in str(there.evidence)


@pytest.mark.parametrize(
    ("role", "partner", "expected"),
    [
        ("Primary", "Secondary", [("primary", "westeurope"), ("replica", "unknown")]),
        ("Secondary", "Primary", [("primary", "unknown"), ("replica", "westeurope")]),
        (None, None, [("primary", "unknown"), ("replica", "unknown"), ("replica", "westeurope")]),
    ],
)
def test_a_linked_database_is_written_where_the_roles_of_its_link_say(
    role: str | None, partner: str | None, expected: list[tuple[str, str]]
) -> None:
    known = reader(links=[link(role, partner, "books")])
    assert live(run_check(DATABASE, database(), known)) == expected


def test_the_link_of_another_database_says_nothing_of_this_one() -> None:
    known = reader(links=[link("Primary", "Secondary", "Cellar")])
    assert live(run_check(DATABASE, database(), known)) == [("primary", "westeurope")]


def test_links_that_may_not_be_read_are_unknown() -> None:
    for check, body in ((INSTANCE, instance()), (DATABASE, database())):
        found = run_check(check, body, reader(links=DENIED))
        assert ("replica", "unknown") in live(found)
        assert any(place.unresolved is Reason.FACET_UNREADABLE for place in found)


def test_instances_and_their_databases_store_data_and_can_fail_over() -> None:
    for check in (INSTANCE, DATABASE):
        assert (check.can_fail_over, check.reads, check.holds) == (True, True, Holds.STORES)


@pytest.mark.parametrize("end", ["primaryManagedInstanceId", "partnerManagedInstanceId"])
@pytest.mark.parametrize("odd", [None, "", "ledger", 42])
def test_a_group_that_does_not_say_which_instances_it_pairs_may_pair_any(
    end: str, odd: Any
) -> None:
    told = group("Primary", "Secondary", "UK South")
    told["properties"]["managedInstancePairs"][0][end] = odd
    with pytest.raises(CheckError):
        run_check(INSTANCE, instance(), reader(groups=[told]))


@pytest.mark.parametrize("pairs", [None, [], 42])
def test_a_group_without_pairs_may_pair_any_instance(pairs: Any) -> None:
    told = group("Primary", "Secondary", "UK South")
    told["properties"]["managedInstancePairs"] = pairs
    with pytest.raises(CheckError):
        run_check(DATABASE, database(), reader(groups=[told]))


@pytest.mark.parametrize("names", [(), ("",)])
def test_a_link_that_names_no_database_may_hold_any(names: tuple[str, ...]) -> None:
    known = reader(links=[link("Primary", "Secondary", *names)])
    assert ("replica", "unknown") in live(run_check(DATABASE, database(), known))
