"""Weeks of rounds in a minute: nothing is left over."""

from collections.abc import Callable
from typing import Any


def test_after_three_hundred_scans_no_memory_file_thread_or_task_is_left(
    bench: Callable[..., Any],
) -> None:
    ran = bench("soak", "--scans", "300", "--growth", "1.2")
    assert len(ran.stdout.splitlines()) == 10
