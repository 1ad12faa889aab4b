"""Measures how long the demo's past takes to make.

    python bench/history.py --back 60d --runs 3

Each run is a process of its own with a folder of its own. Prints a line a run and the median, and
ends with 1 if that is over 60 s.
"""

import argparse
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

MOST_SECONDS = 60.0


def made(back: str) -> tuple[float, int]:
    """Make a past; gives the seconds that it took and how many scans it has."""
    with TemporaryDirectory(prefix="residency-history-") as folder:
        begun = time.perf_counter()
        command = [sys.executable, "-m", "residency", "demo", "--once"]
        subprocess.run(  # noqa: S603 - ours
            [*command, "--history", back, "--data", folder],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        taken = time.perf_counter() - begun
        with closing(sqlite3.connect(Path(folder) / "residency.db")) as connection:
            scans = connection.execute("SELECT count(*) FROM scan").fetchone()[0]
    return taken, scans


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--back", default="60d")
    arguments.add_argument("--runs", type=int, default=3)
    given = arguments.parse_args()
    seconds = []
    for _ in range(given.runs):
        taken, scans = made(given.back)
        seconds.append(taken)
        print(f"{scans} scans in {taken:.1f} s", flush=True)
    print(f"median {statistics.median(seconds):.1f} s (the bar is {MOST_SECONDS:.0f} s)")
    return 0 if statistics.median(seconds) <= MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
