"""The runbook docs/runbooks/west-europe-is-lost.md, rehearsed: home falls silent, and is missed."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bench.serving import Tenant, account, environment, serving
from bench.stack import monitored
from residency.simulator.failovers import fail_over_storage

pytestmark = pytest.mark.tool

OFTEN = {"interval": "3s", "deadline": "2s", "fast_interval": "1s"}
SENTINEL = "residency-sentinel"


def residency(folder: Path, *arguments: str) -> str:
    """Run another command where the sentinel is, as the runbook has it."""
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", "residency", *arguments],
        cwd=folder,
        env=environment(COLUMNS="300"),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_sentinel_tells_what_failed_over_while_the_service_at_home_is_gone(
    tmp_path: Path,
) -> None:
    folders = [tmp_path / name for name in ("home", "away", "stack")]
    for folder in folders:
        folder.mkdir()
    home, away, stack = folders
    with serving(home, account("stmore", product="Procs")) as tenant:
        tenant.configure(scan=OFTEN)
        at_home = tenant.serve()
        at_home.wait_for("scan committed")
        abroad = Tenant(folder=away, url=tenant.url, simulator=tenant.simulator)
        abroad.configure(scan=OFTEN)
        sentinel = abroad.serve("--sentinel")
        tenant.services += abroad.services
        sentinel.wait_for("scan committed")
        with monitored(stack, urlsplit(sentinel.url).netloc, quick=True, job=SENTINEL) as pager:
            pager.wait_for("Watchdog", receiver="heartbeat")
            at_home.process.kill()
            for name in ("stdata", "stmore"):
                fail_over_storage(tenant.simulator, tenant.id_of(name))
            _, alert = pager.wait_for("ResidencyFailoverActive", receiver="page")
            incident = alert["labels"]["incident"]
            assert alert["annotations"]["to"].startswith("northeurope (IE)")
            assert incident in residency(away, "incidents", "--open")
            assert "stmore" in residency(away, "episodes", "--open")
            residency(away, "ack", incident, "--by", "on-call", "--note", "T-1")
            pager.wait_for("ResidencyFailoverActive", receiver="ticket")

        again = tenant.serve()
        again.wait_for("scan committed")
        again.until(
            lambda: sum("failover_active{" in name for name in again.metrics()) == 2,
            "the failovers at home",
        )
        assert "stmore" in residency(home, "episodes", "--open")
