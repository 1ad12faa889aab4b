"""Lets the rounds of the service go on for months in minutes, and looks whether anything is left.

    python bench/soak.py --scans 10000

A tenant of 30 resources, its clock moved on by an interval for each scan, with a look in between
and the state rendered after each. Now and then something changes: an account fails over or back, a
copy moves. Prints a line each tenth: memory, file handles, threads, tasks. Ends with 1 if memory at
the end is more than 5 % above what it was in the second tenth, or a file handle, a thread or a task
is left over.
"""

import argparse
import asyncio
import gc
import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from bench.serving import NAMES, account, estate
from bench.steady import memory
from residency import clock
from residency.check import load_catalogue
from residency.metrics import Running
from residency.scan.watch import Remembered, watching
from residency.service.rounds import Rounds
from residency.service.shown import Shown
from residency.service.told import Told
from residency.settings import Settings
from residency.simulator.app import create_app
from residency.simulator.failovers import fail_back_storage, fail_over_storage
from residency.simulator.lifecycle import patch
from residency.simulator.server import serve_app
from residency.simulator.simulator import Simulator

RESOURCES = 30
MOST_GROWTH = 1.05
TENTHS = 10
EVERY = 50
"""Scans between two changes of the tenant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the process holds after a number of scans."""

    scans: int
    mebibytes: int
    files: int
    threads: int
    tasks: int

    def __str__(self) -> str:
        return (
            f"{self.scans:>7} scans {self.mebibytes:>5} MiB {self.files:>3} files"
            f" {self.threads:>2} threads {self.tasks:>2} tasks"
        )


class Time:
    """A clock that only the soak moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


class Counting:
    """Hears of the rounds, and counts what was committed."""

    def __init__(self) -> None:
        self.scans = 0

    def scanned(
        self, began_at: datetime, requests: Mapping[str, int], found: Remembered | None
    ) -> None:
        """Count it, if it was committed."""
        del began_at, requests
        self.scans += found is not None


@contextmanager
def tenant(time: Time) -> Iterator[tuple[str, Simulator]]:
    more = [account(f"st{number}") for number in range(RESOURCES - 2)]
    simulator = Simulator(estate(*more), clock=time)
    with serve_app(create_app(simulator)) as url:
        yield url, simulator


def change(simulator: Simulator, turn: int) -> None:
    """Let something happen that leaves as much as there was."""
    name = f"/subscriptions/{next(iter(NAMES))}/resourceGroups/rg/providers/"
    name += f"Microsoft.Storage/storageAccounts/st{turn // 4 % (RESOURCES - 2)}"
    match turn % 4:
        case 0:
            fail_over_storage(simulator, name)
        case 1:
            fail_back_storage(simulator, name)
        case 2:
            patch(simulator, name, {"properties": {"secondaryLocation": "uksouth"}})
        case _:
            patch(simulator, name, {"properties": {"secondaryLocation": "northeurope"}})


def held(scans: int) -> Held:
    gc.collect()
    return Held(
        scans=scans,
        mebibytes=memory(),
        files=len([*Path("/proc/self/fd").iterdir()]),
        threads=threading.active_count(),
        tasks=len(asyncio.all_tasks()),
    )


async def soak(folder: Path, scans: int) -> list[Held]:
    """Go round until there are so many scans; gives what is held after each tenth of them."""
    time, counting, told = Time(), Counting(), Told()
    found: list[Held] = []
    with tenant(time) as (url, simulator), clock.running(time):
        settings = Settings.model_validate(
            {
                "azure": {"endpoint": url, "credential": "none"},
                "scope": {"subscriptions": [{"id": one, "name": n} for one, n in NAMES.items()]},
                "store": {"url": f"sqlite:///{folder / 'residency.db'}"},
                "ledger": {"retain": "90d"},
            }
        )
        shown = Shown(settings.store.url, lambda: settings, Running)
        with watching(settings) as watch, told.listening():
            rounds = Rounds(watch, load_catalogue(), lambda: settings, told, counting)
            while counting.scans < scans:
                simulator.journal.clear()  # the only thing here that is meant to grow
                await _round(rounds, shown, time, settings)
                if counting.scans % EVERY == 0:
                    change(simulator, counting.scans // EVERY)
                if counting.scans >= (len(found) + 1) * scans / TENTHS:
                    found.append(held(counting.scans))
                    print(found[-1], flush=True)
        shown.close()
    return found


async def _round(rounds: Rounds, shown: Shown, time: Time, settings: Settings) -> None:
    """Scan, look a minute later, and move on to when the next scan is due."""
    await rounds.turn()
    await shown.render()
    time.now += settings.scan.fast_interval
    await rounds.turn()
    time.now += settings.scan.interval


def leaks(found: list[Held], most: float = MOST_GROWTH) -> list[str]:
    """Say what is held at the end that was not in the second tenth; memory may grow so much."""
    settled, last = found[1], found[-1]
    wrong = []
    if last.mebibytes > most * settled.mebibytes:
        wrong.append(f"memory grew from {settled.mebibytes} to {last.mebibytes} MiB")
    for name in ("files", "threads", "tasks"):
        was, now = getattr(settled, name), getattr(last, name)
        if now > was:
            wrong.append(f"{name}: {was} became {now}")
    return wrong


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--scans", type=int, default=10_000)
    arguments.add_argument("--growth", type=float, default=MOST_GROWTH)
    asked = arguments.parse_args()
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)
    with TemporaryDirectory() as folder:
        found = asyncio.run(soak(Path(folder), asked.scans))
    wrong = leaks(found, asked.growth)
    for each in wrong:
        print(f"MISSED: {each}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
