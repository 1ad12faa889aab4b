"""The activity log is read whole or told not to be, and its silence is never taken for proof."""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from residency.azure import open_session
from residency.errors import AccessDenied, AzureError, BadAnswer, CheckError, Throttled
from residency.inventory.activity import (
    LAG,
    OperationsRead,
    merged,
    operation_of,
    read_operations,
)
from residency.model import Caller, Meaning, Operation, Outcome
from residency.settings import Settings
from residency.simulator.activity import Operation as Logged
from residency.simulator.app import create_app
from residency.simulator.failovers import fail_over_sql_group, fail_over_storage
from residency.simulator.faults import Effect, Fault
from residency.simulator.lifecycle import create, delete
from residency.simulator.simulator import Simulator

if TYPE_CHECKING:
    from tests.scan.conftest import Build, Stage

Read = Callable[..., OperationsRead]

STORAGE = "Microsoft.Storage/storageAccounts/failover/action"
LOG = "eventtypes/management/values"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


class World:
    """A simulated Azure whose clock can be set apart from ours."""

    def __init__(self, build: "type[Build]") -> None:
        self.ahead = timedelta()
        self.simulator = Simulator(build.estate(), clock=lambda: self.now)
        self.subscription = build.data

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def account(self, name: str = "stgrs") -> str:
        group = f"/subscriptions/{self.subscription}/resourceGroups/RG"
        return f"{group}/providers/Microsoft.Storage/storageAccounts/{name}"

    def log(
        self,
        *statuses: str,
        name: str = STORAGE,
        on: str = "",
        at: datetime | None = None,
        caller: str = "operator@example.com",
        call: str = "call-1",
    ) -> None:
        """Write events of one call, a minute between each and the next."""
        one = Logged(
            name=name, resource_id=on or self.account(), caller=caller, correlation_id=call
        )
        start = at or self.now - 3 * HOUR
        for number, status in enumerate(statuses):
            self.simulator.activity.add(
                one.event(status, "", start + number * MINUTE), lag_seconds=0
            )

    def add(self, **fields: Any) -> None:
        """Write one event with some of its fields replaced."""
        one = Logged(name=STORAGE, resource_id=self.account(), caller="", correlation_id="call-odd")
        event = one.event("Succeeded", "", self.now - 3 * HOUR)
        self.simulator.activity.add(event | fields, lag_seconds=0)


@pytest.fixture
def world(stage: "Stage", build: "type[Build]") -> World:
    world = World(build)
    stage.app = create_app(world.simulator)
    return world


@pytest.fixture
def read(stage: "Stage", world: World) -> Read:
    """Read the log as the monitor does, of the last day unless it is said otherwise."""
    azure = Settings.model_validate({"azure": {"endpoint": stage.url, "credential": "none"}}).azure

    async def run(since: datetime, until: datetime, lag: timedelta) -> OperationsRead:
        async with open_session(azure, timedelta(seconds=20)) as arm:
            return await read_operations(arm, world.subscription, since, until, lag=lag)

    def reading(
        since: datetime | None = None, until: datetime | None = None, lag: timedelta = LAG
    ) -> OperationsRead:
        now = datetime.now(UTC)
        return asyncio.run(run(since or now - DAY, until or now, lag))

    return reading


def one(read: OperationsRead) -> Operation:
    assert read.error is None
    assert len(read.operations) == 1
    return read.operations[0]


def test_a_failover_by_a_person_is_one_operation_with_its_start_and_end(
    world: World, read: Read
) -> None:
    fail_over_storage(world.simulator, world.account(), duration_seconds=0)
    found = one(read())
    assert found.name == STORAGE.lower()
    assert found.meaning is Meaning.FAILOVER
    assert found.resource_id == world.account().lower()
    assert found.resource_type == "microsoft.storage/storageaccounts"
    assert found.outcome is Outcome.SUCCEEDED
    assert found.ended_at is not None
    assert found.started_at <= found.ended_at
    assert found.moved


