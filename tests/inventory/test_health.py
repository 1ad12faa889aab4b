"""Service Health is a witness: what it says is kept in bounds, what could not be read is told."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from residency.azure import open_session
from residency.errors import AccessDenied, AzureError, BadAnswer, Throttled
from residency.inventory.health import HealthRead, health_event_of, read_health
from residency.model import HealthEvent
from residency.settings import Settings
from residency.simulator.app import create_app
from residency.simulator.faults import Effect, Fault
from residency.simulator.simulator import Simulator

if TYPE_CHECKING:
    from tests.scan.conftest import Build, Stage

Read = Callable[..., HealthRead]

EXAMPLES = Path(__file__).resolve().parents[2] / "../shared/azure/examples"
EXAMPLE = "microsoft.resourcehealth__events__Events_ListBySubscriptionId.json"
SINCE = datetime(2026, 11, 1, 0, 30, tzinfo=UTC)


def event(name: str = "BC_1-FXZ", **properties: Any) -> dict[str, Any]:
    return {
        "id": f"/providers/Microsoft.ResourceHealth/events/{name}",
        "name": name,
        "type": "/providers/Microsoft.ResourceHealth/events",
        "properties": {
            "eventType": "ServiceIssue",
            "status": "Active",
            "title": "ACTIVE: Storage in West Europe",
            "summary": "<b>An outage</b> is being investigated.",
            "impactStartTime": "2026-11-02T08:00:00Z",
            "lastUpdateTime": "2026-11-02T09:00:00Z",
            "impact": [impact("Storage", "West Europe")],
            **properties,
        },
    }


def impact(service: str, *regions: str) -> dict[str, Any]:
    return {
        "impactedService": service,
        "impactedRegions": [{"impactedRegion": region} for region in regions],
    }


@pytest.fixture
def simulator(stage: "Stage", build: "type[Build]") -> Simulator:
    simulator = Simulator(build.estate())
    stage.app = create_app(simulator)
    return simulator


@pytest.fixture
def read(stage: "Stage", simulator: Simulator, build: "type[Build]") -> Read:
    del simulator  # it must be on the stage
    azure = Settings.model_validate({"azure": {"endpoint": stage.url, "credential": "none"}}).azure

    async def run(since: datetime) -> HealthRead:
        async with open_session(azure, timedelta(seconds=20)) as arm:
            return await read_health(arm, build.data, since)

    return lambda since=SINCE: asyncio.run(run(since))


def test_an_event_keeps_what_it_is_when_and_where_and_no_text(
    simulator: Simulator, read: Read
) -> None:
    simulator.health_events.append(event())
    found = read()
    assert found.events == (
        HealthEvent(
            tracking_id="BC_1-FXZ",
            kind="serviceissue",
            status="active",
            started_at=datetime(2026, 11, 2, 8, tzinfo=UTC),
            mitigated_at=None,
            updated_at=datetime(2026, 11, 2, 9, tzinfo=UTC),
            impacts=(("Storage", "westeurope"),),
        ),
    )
    assert found.problems == ()
    assert "outage" not in repr(found)
    assert simulator.breaches == []


def test_microsofts_own_example_is_read() -> None:
    path = EXAMPLES / EXAMPLE
    if not path.is_file():
        pytest.skip("Microsoft's examples are not here")
    body = json.loads(path.read_text(encoding="utf-8"))["responses"]["200"]["body"]["value"][0]
    found = health_event_of(body)
    assert (found.tracking_id, found.kind, found.status) == ("BC_1-FXZ", "serviceissue", "active")
    assert found.started_at == datetime(2018, 11, 7, tzinfo=UTC)
    assert found.mitigated_at == datetime(2018, 11, 8, tzinfo=UTC)
    assert found.impacts == (("Virtual Machines", "westus"),)


def test_a_service_stays_with_its_own_regions_in_normal_form(
    simulator: Simulator, read: Read
) -> None:
    places = [
        impact("Storage", "West Europe", "north europe"),
        impact("Key Vault", "Global", "Atlantis"),
        impact("Storage", "westeurope"),
    ]
    simulator.health_events.append(event(impact=places))
    (found,) = read().events
    assert found.impacts == (
        ("Key Vault", "global"),
        ("Key Vault", "unknown"),
        ("Storage", "northeurope"),
        ("Storage", "westeurope"),
    )
    assert found.services == ("Key Vault", "Storage")
    assert found.regions == ("global", "northeurope", "unknown", "westeurope")


@pytest.mark.parametrize("missing", ["impactStartTime", "lastUpdateTime", "impact"])
def test_an_event_may_lack_its_times_and_its_impact(missing: str) -> None:
    body = event()
    del body["properties"][missing]
    assert health_event_of(body).tracking_id == "BC_1-FXZ"


def test_azure_is_asked_from_the_day_before_as_without_a_day_it_gives_three(
    simulator: Simulator, read: Read
) -> None:
    read(SINCE)
    (call,) = simulator.requests
    assert call.query["querystarttime"] == "10/31/2026"


def test_an_event_that_comes_twice_is_there_once_as_it_was_updated_last(
    simulator: Simulator, read: Read
) -> None:
    newer = event(status="Resolved", lastUpdateTime="2026-11-02T12:00:00Z")
    simulator.health_events.extend([event(), newer, event()])
    (found,) = read().events
    assert found.status == "resolved"


def test_every_page_is_read_and_the_oldest_event_is_first(simulator: Simulator, read: Read) -> None:
    simulator.behaviour.list_page_size = 2
    for day in (5, 3, 4, 2, 6):
        started = f"2026-11-0{day}T00:00:00Z"
        simulator.health_events.append(event(f"E-{day}", impactStartTime=started))
    assert [each.tracking_id for each in read().events] == ["E-2", "E-3", "E-4", "E-5", "E-6"]


@pytest.mark.parametrize(
    "body",
    [
        event("<script>alert(1)</script>"),
        event("A B"),
        event("x" * 101),
        event(""),
        event() | {"name": None},
        event() | {"name": 7},
        event(eventType=None),
        event(eventType="=cmd|' /C calc'!A0"),
        event(status=["Active"]),
        event(impactStartTime="yesterday"),
        event(lastUpdateTime="0001-01-01T00:00:00+14:00"),
        event(impact="everything"),
        event(impact=[{"impactedService": 7, "impactedRegions": [{}]}]),
        event() | {"properties": None},
        {},
    ],
)
def test_an_event_that_cannot_be_read_is_counted_and_hides_no_other(
    simulator: Simulator, read: Read, body: dict[str, Any]
) -> None:
    simulator.health_events.extend([body, event("GOOD-1")])
    found = read()
    assert [each.tracking_id for each in found.events] == ["GOOD-1"]
    assert found.problems == ("health-unreadable: events that say too little: 1",)
    assert found.error is None


def test_the_name_of_a_service_is_one_line_of_visible_text(
    simulator: Simulator, read: Read
) -> None:
    hostile = "Sto\u202erage\r\nSet-Cookie: x\u0000" + "y" * 500
    simulator.health_events.append(event(impact=[impact(hostile, "West Europe")]))
    (found,) = read().events
    ((service, _),) = found.impacts
    assert service.isprintable()
    assert len(service) == 200


def test_health_that_may_not_be_read_is_told(
    simulator: Simulator, read: Read, build: "type[Build]"
) -> None:
    simulator.health_events.append(event())
    simulator.deny(f"/subscriptions/{build.data}/providers/Microsoft.ResourceHealth")
    found = read()
    assert isinstance(found.error, AccessDenied)
    assert found.events == ()
    assert found.problems[0].startswith("health-unread: AuthorizationFailed: ")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(effect=Effect.STATUS, status=429, headers={"Retry-After": "3600"}), Throttled),
        (Fault(effect=Effect.STATUS, status=400), AzureError),
        (Fault(effect=Effect.HTML), BadAnswer),
        (Fault(effect=Effect.WRONG_SHAPE), BadAnswer),
    ],
)
def test_no_failure_is_taken_for_a_healthy_azure(
    simulator: Simulator, read: Read, fault: Fault, kind: type[AzureError]
) -> None:
    simulator.health_events.append(event())
    simulator.faults.add(fault)
    found = read()
    assert isinstance(found.error, kind)
    assert found.problems


def test_what_was_read_before_a_page_that_fails_is_kept_and_not_called_all(
    simulator: Simulator, read: Read
) -> None:
    simulator.behaviour.list_page_size = 1
    simulator.health_events.extend([event("E-1"), event("E-2")])
    simulator.faults.add(Fault(effect=Effect.REPEAT_TOKEN, path="ResourceHealth"))
    found = read()
    assert [each.tracking_id for each in found.events] == ["E-1"]
    assert found.problems == (f"health-unread: PageLoop: {found.error}",)
