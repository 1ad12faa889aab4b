"""A failover opens one episode, whatever the scans saw of it, and its end closes it."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from residency.errors import StoreError
from residency.model import Reason, Status
from residency.simulator.failovers import (
    change_cosmos_write_region,
    fail_back_storage,
    fail_over_sql_group,
    fail_over_storage,
)
from residency.simulator.faults import Effect
from residency.simulator.lifecycle import delete
from residency.store.episodes import Episode

if TYPE_CHECKING:
    from tests.watch.conftest import Build, World

Make = Callable[..., "World"]
Find = Callable[..., Any]
LAG = timedelta(minutes=61)


def only(tenant: "World") -> Episode:
    (episode,) = tenant.episodes()
    return episode


def test_a_quiet_tenant_has_no_episodes_and_no_events(world: Make) -> None:
    quiet = world()
    assert quiet.scan().verdict == "compliant"
    second = quiet.remembered()
    assert second.scan.verdict == "compliant"
    assert quiet.episodes() == ()
    assert quiet.events() == []
    assert second.committed.changes == 0
    assert quiet.faults() == ()


def test_a_storage_failover_and_its_return_are_one_episode(world: Make, judged: Find) -> None:
    tenant = world()
    tenant.scan()
    account = tenant.id_of("stdata")
    fail_over_storage(tenant.simulator, account, planned=True)
    away = judged(tenant.scan(), "/stdata").judgement
    assert (away.status, away.reasons) == (Status.FALLBACK, (Reason.FAILOVER_ACTIVE,))
    episode = only(tenant)
    assert episode.open
    assert episode.path == ("westeurope", "northeurope")
    assert (episode.cause, episode.cause_basis) == ("operator", "observed")
    tenant.scan()
    fail_back_storage(tenant.simulator, account)
    back = tenant.scan()
    assert judged(back, "/stdata").judgement.status is Status.COMPLIANT
    assert not only(tenant).open
    told = [kind for kind, name in tenant.events() if name == "stdata" and "failover" in kind]
    assert told == ["failover-opened", "failover-returned", "failover-closed"]
    (incident,) = tenant.incidents()
    assert incident.ended_at is not None
    assert tenant.faults() == ()


def test_a_failover_that_no_field_tells_is_known_from_what_was_seen_before(
    world: Make, judged: Find
) -> None:
    tenant = world()
    tenant.scan()
    seen_at = tenant.time.now
    change_cosmos_write_region(
        tenant.simulator, tenant.id_of("cosmos"), "North Europe", caller=None
    )
    found = tenant.scan()
    assert judged(found, "/cosmos").judgement.reasons == (Reason.FAILOVER_ACTIVE,)
    episode = only(tenant)
    assert episode.started_by == "seen"
    assert episode.started_after is not None
    assert seen_at - timedelta(minutes=1) < episode.started_after <= seen_at
    assert (episode.cause, episode.cause_basis) == ("unknown", "inferred")


def test_without_a_call_in_the_log_it_is_the_providers_own_once_the_log_is_old_enough(
    world: Make,
) -> None:
    tenant = world()
    tenant.scan()
    change_cosmos_write_region(
        tenant.simulator, tenant.id_of("cosmos"), "North Europe", caller=None
    )
    tenant.scan()
    assert only(tenant).cause == "unknown"
    tenant.scan(hours=1)
    assert only(tenant).cause == "unknown", "an entry may still arrive"
    tenant.scan(hours=2)
    assert (only(tenant).cause, only(tenant).cause_basis) == ("provider", "inferred")


def test_an_entry_that_arrives_late_still_names_the_cause(world: Make) -> None:
    tenant = world()
    tenant.scan()
    tenant.simulator.behaviour.activity_lag_seconds = 1800
    change_cosmos_write_region(tenant.simulator, tenant.id_of("cosmos"), "North Europe")
    tenant.scan()
    assert only(tenant).cause == "unknown"
    tenant.scan(minutes=40)
    assert (only(tenant).cause, only(tenant).cause_basis) == ("operator", "observed")


def test_a_cause_is_not_inferred_while_the_log_cannot_be_read(world: Make) -> None:
    tenant = world()
    tenant.scan()
    tenant.fault(Effect.STATUS, path="eventtypes/management", status=403)
    change_cosmos_write_region(
        tenant.simulator, tenant.id_of("cosmos"), "North Europe", caller=None
    )
    assert any(each.startswith("activity-log-unread") for each in tenant.scan().reasons)
    tenant.scan(hours=5)
    assert only(tenant).cause == "unknown"


def test_a_failover_and_return_between_two_scans_is_found(world: Make) -> None:
    tenant = world()
    tenant.scan()
    account = tenant.id_of("stdata")
    tenant.wait(minutes=2)
    fail_over_storage(tenant.simulator, account, planned=True)
    tenant.wait(minutes=5)
    fail_back_storage(tenant.simulator, account)
    tenant.scan()
    episode = only(tenant)
    assert not episode.open
    assert episode.path == ("westeurope", "northeurope")
    assert episode.ended_at is not None
    assert episode.ended_at - episode.started_at == pytest.approx(
        timedelta(minutes=5), abs=timedelta(seconds=5)
    )


def test_the_first_scan_tells_failovers_of_the_last_90_days_from_the_log(world: Make) -> None:
    tenant = world()
    account = tenant.id_of("stdata")
    fail_over_storage(tenant.simulator, account, planned=True)
    tenant.wait(days=2)
    fail_back_storage(tenant.simulator, account)
    tenant.scan(days=30)
    episode = only(tenant)
    assert not episode.open
    assert episode.path == ("westeurope", "northeurope")


def test_a_lost_store_is_rebuilt_from_the_log(world: Make) -> None:
    tenant = world()
    tenant.scan()
    fail_over_storage(tenant.simulator, tenant.id_of("stdata"), planned=True)
    tenant.scan()
    before = only(tenant)
    tenant.restart()
    tenant.path.unlink()
    with pytest.raises(StoreError, match="to begin anew"):
        tenant.scan()
    tenant.path.with_name(f"{tenant.path.name}.head").unlink()
    tenant.scan(days=3)
    after = only(tenant)
    assert after.open
    assert after.path == before.path
    assert abs(after.started_at - before.started_at) < timedelta(seconds=5)
    assert after.cause == "operator"


def test_an_open_episode_goes_on_after_a_restart(world: Make) -> None:
    tenant = world()
    tenant.scan()
    fail_over_storage(tenant.simulator, tenant.id_of("stdata"), planned=True)
    tenant.scan()
    before = only(tenant)
    tenant.restart()
    tenant.scan()
    assert only(tenant) == before
    assert tenant.events().count(("failover-opened", "stdata")) == 1


@pytest.mark.parametrize("via", [(), ("North Europe",)], ids=["directly", "by way of Ireland"])
def test_netherlands_to_germany(world: Make, build: "type[Build]", judged: Find, via: Any) -> None:
    three = build.cosmos("West Europe", "North Europe", "Germany West Central")
    tenant = world({**three, "id": f"{three['id']}3", "name": "cosmos3"})
    tenant.scan()
    for region in via:
        change_cosmos_write_region(tenant.simulator, tenant.id_of("cosmos3"), region)
        tenant.scan()
    change_cosmos_write_region(tenant.simulator, tenant.id_of("cosmos3"), "Germany West Central")
    found = tenant.scan()
    reasons = judged(found, "/cosmos3").judgement.reasons
    episode = only(tenant)
    assert episode.open
    kinds = [kind for kind, name in tenant.events() if name == "cosmos3" and "failover" in kind]
    if via:
        assert episode.path == ("westeurope", "northeurope", "germanywestcentral")
        assert Reason.ORDER_SKIPPED not in reasons
        assert kinds == ["failover-opened", "failover-escalated"]
    else:
        assert episode.path == ("westeurope", "germanywestcentral")
        assert Reason.ORDER_SKIPPED in reasons
        assert kinds == ["failover-opened", "failover-order-skipped"]


def test_a_failover_group_seen_from_both_ends_is_one_episode(
    world: Make, build: "type[Build]", judged: Find
) -> None:
    resources, children = build.failover_group()
    tenant = world(*resources, children=children)
    assert tenant.scan().verdict == "compliant"
    group = next(iter(children.values()))[0]["id"]
    fail_over_sql_group(tenant.simulator, group)
    found = tenant.scan()
    episode = only(tenant)
    assert episode.open
    assert len(episode.resource_ids) == 2
    assert judged(found, "sql-west/databases/crm").judgement.reasons == (Reason.FAILOVER_ACTIVE,)
    fail_over_sql_group(tenant.simulator, group)
    tenant.scan()
    assert not only(tenant).open


def test_a_thousand_accounts_of_one_disaster_are_one_incident(
    world: Make, build: "type[Build]"
) -> None:
    many = [build.account(f"st{number:03}") for number in range(30)]
    tenant = world(*many)
    tenant.scan()
    for number, each in enumerate(many):
        fail_over_storage(tenant.simulator, each["id"], planned=True)
        tenant.wait(seconds=number % 7)
    tenant.scan()
    assert len(tenant.episodes()) == 30
    assert len(tenant.incidents()) == 1


def test_a_failover_that_outlasts_the_limit_is_overdue(world: Make, judged: Find) -> None:
    tenant = world()
    tenant.scan()
    fail_over_storage(tenant.simulator, tenant.id_of("stdata"), planned=True)
    tenant.scan()
    found = judged(tenant.scan(hours=73), "/stdata").judgement
    assert found.status is Status.VIOLATION
    assert Reason.FAILOVER_OVERDUE in found.reasons


def test_another_resource_of_the_same_name_was_never_at_home(world: Make, judged: Find) -> None:
    tenant = world()
    tenant.scan()
    body = tenant.body("cosmos")
    delete(tenant.simulator, body["id"])
    tenant.wait(minutes=3)
    there = [{"locationName": "North Europe", "failoverPriority": 0}]
    properties = {
        **body["properties"],
        **dict.fromkeys(
            ("writeLocations", "readLocations", "locations", "failoverPolicies"), there
        ),
    }
    tenant.simulator.put({**body, "location": "northeurope", "properties": properties})
    found = judged(tenant.scan(), "/cosmos").judgement
    assert found.reasons == (Reason.PRIMARY_MISPLACED,)
    assert tenant.episodes() == ()


def test_a_resource_that_is_deleted_while_away_ends_its_episode(world: Make) -> None:
    tenant = world()
    tenant.scan()
    account = tenant.id_of("stdata")
    fail_over_storage(tenant.simulator, account, planned=True)
    tenant.scan()
    delete(tenant.simulator, account)
    tenant.scan()
    assert only(tenant).ending == "deleted"
    assert tenant.faults() == ()
