"""The side-by-side job, small and once: the answers are equal, and ours costs less."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from residency.regions import all_regions
from residency.settings import load

BENCH = Path(__file__).resolve().parents[2] / "bench"
PEERS = BENCH / "peers"
ACCOUNTS = 300


def test_both_policies_name_the_same_regions() -> None:
    countries = load(PEERS / "residency.yaml").policy.primary
    policy = yaml.safe_load((PEERS / "custodian" / "storage-accounts.yaml").read_text())
    assert set(policy["vars"]["allowed"]) == {
        region.name for region in all_regions() if region.country in countries
    }


def compared(folder: Path) -> Mapping[str, Any]:
    custodian = os.environ.get("RESIDENCY_CUSTODIAN")
    if not custodian:
        pytest.skip(
            "Cloud Custodian is not here: python bench/peers.py --install DIR,"
            " then RESIDENCY_CUSTODIAN=DIR/bin/custodian"
        )
    told = folder / "told.json"
    command = [sys.executable, str(BENCH / "peers.py"), "--custodian", custodian]
    small = ["--accounts", str(ACCOUNTS), "--runs", "1", "--json", str(told)]
    run = subprocess.run(  # noqa: S603 - our own bench
        [*command, *small], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(told.read_text())[0]
    return found


@pytest.mark.tool
def test_both_flag_the_same_accounts_and_ours_takes_less_time_and_memory(tmp_path: Path) -> None:
    found = compared(tmp_path)
    assert (found["accounts"], found["flagged"]) == (ACCOUNTS, 93)
    assert found["times_less"]["cpu_seconds"] > 1.2
    assert found["times_less"]["peak_bytes"] > 1.2
