"""Scans with a memory, over HTTP: what is fresh is not asked, and nothing else is taken for it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from residency import clock
from residency.azure import Arm, open_session
from residency.errors import AccessDenied, AzureError, NotFound
from residency.inventory import Inventory, take
from residency.inventory.deleted_lists import DELETED_LISTS, DeletedList
from residency.model import Reason, Role, Status
from residency.policy import Judged
from residency.scan import Scan
from residency.scan.freshness import ROTATED, kind_of
from residency.scan.kept import Answer, Failure, InMemory, Kept, Key, without_people
from residency.scan.kept_arm import KeptArm
from residency.scan.kept_reader import KeptReader
from residency.scan.placing import Placed, place_all
from residency.scan.rotation import Pace, Rotation
from residency.scan.run import conclude, judge_all, judge_of
from residency.simulator.estate import example_estate
from residency.simulator.failovers import change_cosmos_write_region, fail_over_sql_group
from residency.simulator.journal import Call

if TYPE_CHECKING:
    from tests.scan.conftest import Azure, Build

Find = Callable[[Scan, str], Judged]

JSON = {"Content-Type": "application/json"}
QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)
START = datetime(2026, 11, 2, tzinfo=UTC)
"""Fixed: which of a few answers comes round in which scan depends on the time."""

LONG = 3650 * DAY
"""So long that nothing comes round of itself in these few scans."""

PACE = Pace(interval=QUARTER, deadline=timedelta(minutes=1))
SETTINGS = "/providers/microsoft.insights/diagnosticsettings"
POLICIES = "/stgrs/objectreplicationpolicies"
KEY = Key("list", "/subscriptions/s/providers/microsoft.keyvault/deletedvaults", "2026-05-15")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembering(Arm):
    """Lets the inventory's lists go through the memory, too."""

    kept: KeptArm

    async def list(
        self, path: str, *, api_version: str, **query: str
    ) -> tuple[dict[str, Any], ...]:
        if query:
            return await Arm.list(self, path, api_version=api_version, **query)
        bodies, _ = await self.kept.read_list(path, api_version)
        return tuple(dict(body) for body in bodies)


@dataclass
class Monitor:
    """Scans one Azure again and again, and remembers.

    Attributes:
        now: The time of the next scan, which each scan moves on.
        age: How old an answer may grow.
        deep: What the last scan asked beyond the inventory.
        lists: The lists of what was deleted that are read.
    """

    azure: "Azure"
    pace: Pace = PACE
    cache: InMemory = field(default_factory=InMemory)
    now: datetime = START
    age: timedelta = LONG
    deep: list[Call] = field(default_factory=list)
    lists: Sequence[DeletedList] = ()

    def scan(self, **more: Any) -> Scan:
        with clock.running(lambda: self.now):
            found = asyncio.run(self._scan(**more))
        self.now += self.pace.interval
        return found

    async def _scan(self, changed: Mapping[str, datetime] | None = None) -> Scan:
        settings, azure = self.azure.settings(), self.azure
        async with open_session(settings.azure, settings.scan.deadline) as arm:
            kept = self.memory_of(arm, changed or {})
            before = len(list(azure.simulator.requests))
            inventory = await take(
                Remembering(endpoint=arm.endpoint, ends_at=arm.ends_at, send=arm.send, kept=kept),
                settings.scope,
                azure.catalogue,
                lambda *_: None,
                deleted_lists=self.lists,
            )
            between = len(list(azure.simulator.requests))
            placed = await self._place(kept, inventory)
            kept.forget_what_is_gone()
            calls = list(azure.simulator.requests)
            deleted = [call for call in calls[before:between] if kind_of(call.path) in ROTATED]
            self.deep = [*deleted, *calls[between:]]
        return conclude(
            settings, inventory, judge_all(judge_of(settings, inventory), placed), self.now
        )

    def memory_of(self, arm: Arm, changed: Mapping[str, datetime]) -> KeptArm:
        rotation = Rotation(
            stamps=self.cache.stamps(),
            ages={"default": self.age},
            pace=self.pace,
            began_at=self.now,
            changed=changed,
        )
        return KeptArm(arm=arm, cache=self.cache, rotation=rotation)

    async def _place(self, kept: KeptArm, inventory: Inventory) -> tuple[Placed, ...]:
        with closing(KeptReader(kept, inventory.resources, inventory.answers)) as reader:
            return await place_all(inventory, self.azure.catalogue, reader, lambda _: None)

    def asked(self, path: str) -> int:
        return sum(path in call.path.lower() for call in self.deep)

    def read(self, path: str) -> Answer:
        """Read one list by itself, at the time of the next scan."""

        async def read() -> Answer:
            settings = self.azure.settings()
            async with open_session(settings.azure, settings.scan.deadline) as arm:
                return await self.memory_of(arm, {}).read(
                    Key("list", path.lower(), "2026-09-01"), path
                )

        with clock.running(lambda: self.now):
            return asyncio.run(read())


