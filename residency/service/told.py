"""What other threads tell the rounds: resources to read again, and that a scan is wanted."""

import asyncio
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

_MOST = 10_000
"""What is told beyond it is not kept one by one: a scan reads all of it."""


class Told:
    """Takes what is told in any thread, and gives it in the loop of the rounds, once."""

    def __init__(self) -> None:
        """Begin with nothing; `listening` says who is to be woken."""
        self.news = asyncio.Event()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._names: set[str] = set()
        self._wants_scan = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Wake the running loop while the block runs."""
        with self._lock:
            self._loop = asyncio.get_running_loop()
        try:
            yield
        finally:
            with self._lock:
                self._loop = None

    def tell(self, names: Iterable[str]) -> None:
        """Have these read again soon."""
        with self._lock:
            self._names.update(names)
            if len(self._names) > _MOST:
                self._names.clear()
                self._wants_scan = True
            self._wake()

    def wish(self) -> None:
        """Have a scan before the next is due."""
        with self._lock:
            self._wants_scan = True
            self._wake()

    def take(self) -> tuple[frozenset[str], bool]:
        """Give the names that were told since it was last asked, and whether a scan was wanted."""
        with self._lock:
            found = frozenset(self._names), self._wants_scan
            self._names, self._wants_scan = set(), False
            self.news.clear()
        return found

    def _wake(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.news.set)
