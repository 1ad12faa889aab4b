from dataclasses import replace
from typing import Any

import pytest

from checks.mysql import CHECKS
from residency import testing
from residency.check import Check
from residency.errors import Unavailable
from residency.model import Placement, Reason
from residency.testing import JsonReader

(CHECK,) = CHECKS


def run_check(
    check: Check, body: dict[str, Any], reader: JsonReader | None = None
) -> tuple[Placement, ...]:
    """Run a check where each provider tells what the inventory has, if the test says nothing."""
    given = reader or JsonReader()
    told = {each["id"]: each for each in (*given.inventory, body)}
    return testing.run_check(check, body, replace(given, answers={**told, **given.answers}))


ROOT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.DBforMySQL/flexibleServers"


def server(name: str, location: str, role: str | None, **properties: Any) -> dict[str, Any]:
    return {
        "id": f"{ROOT}/{name}",
        "type": "Microsoft.DBforMySQL/flexibleServers",
        "location": location,
        "properties": {
            "replicationRole": role,
            "backup": {"geoRedundantBackup": "Disabled"},
            **properties,
        },
    }


def table(body: dict[str, Any], reader: JsonReader) -> list[tuple[str, str, str]]:
    return [(place.role, place.region, place.basis) for place in run_check(CHECK, body, reader)]


SOURCE = server("my", "westeurope", "Source")
REPLICA = server("ro", "northeurope", "Replica", sourceServerResourceId=f"{ROOT}/my")


def test_a_source_carries_its_replicas() -> None:
    reader = JsonReader(answers={f"{ROOT}/my/replicas": {"value": [REPLICA]}})
    assert table(SOURCE, reader) == [
        ("primary", "westeurope", "observed"),
        ("replica", "northeurope", "observed"),
        ("backup", "westeurope", "observed"),
    ]


def test_a_replica_is_written_at_its_source() -> None:
    assert table(REPLICA, JsonReader(inventory=[SOURCE, REPLICA])) == [
        ("replica", "northeurope", "observed"),
        ("primary", "westeurope", "observed"),
        ("backup", "northeurope", "observed"),
    ]


def test_a_source_is_the_writer_and_its_replicas_elsewhere_tell_where_it_may_have_been() -> None:
    source = server("my", "northeurope", "Source")
    copy = server("ro", "westeurope", "Replica", sourceServerResourceId=f"{ROOT}/my")
    reader = JsonReader(answers={f"{ROOT}/my/replicas": {"value": []}}, inventory=[copy])
    primary = run_check(CHECK, source, reader)[0]
    assert primary.writer
    assert primary.failover is not None
    assert primary.failover.path == ("westeurope",)


@pytest.mark.parametrize("state", ["FailingOver", "Healthy", "RemovingStandby"])
def test_the_failover_action_of_mysql_stays_in_the_region(state: str) -> None:
    availability = {"mode": "ZoneRedundant", "state": state, "standbyAvailabilityZone": "1"}
    body = server("my", "westeurope", "None", highAvailability=availability, availabilityZone="3")
    (primary, backup) = run_check(CHECK, body)
    assert (primary.region, primary.failover, primary.writer) == ("westeurope", None, False)
    assert backup.region == "westeurope"


def test_a_replica_whose_replication_was_stopped_stands_alone() -> None:
    stopped = server("ro", "northeurope", "None", sourceServerResourceId=f"{ROOT}/my")
    reader = JsonReader(answers={f"{ROOT}/my/replicas": {"value": []}}, inventory=[stopped])
    assert table(SOURCE, reader) == [
        ("primary", "westeurope", "observed"),
        ("backup", "westeurope", "observed"),
    ]
    assert table(stopped, reader)[0] == ("primary", "northeurope", "observed")


def test_a_server_that_says_it_has_no_replicas_still_carries_one_that_names_it() -> None:
    lagging = server("my", "westeurope", "None")
    assert ("replica", "northeurope", "observed") in table(lagging, JsonReader(inventory=[REPLICA]))


def test_a_list_of_replicas_that_fails_is_an_unreadable_facet() -> None:
    down = Unavailable("503", code="ServiceUnavailable")
    places = run_check(CHECK, SOURCE, JsonReader(answers={f"{ROOT}/my/replicas": down}))
    assert [place.unresolved for place in places] == [None, Reason.FACET_UNREADABLE, None]


def test_the_role_names_of_postgresql_mean_nothing_for_mysql() -> None:
    places = run_check(CHECK, server("my", "westeurope", "AsyncReplica"))
    assert [place.region for place in places[:2]] == ["westeurope", "unknown"]


def test_a_geo_redundant_backup_is_in_the_paired_region_too() -> None:
    body = server("my", "westeurope", "None", backup={"geoRedundantBackup": "Enabled"})
    assert table(body, JsonReader())[1:] == [
        ("backup", "westeurope", "observed"),
        ("backup", "northeurope", "documented"),
    ]
