"""However slow Azure is, a scan ends at its deadline, and what it did not see is not proven."""

import time
from typing import TYPE_CHECKING

import pytest

from residency.errors import Unavailable
from residency.model import Status, Verdict
from residency.simulator.faults import Effect

if TYPE_CHECKING:
    from tests.scan.conftest import Azure

DEADLINE_SECONDS = 1
HANGS_SECONDS = 2.5


def test_subscriptions_that_hang_end_in_a_typed_error_at_the_deadline(azure: "Azure") -> None:
    azure.fault(Effect.DELAY, path="^/subscriptions$", delay_seconds=HANGS_SECONDS)
    since = time.monotonic()
    with pytest.raises(Unavailable, match=r"scan\.deadline"):
        azure.scan(deadline="1s")
    assert time.monotonic() - since < 1 + 1


@pytest.mark.parametrize(
    "where",
    [
        {"api": "resourcegraph"},
        {"api": "microsoft.authorization"},
        {"path": "/providers/Microsoft.Storage/storageAccounts$"},
        {"path": "/objectReplicationPolicies$"},
        {"api": "locations"},
    ],
    ids=lambda where: next(iter(where.values())),
)
def test_a_call_that_hangs_ends_at_the_deadline_and_is_never_compliant(
    azure: "Azure", where: dict[str, str]
) -> None:
    azure.fault(Effect.DELAY, delay_seconds=HANGS_SECONDS, **where)
    since = time.monotonic()
    found = azure.scan(deadline=f"{DEADLINE_SECONDS}s")
    assert time.monotonic() - since < DEADLINE_SECONDS + 1
    assert found.verdict is Verdict.NOT_PROVEN
    assert found.reasons or found.counts[Status.UNKNOWN]


def test_a_spent_quota_that_resets_after_the_deadline_does_not_hold_a_scan_longer(
    wide: "Azure",
) -> None:
    wide.simulator.behaviour.quotas = True
    for _ in range(14):
        wide.simulator.quotas.graph("Bearer simulator", wide.simulator.clock().timestamp())
    since = time.monotonic()
    found = wide.scan(deadline="1s")
    assert time.monotonic() - since < 1 + 1
    assert found.verdict is Verdict.NOT_PROVEN
