"""How often Python looks for reference cycles while many small values are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_SELDOM = (100_000, 50, 100)

_lock = Lock()
_before: list[tuple[int, int, int]] = []
"""What held when each of those that are inside came in; the first is what holds at the end."""


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for reference cycles seldom: a scan makes a million small values that have none.

    The last one out sets back what held, whichever thread it is.
    """
    with _lock:
        _before.append(gc.get_threshold())
        gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        with _lock:
            first = _before[0]
            _before.pop()
            if not _before:
                gc.set_threshold(*first)
