"""Runs a bench, small and once: what it says must be right, whatever the time."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = subprocess.CompletedProcess[str]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bench() -> Callable[..., Run]:
    """Run `bench/NAME.py` with options; it must end with 0."""

    def run(name: str, *options: str) -> Run:
        ran = subprocess.run(  # noqa: S603 - our own bench
            [sys.executable, f"bench/{name}.py", *options],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr + ran.stdout
        return ran

    return run
