"""A token that Azure no longer takes: one other token, and on; or else never compliant."""

import gc
from typing import TYPE_CHECKING

import pytest

from residency.errors import AccessDenied
from residency.model import Verdict

if TYPE_CHECKING:
    from tests.azure.conftest import Cloud

WITH_SECRET = "environment with a secret"  # noqa: S105 - a way to sign in
REVOKED = {"access_token": {"nbf": {"essential": True, "value": "1604106651"}}}


def demand_after(cloud: "Cloud", calls: int) -> None:
    """Let Azure ask for claims once it has answered so many calls."""

    def demand() -> None:
        if len(cloud.simulator.requests) >= calls:
            cloud.authority.demanded = REVOKED

    cloud.arm.after = demand


@pytest.mark.parametrize("calls", [0, 1, 4, 8])
@pytest.mark.parametrize(
    "way",
    ["workload-identity", WITH_SECRET, "environment with a certificate", "default with a secret"],
)
def test_a_challenge_for_claims_is_answered_by_one_new_token_for_all_clients(
    cloud: "Cloud", way: str, calls: int
) -> None:
    demand_after(cloud, calls)
    found = cloud.scan(cloud.use(way))
    assert found.verdict is Verdict.COMPLIANT
    assert [bool(claims) for _, claims in cloud.authority.asked] == [False, True]
    assert "1604106651" in cloud.authority.asked[-1][1]


def test_a_refusal_whose_body_comes_late_leaves_no_connection_behind(cloud: "Cloud") -> None:
    """An unclosed connection is told when it is collected, and fails this test."""
    cloud.arm.refusals_late_by_seconds = 3.0
    demand_after(cloud, 4)
    assert cloud.scan(cloud.use(WITH_SECRET)).verdict is Verdict.COMPLIANT
    gc.collect()


@pytest.mark.parametrize("way", [WITH_SECRET, "managed-identity of a machine", "azure-cli"])
@pytest.mark.parametrize("calls", [0, 4, 8])
def test_claims_that_nobody_gives_end_in_a_refusal_or_prove_nothing(
    cloud: "Cloud", way: str, calls: int
) -> None:
    cloud.authority.refuses_claims = True
    if calls:
        demand_after(cloud, calls)
        found = cloud.scan(cloud.use(way))
        assert found.verdict is Verdict.NOT_PROVEN
    else:
        cloud.authority.demanded = REVOKED
        with pytest.raises(AccessDenied) as raised:
            cloud.scan(cloud.use(way))
        assert "\n" not in str(raised.value)
    assert len(cloud.authority.asked) < 5


def test_claims_for_the_azure_cli_are_told_with_the_command_that_gives_them(
    cloud: "Cloud",
) -> None:
    cloud.authority.demanded = REVOKED
    with pytest.raises(AccessDenied, match=r"az login --claims-challenge eyJ.* run that command"):
        cloud.scan(cloud.use("azure-cli"))


def test_a_token_that_azure_forgets_before_its_end_is_replaced_once(cloud: "Cloud") -> None:
    kind = cloud.use(WITH_SECRET)

    def forget() -> None:
        if len(cloud.simulator.requests) == 4:
            cloud.authority.issued.clear()

    cloud.arm.after = forget
    assert cloud.scan(kind).verdict is Verdict.COMPLIANT
    assert len(cloud.authority.asked) == 2


def test_tokens_that_azure_never_takes_are_not_asked_for_without_end(cloud: "Cloud") -> None:
    kind = cloud.use(WITH_SECRET)
    cloud.arm.after = cloud.authority.issued.clear
    cloud.login.after = cloud.authority.issued.clear
    with pytest.raises(AccessDenied, match="InvalidAuthenticationToken"):
        cloud.scan(kind)
    assert len(cloud.authority.asked) == 2


@pytest.mark.parametrize("way", ["workload-identity", WITH_SECRET])
def test_a_sign_in_that_fails_in_the_middle_of_a_scan_is_never_compliant(
    cloud: "Cloud", way: str
) -> None:
    kind = cloud.use(way)
    cloud.authority.token_lifetime_seconds = 2
    cloud.simulator.behaviour.latency_seconds = 0.5
    cloud.login.after = lambda: setattr(cloud.authority, "applications", ())
    found = cloud.scan(kind)
    assert not found.complete
    assert found.verdict is Verdict.NOT_PROVEN
    assert "AADSTS700016" in " ".join(str(one) for entry in found.coverage for one in entry.reasons)


def test_a_token_file_that_vanishes_in_the_middle_of_a_scan_is_named(cloud: "Cloud") -> None:
    kind = cloud.use("workload-identity")
    cloud.authority.token_lifetime_seconds = 2
    cloud.simulator.behaviour.latency_seconds = 0.5
    cloud.login.after = lambda: (cloud.folder / "azure-identity-token").unlink(missing_ok=True)
    found = cloud.scan(kind)
    assert found.verdict is Verdict.NOT_PROVEN
    reasons = " ".join(str(one) for entry in found.coverage for one in entry.reasons)
    assert "azure-identity-token cannot be read" in reasons
