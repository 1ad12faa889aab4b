from dataclasses import replace
from typing import Any

import pytest

from checks.postgresql import CHECKS
from residency import testing
from residency.check import Check
from residency.errors import AccessDenied
from residency.model import Placement, Reason, Role
from residency.testing import JsonReader

(CHECK,) = CHECKS


def run_check(
    check: Check, body: dict[str, Any], reader: JsonReader | None = None
) -> tuple[Placement, ...]:
    """Run a check where each provider tells what the inventory has, if the test says nothing."""
    given = reader or JsonReader()
    told = {each["id"]: each for each in (*given.inventory, body)}
    return testing.run_check(check, body, replace(given, answers={**told, **given.answers}))


ROOT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.DBforPostgreSQL/flexibleServers"
OTHER = "/subscriptions/hidden/resourceGroups/g/providers/Microsoft.DBforPostgreSQL/flexibleServers"


def server(
    name: str,
    location: str | None = "westeurope",
    *,
    role: str | None = "Primary",
    source: str | None = None,
    geo_backup: str | None = "Disabled",
    root: str = ROOT,
    **properties: Any,
) -> dict[str, Any]:
    return {
        "id": f"{root}/{name}",
        "type": "Microsoft.DBforPostgreSQL/flexibleServers",
        "location": location,
        "properties": {
            "replicationRole": role,
            "sourceServerResourceId": source and f"{ROOT}/{source}",
            "backup": {"geoRedundantBackup": geo_backup},
            **properties,
        },
    }


def replica(name: str, location: str | None, source: str, **further: Any) -> dict[str, Any]:
    return server(name, location, **{"role": "AsyncReplica", "source": source, **further})


def reader(
    *inventory: dict[str, Any], listed: list[Any] | Exception | None = None, of: str = "pg"
) -> JsonReader:
    answer = listed if isinstance(listed, Exception) else {"value": listed or []}
    return JsonReader(answers={f"{ROOT}/{of}/replicas": answer}, inventory=inventory)


def live(places: tuple[Placement, ...]) -> list[tuple[str, str]]:
    return [(place.role, place.region) for place in places if place.role is not Role.BACKUP]


def primary_of(places: tuple[Placement, ...]) -> Placement:
    (primary,) = (place for place in places if place.role is Role.PRIMARY)
    return primary


@pytest.mark.parametrize("role", ["Primary", "None", None])
def test_a_server_without_replicas_is_written_where_it_stands(role: str | None) -> None:
    places = run_check(CHECK, server("pg", role=role), reader())
    assert live(places) == [("primary", "westeurope")]
    assert primary_of(places).failover is None


@pytest.mark.parametrize(("role", "writer"), [("Primary", True), ("None", False), (None, False)])
def test_only_the_role_primary_says_that_a_server_is_the_writer(
    role: str | None, *, writer: bool
) -> None:
    assert primary_of(run_check(CHECK, server("pg", role=role), reader())).writer is writer


@pytest.mark.parametrize("mode", ["ZoneRedundant", "SameZone"])
def test_high_availability_is_between_zones_and_no_second_place(mode: str) -> None:
    availability = {"mode": mode, "state": "FailingOver", "standbyAvailabilityZone": "2"}
    body = server("pg", highAvailability=availability)
    assert live(run_check(CHECK, body, reader())) == [("primary", "westeurope")]


def test_a_restart_with_failover_leaves_the_place_and_claims_no_failover() -> None:
    before = server("pg", availabilityZone="1", state="Ready")
    after = server("pg", availabilityZone="2", state="Restarting")
    assert live(run_check(CHECK, after, reader())) == live(run_check(CHECK, before, reader()))
    assert primary_of(run_check(CHECK, after, reader())).failover is None


@pytest.mark.parametrize("role", ["AsyncReplica", "GeoAsyncReplica"])
def test_a_replica_is_a_replica_itself_and_its_data_is_written_at_its_source(role: str) -> None:
    body = server("ro", "northeurope", role=role, source="pg")
    places = run_check(CHECK, body, reader(server("pg"), body))
    assert live(places) == [("replica", "northeurope"), ("primary", "westeurope")]
    assert primary_of(places).evidence.path == f"{ROOT}/pg location".lower()


