"""What `residency explain` tells of a watched tenant: when things were read, and what happened."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from residency import clock
from residency.documents.explanation import Recorded, recorded_of
from residency.model import Role
from residency.simulator.failovers import fail_over_storage

if TYPE_CHECKING:
    from tests.watch.conftest import Build, World

Make = Callable[..., "World"]


def explained(tenant: "World", name: str) -> Recorded:
    with clock.running(tenant.time):
        found = recorded_of(tenant.settings(), tenant.id_of(name))
    assert found is not None
    return found


def test_what_is_kept_from_an_earlier_scan_has_the_time_of_that(
    world: Make, build: "type[Build]"
) -> None:
    kind = "Microsoft.AppConfiguration/configurationStores"
    store = build.resource(kind, "conf", sku={"name": "standard"}, properties={})
    copy = {
        "id": f"{store['id']}/replicas/ne",
        "name": "ne",
        "type": f"{kind}/replicas",
        "location": "northeurope",
        "properties": {},
    }
    tenant = world(store, children={f"{store['id']}/replicas".lower(): [copy]})
    first = tenant.scan()
    tenant.scan()
    last = tenant.scan()
    found = explained(tenant, "conf")
    read = {
        each.placement.role: at
        for each, at in zip(found.explained.places, found.read_at, strict=True)
    }
    assert read[Role.PRIMARY] == last.started_at
    at = read[Role.REPLICA]
    assert at is not None
    assert first.started_at <= at <= first.finished_at


def test_a_failover_is_told_with_its_episode_its_events_and_since_when(world: Make) -> None:
    tenant = world()
    tenant.scan()
    fail_over_storage(tenant.simulator, tenant.id_of("stdata"), planned=True)
    moved = tenant.scan()
    tenant.scan()
    found = explained(tenant, "stdata")
    assert found.judged is not None
    assert found.judged.status == "fallback"
    assert found.explained.stood is not None
    assert found.explained.stood.stretch.first.id == moved.id
    (episode,) = found.explained.episodes
    assert episode.path == ("westeurope", "northeurope")
    kinds = [each.kind for each in found.explained.events]
    assert kinds == ["placement-moved", "placement-moved", "failover-opened"]
    assert found.notices == ()
    assert explained(tenant, "stapps").explained.episodes == ()
