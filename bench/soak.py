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
import multiprocessing
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.sharedctypes import Synchronized

START = datetime(2026, 1, 1, tzinfo=UTC)
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
    """A clock that only the soak moves, and that the simulator's process reads as well."""

    def __init__(self) -> None:
        self.microseconds = multiprocessing.get_context("spawn").Value("q", 0)

    def __call__(self) -> datetime:
        self.move(timedelta(milliseconds=1))
        return _time(self.microseconds)

    def move(self, by: timedelta) -> None:
        """Let time go by."""
        with self.microseconds.get_lock():
            self.microseconds.value += by // timedelta(microseconds=1)


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
def tenant(time: Time) -> Iterator[tuple[str, Callable[[int], None]]]:
    """Give the address of a tenant in a process of its own, and what lets the next change happen.

    Its memory is no part of the service's.
    """
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_serve_tenant, args=(there, time.microseconds), daemon=True)
    process.start()

    def turn(number: int) -> None:
        here.send(number)
        here.recv()

    try:
        yield here.recv(), turn
    finally:
        process.terminate()
        process.join()


def _serve_tenant(there: "Connection", microseconds: "Synchronized[int]") -> None:
    """Serve it, and change it whenever a number comes; for the process of its own."""
    more = [account(f"st{number}") for number in range(RESOURCES - 2)]
    simulator = Simulator(estate(*more), clock=lambda: _time(microseconds))
    with serve_app(create_app(simulator)) as url:
        there.send(url)
        while True:
            number = there.recv()
            simulator.journal.clear()  # nobody reads it here
            if number % EVERY == 0:
                change(simulator, number // EVERY)
            there.send(None)


def _time(microseconds: "Synchronized[int]") -> datetime:
    return START + timedelta(microseconds=microseconds.value)


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
    with tenant(time) as (url, turn), clock.running(time):
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
                await _round(rounds, shown, time, settings)
                turn(counting.scans)
                if counting.scans >= (len(found) + 1) * scans / TENTHS:
                    found.append(held(counting.scans))
                    print(found[-1], flush=True)
        shown.close()
    return found


async def _round(rounds: Rounds, shown: Shown, time: Time, settings: Settings) -> None:
    """Scan, look a minute later, and move on to when the next scan is due."""
    await rounds.turn()
    await shown.render()
    time.move(settings.scan.fast_interval)
    await rounds.turn()
    time.move(settings.scan.interval)


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
