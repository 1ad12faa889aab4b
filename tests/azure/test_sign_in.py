"""A whole scan with each kind of identity, over TLS, against an authority that checks proofs."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from residency.model import Verdict
from residency.scan import document
from residency.settings import DEFAULT_ENDPOINT

if TYPE_CHECKING:
    from tests.azure.conftest import Cloud

ASKED = {
    "workload-identity": "client_assertion",
    "managed-identity of a machine": "imds",
    "managed-identity that is user-assigned": "imds",
    "managed-identity of App Service": "app-service",
    "environment with a secret": "client_secret",
    "environment with a certificate": "client_assertion",
    "default with a federated token": "client_assertion",
    "default with a secret": "client_secret",
    "default with App Service": "app-service",
}


def test_a_scan_is_complete_with_each_kind_and_signs_in_once_for_all_its_clients(
    cloud: "Cloud", way: str
) -> None:
    found = cloud.scan(cloud.use(way))
    assert found.verdict is Verdict.COMPLIANT
    assert len(found.judged) == 8
    assert [proof for proof, _ in cloud.authority.asked] == ([ASKED[way]] if way in ASKED else [])
    assert len(cloud.authority.issued) == 1


def test_no_log_and_no_result_holds_a_secret_or_a_token(
    cloud: "Cloud", way: str, logged: Callable[[], str]
) -> None:
    found = cloud.scan(cloud.use(way))
    told = logged() + repr(found) + json.dumps(document(found, everything=True))
    assert "asyncio" in told  # logs are kept, down to DEBUG
    assert [secret for secret in cloud.secrets() if secret in told] == []


def test_the_azure_cli_is_run_once_and_asked_for_the_endpoint_that_is_configured(
    cloud: "Cloud",
) -> None:
    cloud.scan(cloud.use("azure-cli"))
    assert (cloud.folder / "calls").read_text().splitlines() == [
        f"account get-access-token --output json --resource {cloud.arm.url}"
    ]


def test_a_managed_identity_is_the_one_that_azure_client_id_names(cloud: "Cloud") -> None:
    cloud.scan(cloud.use("managed-identity that is user-assigned"))
    (token,) = cloud.authority.issued.values()
    assert token.client_id == cloud.authority.managed_identities[1]


def test_the_token_is_for_the_endpoint_and_for_nothing_else(cloud: "Cloud") -> None:
    cloud.scan(cloud.use("environment with a secret"))
    assert {token.audience for token in cloud.authority.issued.values()} == {cloud.arm.url}
    assert DEFAULT_ENDPOINT not in cloud.arm.url


@pytest.mark.parametrize(
    "way", ["workload-identity", "environment with a secret", "managed-identity of a machine"]
)
def test_a_token_that_ends_in_the_middle_of_a_scan_is_replaced(cloud: "Cloud", way: str) -> None:
    cloud.authority.token_lifetime_seconds = 2
    cloud.simulator.behaviour.latency_seconds = 0.4
    found = cloud.scan(cloud.use(way))
    assert found.verdict is Verdict.COMPLIANT
    assert 1 < len(cloud.authority.issued) < 8


def test_a_federated_token_that_is_rotated_in_the_middle_of_a_scan_is_read_anew(
    cloud: "Cloud",
) -> None:
    kind = cloud.use("workload-identity")
    cloud.authority.token_lifetime_seconds = 2
    cloud.simulator.behaviour.latency_seconds = 0.4
    cloud.login.after = cloud.rotate_cluster_key
    assert cloud.scan(kind).verdict is Verdict.COMPLIANT
    assert len(cloud.authority.issued) > 1
