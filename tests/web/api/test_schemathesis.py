"""Schemathesis asks a running `residency serve` what its description allows, and what not."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.serving import Service, serving
from residency.simulator.failovers import fail_over_storage

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXEMPTION = {
    "id": "e1",
    "reasons": ["exceptional-region"],
    "resources": ["*/stdata"],
    "owner": "o",
    "why": "w",
    "ticket": "t",
    "expires": "2099-01-01",
}
SCAN = {"interval": "1h", "deadline": "10m", "fast_interval": "1h"}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service that has seen a failover."""
    with serving(tmp_path) as tenant:
        fail_over_storage(tenant.simulator, tenant.id_of("stapps"), planned=True)
        tenant.configure(scan=SCAN, exemptions=[EXEMPTION])
        made = tenant.serve()
        made.wait_for("scan committed")
        yield made


def test_whatever_is_asked_the_answer_is_as_described(service: Service) -> None:
    assert '"from_region"' in service.get("/api/v1/episodes")[1]
    ran = subprocess.run(  # noqa: S603 - of this environment
        [
            sys.executable,
            "-m",
            "schemathesis.cli",
            "--config-file",
            CONFIGURATION,
            "run",
            f"{service.url}/api/v1/openapi.json",
            "--max-examples=25",
            "--seed=1",
            "--no-color",
        ],
        cwd=service.log.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "9 selected / 9 total" in ran.stdout
    assert [line for line in service.lines() if line["level"] == "error"] == []