@pytest.fixture
def monitor(azure: "Azure") -> Monitor:
    return Monitor(azure)


def answering(
    status: int, content: bytes, end: str = POLICIES, **headers: str
) -> Callable[[str, str, bytes], Any]:
    def intercept(_method: str, path: str, _body: bytes) -> Any:
        return (status, JSON | headers, content) if path.lower().endswith(end) else None

    return intercept


def passing(_method: str, _path: str, _body: bytes) -> None:
    return None


DENIED = b'{"error": {"code": "AuthorizationFailed", "message": "The client \'jan\' may not"}}'


def statuses(found: Scan) -> dict[str, tuple[Status, tuple[Reason, ...]]]:
    return {
        each.resource.id: (each.judgement.status, each.judgement.reasons) for each in found.judged
    }


def places(judged: Judged) -> set[tuple[Role, str]]:
    return {(p.placement.role, p.placement.region) for p in judged.judgement.placements}


def test_a_steady_scan_asks_a_twentieth_and_says_the_same(azure: "Azure") -> None:
    azure.use(example_estate(START))
    azure.simulator.behaviour.provider_locations = ()  # as many regions as Azure has
    monitor = Monitor(azure, lists=DELETED_LISTS, age=DAY)
    first, all_of_it = monitor.scan(), len(monitor.deep)
    for _ in range(2):
        assert statuses(monitor.scan()) == statuses(first)
        assert len(monitor.deep) < all_of_it / 20


def test_what_is_kept_is_not_asked_and_the_resources_stay_as_they_were(monitor: Monitor) -> None:
    first = monitor.scan()
    assert monitor.asked(SETTINGS)
    assert monitor.asked(POLICIES) == 1
    second = monitor.scan()
    assert monitor.asked(SETTINGS) == 0
    assert monitor.asked(POLICIES) == 0
    assert statuses(second) == statuses(first)
    assert {status for status, _ in statuses(first).values()} == {Status.COMPLIANT}


def test_links_and_groups_of_sql_are_read_in_every_scan(monitor: Monitor) -> None:
    for _ in range(3):
        monitor.scan()
        assert monitor.asked("/sql-west/failovergroups") == 1
        assert monitor.asked("/sql-north/failovergroups") == 1


def test_a_failover_is_in_the_next_scan(
    monitor: Monitor, build: "type[Build]", judged: Find
) -> None:
    monitor.scan()
    azure = monitor.azure
    group = next(iter(azure.simulator.tenant.all_children()))[1][0]["id"]
    fail_over_sql_group(azure.simulator, group)
    account = build.resource(build.data, "Microsoft.DocumentDB/databaseAccounts", "cosmos")["id"]
    change_cosmos_write_region(azure.simulator, account, "North Europe")
    found = monitor.scan()
    assert (Role.PRIMARY, "northeurope") in places(judged(found, "sql-north/databases/crm"))
    assert (Role.PRIMARY, "northeurope") in places(judged(found, "databaseaccounts/cosmos"))


def test_a_changed_resource_is_read_again(monitor: Monitor, build: "type[Build]") -> None:
    monitor.scan()
    account = build.account(build.data, "stgrs")["id"].lower()
    monitor.scan(changed={account: monitor.now})
    assert monitor.asked(POLICIES) == 1
    assert monitor.asked(f"/stgrs{SETTINGS}") == 1
    assert monitor.asked("/stlrs/objectreplicationpolicies") == 0
    monitor.scan(changed={account: monitor.now - QUARTER - timedelta(seconds=1)})
    assert monitor.asked(POLICIES) == 0, "it has been read since"


def test_a_new_resource_is_read_at_once(monitor: Monitor, build: "type[Build]") -> None:
    monitor.scan()
    monitor.azure.add(build.account(build.data, "stnew"))
    monitor.scan()
    assert monitor.asked(f"/stnew{SETTINGS}") == 1
    assert monitor.asked("/stnew/objectreplicationpolicies") == 1


