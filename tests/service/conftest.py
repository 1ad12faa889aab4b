"""`residency serve` over a simulated tenant, and other commands on its configuration."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.serving import PATIENCE_SECONDS, Tenant, environment, serving


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[Tenant]:
    """Give a tenant of two storage accounts, and end every service over it."""
    with serving(tmp_path) as made:
        yield made


@pytest.fixture
def run(tenant: Tenant) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run another command on the tenant's configuration."""

    def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - ours
            [sys.executable, "-m", "residency", *arguments],
            cwd=tenant.folder,
            env=environment(COLUMNS="300"),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )

    return ran
