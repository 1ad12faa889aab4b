"""Measures the store: first scan, unchanged scans, changes, a month of them, and its answers.

    python bench/store.py --resources 100000 [--month 2976] [--changed 0.001]

The estate is made of `Judged` values, as a scan gives them: no Azure, no judging. Each resource has
two places; what changes moves a replica. Of the customers one has a twentieth of all resources, the
others as many as there are for each. Prints one line a figure, beside its bar; of a time also
what the processor took, which other work on the machine disturbs less.
"""

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple, Self

from sqlalchemy import func, select

from bench.store_estate import BEGAN, CUSTOMERS, LARGE, ORDINARY, Estates, record
from residency.settings import Customer
from residency.store import Store
from residency.store.audit import audit
from residency.store.reading.answer import Answer, answer
from residency.store.reading.concern import Asked
from residency.store.tables import METADATA

ANSWERS = 5
_ROOM = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name"


class Spent(NamedTuple):
    """Seconds that something took, by the clock and of the processor."""

    wall: float
    cpu: float


class Timed:
    """Measures what runs within."""

    def __enter__(self) -> Self:
        self._began = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        wall, cpu = self._began
        self.spent = Spent(time.perf_counter() - wall, time.process_time() - cpu)


def middle(runs: Iterable[Spent]) -> Spent:
    walls, cpus = zip(*runs, strict=True)
    return Spent(statistics.median(walls), statistics.median(cpus))


class Bench:
    """One store in a folder of its own, and what was measured of it."""

    def __init__(self, folder: Path, resources: int, patience: float) -> None:
        self.patience = patience
        self.path = folder / "bench.db"
        self.store = Store.open(f"sqlite:///{self.path}")
        self.estates = Estates(resources)
        self.scans = 0
        self.missed: list[str] = []

    def commit(self) -> Spent:
        """Commit one more scan."""
        found = record(self.estates.now(), self.scans)
        self.scans += 1
        with Timed() as timed:
            self.store.commit(found)
        return timed.spent

    def reopened(self) -> Spent:
        """Open the store anew and commit an unchanged scan, as a fresh process does."""
        self.store.close()
        with Timed() as timed:
            self.store = Store.open(f"sqlite:///{self.path}")
        return Spent(*map(sum, zip(timed.spent, self.commit(), strict=True)))

    def rows(self) -> int:
        tables = METADATA.tables.values()
        with self.store.database.reading() as connection:
            counts = (connection.scalar(select(func.count()).select_from(each)) for each in tables)
            return sum(count or 0 for count in counts)

    def room(self) -> Counter[str]:
        """Give the bytes that each table and index takes."""
        with closing(sqlite3.connect(self.path)) as connection:
            return Counter(dict(connection.execute(_ROOM).fetchall()))

    def took(self, figure: str, spent: Spent, bar: float | None) -> None:
        most = None if bar is None else bar * self.patience
        self.told(f"{figure} (processor {spent.cpu:.2f} s)", spent.wall, most, "s")

    def told(self, figure: str, found: float, bar: float | None, unit: str) -> None:
        held = "" if bar is None else f" (the bar is {bar:g} {unit})"
        print(f"{figure:<70}{found:>10.2f} {unit:<4}{held}", flush=True)
        if bar is not None and found > bar:
            self.missed.append(figure)


def figures(bench: Bench, runs: int) -> None:
    bench.took("first scan", bench.commit(), 6)
    unchanged = middle(bench.commit() for _ in range(runs))
    bench.took("unchanged scan, in a running process", unchanged, 0.3)
    before = bench.rows()
    bench.commit()
    bench.told("rows of an unchanged scan", bench.rows() - before, 10, "")
    fresh = middle(bench.reopened() for _ in range(runs))
    bench.took("unchanged scan, opened anew", fresh, 1)
    changed = []
    for _ in range(runs):
        bench.estates.change(0.01)
        changed.append(bench.commit())
    bench.took("1 % changed", middle(changed), 1)


def month(bench: Bench, scans: int, share: float) -> None:
    before, room = bench.path.stat().st_size, bench.room()
    for _ in range(scans):
        bench.estates.change(share)
        bench.commit()
    bench.store.close()
    bench.store = Store.open(f"sqlite:///{bench.path}")
    grown = (bench.path.stat().st_size - before) / 1e6
    bench.told(f"{scans} scans at {share:.1%} changed", grown, 150, "MB")
    for name, size in (bench.room() - room).most_common(6):
        print(f"    of it {name:<54}{size / 1e6:>10.2f} MB")
    answered(bench, scans, ORDINARY, 0.1)
    answered(bench, scans, LARGE, None)
    with bench.store.database.reading() as connection, Timed() as timed:
        found = audit(connection)
    bench.took("all of it held against the ledger", timed.spent, 20)
    bench.missed.extend(f"{fault.where}: {fault.what}" for fault in found.faults[:5])


def answered(bench: Bench, scans: int, customer: int, bar: float | None) -> None:
    """Read the answer for one customer, of all that those scans found."""
    names = (f"customer-{each}" for each in range(CUSTOMERS))
    customers = {each: Customer(name=f"{each} BV", language="nl") for each in names}
    until = BEGAN + bench.scans * timedelta(minutes=15)
    asked = Asked(
        customer=f"customer-{customer}",
        products=frozenset(),
        since=until - scans * timedelta(minutes=15),
        until=until,
        longest=timedelta(minutes=30),
        lag=timedelta(minutes=15),
    )

    def read() -> tuple[Answer, Spent]:
        with bench.store.database.reading() as connection, Timed() as timed:
            found = answer(connection, asked, customers)
        return found, timed.spent

    (found, *_), spent = zip(*(read() for _ in range(ANSWERS)), strict=True)
    told = f"a customer of {found.resources} resources, {len(found.moved)} moves"
    bench.took(told, middle(spent), bar)
    bench.took("    the first time", spent[0], None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--resources", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--month", type=int, default=0, help="how many scans, 2976 for a month")
    parser.add_argument("--changed", type=float, default=0.001)
    parser.add_argument("--patience", type=float, default=1, help="times the bars of seconds")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), asked.resources, asked.patience)
        figures(bench, asked.runs)
        if asked.month:
            month(bench, asked.month, asked.changed)
        bench.store.close()
    for missed in bench.missed:
        print(f"MISSED: {missed}", file=sys.stderr)
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
