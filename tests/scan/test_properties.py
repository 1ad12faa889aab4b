"""Whatever goes wrong once: a tenant with a violation is never called compliant."""

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from residency.errors import AzureError
from residency.model import Status, Verdict
from residency.simulator.faults import Effect, Fault

if TYPE_CHECKING:
    from tests.scan.conftest import Azure, Build

WHERE = (
    "resourcegraph",
    "subscriptions",
    "locations",
    "microsoft.storage",
    "microsoft.sql",
    "microsoft.authorization",
    "",
)
FAULTS = st.builds(
    Fault,
    effect=st.sampled_from(Effect),
    api=st.sampled_from(WHERE),
    times=st.sampled_from([1, 2, 5, None]),
    probability=st.sampled_from([0.3, 1.0]),
    seed=st.integers(0, 1000),
    status=st.sampled_from([400, 401, 403, 404, 429, 500, 503]),
    delay_seconds=st.just(0.2),
)


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(fault=FAULTS)
def test_no_single_fault_makes_a_tenant_with_a_violation_compliant(
    azure: "Azure", build: "type[Build]", fault: Fault
) -> None:
    azure.use(build.estate())
    azure.add(build.account(build.apps, "stuk", secondaryLocation="uksouth"))
    azure.simulator.faults.add(fault)
    try:
        found = azure.scan(deadline="2s")
    except AzureError:
        return
    assert found.verdict is not Verdict.COMPLIANT
    hidden = found.verdict is Verdict.NOT_PROVEN
    assert hidden or found.counts[Status.VIOLATION] == 1
    assert not hidden or found.reasons or found.counts[Status.UNKNOWN]