def test_the_source_carries_each_replica_of_the_inventory() -> None:
    copies = replica("a", "northeurope", "PG"), replica("b", "francecentral", "pg")
    places = run_check(CHECK, server("pg"), reader(*copies, replica("c", "uksouth", "else")))
    assert live(places) == [
        ("primary", "westeurope"),
        ("replica", "northeurope"),
        ("replica", "francecentral"),
    ]


def test_a_replica_in_a_subscription_that_cannot_be_read_shows_in_the_list_of_its_source() -> None:
    seen = replica("a", "northeurope", "pg")
    hidden = replica("b", "uksouth", "pg", root=OTHER)
    places = run_check(CHECK, server("pg"), reader(seen, listed=[seen, hidden]))
    assert live(places)[1:] == [("replica", "northeurope"), ("replica", "uksouth")]


def test_a_listed_replica_without_a_location_is_an_unknown_place() -> None:
    places = run_check(CHECK, server("pg"), reader(listed=[replica("b", None, "pg", root=OTHER)]))
    assert live(places) == [("primary", "westeurope"), ("replica", "unknown")]


def test_a_list_of_replicas_that_is_refused_is_unknown_and_leaves_the_rest_standing() -> None:
    denied = AccessDenied("no", code="AuthorizationFailed")
    known = replica("a", "northeurope", "pg")
    places = run_check(CHECK, server("pg"), reader(known, listed=denied))
    assert live(places) == [
        ("primary", "westeurope"),
        ("replica", "northeurope"),
        ("replica", "unknown"),
    ]
    assert places[2].unresolved is Reason.FACET_UNREADABLE
    assert places[2].evidence.value == "AuthorizationFailed"


def test_a_server_with_the_role_none_is_not_asked_for_replicas() -> None:
    places = run_check(CHECK, server("pg", role="None"), JsonReader())
    assert live(places) == [("primary", "westeurope")]


def test_a_source_that_the_inventory_lacks_is_an_unknown_primary() -> None:
    places = run_check(CHECK, replica("ro", "westeurope", "pg"), JsonReader())
    assert live(places) == [("replica", "westeurope"), ("primary", "unknown")]
    assert primary_of(places).unresolved is Reason.FACET_UNREADABLE


def test_a_replica_that_names_no_source_has_an_unknown_primary() -> None:
    places = run_check(CHECK, server("ro", role="AsyncReplica"), JsonReader())
    assert primary_of(places).unresolved is Reason.REGION_UNKNOWN


def test_after_a_switchover_the_former_primary_is_a_replica_and_tells_where_it_was() -> None:
    now, former = server("ne", "northeurope"), replica("we", "westeurope", "ne")
    tenant = reader(now, former, of="ne")
    for body in (now, former):
        primary = primary_of(run_check(CHECK, body, tenant))
        assert (primary.region, primary.writer) == ("northeurope", True)
        assert primary.failover is not None
        assert primary.failover.path == ("westeurope",)
        assert primary.failover.since is None
        assert primary.failover.evidence.value == "Primary"


@pytest.mark.parametrize(
    "copies",
    [
        [],
        [replica("a", "northeurope", "ne")],
        [replica("a", "westeurope", "ne"), replica("b", "francecentral", "ne")],
        [replica("a", "westeurope", "ne"), replica("b", "atlantis", "ne")],
        [replica("a", None, "ne")],
    ],
    ids=["none", "own region", "two regions", "one unknown", "no location"],
)
def test_replicas_that_name_no_single_other_region_prove_no_failover(copies: list[Any]) -> None:
    places = run_check(CHECK, server("ne", "northeurope"), reader(*copies, of="ne"))
    assert primary_of(places).failover is None


def test_a_replica_of_a_replica_is_written_at_the_first_source() -> None:
    chain = server("pg"), replica("a", "northeurope", "pg"), replica("b", "francecentral", "a")
    places = run_check(CHECK, chain[2], reader(*chain))
    assert live(places) == [("replica", "francecentral"), ("primary", "westeurope")]


def test_replicas_that_name_each_other_have_no_known_primary() -> None:
    ring = replica("a", "northeurope", "b"), replica("b", "westeurope", "a")
    places = run_check(CHECK, ring[0], reader(*ring))
    assert live(places) == [("replica", "northeurope"), ("primary", "unknown")]


