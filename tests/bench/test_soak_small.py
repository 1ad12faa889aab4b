"""Weeks of rounds in a minute: nothing is left over."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_after_three_hundred_scans_no_memory_file_thread_or_task_is_left() -> None:
    ran = subprocess.run(
        [sys.executable, "bench/soak.py", "--scans", "300", "--growth", "1.2"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert len(ran.stdout.splitlines()) == 10
