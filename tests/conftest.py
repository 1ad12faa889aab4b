"""What holds for every test: a tool that is absent skips, and in CI fails."""

import os
import subprocess
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from bench.programs import NotInstalled, program

ROOT = Path(__file__).resolve().parents[1]
Program = Callable[..., subprocess.CompletedProcess[str]]

REQUIRED = "RESIDENCY_REQUIRE_TOOLS"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip of a test marked `tool` into a failure where every tool must be there."""
    report = yield
    if os.environ.get(REQUIRED) and report.skipped and item.get_closest_marker("tool"):
        report.outcome = "failed"
        report.longrepr = f"{REQUIRED} is set, and this test was skipped: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, None, None]:
    """Skip a test whose fixtures need what is not here."""
    try:
        return (yield)
    except NotInstalled as error:
        pytest.skip(str(error))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    """Skip a test that needs what is not here."""
    try:
        return (yield)
    except NotInstalled as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def promtool() -> Program:
    """Run promtool; skips where it is not installed."""
    return _running(program("promtool"))


@pytest.fixture(scope="session")
def amtool() -> Program:
    """Run amtool; skips where it is not installed."""
    return _running(program("amtool"))


def _running(path: str) -> Program:
    def run(*arguments: str | Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - a program that was looked up by its name
            [path, *map(str, arguments)],
            cwd=ROOT,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run
