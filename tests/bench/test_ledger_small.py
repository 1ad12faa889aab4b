"""The bench of the ledger, small and once: what it makes is a ledger, whatever the time."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_small_ledger_is_measured_and_its_proofs_verify() -> None:
    ran = subprocess.run(
        [sys.executable, "bench/ledger.py", "--entries", "1000", "--heads", "20"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) == 4
