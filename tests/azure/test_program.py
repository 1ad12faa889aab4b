"""`residency scan` as a program: its exit code and everything that it writes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from residency.simulator.answers import Answer, encode

if TYPE_CHECKING:
    from tests.azure.conftest import Cloud


def run(cloud: "Cloud", kind: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "azure": {"endpoint": cloud.arm.url, "credential": kind, "ca_bundle": str(cloud.tls.ca)},
        "scope": {"subscriptions": [{"id": next(iter(cloud.simulator.tenant.subscriptions))}]},
    }
    path = cloud.folder / "residency.yaml"
    path.write_text(json.dumps(settings))
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "residency", "scan", "--config", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=dict(os.environ),
    )


def test_a_scan_that_can_sign_in_ends_with_0(cloud: "Cloud") -> None:
    ran = run(cloud, cloud.use("workload-identity"))
    assert ran.returncode == 0, ran.stderr


def empty_file(cloud: "Cloud") -> None:
    cloud.token_file("")


def echo(cloud: "Cloud") -> None:
    said = f"AADSTS50000: {cloud.canaries[-1]} {cloud.canaries[0]}"
    body = encode({"error": "server_error", "error_description": said})
    headers = {"Content-Type": "application/json"}
    cloud.authority.instead = Answer(body=body, headers=headers)


def not_logged_in(cloud: "Cloud") -> None:
    cloud.az("echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1")


@pytest.mark.parametrize(
    ("way", "spoil", "words"),
    [
        ("workload-identity", empty_file, "is empty: AZURE_FEDERATED_TOKEN_FILE"),
        ("workload-identity", echo, "AADSTS50000"),
        ("environment with a secret", echo, "AADSTS50000"),
        ("azure-cli", not_logged_in, "az login"),
    ],
)
def test_a_scan_that_cannot_sign_in_ends_with_2_and_one_line_without_a_secret(
    cloud: "Cloud", way: str, spoil: Callable[["Cloud"], None], words: str
) -> None:
    kind = cloud.use(way)
    spoil(cloud)
    ran = run(cloud, kind)
    assert ran.returncode == 2
    assert ran.stdout == ""
    (line,) = ran.stderr.strip().splitlines()
    assert line.startswith(f"residency: azure.credential {kind}: could not sign in: ")
    assert words in line
    shown = [*cloud.canaries] if way == "workload-identity" else [cloud.canaries[0]]
    assert [secret for secret in shown[2:] or shown if secret in line] == []


def test_a_missing_variable_ends_with_2_and_names_it(cloud: "Cloud") -> None:
    ran = run(cloud, "workload-identity")
    assert ran.returncode == 2
    assert "AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE" in ran.stderr
