"""The bench of scans under quotas, small and once: it measures beside the floor, and misses no bar.

Wall times are told and not tested: they are the machine's. What is tested holds on any that is not
many times too slow.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

SCAN = Path(__file__).resolve().parents[2] / "bench" / "scan.py"
RESOURCES = 2000


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    told = tmp_path_factory.mktemp("scan") / "told.json"
    size = ["--resources", str(RESOURCES), "--subscriptions", "5", "--runs", "1"]
    azure = ["--deep", "--quotas", "--latency", "0.02", "--json", str(told)]
    run = subprocess.run(  # noqa: S603 - our own bench
        [sys.executable, str(SCAN), *size, *azure], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))[0]
    return found


def test_a_scan_under_quotas_stays_near_its_floor(measured: Mapping[str, Any]) -> None:
    assert 0 < measured["times_the_floor"] < 1.25


def test_the_table_of_all_resources_is_read_in_the_fewest_calls(
    measured: Mapping[str, Any],
) -> None:
    assert measured["resources"] > RESOURCES - 10
    assert measured["resources_queries"] == measured["least_resources_queries"] == 2


def test_no_call_of_ours_is_throttled_and_each_is_told_by_what_it_asks(
    measured: Mapping[str, Any],
) -> None:
    assert measured["throttled"] == measured["breaches"] == 0
    assert sum(measured["by_kind"].values()) == measured["calls"]
    assert measured["by_kind"]["list microsoft.sql/servers/failovergroups"] > 0