def test_a_server_restored_from_another_one_is_no_replica_of_it() -> None:
    restored = server("restored", "northeurope", role="Primary", source="pg")
    assert live(run_check(CHECK, server("pg"), reader(restored))) == [("primary", "westeurope")]
    places = run_check(CHECK, restored, reader(of="restored"))
    assert live(places) == [("primary", "northeurope")]


@pytest.mark.parametrize(("role", "source"), [("SyncReplica", "pg"), (None, "pg"), ("Odd", None)])
def test_a_role_that_is_not_known_leaves_the_primary_unknown_and_decides(
    role: str | None, source: str | None
) -> None:
    body = server("ro", "uksouth", role=role, source=source)
    places = run_check(CHECK, body, reader(server("pg")))
    assert live(places) == [("replica", "uksouth"), ("primary", "unknown")]
    assert primary_of(places).decides_primary


@pytest.mark.parametrize(
    ("location", "geo_backup", "expected"),
    [
        ("West Europe", "Disabled", [("westeurope", "observed")]),
        ("westeurope", "Enabled", [("westeurope", "observed"), ("northeurope", "documented")]),
        ("norwayeast", "Enabled", [("norwayeast", "observed"), ("norwaywest", "documented")]),
        ("italynorth", "Enabled", [("italynorth", "observed"), ("unknown", "observed")]),
        ("westeurope", None, [("unknown", "observed")]),
        ("westeurope", "Sometimes", [("unknown", "observed")]),
    ],
)
def test_backups_are_in_the_region_and_if_geo_redundant_in_its_pair(
    location: str, geo_backup: str | None, expected: list[tuple[str, str]]
) -> None:
    places = run_check(CHECK, server("pg", location, geo_backup=geo_backup), reader())
    found = [(place.region, place.basis) for place in places if place.role is Role.BACKUP]
    assert found == expected


@pytest.mark.parametrize("geo_backup", ["Enabled", "Disabled"])
def test_a_backup_cites_the_redundancy_that_tells_where_it_is(geo_backup: str) -> None:
    places = run_check(CHECK, server("pg", geo_backup=geo_backup), reader())
    for place in places[1:]:
        assert "geoRedundantBackup" in str(place.evidence)
        assert geo_backup in str(place.evidence)


def test_the_backup_of_a_server_in_an_unknown_place_is_unknown() -> None:
    places = run_check(CHECK, server("pg", "atlantis"), reader())
    assert [place.region for place in places] == ["unknown", "unknown"]
    assert places[1].evidence.value == "atlantis"


def test_a_listed_replica_is_also_where_the_inventory_says_even_if_it_names_no_source() -> None:
    nameless = server("far", "uksouth", role=None, source=None)
    listed = [server("far", "northeurope")]
    places = run_check(CHECK, server("pg"), reader(nameless, listed=listed))
    assert live(places)[1:] == [("replica", "northeurope"), ("replica", "uksouth")]


ODD = {**server("odd", "uksouth"), "properties": {"replicationRole": "Primary"}}
ODD["properties"]["sourceServerResourceId"] = 42


@pytest.mark.parametrize("role", ["Primary", "None"])
def test_a_server_that_does_not_tell_its_source_leaves_others_in_doubt_and_their_places_standing(
    role: str,
) -> None:
    copies = replica("a", "northeurope", "pg"), replica("b", "northeurope", "else")
    places = run_check(CHECK, server("pg", role=role), reader(ODD, *copies))
    assert live(places) == [
        ("primary", "westeurope"),
        ("replica", "northeurope"),
        ("replica", "unknown"),
    ]
    assert primary_of(places).failover is None
    assert (places[2].decides_primary, places[2].evidence.path) == (True, f"{ROOT}/odd".lower())


def test_a_replica_shares_the_doubt_about_a_server_that_does_not_tell_its_source() -> None:
    body = replica("a", "northeurope", "pg")
    places = run_check(CHECK, body, reader(server("pg"), ODD, body))
    assert live(places) == [
        ("replica", "northeurope"),
        ("primary", "westeurope"),
        ("replica", "unknown"),
    ]
    assert places[2].decides_primary
