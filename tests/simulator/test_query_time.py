"""What a query calls now is the tenant's own time, whatever the time of the machine."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from residency.simulator.trial import Trial

CHANGED = (
    "resourcechanges | where todatetime(properties.changeAttributes.timestamp) > ago({})"
    " | project at=tostring(properties.changeAttributes.timestamp)"
)


def changed(world: Trial, span: str) -> list[str]:
    reply = world.ask(CHANGED.format(span))
    assert reply.status == 200, reply.raw
    return [row["at"] for row in reply.body["data"]]


@pytest.fixture(params=[-900, 0, 4000], ids=["long past", "another day", "far ahead"])
def days(request: pytest.FixtureRequest) -> int:
    found: int = request.param
    return found


def test_ago_counts_back_from_the_tenants_time(
    world: Trial, ids: Mapping[str, str], days: int
) -> None:
    world.clock.advance(timedelta(days=days).total_seconds())
    at = world.clock.now
    world.simulator.put({**world.get(ids["stgrs"]).body, "tags": {"a": "b"}})
    told = [at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")]
    world.clock.advance(3599)
    assert (changed(world, "1h"), changed(world, "14d")) == (told, told)
    world.clock.advance(2)
    assert (changed(world, "1h"), changed(world, "6h")) == ([], told)
    world.clock.advance(timedelta(days=14).total_seconds())
    assert changed(world, "14d") == []


def test_now_is_the_tenants_time_to_the_microsecond(world: Trial) -> None:
    world.clock.now = datetime(2021, 2, 28, 23, 59, 59, 123456, tzinfo=UTC)
    text = "resources | take 1 | project a=tostring(now()), b=tostring(now(1h))"
    (row,) = world.ask(text).body["data"]
    assert row["a"].startswith("2021-02-28T23:59:59.123456")
    assert row["b"].startswith("2021-03-01T00:59:59.123456")
