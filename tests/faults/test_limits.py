"""The limiter against Azure's own counting, in a time that passes only while nobody works.

Both sides count: the client from its answers, the simulated Azure from what comes in. However long
the way takes, nothing may be refused, and nothing may take much longer than it must.
"""

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residency.azure.limits import Bucket, Window
from residency.azure.quotas import Quotas
from residency.errors import Throttled
from residency.simulator.limits import storage_call
from residency.simulator.quotas import Grant, resets_after
from residency.simulator.quotas import Quotas as AzureQuotas

T = TypeVar("T")

ONE = "/subscriptions/one"
GRAPH = "/providers/Microsoft.ResourceGraph/resources"
ACCOUNTS = f"{ONE}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts"
FOREVER = 1e9
AT_ONCE = 32


class SkippingSelector(selectors.DefaultSelector):
    """Moves a clock on instead of waiting."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += max(0.0, timeout or 0.0)
        return super().select(0)


class SkippingLoop(asyncio.SelectorEventLoop):
    """An event loop whose hours pass in no time."""

    def __init__(self) -> None:
        self.clock = SkippingSelector()
        super().__init__(self.clock)

    def time(self) -> float:
        return self.clock.now


def run(work: Callable[[], Awaitable[T]]) -> tuple[T, float]:
    """Give what the work gives, and how many seconds passed."""

    async def timed() -> tuple[T, float]:
        found = await work()
        return found, asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=SkippingLoop) as runner:
        return runner.run(timed())


def repeatable(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - no secret


@dataclass
class Way:
    """The way to an Azure that counts, and how long it takes there and back."""

    client: Quotas = field(default_factory=Quotas)
    azure: AzureQuotas = field(default_factory=AzureQuotas)
    slowest_seconds: float = 0.0
    chance: Random = field(default_factory=lambda: repeatable(0))
    ends_at: float = FOREVER
    late: dict[str, str] = field(default_factory=dict)

    def place(self, accounts: Iterable[Mapping[str, str]]) -> None:
        for account in accounts:
            self.client.place(account["id"], account["location"])

    async def call_all(self, paths: Iterable[str]) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(path: str) -> None:
            async with gate:
                await self.call(path)

        await asyncio.gather(*map(one, paths))

    async def call(self, path: str) -> None:
        try:
            async with self.client.turn(path, self.ends_at) as turn:
                await self._travel()
                headers = self._counted(path)
                await self._travel()
                turn.end(headers)
        except Throttled as error:
            self.late[path] = error.code

    async def _travel(self) -> None:
        await asyncio.sleep(self.chance.uniform(0, self.slowest_seconds))

    def _counted(self, path: str) -> Mapping[str, str]:
        now = asyncio.get_running_loop().time()
        if path == GRAPH:
            return graph_headers(self.azure.graph("me", now))
        subscription = path.split("/")[2]
        grant = self.azure.arm("me", subscription, now)
        if (asked := storage_call(path.lower())) is not None:
            region = asked.account[-2:] if asked.account else ""
            self.azure.storage(subscription, region, now, is_list=asked.is_list)
        return {"x-ms-ratelimit-remaining-subscription-reads": str(grant.remaining)}


def graph_headers(grant: Grant) -> Mapping[str, str]:
    return {
        "x-ms-user-quota-remaining": str(grant.remaining),
        "x-ms-user-quota-resets-after": resets_after(grant),
    }


def account(number: int, region: str = "we") -> dict[str, Any]:
    """An account whose name ends in its region."""
    name = f"{ACCOUNTS}/st{number:04}{region}"
    return {"id": name, "type": "Microsoft.Storage/storageAccounts", "location": region}


def policies(accounts: Iterable[Mapping[str, Any]]) -> list[str]:
    return [f"{each['id']}/objectReplicationPolicies" for each in accounts]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    slowest_seconds=st.sampled_from([0.0, 0.05, 0.4, 2.0]),
    seed=st.integers(0, 1000),
    queries=st.integers(1, 80),
    reads=st.integers(0, 900),
)
def test_however_long_the_way_takes_nothing_comes_too_early(
    slowest_seconds: float, seed: int, queries: int, reads: int
) -> None:
    way = Way(slowest_seconds=slowest_seconds, chance=repeatable(seed))
    accounts = [account(number, region) for number in range(120) for region in ("we", "ne")]
    way.place(accounts)
    groups = [f"{ONE}/resourceGroups/g{number}" for number in range(reads)]
    paths = [*policies(accounts), *(GRAPH,) * queries, *groups]
    way.chance.shuffle(paths)
    run(lambda: way.call_all(paths))
    assert way.azure.refused == 0
    assert way.late == {}


@pytest.mark.parametrize(
    ("path", "calls", "floor_seconds", "slack_seconds"),
    [
        pytest.param(GRAPH, 15, 0, 0.5, id="a window of queries"),
        pytest.param(GRAPH, 16, 5, 0.5, id="one query more"),
        pytest.param(GRAPH, 150, 45, 3, id="ten windows of queries"),
        pytest.param(f"{ONE}/resourceGroups", 218, 0, 3, id="a bucket of reads less the reserve"),
        pytest.param(f"{ONE}/resourceGroups", 1250, 40, 3, id="a thousand reads more"),
    ],
)
def test_a_quota_is_used_up_and_what_waits_goes_when_it_is_free(
    path: str, calls: int, floor_seconds: float, slack_seconds: float
) -> None:
    way = Way(slowest_seconds=0.1)
    _, seconds = run(lambda: way.call_all([path] * calls))
    assert way.azure.refused == 0
    assert floor_seconds <= seconds < floor_seconds + slack_seconds


@pytest.mark.parametrize(("accounts", "floor_seconds"), [(100, 0), (101, 300), (201, 600)])
def test_lists_of_one_region_are_a_hundred_in_five_minutes(
    accounts: int, floor_seconds: float
) -> None:
    way, all_of_them = Way(slowest_seconds=0.1), [account(number) for number in range(accounts)]
    way.place(all_of_them)
    _, seconds = run(lambda: way.call_all(policies(all_of_them)))
    assert way.azure.refused == 0
    assert floor_seconds <= seconds < floor_seconds + 5


def test_reads_of_accounts_are_counted_apart_from_their_lists() -> None:
    way, accounts = Way(), [account(number) for number in range(100)]
    way.place(accounts)
    singles = [str(each["id"]) for each in accounts]
    _, seconds = run(lambda: way.call_all([*policies(accounts), *singles]))
    assert way.azure.refused == 0
    assert seconds < 5


def test_accounts_of_unknown_region_share_the_smaller_window_of_lists() -> None:
    way = Way()
    reads = [str(account(number)["id"]) for number in range(101)]
    _, seconds = run(lambda: way.call_all(reads))
    assert 300 <= seconds < 301


def test_what_has_no_room_before_the_deadline_is_refused_at_once_and_the_rest_goes_on() -> None:
    way, accounts = Way(ends_at=250), [account(number) for number in range(130)]
    way.place(accounts)
    elsewhere = [f"/subscriptions/two/resourceGroups/g{number}" for number in range(200)]
    _, seconds = run(lambda: way.call_all([*policies(accounts), *elsewhere]))
    assert len(way.late) == 30
    assert way.late.keys() <= set(policies(accounts))
    assert set(way.late.values()) == {"Budget"}
    assert seconds < 3


def test_a_larger_quota_of_queries_is_used_once_azure_shows_it() -> None:
    async def ask() -> None:
        quotas = Quotas()
        for number in range(60):
            async with quotas.turn(GRAPH, FOREVER) as turn:
                turn.end({"x-ms-user-quota-remaining": str(99 - number)})

    _, seconds = run(ask)
    assert seconds == 0


def test_quotas_that_azure_does_not_count_down_hold_nobody_up() -> None:
    async def ask() -> None:
        quotas = Quotas()
        for path in (GRAPH, ONE) * 500:
            async with quotas.turn(path, FOREVER) as turn:
                left = {"x-ms-ratelimit-remaining-subscription-reads": "249"}
                turn.end({**left, "x-ms-user-quota-remaining": "14"})

    _, seconds = run(ask)
    assert seconds == 0


def test_a_quota_that_others_have_used_is_waited_for_as_long_as_azure_says() -> None:
    async def ask() -> None:
        quotas = Quotas()
        for _ in range(2):
            async with quotas.turn(GRAPH, FOREVER) as turn:
                spent = {"x-ms-user-quota-remaining": "0"}
                turn.end({**spent, "x-ms-user-quota-resets-after": "00:00:04"})

    _, seconds = run(ask)
    assert seconds == pytest.approx(4)


def test_a_bucket_that_others_have_emptied_is_left_to_fill() -> None:
    async def ask() -> None:
        quotas = Quotas()
        for _ in range(2):
            async with quotas.turn(f"{ONE}/resourceGroups", FOREVER) as turn:
                turn.end({"x-ms-ratelimit-remaining-subscription-reads": "7"})

    _, seconds = run(ask)
    assert seconds == pytest.approx((32 - 7 + 1) / 25)


@pytest.mark.parametrize("left", ["", "many", "-3", "1.5"])
def test_headers_that_are_no_number_say_nothing(left: str) -> None:
    async def ask() -> None:
        quotas = Quotas()
        for path in (GRAPH, ONE) * 2:
            async with quotas.turn(path, FOREVER) as turn:
                turn.end(
                    {
                        "x-ms-ratelimit-remaining-subscription-reads": left,
                        "x-ms-user-quota-remaining": left,
                    }
                )

    _, seconds = run(ask)
    assert seconds == 0


def test_what_azure_asks_one_provider_to_wait_holds_that_provider_in_that_subscription() -> None:
    begun: dict[str, float] = {}

    async def ask() -> None:
        quotas, loop = Quotas(), asyncio.get_running_loop()
        sql = f"{ONE}/resourceGroups/g/providers/Microsoft.Sql/servers/s/links"
        others = {"two": sql.replace("one", "two"), "vaults": f"{ONE}/providers/Microsoft.Vault/x"}

        async def one(name: str, path: str) -> None:
            async with quotas.turn(path, FOREVER):
                begun[name] = loop.time()

        async with quotas.turn(sql, FOREVER) as turn:
            again = asyncio.ensure_future(turn.again({}, 30.0, 0.0))
            await asyncio.sleep(1)
            await asyncio.gather(one("sql", sql), *(one(*other) for other in others.items()))
            await again

    run(ask)
    assert begun == {"sql": 30, "two": 1, "vaults": 1}


def test_a_wait_past_the_deadline_is_not_begun() -> None:
    async def ask() -> str:
        async with Quotas().turn(GRAPH, ends_at=10) as turn:
            with pytest.raises(Throttled) as caught:
                await turn.again({}, 86_400.0, 0.0)
        return caught.value.code

    code, seconds = run(ask)
    assert code == "RetryAfter"
    assert seconds == 0


def test_a_window_frees_what_was_answered_first_and_counts_what_is_under_way() -> None:
    window = Window(2, 5)
    for begun in (0.0, 1.0):
        assert window.seconds_left(begun) == 0
        window.begin(begun)
    assert window.seconds_left(1) == 5
    window.end(2)
    assert window.seconds_left(3) == 4
    assert window.seconds_left(3, ahead=1) == 5
    assert window.seconds_left(3, ahead=2) == 9
    window.end(4)
    assert window.seconds_left(7) == 0
    assert window.used == 1


def test_a_bucket_keeps_its_reserve_and_never_overflows() -> None:
    bucket = Bucket(4, 2.0, 1)
    for _ in range(3):
        assert bucket.seconds_left(0) == 0
        bucket.begin(0)
    assert bucket.seconds_left(0) == pytest.approx(0.5)
    assert bucket.seconds_left(0, ahead=1) == pytest.approx(1)
    assert bucket.seconds_left(100) == 0
    bucket.believe(1, 100)
    assert bucket.seconds_left(100) == pytest.approx((1 + 3) / 2)
