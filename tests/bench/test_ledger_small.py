"""The bench of the ledger: what it makes is a ledger."""

from collections.abc import Callable
from typing import Any


def test_a_small_ledger_is_measured_and_its_proofs_verify(bench: Callable[..., Any]) -> None:
    ran = bench("ledger", "--entries", "1000", "--heads", "20")
    assert len(ran.stdout.splitlines()) == 4
