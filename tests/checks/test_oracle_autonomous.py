"""What two peers of an autonomous database tell of a switch between them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.oracle_autonomous import CHECKS
from residency.model import Placement, Role
from residency.testing import JsonReader, run_check

(CHECK,) = CHECKS
GROUP = "/subscriptions/s/resourceGroups/g/providers/Oracle.Database/autonomousDatabases"
CHANGED = datetime(2026, 10, 30, 4, 0, tzinfo=UTC)


def database(name: str, location: str, **properties: Any) -> dict[str, Any]:
    return {
        "id": f"{GROUP}/{name}",
        "type": "oracle.database/autonomousdatabases",
        "location": location,
        "properties": properties,
    }


def primary_of(
    role: str | None, *, location: str = "northeurope", peer: str = "westeurope"
) -> Placement:
    body = database(
        "b",
        location,
        role=role,
        peerDbIds=[f"{GROUP}/a"],
        timeDisasterRecoveryRoleChanged=CHANGED.isoformat(),
    )
    reader = JsonReader(answers={body["id"]: body}, inventory=[database("a", peer)])
    places = run_check(CHECK, body, reader)
    (found,) = (place for place in places if place.role is Role.PRIMARY)
    return found


def test_a_primary_tells_which_region_it_may_have_taken_over_from_and_since_when() -> None:
    place = primary_of("Primary")
    assert place.failover is not None
    assert (place.region, place.writer) == ("northeurope", True)
    assert (place.failover.path, place.failover.since) == (("westeurope",), CHANGED)


@pytest.mark.parametrize("role", ["Standby", "BackupCopy", "SnapshotStandby", "disabledStandby"])
def test_a_standby_tells_that_its_peer_is_written_and_may_have_taken_over(role: str) -> None:
    place = primary_of(role)
    assert place.failover is not None
    assert (place.region, place.writer, place.failover.path) == (
        "westeurope",
        True,
        ("northeurope",),
    )


@pytest.mark.parametrize("role", [None, "", "Undecided"])
def test_a_role_that_is_not_told_leaves_open_which_copy_is_written(role: str | None) -> None:
    place = primary_of(role)
    assert (place.region, place.decides_primary) == ("unknown", True)


def test_a_standby_whose_peer_is_in_no_known_region_leaves_the_primary_open() -> None:
    place = primary_of("Standby", peer="atlantis")
    assert (place.region, place.decides_primary, place.failover) == ("unknown", True, None)


def test_peers_in_one_region_have_not_failed_over_to_another() -> None:
    assert primary_of("Primary", peer="northeurope").failover is None