def test_a_budget_leaves_the_rest_pending_and_the_next_scans_read_it(azure: "Azure") -> None:
    monitor = Monitor(azure, pace=replace(PACE, first_reads=5))
    pending = []
    for _ in range(10):
        found = monitor.scan()
        assert monitor.asked(SETTINGS) <= 2 * 6, "in each subscription five, and one that is due"
        waiting = [each for each in found.judged if Reason.FACET_PENDING in each.judgement.reasons]
        assert {each.judgement.status for each in waiting} <= {Status.UNKNOWN}
        pending.append(len(waiting))
    assert pending[0] > pending[1] > 0
    assert pending[-1] == 0
    assert monitor.scan().counts[Status.UNKNOWN] == 0


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_error_is_told_until_azure_answers_again(
    monitor: Monitor, build: "type[Build]", judged: Find, status: int
) -> None:
    monitor.scan()
    changed = {build.account(build.data, "stgrs")["id"].lower(): monitor.now}
    monitor.azure.stage.intercept = answering(status, DENIED)
    assert (
        Reason.FACET_UNREADABLE in judged(monitor.scan(changed=changed), "/stgrs").judgement.reasons
    )
    still = judged(monitor.scan(), "/stgrs").judgement
    assert Reason.FACET_UNREADABLE in still.reasons, "the older answer is not given again"
    monitor.azure.stage.intercept = passing
    if status == 404:  # that it is not there, said twice, is an answer: asked again when it changed
        changed = {build.account(build.data, "stgrs")["id"].lower(): monitor.now}
    assert judged(monitor.scan(changed=changed), "/stgrs").judgement.status is Status.COMPLIANT


def test_an_older_answer_is_given_where_azure_refuses_for_quota(
    monitor: Monitor, build: "type[Build]", judged: Find
) -> None:
    monitor.scan()
    changed = {build.account(build.data, "stgrs")["id"].lower(): monitor.now}
    monitor.azure.stage.intercept = answering(429, b"{}", **{"Retry-After": "3600"})
    assert judged(monitor.scan(changed=changed), "/stgrs").judgement.status is Status.COMPLIANT


def test_no_older_answer_is_given_of_what_a_failover_changes(
    monitor: Monitor, judged: Find
) -> None:
    monitor.scan()
    monitor.azure.stage.intercept = answering(
        429, b"{}", "/sql-west/failovergroups", **{"Retry-After": "3600"}
    )
    assert judged(monitor.scan(), "/sql-west/databases/crm").judgement.status is Status.UNKNOWN


def test_what_is_too_old_is_not_given(azure: "Azure", judged: Find) -> None:
    monitor = Monitor(azure, age=DAY)
    assert judged(monitor.scan(), "/kv").judgement.status is Status.COMPLIANT
    monitor.pace = replace(PACE, first_reads=0, interval=timedelta(seconds=1))
    monitor.now += 25 * timedelta(hours=1)
    vault = judged(monitor.scan(), "/kv").judgement
    assert vault.status is Status.UNKNOWN
    assert "Stale" in {place.placement.evidence.value for place in vault.placements}
    monitor.pace = PACE
    assert judged(monitor.scan(), "/kv").judgement.status is Status.COMPLIANT


def test_a_type_that_can_have_no_settings_is_not_asked_again(monitor: Monitor) -> None:
    refusal = b'{"error": {"code": "ResourceTypeNotSupported", "message": "no"}}'
    monitor.azure.stage.intercept = answering(400, refusal, f"/kv{SETTINGS}")
    first = monitor.scan()
    monitor.azure.stage.heard.clear()
    monitor.azure.stage.intercept = answering(500, b"{}", f"/kv{SETTINGS}")
    assert statuses(monitor.scan()) == statuses(first)


def test_each_reading_tells_when_it_really_was_read(monitor: Monitor, build: "type[Build]") -> None:
    monitor.age = DAY
    path = f"{build.account(build.data, 'stgrs')['id']}/objectReplicationPolicies"
    first, read_at = monitor.read(path), monitor.now
    monitor.now += timedelta(hours=2)
    again = monitor.read(path.upper().replace("/SUBSCRIPTIONS", "/subscriptions"))
    assert first.read_at == again.read_at == read_at
    monitor.now += DAY
    assert monitor.read(path).read_at == monitor.now


def test_one_list_does_for_many_that_are_read_in_every_scan(
    monitor: Monitor, build: "type[Build]"
) -> None:
    monitor.azure.use(with_more_cosmos(monitor.azure, build))
    for _ in range(2):
        monitor.scan()
        accounts = [c.path for c in monitor.deep if c.api == "microsoft.documentdb"]
        assert [path for path in accounts if path.lower().endswith("/databaseaccounts")] == [
            f"/subscriptions/{build.data}/providers/microsoft.documentdb/databaseaccounts"
        ]
        assert not [path for path in accounts if "cosmos" in path.rpartition("/")[2].lower()]