def test_who_called_is_not_kept_and_not_asked_for_beyond_the_caller(
    world: World, read: Read
) -> None:
    world.log("Started", "Succeeded", caller="Jane.Doe@example.com")
    found = read()
    assert one(found).by is Caller.PERSON
    assert "jane" not in repr(found).lower()
    asked = [call for call in world.simulator.requests if LOG in call.path]
    wanted = {name for call in asked for name in call.query["$select"].split(",")}
    assert wanted == {
        "caller",
        "correlationId",
        "eventTimestamp",
        "operationName",
        "resourceId",
        "status",
    }
    assert world.simulator.breaches == []


@pytest.mark.parametrize(
    ("caller", "by"),
    [
        ("operator@example.com", Caller.PERSON),
        ("guest_other.example#EXT#@example.onmicrosoft.com", Caller.PERSON),
        ("aaaaaaaa-0000-4000-8000-00000000000A", Caller.APPLICATION),
        ("", Caller.UNKNOWN),
        ("Microsoft.RecoveryServices", Caller.UNKNOWN),
        ("<img src=x onerror=alert(1)>", Caller.UNKNOWN),
        ("aaaaaaaa-0000-4000-8000-00000000000a' or '1'='1", Caller.UNKNOWN),
    ],
)
def test_only_the_sort_of_caller_is_told(world: World, read: Read, caller: str, by: Caller) -> None:
    world.log("Succeeded", caller=caller)
    found = read()
    assert one(found).by is by
    assert not caller or caller.lower() not in repr(found).lower()


@pytest.mark.parametrize("caller", [None, 7, ["a@b"], {"name": "a@b"}])
def test_a_caller_of_another_shape_is_unknown(world: World, read: Read, caller: object) -> None:
    world.add(caller=caller)
    assert one(read()).by is Caller.UNKNOWN


@pytest.mark.parametrize(
    ("statuses", "outcome", "ended_after"),
    [
        (["Started"], Outcome.RUNNING, None),
        (["Started", "Accepted"], Outcome.RUNNING, None),
        (["Started", "In Progress"], Outcome.RUNNING, None),
        (["Started", "Something new"], Outcome.RUNNING, None),
        (["Started", "Accepted", "Succeeded"], Outcome.SUCCEEDED, 2),
        (["Started", "Accepted", "Failed"], Outcome.FAILED, 2),
        (["Started", "Canceled"], Outcome.FAILED, 1),
        (["Failed", "Started", "Succeeded"], Outcome.SUCCEEDED, 2),
        (["Succeeded", "Started", "Failed"], Outcome.SUCCEEDED, 0),
        (["Started", "Succeeded", "Succeeded"], Outcome.SUCCEEDED, 2),
    ],
)
def test_the_events_of_one_call_are_one_operation(
    world: World, read: Read, statuses: Sequence[str], outcome: Outcome, ended_after: int | None
) -> None:
    start = world.now - 3 * HOUR
    world.log(*statuses, at=start)
    found = one(read())
    assert found.started_at == start
    assert found.outcome is outcome
    assert found.ended_at == (None if ended_after is None else start + ended_after * MINUTE)


@pytest.mark.parametrize("statuses", [["Started", "Failed"], ["Started", "Accepted"]])
def test_a_failover_that_failed_or_still_runs_has_moved_nothing(
    world: World, read: Read, statuses: Sequence[str]
) -> None:
    world.log(*statuses)
    found = one(read())
    assert found.meaning is Meaning.FAILOVER
    assert not found.moved


def test_a_failover_within_the_region_has_moved_nothing(world: World, read: Read) -> None:
    world.log("Started", "Succeeded", name="Microsoft.Sql/servers/databases/failover/action")
    found = one(read())
    assert found.outcome is Outcome.SUCCEEDED
    assert not found.moved


def test_a_failover_by_microsoft_leaves_no_entry(world: World, read: Read) -> None:
    fail_over_storage(world.simulator, world.account(), caller=None)
    assert read().operations == ()


