"""What changed is found by Resource Graph, and a subscription that it hides is not called quiet."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from residency.azure import open_session
from residency.inventory.changes import (
    CHANGES,
    KEPT,
    LAG,
    Change,
    ChangeKind,
    ChangeRow,
    ChangesRead,
    change_of,
    reaching,
    read_changes,
)
from residency.settings import Settings
from residency.simulator.app import create_app
from residency.simulator.failovers import fail_over_storage
from residency.simulator.faults import Effect, Fault
from residency.simulator.lifecycle import create, delete, patch
from residency.simulator.simulator import Simulator

if TYPE_CHECKING:
    from tests.scan.conftest import Build, Stage

Read = Callable[..., ChangesRead]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STRANGER = "dddddddd-0000-4000-8000-000000000004"
ID = "/subscriptions/s/resourceGroups/rg/providers/x.y/z/one"
AT = "2026-11-03T12:00:00Z"


class World:
    """A simulated Azure whose clock can be set apart from ours."""

    def __init__(self, build: "type[Build]") -> None:
        self.ahead = timedelta()
        self.build = build
        self.simulator = Simulator(build.estate(), clock=lambda: self.now)

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def account(self, name: str = "stgrs", subscription: str = "") -> str:
        group = f"/subscriptions/{subscription or self.build.data}/resourceGroups/RG"
        return f"{group}/providers/Microsoft.Storage/storageAccounts/{name}"

    def record(self, number: int = 1, **properties: Any) -> None:
        """Write a record of a change with some of its properties replaced."""
        target = self.account()
        found = {
            "targetResourceId": target,
            "changeType": "Update",
            "changeAttributes": {"timestamp": f"{self.now - HOUR:%Y-%m-%dT%H:%M:%S.%fZ}"},
        }
        record = {
            "id": f"{target}/providers/Microsoft.Resources/changes/{number:04}",
            "name": f"{number:04}",
            "type": "microsoft.resources/changes",
            "properties": found | properties,
        }
        self.simulator.graph.put(record, "resourcechanges")


@pytest.fixture
def world(stage: "Stage", build: "type[Build]") -> World:
    world = World(build)
    stage.app = create_app(world.simulator)
    return world


@pytest.fixture
def read(stage: "Stage", world: World) -> Read:
    """Read the changes of the last day, unless it is said otherwise."""
    azure = Settings.model_validate({"azure": {"endpoint": stage.url, "credential": "none"}}).azure

    async def run(subscriptions: Sequence[str], since: datetime) -> ChangesRead:
        async with open_session(azure, timedelta(seconds=20)) as arm:
            return await read_changes(arm, subscriptions, since)

    def reading(
        since: datetime | None = None, subscriptions: Sequence[str] = tuple(world.build.names)
    ) -> ChangesRead:
        return asyncio.run(run(subscriptions, since or datetime.now(UTC) - DAY))

    return reading


def told(found: ChangesRead) -> list[tuple[str, ChangeKind]]:
    return [(each.resource_id.rpartition("/")[2], each.kind) for each in found.changes]


def test_what_came_changed_and_went_is_told_oldest_first(
    world: World, read: Read, build: "type[Build]"
) -> None:
    create(world.simulator, build.account(build.data, "New"))
    patch(world.simulator, world.account(), {"tags": {"a": "b"}})
    delete(world.simulator, world.account("stlrs"))
    found = read()
    assert told(found) == [
        ("new", ChangeKind.CREATE),
        ("stgrs", ChangeKind.UPDATE),
        ("stlrs", ChangeKind.DELETE),
    ]
    assert found.changes[0].resource_id == world.account("New").lower()
    assert found.problems == {}
    assert found.shortened == ""
    assert world.simulator.breaches == []


def test_a_failover_that_microsoft_starts_shows_as_a_change(world: World, read: Read) -> None:
    fail_over_storage(world.simulator, world.account(), caller=None)
    assert set(told(read())) == {("stgrs", ChangeKind.UPDATE)}


def test_a_quiet_tenant_has_no_changes_and_no_problems(read: Read, build: "type[Build]") -> None:
    now = datetime.now(UTC)
    found = read()
    assert (found.changes, found.problems) == ((), {})
    assert found.silent_on(build.data, now - HOUR)
    assert found.silent_on(build.data.upper(), now - HOUR)
    assert not found.silent_on(build.data, now - 2 * DAY)


def test_the_lag_is_not_taken_for_silence(world: World, read: Read, build: "type[Build]") -> None:
    world.simulator.behaviour.graph_lag_seconds = 240
    patch(world.simulator, world.account(), {"tags": {"a": "b"}})
    now = datetime.now(UTC)
    early = read()
    assert early.changes == ()
    assert not early.silent_on(build.data, now)
    assert not early.silent_on(build.data, now - LAG + MINUTE)
    assert early.silent_on(build.data, now - LAG - MINUTE)
    world.ahead = 5 * MINUTE
    assert told(read()) == [("stgrs", ChangeKind.UPDATE)]


def test_what_changed_before_is_left_out(world: World, read: Read) -> None:
    world.ahead = -5 * HOUR
    patch(world.simulator, world.account(), {"tags": {"a": "b"}})
    world.ahead = -2 * HOUR
    patch(world.simulator, world.account("stlrs"), {"tags": {"a": "b"}})
    world.ahead = timedelta()
    now = datetime.now(UTC)
    assert told(read(now - 3 * HOUR)) == [("stlrs", ChangeKind.UPDATE)]
    assert told(read(now - HOUR)) == []
    assert len(told(read(now - DAY))) == 2


def test_overlapping_reads_tell_the_same_changes(world: World, read: Read) -> None:
    for name in ("stgrs", "stlrs"):
        patch(world.simulator, world.account(name), {"tags": {"a": "b"}})
    now = datetime.now(UTC)
    assert set(read(now - HOUR).changes) == set(read(now - DAY).changes)


def test_what_azure_no_longer_keeps_is_said(world: World, read: Read, build: "type[Build]") -> None:
    world.ahead = -13 * DAY
    patch(world.simulator, world.account(), {"tags": {"a": "b"}})
    world.ahead = timedelta()
    now = datetime.now(UTC)
    found = read(now - 30 * DAY)
    assert told(found) == [("stgrs", ChangeKind.UPDATE)]
    assert found.shortened.startswith("changes-shortened: asked from ")
    assert now - KEPT < found.since < now - 13 * DAY
    assert not found.silent_on(build.data, now - 20 * DAY)
    assert found.silent_on(build.data, now - 12 * DAY)


@pytest.mark.parametrize(
    ("back", "name"),
    [
        (timedelta(), "changes of 1h"),
        (50 * MINUTE, "changes of 1h"),
        (55 * MINUTE, "changes of 6h"),
        (5 * HOUR, "changes of 6h"),
        (6 * HOUR, "changes of 1d"),
        (DAY, "changes of 14d"),
        (14 * DAY, "changes of 14d"),
        (100 * DAY, "changes of 14d"),
    ],
)
def test_the_shortest_query_that_reaches_far_enough_is_asked(back: timedelta, name: str) -> None:
    assert reaching(back).name == name


def test_no_time_and_no_name_is_written_into_a_query(world: World, read: Read) -> None:
    sent = {query.text for query in CHANGES.values()}
    assert len(sent) == len(CHANGES)
    assert not any(mark in text for text in sent for mark in "'\"")
    read()
    assert {call.kind for call in world.simulator.requests} == {
        "query resourcechanges",
        "query resourcecontainers",
    }


def test_a_subscription_that_resource_graph_hides_is_not_called_quiet(
    world: World, read: Read, build: "type[Build]"
) -> None:
    patch(world.simulator, world.account(), {"tags": {"a": "b"}})
    world.simulator.set_subscription(build.apps, in_graph=False)
    found = read(subscriptions=[*build.names, STRANGER])
    assert set(found.problems) == {build.apps, STRANGER}
    assert found.problems[build.apps] == (
        "changes-unproven: Resource Graph does not show the subscription",
    )
    assert not found.silent_on(build.apps, datetime.now(UTC) - HOUR)
    assert found.silent_on(build.nets, datetime.now(UTC) - HOUR)
    assert told(found) == [("stgrs", ChangeKind.UPDATE)]


def test_every_page_is_read(world: World, read: Read) -> None:
    world.simulator.behaviour.payload_limit_bytes = 6000
    for number in range(40):
        world.record(number, targetResourceId=world.account(f"st{number:02}"))
    found = read()
    assert len(found.changes) == 40
    assert found.problems == {}
    assert (
        len([call for call in world.simulator.requests if call.kind == "query resourcechanges"]) > 3
    )


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(effect=Effect.STATUS, status=403), "SimulatedFault"),
        (
            Fault(effect=Effect.STATUS, status=429, headers={"Retry-After": "3600"}),
            "RetryAfter",
        ),
        (Fault(effect=Effect.STATUS, status=400), "SimulatedFault"),
        (Fault(effect=Effect.HTML), "BadAnswer"),
        (Fault(effect=Effect.LOW_COUNT), "inventory-short"),
        (Fault(effect=Effect.TRUNCATED_RESULT), "inventory-truncated"),
    ],
)
def test_no_failure_is_taken_for_a_quiet_tenant(
    world: World, read: Read, build: "type[Build]", fault: Fault, code: str
) -> None:
    patch(world.simulator, world.account(), {"tags": {"a": "b"}})
    world.simulator.faults.add(fault)
    found = read()
    assert set(found.problems) == set(build.names)
    assert all(code in reasons[0] for reasons in found.problems.values())
    assert not any(found.silent_on(each, datetime.now(UTC) - HOUR) for each in build.names)


def test_a_refusal_for_quota_that_passes_is_read_again(world: World, read: Read) -> None:
    patch(world.simulator, world.account(), {"tags": {"a": "b"}})
    passing = Fault(effect=Effect.STATUS, status=429, headers={"Retry-After": "1"}, times=1)
    world.simulator.faults.add(passing)
    found = read()
    assert told(found) == [("stgrs", ChangeKind.UPDATE)]
    assert found.problems == {}


def test_hostile_text_in_an_id_stays_text(world: World, read: Read) -> None:
    hostile = world.account("' | union resources //<script>%0a=cmd")
    world.record(targetResourceId=hostile)
    assert [each.resource_id for each in read().changes] == [hostile.lower()]


@pytest.mark.parametrize(
    "properties",
    [
        {"targetResourceId": None},
        {"targetResourceId": "x"},
        {"targetResourceId": "/x\ny"},
        {"targetResourceId": "/x\u202ey"},
        {"changeType": "Vanish"},
        {"changeType": None},
    ],
)
def test_a_change_that_cannot_be_read_is_told_for_its_subscription(
    world: World, read: Read, build: "type[Build]", properties: dict[str, Any]
) -> None:
    world.record(1, **properties)
    world.record(2)
    found = read()
    assert told(found) == [("stgrs", ChangeKind.UPDATE)]
    assert found.problems == {build.data: ("changes-unreadable: a row of another shape",)}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (AT, datetime(2026, 11, 3, 12, tzinfo=UTC)),
        ("2026-11-03T12:00:00.1234567Z", datetime(2026, 11, 3, 12, 0, 0, 123456, tzinfo=UTC)),
        ("2026-11-03T13:00:00+01:00", datetime(2026, 11, 3, 12, tzinfo=UTC)),
        ("2026-11-03T12:00:00", datetime(2026, 11, 3, 12, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_times_are_utc_whatever_their_spelling(at: str | None, expected: datetime | None) -> None:
    row = ChangeRow(id="1", subscription_id="s", resource_id=ID, kind="Update", at=at)
    change = expected and Change(resource_id=ID.lower(), at=expected, kind=ChangeKind.UPDATE)
    assert change_of(row) == change


def test_an_id_of_no_sane_length_is_not_kept() -> None:
    row = ChangeRow(id="1", subscription_id="s", resource_id="/" + "x" * 3000, kind="Update", at=AT)
    assert change_of(row) is None


@pytest.mark.parametrize("table", ["resourcechanges", "resourcecontainers"])
def test_each_of_the_two_queries_may_fail_alone_and_is_told(
    stage: "Stage", world: World, read: Read, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = b'{"error": {"code": "Refused", "message": "No."}}'

    def refuse(_method: str, _path: str, body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        if table.encode() not in body:
            return None
        return 403, {"Content-Type": "application/json"}, refused

    patch(world.simulator, world.account(), {"tags": {"a": "b"}})
    monkeypatch.setattr(stage, "intercept", refuse)
    found = read()
    assert set(found.problems) == set(world.build.names)
    for reasons in found.problems.values():
        assert reasons[0].startswith("changes-unread: inventory-failed: Refused: ")
