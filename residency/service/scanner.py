"""The thread that scans: it has the store's writer and an event loop of its own.

Judging and committing take seconds of a processor in a large estate; a scrape must not wait.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from residency.service.told import Told
from residency.settings import Settings

if TYPE_CHECKING:  # it is loaded where it is needed: the last state is served before
    from residency.scan.watch import Watch
    from residency.service.rounds import Heard


class Scanner:
    """Scans in a thread until it is stopped.

    Attributes:
        ended: Done when the thread ends; fails with what ended it.
    """

    def __init__(self, settings: Callable[[], Settings], told: Told, heard: "Heard") -> None:
        """Prepare, in the loop that waits for it; `start` begins."""
        self._settings = settings
        self._told = told
        self._heard = heard
        self._waiting = asyncio.get_running_loop()
        self._opened = asyncio.Event()
        self._lock = threading.Lock()
        self._is_stopped = False
        self._cancel: Callable[[], object] = lambda: None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="scanner")
        self.ended: asyncio.Future[None] = self._waiting.create_future()

    async def start(self) -> None:
        """Scan; returns when the store is open to write and its schema is brought forward.

        Raises StoreError or LedgerError: the store cannot be opened, or the key cannot be read.
        """
        self.ended = self._waiting.run_in_executor(self._thread, self._run)
        opened = asyncio.create_task(self._opened.wait())
        either: list[asyncio.Future[Any]] = [self.ended, opened]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not opened.done():
            opened.cancel()
            self.ended.result()

    def stop(self) -> None:
        """Have it end: what reads Azure ends at once, a commit that has begun is finished."""
        with self._lock:
            self._is_stopped = True
            self._cancel()

    def _run(self) -> None:
        from residency.scan.watch import watching  # noqa: PLC0415 - late, for a quick start

        with watching(self._settings()) as watch:
            self._waiting.call_soon_threadsafe(self._opened.set)
            asyncio.run(self._rounds(watch))

    async def _rounds(self, watch: "Watch") -> None:
        from residency.check import load_catalogue  # noqa: PLC0415 - late, for a quick start
        from residency.service.rounds import Rounds  # noqa: PLC0415 - late, for a quick start

        rounds = Rounds(watch, load_catalogue(), self._settings, self._told, self._heard)
        with self._told.listening():
            if not self._can_be_stopped():
                return
            try:
                await rounds.go()
            except asyncio.CancelledError:
                if not self._is_stopped:
                    raise RuntimeError("the rounds ended, and nobody had stopped them") from None
            finally:
                with self._lock:
                    self._cancel = lambda: None

    def _can_be_stopped(self) -> bool:
        """Say how it is stopped from now on; gives whether it was not stopped before."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        with self._lock:
            if task is not None:
                self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
            return not self._is_stopped
