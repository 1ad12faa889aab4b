"""A recovery plan that runs is never passed over in silence, whatever can be read of it."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from residency.model import Operation, Outcome
from residency.simulator.failovers import OPERATOR
from residency.simulator.faults import Effect
from residency.store.episodes.kept import read_back
from residency.store.tables import EVENT

if TYPE_CHECKING:
    from tests.watch.conftest import Build, World

Make = Callable[..., "World"]
Stage = Callable[..., "World"]

VAULT = "Microsoft.RecoveryServices/vaults"
RUN = f"{VAULT}/replicationRecoveryPlans/unplannedFailover/action"
EDIT = f"{VAULT}/replicationRecoveryPlans/write"


@pytest.fixture
def stage(world: Make, build: "type[Build]") -> Stage:
    """Give a tenant with a machine that Site Recovery protects, and a plan of these items."""

    def make(*items: str) -> "World":
        machine = build.resource("Microsoft.Compute/virtualMachines", "vm", properties={})
        zonal = {"redundancySettings": {"standardTierStorageRedundancy": "ZoneRedundant"}}
        vault = build.resource(VAULT, "dr", properties=zonal) | {"location": "northeurope"}
        named = [item.replace("~", vault["id"]) for item in items]
        groups = [{"replicationProtectedItems": [{"id": each} for each in named]}]
        plan = {
            "id": f"{vault['id']}/replicationRecoveryPlans/all",
            "name": "all",
            "properties": {"groups": groups},
        }
        item = {
            "id": ITEM.replace("~", vault["id"]),
            "name": "vm",
            "properties": {
                "activeLocation": "Primary",
                "providerSpecificDetails": {
                    "instanceType": "A2A",
                    "fabricObjectId": machine["id"],
                    "primaryFabricLocation": "westeurope",
                    "recoveryFabricLocation": "northeurope",
                    "initialPrimaryFabricLocation": "westeurope",
                    "protectedManagedDisks": [],
                },
            },
        }
        lists = {"replicationProtectedItems": [item], "replicationRecoveryPlans": [plan]}
        children = {f"{vault['id']}/{name}".lower(): each for name, each in lists.items()}
        return world(machine, vault, children=children)

    return make


ITEM = "~/replicationFabrics/f/replicationProtectionContainers/c/replicationProtectedItems/vm"


def plan_of(tenant: "World") -> str:
    return f"{tenant.id_of('dr')}/replicationRecoveryPlans/all"


def runs(tenant: "World", *times: int, name: str = RUN) -> None:
    """Let a plan run, and again so many minutes later each time."""
    for minutes in times or (0,):
        tenant.wait(minutes=minutes)
        tenant.simulator.log(name, plan_of(tenant), OPERATOR)


def untraced(tenant: "World") -> list[tuple[str, str]]:
    """Give the plans that ran untraced, and what was said of each run."""
    with tenant.watching().store.database.reading() as connection:
        query = EVENT.select().where(EVENT.c.kind == "failover-untraced").order_by(EVENT.c.seq)
        rows = connection.execute(query).all()
    return [(row.subject, json.loads(row.after)["told"]) for row in rows]


def operations(tenant: "World") -> list[tuple[str, Outcome]]:
    with tenant.watching().store.database.reading() as connection:
        found = read_back(connection, Operation)
    return sorted((each.resource_id.rpartition("/")[2], each.outcome) for each in found)


def test_a_failover_and_return_of_a_plan_between_two_scans_is_an_episode_of_its_machine(
    stage: Stage,
) -> None:
    tenant = stage(ITEM)
    tenant.scan()
    runs(tenant, 2, 6)
    tenant.scan()
    (episode,) = tenant.episodes()
    assert episode.path == ("westeurope", "northeurope")
    assert (str(episode.cause), episode.open) == ("operator", False)
    assert episode.ended_at is not None
    assert episode.operation == RUN.lower()
    assert 5 <= (episode.ended_at - episode.started_at).total_seconds() / 60 <= 7
    assert operations(tenant) == [
        *[("all", Outcome.SUCCEEDED)] * 2,
        *[("vm", Outcome.SUCCEEDED)] * 2,
    ]
    for _ in range(5):
        tenant.scan()
    assert len(tenant.episodes()) == 1
    assert untraced(tenant) == []
    assert tenant.faults() == ()


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ((), "the plan is empty"),
        (("/subscriptions/x/resourceGroups/y/providers/z/a/b",), "cannot be read: BadAnswer"),
        (("vm",), "cannot be read: BadAnswer"),
    ],
)
def test_a_plan_that_names_no_machine_of_its_vault_is_told_once(
    stage: Stage, items: tuple[str, ...], why: str
) -> None:
    tenant = stage(*items)
    tenant.scan()
    runs(tenant)
    for _ in range(3):
        tenant.scan()
    ((subject, told),) = untraced(tenant)
    assert subject == plan_of(tenant).lower()
    assert told.startswith("unplannedfailover of recovery plan all ran")
    assert told.endswith(why)
    assert tenant.episodes() == ()
    assert tenant.faults() == ()


def test_a_plan_that_cannot_be_read_is_told_once_and_traced_as_soon_as_it_can(
    stage: Stage,
) -> None:
    tenant = stage(ITEM)
    tenant.scan()
    tenant.fault(Effect.STATUS, path="/replicationRecoveryPlans/", status=403)
    runs(tenant, 2, 6)
    tenant.scan()
    tenant.scan()
    assert len(untraced(tenant)) == 2, "each run once"
    assert tenant.episodes() == ()
    tenant.simulator.faults.clear()
    tenant.scan()
    (episode,) = tenant.episodes()
    assert not episode.open
    assert len(untraced(tenant)) == 2
    assert tenant.faults() == ()


def test_a_plan_that_was_edited_after_it_ran_says_nothing_of_what_it_moved(stage: Stage) -> None:
    tenant = stage(ITEM)
    tenant.scan()
    runs(tenant)
    runs(tenant, 2, name=EDIT)
    tenant.scan()
    ((_, told),) = untraced(tenant)
    assert told.endswith("the plan was edited since")
    assert tenant.episodes() == ()
    runs(tenant, 2, 6)
    tenant.scan()
    assert len(untraced(tenant)) == 1, "what ran after the edit is traced"
    assert [each.open for each in tenant.episodes()] == [False]


def test_a_plan_that_failed_is_told_and_counts_as_what_may_have_moved(stage: Stage) -> None:
    tenant = stage(ITEM)
    tenant.scan()
    tenant.simulator.log(RUN, plan_of(tenant), OPERATOR, outcome="Failed")
    tenant.scan()
    tenant.scan()
    ((_, told),) = untraced(tenant)
    assert "failed" in told
    assert told.endswith("some may have moved")
    assert operations(tenant) == [("all", Outcome.FAILED), ("vm", Outcome.RUNNING)]
    assert tenant.episodes() == ()
