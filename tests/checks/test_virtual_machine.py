"""Machines that Azure Site Recovery moves: the failover is told on the machine itself."""

from typing import Any

import pytest

from checks import virtual_machine
from residency.errors import AccessDenied
from residency.model import Holds, Placement, Status
from residency.policy.judgement import Facts, judge
from residency.settings import Policy
from residency.testing import READ_AT, JsonReader, run_check

MACHINE, _, _ = virtual_machine.CHECKS
ROOT = "/subscriptions/s/resourceGroups/g/providers"
VM = f"{ROOT}/Microsoft.Compute/virtualMachines"
VAULT = f"{ROOT}/Microsoft.RecoveryServices/vaults/rsv"
FAILED_OVER = "2026-11-01T06:00:00Z"


def places(name: str, location: str, answer: Any) -> tuple[Placement, ...]:
    body = {
        "id": f"{VM}/{name}",
        "type": "Microsoft.Compute/virtualMachines",
        "location": location,
        "properties": {"diagnosticsProfile": {}},
    }
    vault = {"id": VAULT, "type": "Microsoft.RecoveryServices/vaults", "location": "northeurope"}
    answers = {f"{VAULT}/replicationProtectedItems": answer}
    return run_check(MACHINE, body, JsonReader(answers=answers, inventory=[vault]))


def item(active: str, **details: str) -> dict[str, Any]:
    regions = {"primaryFabricLocation": "westeurope", "recoveryFabricLocation": "northeurope"}
    properties = {
        "activeLocation": active,
        "lastSuccessfulFailoverTime": FAILED_OVER,
        "providerSpecificDetails": {"instanceType": "A2A", **regions, **details},
    }
    return {"value": [{"id": f"{VAULT}/replicationFabrics/f/x/y/z/i", "properties": properties}]}


def status(found: tuple[Placement, ...]) -> Status:
    return judge(Facts(holds=Holds.PROCESSES, placements=found), Policy(), READ_AT).status


def stories(found: tuple[Placement, ...]) -> list[tuple[str, ...]]:
    return [place.failover.path for place in found if place.failover]


def test_a_machine_abroad_that_a_failover_made_is_no_misplaced_machine() -> None:
    found = places("new", "northeurope", item("Recovery", recoveryFabricObjectId=f"{VM}/NEW"))
    assert stories(found) == [("westeurope",)]
    assert status(found) is Status.FALLBACK


def test_the_machine_that_was_left_tells_of_the_failover_too() -> None:
    found = places("old", "westeurope", item("Recovery", fabricObjectId=f"{VM}/old"))
    assert stories(found) == [("westeurope",)]
    assert status(found) is Status.FALLBACK


def test_a_protected_machine_at_home_is_compliant() -> None:
    found = places("old", "westeurope", item("Primary", fabricObjectId=f"{VM}/old"))
    assert stories(found) == []
    assert status(found) is Status.COMPLIANT


def test_a_machine_abroad_that_no_item_names_is_misplaced() -> None:
    found = places("other", "northeurope", item("Recovery", fabricObjectId=f"{VM}/old"))
    assert status(found) is Status.VIOLATION


@pytest.mark.parametrize(("name", "location"), [("old", "westeurope"), ("new", "northeurope")])
def test_a_vault_that_may_not_be_read_leaves_open_what_a_machine_is(
    name: str, location: str
) -> None:
    found = places(name, location, AccessDenied("no", code="AuthorizationFailed"))
    assert status(found) is Status.UNKNOWN