def test_a_group_that_fails_over_is_logged_on_the_group(world: World, read: Read) -> None:
    server = (
        f"/subscriptions/{world.subscription}/resourceGroups/RG/providers/Microsoft.Sql/servers"
    )
    fail_over_sql_group(world.simulator, f"{server}/sql-west/failoverGroups/fog", forced=True)
    found = one(read())
    assert found.resource_id == f"{server}/sql-north/failoverGroups/fog".lower()
    assert found.resource_type == "microsoft.sql/servers/databases"


def test_deletes_are_kept_and_what_says_nothing_of_places_is_not(
    world: World, read: Read, build: "type[Build]"
) -> None:
    delete(world.simulator, world.account("stlrs"))
    create(world.simulator, build.resource(build.data, "Microsoft.Network/virtualNetworks", "new"))
    found = one(read())
    assert (found.meaning, found.resource_id) == (Meaning.DELETE, world.account("stlrs").lower())
    assert not found.moved


def test_two_calls_on_one_resource_are_two_operations_and_oldest_first(
    world: World, read: Read
) -> None:
    world.log("Started", "Succeeded", at=world.now - 2 * HOUR, call="later")
    world.log("Started", "Failed", at=world.now - 4 * HOUR, call="sooner")
    assert [each.correlation_id for each in read().operations] == ["sooner", "later"]


def test_one_call_on_two_resources_is_two_operations(world: World, read: Read) -> None:
    world.log("Succeeded", on=world.account("a"))
    world.log("Succeeded", on=world.account("b"))
    assert len(read().operations) == 2


def test_one_call_told_in_other_cases_is_one_operation(world: World, read: Read) -> None:
    world.log("Started", name=STORAGE.upper(), on=world.account().upper(), call="CALL-1")
    world.log("Succeeded", call="call-1")
    assert one(read()).outcome is Outcome.SUCCEEDED


def test_the_lag_is_not_taken_for_silence(world: World, read: Read) -> None:
    world.simulator.behaviour.activity_lag_seconds = 1200
    fail_over_storage(world.simulator, world.account())
    now = datetime.now(UTC)
    early = read()
    assert early.operations == ()
    assert not early.silent_on(now)
    assert not early.silent_on(now - LAG + MINUTE)
    assert early.silent_on(now - LAG - MINUTE)
    world.ahead = 21 * MINUTE
    assert one(read()).moved


def test_a_longer_lag_is_trusted_less(read: Read) -> None:
    now = datetime.now(UTC)
    assert not read(lag=5 * HOUR).silent_on(now - 4 * HOUR)
    assert read(lag=3 * HOUR).silent_on(now - 4 * HOUR)


def test_the_log_is_silent_on_nothing_outside_the_window(read: Read) -> None:
    now = datetime.now(UTC)
    found = read(now - 10 * HOUR, now - 5 * HOUR)
    assert found.silent_on(now - 7 * HOUR)
    assert not found.silent_on(now - 4 * HOUR)
    assert not found.silent_on(now - 11 * HOUR)


def test_a_window_that_is_younger_than_the_lag_is_silent_on_nothing(read: Read) -> None:
    now = datetime.now(UTC)
    found = read(now - 15 * MINUTE, now)
    assert found.problems == ()
    assert not any(found.silent_on(now - minutes * MINUTE) for minutes in range(90))


def test_windows_that_overlap_tell_the_same_operations_as_one(world: World, read: Read) -> None:
    now = world.now
    world.log("Started", "Accepted", "Succeeded", at=now - 121 * MINUTE, call="across")
    world.log("Started", "Succeeded", at=now - 240 * MINUTE, call="before")
    world.log("Started", "Failed", at=now - 60 * MINUTE, call="after")
    whole = read(now - 5 * HOUR, now)
    first = read(now - 5 * HOUR, now - 120 * MINUTE - timedelta(seconds=30))
    second = read(now - 120 * MINUTE - timedelta(seconds=30), now)
    assert len(whole.operations) == 3
    assert {each.correlation_id for each in first.operations} & {
        each.correlation_id for each in second.operations
    } == {"across"}
    assert merged([*first.operations, *second.operations]) == whole.operations
    assert merged([*second.operations, *whole.operations, *first.operations]) == whole.operations
    assert read(now - 5 * HOUR, now).operations == whole.operations


