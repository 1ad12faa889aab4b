"""A failover opens one episode, whatever the scans saw of it, and its end closes it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from residency.model import Reason, Status
from residency.simulator.failovers import change_cosmos_write_region, fail_back_storage, fail_over_storage

if TYPE_CHECKING:
    from tests.watch.conftest import Build, World

Make = Callable[..., "World"]


def test_a_quiet_tenant_has_no_episodes_and_no_events(world: Make) -> None:
    quiet = world()
    first = quiet.scan()
    second = quiet.remembered()
    assert first.verdict == "compliant", (first.reasons, [j for j in first.judged if j.judgement.status is not Status.COMPLIANT])
    assert second.scan.verdict == "compliant", second.scan.reasons
    assert quiet.episodes() == ()
    assert quiet.events() == []
    assert second.committed.changes == 0
    assert quiet.faults() == ()


def test_a_storage_failover_and_its_return_are_one_episode(world: Make) -> None:
    tenant = world()
    tenant.scan()
    account = tenant.id_of("stdata")
    fail_over_storage(tenant.simulator, account, planned=True)
    away = tenant.scan()
    status = {e.resource.name: e.judgement for e in away.judged}["stdata"]
    assert status.status is Status.FALLBACK
    assert status.reasons == (Reason.FAILOVER_ACTIVE,)
    (episode,) = tenant.episodes()
    assert episode.open
    assert episode.path == ("westeurope", "northeurope")
    assert episode.cause == "operator"
    assert episode.cause_basis == "observed"
    assert ("failover-opened", "stdata") in tenant.events()
    tenant.scan()
    fail_back_storage(tenant.simulator, account)
    tenant.scan()
    (episode,) = tenant.episodes()
    assert not episode.open
    assert ("failover-closed", "stdata") in tenant.events()
    assert tenant.events().count(("failover-opened", "stdata")) == 1
    (incident,) = tenant.incidents()
    assert incident.ended_at is not None
    assert tenant.faults() == ()
