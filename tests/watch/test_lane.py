"""Between two scans a cheap look finds what is elsewhere, tells it once, and wakes nobody else."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from residency import clock
from residency.scan.glance import Glance
from residency.scan.lane import Lane
from residency.simulator.failovers import (
    change_cosmos_write_region,
    fail_over_sql_group,
    fail_over_storage,
)
from residency.simulator.faults import Effect
from residency.simulator.lifecycle import create, patch

if TYPE_CHECKING:
    from tests.watch.conftest import Build, World

Make = Callable[..., "World"]
Look = Callable[..., Glance]


@pytest.fixture
def look() -> Look:
    """Look once more through the lane of a tenant, a minute later."""
    lanes: dict[int, Lane] = {}

    def at(tenant: "World", *told: str) -> Glance:
        if id(tenant) not in lanes:
            lanes[id(tenant)] = Lane(tenant.watching(), tenant.catalogue)
        tenant.wait(minutes=1)
        with clock.running(tenant.time):
            return asyncio.run(lanes[id(tenant)].look(tenant.settings(), told))

    return at


def test_before_the_first_scan_what_is_told_of_is_worth_one(world: Make, look: Look) -> None:
    tenant = world()
    assert look(tenant).elsewhere == frozenset()
    assert look(tenant, "/subscriptions/s").elsewhere == {"/subscriptions/s"}


def test_a_quiet_tenant_gives_no_reason_to_scan(world: Make, look: Look) -> None:
    tenant = world()
    tenant.scan()
    for _ in range(3):
        found = look(tenant)
        assert (found.elsewhere, found.unread) == (frozenset(), {})


@pytest.mark.parametrize("logged", [True, False], ids=["by somebody", "by Azure itself"])
def test_a_storage_failover_is_seen_once(world: Make, look: Look, *, logged: bool) -> None:
    tenant = world()
    tenant.scan()
    account = tenant.id_of("stdata")
    if logged:
        fail_over_storage(tenant.simulator, account, planned=True)
    else:
        fail_over_storage(tenant.simulator, account, planned=True, caller=None)
    assert look(tenant).elsewhere == {account.lower()}
    assert look(tenant).elsewhere == frozenset()
    tenant.scan()
    assert look(tenant).elsewhere == frozenset()


def test_a_write_region_that_azure_moves_is_seen(world: Make, look: Look) -> None:
    tenant = world()
    tenant.scan()
    account = tenant.id_of("cosmos")
    change_cosmos_write_region(tenant.simulator, account, "northeurope", caller=None)
    assert look(tenant).elsewhere == {account.lower()}


def test_a_group_that_fails_over_is_seen_at_its_databases(
    world: Make, build: "type[Build]", look: Look
) -> None:
    resources, children = build.failover_group()
    tenant = world(*resources, children=children)
    tenant.scan()
    group = f"{tenant.id_of('sql-north')}/failoverGroups/fog"
    fail_over_sql_group(tenant.simulator, group)
    assert {name.rpartition("/")[2] for name in look(tenant).elsewhere} == {"crm"}


def test_a_change_that_moves_nothing_gives_no_reason_to_scan(world: Make, look: Look) -> None:
    tenant = world()
    tenant.scan()
    patch(tenant.simulator, tenant.id_of("stdata"), {"tags": {"owner": "me"}})
    found = look(tenant)
    assert found.elsewhere == frozenset()


def test_what_an_event_names_is_read_again_and_nothing_else(world: Make, look: Look) -> None:
    tenant = world()
    tenant.scan()
    account = tenant.id_of("stdata").lower()
    fail_over_storage(tenant.simulator, tenant.id_of("stdata"), planned=True)
    found = look(tenant, account)
    assert found.elsewhere == {account}
    assert found.looked_at == 1
    assert sum(found.requests.values()) < 10


def test_something_new_that_may_hold_data_is_worth_a_scan_once(
    world: Make, build: "type[Build]", look: Look
) -> None:
    tenant = world()
    tenant.scan()
    body = build.account("stnew", primaryLocation="uksouth", secondaryLocation="ukwest")
    create(tenant.simulator, body)
    name = body["id"].lower()
    assert look(tenant, name).elsewhere == {name}
    assert look(tenant, name).elsewhere == frozenset()


def test_what_cannot_be_read_is_counted_and_is_no_news(world: Make, look: Look) -> None:
    tenant = world()
    tenant.scan()
    tenant.fault(Effect.STATUS, path="/storageAccounts$", status=403)
    found = look(tenant)
    assert found.elsewhere == frozenset()
    assert found.unread == {"SimulatedFault": 2}


def test_an_account_that_an_event_names_and_that_cannot_be_read_is_counted(
    world: Make, look: Look
) -> None:
    tenant = world()
    tenant.scan()
    tenant.fault(Effect.STATUS, path="/storageAccounts$", status=403)
    found = look(tenant, tenant.id_of("stdata").lower())
    assert found.elsewhere == frozenset()
    assert found.unread == {"SimulatedFault": 1}
