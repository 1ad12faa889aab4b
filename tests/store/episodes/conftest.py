"""Sightings, operations and a short way to follow them, as the tests of episodes tell them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from residency.model import (
    Caller,
    Evidence,
    Failover,
    Meaning,
    Operation,
    Outcome,
)
from residency.policy import zone_of_region
from residency.settings import Policy
from residency.store.episodes import (
    Before,
    Episode,
    Followed,
    LogRead,
    Sighting,
    Window,
    Witnesses,
    follow,
)

START = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
HOME, IRELAND, GERMANY = "westeurope", "northeurope", "germanywestcentral"
SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
ACCOUNT = (
    f"/subscriptions/{SUBSCRIPTION}/resourcegroups/rg/providers"
    "/microsoft.storage/storageaccounts/st1"
)


def minute(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def a_sighting(region: str = HOME, **facts: Any) -> Sighting:
    """See a resource in a region; an empty region is one that is not known."""
    resource_id = facts.pop("resource_id", ACCOUNT)
    since = facts.pop("since", None)
    path = facts.pop("path", None)
    proof = Evidence(api="arm", path="properties.role", value="x", read_at=START)
    known: dict[str, Any] = {
        "resource_id": resource_id,
        "resource_type": "microsoft.storage/storageaccounts",
        "region": region or "unknown",
        "zone": zone_of_region(region or "unknown", Policy()),
        "handles": frozenset({resource_id}),
        "failover": Failover(path=path, since=since, evidence=proof) if path else None,
        "made_in": HOME,
        "products": ("QicsMilestones",),
        "customers": ("acme",),
    }
    return Sighting(**(known | facts))


def an_operation(started: float, ended: float | None = None, **facts: Any) -> Operation:
    known: dict[str, Any] = {
        "name": "microsoft.storage/storageaccounts/failover/action",
        "meaning": Meaning.FAILOVER,
        "resource_id": ACCOUNT,
        "resource_type": "microsoft.storage/storageaccounts",
        "correlation_id": f"c{started}",
        "started_at": minute(started),
        "ended_at": minute(started if ended is None else ended),
        "outcome": Outcome.SUCCEEDED,
        "by": Caller.PERSON,
    }
    return Operation(**(known | facts))


@dataclass
class Follower:
    """Follows scan after scan, and keeps what a store would give to the next."""

    policy: Policy = field(default_factory=Policy)
    episodes: tuple[Episode, ...] = ()
    before: dict[str, Before] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)

    def scan(
        self,
        at: float,
        *sightings: Sighting,
        operations: Sequence[Operation] = (),
        log_until: float | None = None,
        **more: Any,
    ) -> Followed:
        now = minute(at)
        told = [self._with_before(each) for each in sightings]
        read = LogRead(since=minute(-100_000), until=minute(log_until or 0))
        witnesses = Witnesses(
            operations=operations,
            logs={} if log_until is None else {SUBSCRIPTION: read},
            health=more.pop("health", ()),
        )
        window = Window(at=now, **more)
        found = follow(self.episodes, told, window, witnesses, self.policy)
        again = follow(found.episodes, told, window, witnesses, self.policy)
        assert again.episodes == found.episodes, "following the same twice changes nothing"
        assert again.happenings == ()
        self.episodes = found.episodes
        self.kinds += [str(each.kind) for each in found.happenings]
        self._remember(sightings, now)
        return found

    def _with_before(self, sighting: Sighting) -> Sighting:
        known = self.before.get(sighting.resource_id)
        return sighting if sighting.before else replace(sighting, before=known)

    def _remember(self, sightings: Iterable[Sighting], now: datetime) -> None:
        for each in sightings:
            known = self.before.get(each.resource_id)
            if each.is_unknown:
                continue
            same = known and (known.region, known.home) == (each.region, each.home)
            since = known.since if known and same else now
            self.before[each.resource_id] = Before(
                region=each.region, home=each.home, since=since, at=now
            )

    @property
    def only(self) -> Episode:
        (episode,) = self.episodes
        return episode


@pytest.fixture
def follower() -> Follower:
    return Follower()


@pytest.fixture(scope="session")
def followers() -> type[Follower]:
    return Follower


@pytest.fixture(scope="session")
def sighting() -> Callable[..., Sighting]:
    return a_sighting


@pytest.fixture(scope="session")
def operation() -> Callable[..., Operation]:
    return an_operation


@pytest.fixture(scope="session")
def at() -> Callable[[float], datetime]:
    return minute