def test_the_order_and_the_repeats_of_what_is_merged_make_no_difference() -> None:
    events = [
        event(call=f"call-{call}", status=status, minute=minute, caller=caller)
        for call in range(4)
        for minute, (status, caller) in enumerate(
            [("Started", "a@b"), ("Accepted", ""), ("Failed", ""), ("Succeeded", "")][: call + 1]
        )
    ]
    told = [found for found in map(operation_of, events) if found is not None]
    expected = merged(told)
    assert [each.outcome for each in expected] == [
        Outcome.RUNNING,
        Outcome.RUNNING,
        Outcome.FAILED,
        Outcome.SUCCEEDED,
    ]
    chance = random.Random(7)  # noqa: S311 - repeatable, and no secret
    for _ in range(200):
        several = chance.choices(told, k=5) + chance.sample(told, len(told))
        cut = chance.randrange(len(several))
        assert merged([*merged(several[:cut]), *merged(several[cut:])]) == expected


def event(
    *, call: str = "call-1", status: str = "Succeeded", minute: int = 0, caller: str = "a@b"
) -> dict[str, Any]:
    logged = Logged(
        name=STORAGE,
        resource_id="/subscriptions/s/resourceGroups/rg/providers/x.y/z/one",
        caller=caller,
        correlation_id=call,
    )
    return logged.event(status, "", NOW + minute * MINUTE)


def test_every_page_is_read(world: World, read: Read) -> None:
    world.simulator.behaviour.list_page_size = 3
    for number in range(10):
        world.log("Started", "Succeeded", call=f"call-{number}")
    found = read()
    assert len(found.operations) == 10
    assert {each.outcome for each in found.operations} == {Outcome.SUCCEEDED}
    assert len([call for call in world.simulator.requests if LOG in call.path]) == 7


def test_what_was_read_before_a_page_that_fails_is_kept_and_is_not_called_all(
    world: World, read: Read
) -> None:
    world.simulator.behaviour.list_page_size = 2
    for number in range(4):
        world.log("Started", "Succeeded", call=f"call-{number}", at=world.now - (number + 1) * HOUR)
    world.simulator.faults.add(Fault(effect=Effect.REPEAT_TOKEN, path=LOG))
    found = read()
    assert [each.moved for each in found.operations] == [True]
    assert isinstance(found.error, BadAnswer)
    assert found.read_until is None
    assert not found.silent_on(world.now - 5 * HOUR)
    assert found.problems == (f"activity-log-unread: PageLoop: {found.error}",)


def test_a_log_that_may_not_be_read_is_told_and_is_silent_on_nothing(
    world: World, read: Read
) -> None:
    world.log("Started", "Succeeded")
    path = f"/subscriptions/{world.subscription}/providers/microsoft.insights"
    world.simulator.deny(path)
    found = read()
    assert isinstance(found.error, AccessDenied)
    assert found.operations == ()
    assert found.read_until is None
    assert found.problems[0].startswith("activity-log-unread: AuthorizationFailed: ")
    world.simulator.allow(path)
    assert one(read()).moved


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(effect=Effect.STATUS, status=429, headers={"Retry-After": "3600"}), Throttled),
        (Fault(effect=Effect.STATUS, status=503, headers={"Retry-After": "3600"}), AzureError),
        (Fault(effect=Effect.STATUS, status=400), AzureError),
        (Fault(effect=Effect.HTML), BadAnswer),
        (Fault(effect=Effect.WRONG_SHAPE), BadAnswer),
    ],
)
def test_no_failure_is_taken_for_an_empty_log(
    world: World, read: Read, fault: Fault, kind: type[AzureError]
) -> None:
    world.log("Started", "Succeeded")
    world.simulator.faults.add(fault)
    found = read()
    assert isinstance(found.error, kind)
    assert found.operations == ()
    assert found.problems
    assert not found.silent_on(world.now - 2 * HOUR)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(effect=Effect.STATUS, status=429, headers={"Retry-After": "1"}, times=1),
        Fault(effect=Effect.TRUNCATE, times=1),
        Fault(effect=Effect.RESET, times=1),
    ],
)
def test_a_failure_that_passes_is_read_again(world: World, read: Read, fault: Fault) -> None:
    world.log("Started", "Succeeded")
    world.simulator.faults.add(fault)
    found = read()
    assert one(found).moved
    assert found.problems == ()


