"""What is shown of the state: read from the store when it changed, and rendered once."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from residency import clock
from residency.errors import StoreError
from residency.metrics import Exposition, Running, State, exposition, state_of
from residency.settings import Settings
from residency.store.engine import Database, path_of
from residency.store.reading.newest import Newest, newest
from residency.store.reading.standing import Standing
from residency.store.schema import require_current

_LOOK_SECONDS = 10.0
"""How soon what another process recorded is shown, such as `residency ack`."""

_LONGEST = timedelta(minutes=15)
"""What depends on the time alone, such as a failover that becomes overdue, is as late at most."""

_BLIND = timedelta(minutes=5)
"""Readings of the store may fail for so long before what is shown counts as no state."""


class Shown:
    """Keeps the newest exposition; all that is slow is done in a thread of its own."""

    def __init__(
        self, url: str, settings: Callable[[], Settings], running: Callable[[], Running]
    ) -> None:
        """Show the store at `url`; Running is what the service knows and the store does not."""
        self._path = path_of(url)
        self._settings = settings
        self._running = running
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="render")
        self._database: Database | None = None
        self._changed = asyncio.Event()
        self._newest: Newest | None = None
        self._state: State | None = None
        self._at: datetime | None = None
        self._problem: str | None = "The store was not read yet."
        self.exposition: Exposition | None = None

    @property
    def not_ready(self) -> str | None:
        """Why there is no state to show, or None."""
        if self.exposition is None or self._at is None:
            return self._problem
        is_old = self._problem is not None and clock.now() - self._at > _LONGEST + _BLIND
        return self._problem if is_old else None

    @property
    def has_scans(self) -> bool:
        """Whether the store held a scan when it was last read."""
        return self._newest is not None and self._newest.scan > 0

    @property
    def standing(self) -> Standing | None:
        """What the newest exposition was made of; None: there is none."""
        return self._state.standing if self._state else None

    def change(self) -> None:
        """Have it rendered anew: something that the store does not tell has changed."""
        self._changed.set()

    async def render(self) -> None:
        """Read the state and render it; the old one stays where it cannot be read."""
        loop = asyncio.get_running_loop()
        try:
            self.exposition = await loop.run_in_executor(self._thread, self._rendered)
        except StoreError as error:
            self._complain(str(error))
            return
        self._at, self._problem = clock.now(), None

    async def keep(self) -> None:
        """Render whenever something changed, until cancelled."""
        while True:
            if self._changed.is_set() or self._is_due() or await self._is_other():
                self._changed.clear()
                await self.render()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), _LOOK_SECONDS)

    def close(self) -> None:
        """Give the thread and the database back."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._database is not None:
            self._database.close()

    def _is_due(self) -> bool:
        return self._at is None or clock.now() - self._at >= _LONGEST

    async def _is_other(self) -> bool:
        """Whether somebody wrote to the store since it was rendered."""
        loop = asyncio.get_running_loop()
        try:
            return self._newest != await loop.run_in_executor(self._thread, self._newest_now)
        except StoreError as error:
            self._complain(str(error))
            return False

    def _rendered(self) -> Exposition:
        settings = self._settings()
        with self._opened().reading() as connection:
            self._newest = newest(connection)
            self._state = state_of(connection, settings, clock.now(), self._state)
        return exposition(self._state, self._running())

    def _newest_now(self) -> Newest:
        with self._opened().reading() as connection:
            return newest(connection)

    def _opened(self) -> Database:
        if self._database is None:
            database = Database(self._path, writes=False)
            try:
                require_current(database)
            except StoreError:
                database.close()
                raise
            self._database = database
        return self._database

    def _complain(self, problem: str) -> None:
        if problem != self._problem:
            structlog.get_logger().warning("state not read", reason=problem)
        self._problem = problem
