"""Measures scans that remember: the first, and those after it, a quarter of an hour apart.

    python bench/steady.py --resources 100000 --subscriptions 50 --scans 6

The simulator runs in a process of its own; the monitor's clock is moved on between the scans.
Prints a line a scan: wall and CPU seconds, calls in all, calls that read more than the inventory,
rows written, memory after the scan and at its peak. Ends with 1 if a scan after the second makes
5,000 deep reads or more, or writes more than 10 rows though nothing changed; and if memory after
the last scan is 5 % more than after the third, where there are six or more.
"""

import argparse
import asyncio
import json
import resource as usage
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.scan import simulator
from residency import clock
from residency.check import load_catalogue
from residency.model import Status
from residency.scan.watch import Remembered, Watch, watching
from residency.settings import Settings

MOST_DEEP_READS = 5000
MOST_ROWS = 10
MOST_GROWTH = 1.05
SETTLED = 3
"""The scan after which memory should not grow: its two before still filled what is kept."""

ENOUGH = 6
APART = timedelta(minutes=15)
INVENTORY = frozenset({"microsoft.resources", "microsoft.resourcegraph", "microsoft.authorization"})
"""Providers that only the inventory asks."""


class Time:
    """The real time, moved on between scans."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def deep_reads(requests: Mapping[str, int]) -> int:
    """Count the answers of all providers that the inventory does not ask."""
    return sum(count for name, count in requests.items() if name.split()[0] not in INVENTORY)


def rows(watch: Watch) -> int:
    """Count the rows of the store."""
    with watch.store.database.reading() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        counts = (
            connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()  # noqa: S608 - our own names
            for (name,) in names.fetchall()
        )
        return sum(counts)


def told(
    number: int, found: Remembered, written: int, since: tuple[float, float]
) -> dict[str, object]:
    wall, cpu = since
    requests = found.requests
    return {
        "scan": number,
        "resources": len(found.scan.judged),
        "unknown": found.scan.counts[Status.UNKNOWN],
        "wall_seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "calls": sum(requests.values()),
        "deep_reads": deep_reads(requests),
        "rows": written,
        "mebibytes": memory(),
        "peak_mebibytes": usage.getrusage(usage.RUSAGE_SELF).ru_maxrss // 1024,
    }


def memory() -> int:
    """Give what the process has in memory now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * usage.getpagesize() // 2**20


def measure(url: str, folder: Path, scans: int) -> bool:
    settings = Settings.model_validate(
        {
            "azure": {"endpoint": url, "credential": "none"},
            "scan": {"interval": "15m", "deadline": "14m"},
            "store": {"url": f"sqlite:///{folder / 'residency.db'}"},
        }
    )
    catalogue, at, good = load_catalogue(), Time(), True
    held: list[int] = []
    with clock.running(at), watching(settings) as watch:
        for number in range(1, scans + 1):
            before, since = rows(watch), (time.perf_counter(), time.process_time())
            found = asyncio.run(watch.scan(settings, catalogue))
            line = told(number, found, rows(watch) - before, since)
            print(json.dumps(line), flush=True)
            is_steady = number > 2  # noqa: PLR2004 - the first fills, the second may still read
            good &= not is_steady or (
                int(str(line["deep_reads"])) < MOST_DEEP_READS
                and int(str(line["rows"])) <= MOST_ROWS
            )
            held.append(int(str(line["mebibytes"])))
            at.ahead += APART
    return good and (scans < ENOUGH or held[-1] <= MOST_GROWTH * held[SETTLED - 1])


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--resources", type=int, default=100_000)
    arguments.add_argument("--subscriptions", type=int, default=50)
    arguments.add_argument("--scans", type=int, default=5)
    given = arguments.parse_args()
    with (
        simulator(given.resources, given.subscriptions) as url,
        TemporaryDirectory(prefix="residency-steady-") as folder,
    ):
        return 0 if measure(url, Path(folder), given.scans) else 1


if __name__ == "__main__":
    sys.exit(main())
