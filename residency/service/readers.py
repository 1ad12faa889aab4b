"""Reads the store for callers: off the event loop, and at most a few at once.

So a scrape waits for no page of the API, and a scan has its processor.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from residency.errors import StoreError
from residency.store.engine import Database, give_room, path_of
from residency.store.reading.standing import Reader
from residency.store.schema import require_current
from residency.web.served import Busy

T = TypeVar("T")

_AT_ONCE = 2
_MOST_WAITING = 32


class Readers:
    """A few threads that share one open database."""

    def __init__(self, url: str) -> None:
        """Read the store at `url`; it is opened when it is asked for first."""
        self._path = path_of(url)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="read")
        self._opening = threading.Lock()
        self._database: Database | None = None
        self._asked = 0

    async def read(self, ask: Callable[[Reader], T]) -> T:
        """Have `ask` read one state of the store.

        Raises:
            Busy: Too many wait already.
            StoreError: It cannot be read.
        """
        if self._asked >= _AT_ONCE + _MOST_WAITING:
            raise Busy
        self._asked += 1
        reading = asyncio.get_running_loop().run_in_executor(self._threads, self._answer, ask)
        reading.add_done_callback(self._done)
        return await reading

    def close(self) -> None:
        """Give the threads and the database back."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._database is not None:
            self._database.close()

    def _done(self, _reading: object) -> None:
        self._asked -= 1

    def _answer(self, ask: Callable[[Reader], T]) -> T:
        with self._opened().reading() as connection:
            give_room(connection)
            return ask(connection)

    def _opened(self) -> Database:
        with self._opening:
            if self._database is None:
                database = Database(self._path, writes=False)
                try:
                    require_current(database)
                except StoreError:
                    database.close()
                    raise
                self._database = database
            return self._database
