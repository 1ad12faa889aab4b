"""Measures the metrics: reading the state of a large store, writing it, answering a scrape.

    python bench/metrics.py --store FILE [--runs 5]

The store is only read. Times are those of the processor, the least of the runs.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from residency.metrics import Exposition, Running, State, exposition, state_of
from residency.settings import Settings
from residency.store.engine import Database

ACCEPT = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
SCRAPES = 200


def least(runs: int, work: Callable[[], object]) -> float:
    """Give the least seconds of the processor that something took."""
    found = []
    for _ in range(runs):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def scrape(exposed: Exposition) -> None:
    for _ in range(SCRAPES):
        exposed.answer(ACCEPT, "gzip")


def measure(path: Path, runs: int) -> None:
    database = Database(path, writes=False)
    at = datetime.now(UTC)

    def read(former: State | None = None) -> State:
        with database.reading() as connection:
            return state_of(connection, Settings(), at, former)

    state = read()
    exposed = exposition(state, Running())
    print(f"series: {sum(map(len, (state.resources, state.placements, state.findings)))} counted")
    print(f"state, read anew: {least(runs, read):.2f} s")
    print(f"state, after another: {least(runs, lambda: read(state)):.2f} s")
    print(f"written: {least(runs, lambda: exposition(state, Running())):.2f} s")
    print(f"a scrape: {least(runs, lambda: scrape(exposed)) / SCRAPES * 1e6:.0f} microseconds")
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")
    database.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    measure(asked.store, asked.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
