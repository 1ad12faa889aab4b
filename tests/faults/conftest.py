"""A tenant with a planted violation under faults, and what must hold after every scan of it.

The stage and the small tenant are those of the tests of scans; here quotas are on.
"""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from residency.errors import AzureError
from residency.model import Status, Verdict
from residency.policy import Judged
from residency.scan import Scan
from residency.simulator.faults import Effect
from residency.simulator.journal import Call
from residency.simulator.world import Estate
from tests.scan.conftest import APPS, NAMES, account, azure, build, catalogue, small_estate, stage

if TYPE_CHECKING:
    from tests.scan.conftest import Azure

__all__ = ["azure", "build", "catalogue", "stage"]

DEADLINE_SECONDS = 20
GRACE_SECONDS = 1.0
PLANTED = "stplanted"


@dataclass(kw_only=True)
class Attempt:
    """One scan: how long it was allowed to take, how long it took, and what came of it."""

    deadline_seconds: float
    seconds: float
    outcome: Scan | AzureError


@dataclass(kw_only=True)
class Tenant:
    """The simulated tenant with a violation in it, and every scan that was made of it."""

    azure: "Azure"
    attempts: list[Attempt] = field(default_factory=list)

    def use(self, estate: Estate) -> None:
        """Put another tenant in place, with quotas and the violation."""
        self.azure.use(estate)
        self.azure.simulator.behaviour.quotas = True
        self.azure.add(account(APPS, PLANTED, secondaryLocation="uksouth"))

    def fault(self, effect: Effect, **rule: Any) -> None:
        self.azure.fault(effect, **rule)

    def refuse(self, status: int, **rule: Any) -> None:
        self.azure.fault(Effect.STATUS, status=status, **rule)

    def calls(self, api: str = "", path: str = "") -> list[Call]:
        return self.azure.calls(api, path)

    def scan(self, deadline_seconds: int = DEADLINE_SECONDS, **sections: Any) -> Scan:
        since = time.monotonic()
        outcome: Scan | AzureError
        try:
            outcome = self.azure.scan(deadline=f"{deadline_seconds}s", **sections)
        except AzureError as error:
            outcome = error
        self.attempts.append(
            Attempt(
                deadline_seconds=deadline_seconds,
                seconds=time.monotonic() - since,
                outcome=outcome,
            )
        )
        if isinstance(outcome, AzureError):
            raise outcome
        return outcome

    @property
    def seconds(self) -> float:
        """How long the last scan took."""
        return self.attempts[-1].seconds


@pytest.fixture
def tenant(azure: "Azure") -> Iterator[Tenant]:
    """The small tenant under the oracle: whatever a test asserts, this holds for all its scans."""
    tenant = Tenant(azure=azure)
    tenant.use(small_estate())
    yield tenant
    assert tenant.attempts, "a fault that no scan met shows nothing"
    assert_only_read(tenant)
    assert_within_quotas(tenant)
    for attempt in tenant.attempts:
        assert_ends_in_time(attempt)
        if isinstance(attempt.outcome, Scan):
            assert_claims_nothing_wrong(attempt.outcome)
            assert_accounts_for_everything(tenant, attempt.outcome)
    assert_no_thread_is_left()


def assert_only_read(tenant: Tenant) -> None:
    simulator = tenant.azure.simulator
    sent = {(call.method, call.api == "resourcegraph") for call in simulator.requests}
    assert simulator.breaches == []
    assert sent <= {("GET", False), ("POST", True)}


def assert_within_quotas(tenant: Tenant) -> None:
    assert tenant.azure.simulator.quotas.refused == 0, "a call came faster than Azure allows"


def assert_ends_in_time(attempt: Attempt) -> None:
    assert attempt.seconds < attempt.deadline_seconds + GRACE_SECONDS


def assert_claims_nothing_wrong(found: Scan) -> None:
    """The tenant is in violation: a scan finds that, or says that it did not see everything."""
    planted = [each for each in found.judged if each.resource.name == PLANTED]
    assert found.verdict is not Verdict.COMPLIANT
    assert all(each.judgement.status is not Status.COMPLIANT for each in planted)
    if found.verdict is Verdict.NOT_PROVEN:
        assert found.reasons or found.counts[Status.UNKNOWN]
    assert found.verdict is Verdict.NOT_PROVEN or found.counts[Status.VIOLATION]


def assert_accounts_for_everything(tenant: Tenant, found: Scan) -> None:
    """Each expected subscription has its state, and one seen whole has all its resources."""
    covered = {entry.id: entry for entry in found.coverage}
    assert covered.keys() >= set(NAMES)
    judged = {each.resource.id for each in found.judged}
    for body in tenant.azure.simulator.tenant.encoded():
        resource_id = str(json.loads(body)["id"]).lower()
        entry = covered.get(resource_id.split("/")[2])
        assert resource_id in judged or entry is None or not entry.seen_whole, resource_id
    if any(not entry.seen_whole for entry in found.coverage):
        assert not found.complete


def assert_no_thread_is_left() -> None:
    """A thread that waits for an answer would keep the process from ending."""
    until = time.monotonic() + GRACE_SECONDS
    while left := [each.name for each in threading.enumerate() if each.name.startswith("check")]:
        assert time.monotonic() < until, left
        time.sleep(0.01)


@dataclass(frozen=True)
class Find:
    """What tests look for in a scan."""

    found: Scan

    def judged(self, name: str) -> Judged:
        return next(each for each in self.found.judged if each.resource.id.endswith(name.lower()))

    def states(self) -> dict[str, str]:
        return {entry.id: entry.state for entry in self.found.coverage}

    def reasons(self) -> str:
        covered = (reason for entry in self.found.coverage for reason in entry.reasons)
        return " ".join((*self.found.reasons, *covered))

    def is_whole(self) -> bool:
        """Whether everything was seen, the planted violation and nothing else with it."""
        counts = self.found.counts
        only_the_planted = counts[Status.VIOLATION] == 1 and not counts[Status.UNKNOWN]
        return self.found.complete and only_the_planted

    def is_not_whole(self, reason: str) -> bool:
        return not self.found.complete and reason in self.reasons()


@pytest.fixture
def find() -> type[Find]:
    return Find
