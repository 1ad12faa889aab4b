"""The bench of the store, small and once: what it counts must be right, whatever the time."""

from collections.abc import Callable
from typing import Any

FIGURES = (
    "first scan",
    "unchanged scan, in a running process",
    "rows of an unchanged scan",
    "unchanged scan, opened anew",
    "1 % changed",
    "8 scans at 1.0% changed",
    "a customer of ",
    "    the first time",
    "a customer of ",
    "    the first time",
    "all of it held against the ledger",
)


def test_a_small_store_is_measured_and_held_against_its_ledger(bench: Callable[..., Any]) -> None:
    size = ("--resources", "500", "--runs", "1", "--month", "8", "--changed", "0.01")
    ran = bench("store", *size, "--patience", "30")
    assert "MISSED" not in ran.stderr, ran.stderr
    told = [line for line in ran.stdout.splitlines() if not line.startswith("    of it ")]
    assert [line[: len(figure)] for line, figure in zip(told, FIGURES, strict=True)] == [*FIGURES]
    (rows,) = (line for line in told if line.startswith("rows of an unchanged scan"))
    assert float(rows.split()[5]) <= 10
