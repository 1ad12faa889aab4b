"""What time it is, asked in one place, so that a history can be made at times of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def _utc() -> datetime:
    return datetime.now(UTC)


_running: list[Clock] = [_utc]
"""The clock that counts is the last. No context variable: greenlets begin without those."""


def now() -> datetime:
    """Give the time in UTC."""
    return _running[-1]()


@contextmanager
def running(clock: Clock) -> Iterator[None]:
    """Let this process go by another clock for a while."""
    _running.append(clock)
    try:
        yield
    finally:
        _running.pop()