def test_without_that_list_each_is_read_by_itself_and_says_the_same(
    monitor: Monitor, build: "type[Build]"
) -> None:
    monitor.azure.use(with_more_cosmos(monitor.azure, build))
    listed = monitor.scan()
    whole = f"{build.data}/providers/microsoft.documentdb/databaseaccounts"
    for refused in (answering(403, DENIED, whole), answering(200, b'{"value": []}', whole)):
        monitor.azure.stage.intercept = refused
        single = monitor.scan()
        assert {e.resource.id: places(e) for e in single.judged} == {
            e.resource.id: places(e) for e in listed.judged
        }
        assert monitor.asked("/databaseaccounts/cosmos1") >= 1


def with_more_cosmos(azure: "Azure", build: "type[Build]") -> Any:
    del azure
    estate = build.estate()
    one = next(each for each in estate.resources if each["name"] == "cosmos")
    more = [{**one, "id": f"{one['id']}{number}", "name": f"cosmos{number}"} for number in range(2)]
    return replace(estate, resources=[*estate.resources, *more])


def test_what_is_gone_is_forgotten_once_it_is_due(monitor: Monitor) -> None:
    monitor.age = DAY
    stale = Kept(key=KEY, asked_at=monitor.now - DAY, answer=Answer(bodies=(), read_at=monitor.now))
    gone = [
        replace(stale, key=KEY._replace(path=f"{KEY.path.replace('/s/', '/s1/')}{number}"))
        for number in range(200)
    ]
    for each in gone:
        monitor.cache.put(each)
    monitor.scan()
    left = sum(KEY.path.rpartition("/")[2] in each.key.path for each in monitor.cache.stamps())
    assert left < 200


@pytest.mark.parametrize(
    "error",
    [
        AccessDenied("jan@example.com may not", code="AuthorizationFailed", action="a/b/read"),
        NotFound("jan's", code="ResourceNotFound"),
        AzureError("jan", code="Odd"),
    ],
)
def test_of_a_failure_all_is_kept_but_what_azure_says_of_who_asked(error: AzureError) -> None:
    again = Failure.of(error).error("/p")
    assert type(again) is type(error)
    assert again.code == error.code
    assert getattr(again, "action", "") == getattr(error, "action", "")
    assert "jan" not in f"{Failure.of(error)}{again}"


def test_who_made_or_changed_something_is_not_kept() -> None:
    body = {
        "id": "/x",
        "systemData": {"createdBy": "jan@example.com"},
        "tags": {"customer": "acme"},
        "properties": {"steps": [{"name": "a", "createdBy": "jan"}], "modifiedBy": "jan"},
    }
    assert without_people((body,)) == (
        {"id": "/x", "tags": {"customer": "acme"}, "properties": {"steps": [{"name": "a"}]}},
    )


def test_an_error_stands_beside_the_older_answer_and_not_in_its_place() -> None:
    now = datetime.now(UTC)
    answer = Answer(bodies=({"id": "/x"},), read_at=now - DAY)
    denied = Failure(kind="AccessDenied", code="AuthorizationFailed")
    kept = Kept(key=KEY, asked_at=answer.read_at, answer=answer).after(now, denied)
    assert (kept.answer, kept.failure, kept.asked_at) == (answer, denied, now)
    assert kept.stamp.failed


@pytest.mark.parametrize(
    ("times", "settled"), [(1, False), (2, True)], ids=["once may pass", "twice is gone"]
)
def test_what_is_no_longer_found_is_gone_when_azure_says_it_twice(
    times: int, *, settled: bool
) -> None:
    now = datetime.now(UTC)
    kept = Kept(key=KEY, asked_at=now, answer=Answer(bodies=({"id": "/x"},), read_at=now))
    for _ in range(times):
        kept = kept.after(now, Failure(kind="NotFound", code="ResourceNotFound"))
    assert kept.stamp.failed is not settled


def test_what_was_never_there_is_an_answer_at_once() -> None:
    never = Kept(key=KEY, asked_at=datetime.now(UTC))
    gone = never.after(never.asked_at, Failure(kind="NotFound", code="ResourceNotFound"))
    assert not gone.stamp.failed
    assert not gone.stamp.empty_at
