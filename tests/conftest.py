"""What holds for every test: a tool that is absent skips, and in CI fails."""

import os
from collections.abc import Generator

import pytest

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
