"""Quotas: enforced when they are on, counted by whom Azure counts."""

from collections.abc import Mapping

import pytest

from residency.simulator.quotas import Grant, TokenBucket, Window, resets_after, retry_after
from residency.simulator.trial import Trial


def test_a_bucket_refills_all_the_time_and_never_over() -> None:
    bucket = TokenBucket(capacity=2, refill_per_second=4, now_seconds=0)
    assert [bucket.take(0).allowed for _ in range(3)] == [True, True, False]
    assert bucket.take(0.125).wait_seconds == pytest.approx(0.125)
    assert bucket.take(0.25).allowed
    assert bucket.take(100).remaining == 1


def test_a_window_opens_with_the_first_request_and_counts_anew() -> None:
    window = Window(limit=2, window_seconds=5)
    assert window.take(10).remaining == 1
    assert window.take(11).allowed
    refused = window.take(12)
    assert (refused.allowed, refused.wait_seconds) == (False, 3)
    assert window.take(15).allowed


@pytest.mark.parametrize(
    ("seconds", "retry", "resets"),
    [
        (0, "1", "00:00:00"),
        (0.2, "1", "00:00:01"),
        (5, "5", "00:00:05"),
        (3725, "3725", "01:02:05"),
    ],
)
def test_the_headers_give_whole_seconds(seconds: float, retry: str, resets: str) -> None:
    grant = Grant(allowed=False, remaining=0, wait_seconds=seconds)
    assert (retry_after(grant), resets_after(grant)) == (retry, resets)


def test_fifteen_queries_in_five_seconds_and_no_more(world: Trial) -> None:
    world.simulator.behaviour.quotas = True
    replies = [world.ask("resources | count") for _ in range(16)]
    assert [reply.status for reply in replies] == [200] * 15 + [429]
    assert replies[0].headers["x-ms-user-quota-remaining"] == "14"
    assert replies[14].headers["x-ms-user-quota-remaining"] == "0"
    assert replies[15].code == "RateLimiting"
    assert replies[15].headers["retry-after"] == "5"
    assert replies[15].headers["x-ms-user-quota-resets-after"] == "00:00:05"
    world.clock.advance(5)
    assert world.ask("resources | count").status == 200


def test_the_graph_counts_by_principal(world: Trial) -> None:
    world.simulator.behaviour.quotas = True
    path = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01"
    body = {"query": "resources | count"}
    one = {"Authorization": "Bearer one"}
    statuses = [world.send("POST", path, body, one).status for _ in range(16)]
    assert statuses[-1] == 429
    assert world.send("POST", path, body, {"Authorization": "Bearer two"}).status == 200


def test_quotas_are_off_unless_they_are_switched_on(world: Trial) -> None:
    assert {world.ask("resources | count").status for _ in range(17)} == {200}


def test_arm_reads_have_a_bucket_for_each_subscription(
    world: Trial, ids: Mapping[str, str]
) -> None:
    world.simulator.behaviour.quotas = True
    statuses = [world.get(f"{ids['alpha']}/resourceGroups").status for _ in range(251)]
    assert statuses == [200] * 250 + [429]
    assert world.get(f"{ids['beta']}/resourceGroups").status == 200
    missing = world.get(f"{ids['beta']}/resourceGroups/none")
    assert missing.headers["x-ms-ratelimit-remaining-subscription-reads"] == "248"
    refused = world.get(f"{ids['alpha']}/resourceGroups")
    assert refused.headers["x-ms-ratelimit-remaining-subscription-reads"] == "0"
    assert refused.headers["retry-after"] == "1"
    world.clock.advance(1)
    refilled = world.get(f"{ids['alpha']}/resourceGroups")
    assert refilled.headers["x-ms-ratelimit-remaining-subscription-reads"] == "24"


def test_storage_lists_have_a_window_of_their_own(world: Trial, ids: Mapping[str, str]) -> None:
    world.simulator.behaviour.quotas = True
    path = f"{ids['alpha']}/providers/Microsoft.Storage/storageAccounts"
    replies = [world.get(path) for _ in range(101)]
    assert [reply.status for reply in replies] == [200] * 100 + [429]
    assert replies[-1].code == "TooManyRequests"
    assert replies[-1].headers["retry-after"] == "300"
    assert world.get(ids["stgrs"]).status == 200