def test_what_azure_no_longer_keeps_is_said_and_the_rest_is_read(world: World, read: Read) -> None:
    now = datetime.now(UTC)
    world.log("Started", "Succeeded", at=now - 89 * DAY)
    found = read(now - 200 * DAY)
    assert one(found).moved
    assert now - 90 * DAY < found.since < now - 89 * DAY
    assert found.problems[0].startswith("activity-log-shortened: asked from ")
    assert "Azure keeps 90 days" in found.problems[0]
    assert found.silent_on(now - 80 * DAY)
    assert not found.silent_on(now - 100 * DAY)


def test_a_window_that_azure_keeps_nothing_of_is_not_asked_for_and_not_silent(
    world: World, read: Read
) -> None:
    now = datetime.now(UTC)
    found = read(now - 200 * DAY, now - 100 * DAY)
    assert found.operations == ()
    assert found.read_until is None
    assert found.problems[0].startswith("activity-log-shortened: ")
    assert world.simulator.requests == []


def test_hostile_text_in_an_id_stays_text(world: World, read: Read) -> None:
    hostile = world.account("<script>'||{{7*7}}%0a=cmd|x")
    world.log("Succeeded", on=hostile)
    assert one(read()).resource_id == hostile.lower()


@pytest.mark.parametrize(
    "fields",
    [
        {"resourceId": "/subscriptions/x\n/y"},
        {"resourceId": "/subscriptions/x\u202egpj.exe"},
        {"resourceId": "/" + "x" * 3000},
        {"resourceId": "subscriptions/x"},
        {"resourceId": None},
        {"resourceId": 7},
        {"correlationId": None},
        {"correlationId": ""},
        {"correlationId": "a\u0000b"},
        {"operationName": STORAGE},
        {"operationName": None},
        {"operationName": {"value": 7}},
        {"operationName": {"value": "<script>/x/delete"}},
        {"status": {"value": ["Succeeded"]}},
    ],
)
def test_an_entry_that_cannot_be_read_is_counted_and_the_log_is_not_whole(
    world: World, read: Read, fields: dict[str, Any]
) -> None:
    world.add(**fields)
    world.log("Started", "Succeeded")
    found = read()
    assert one(found).moved
    assert found.problems == ("activity-log-unreadable: entries that say too little: 1",)
    assert not found.silent_on(world.now - 4 * HOUR)


@pytest.mark.parametrize("at", [None, "", "yesterday", 7, "0001-01-01T00:00:00+14:00"])
def test_an_entry_without_a_time_is_an_error(at: object) -> None:
    with pytest.raises(CheckError):
        operation_of(event() | {"eventTimestamp": at})


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-03T12:00:00Z", NOW),
        ("2026-11-03T12:00:00.1234567Z", NOW + timedelta(microseconds=123456)),
        ("2026-11-03T13:00:00+01:00", NOW),
        ("2026-11-03T12:00:00", NOW),
    ],
)
def test_times_are_utc_whatever_their_spelling(written: str, expected: datetime) -> None:
    found = operation_of(event() | {"eventTimestamp": written})
    assert found is not None
    assert found.started_at == expected
    assert found.started_at.tzinfo is UTC
