"""Puts the parts of the service together, and takes them apart again within five seconds."""

import asyncio
import gc
import os
import signal
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from residency.metrics import Running
from residency.service.audits import Audits
from residency.service.configuration import Configuration
from residency.service.front import Front
from residency.service.heartbeat import ping
from residency.service.readers import Readers
from residency.service.scanner import Scanner
from residency.service.shown import Shown
from residency.service.told import Told
from residency.store.engine import path_of
from residency.web import Listening, create_app, listening

if TYPE_CHECKING:  # slow to load, and only named here
    from residency.scan.watch import Remembered

_LOOK_SECONDS = 5.0
"""How soon a changed file of the configuration is noticed."""

_STOP_SECONDS = 3.5
"""A commit that has begun may take longer; the store survives that it is cut off."""

_CUT_SECONDS = 4.7


def serve(
    configuration: Configuration, *, anywhere: bool, sentinel: bool, at_once: bool = False
) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Args:
        configuration: As it was read at the start.
        anywhere: Whether an address beyond this machine is allowed without TLS.
        sentinel: Whether it only scans and alerts: the ledger is not audited.
        at_once: Whether it scans at the start, though no scan is due.

    Raises:
        ConfigError: The address or a file cannot be used.
        StoreError: The store cannot be opened, or another process writes it.
    """
    told = Told()
    if at_once:
        told.wish()
    asyncio.run(_served(configuration, told, anywhere=anywhere, sentinel=sentinel))


async def _served(
    configuration: Configuration, told: Told, *, anywhere: bool, sentinel: bool
) -> None:
    service = _Service(configuration, told, sentinel=sentinel)
    web, app = configuration.settings.web, create_app(service.front)
    with _signals(service), closing(service.shown), closing(service.readers):
        async with (
            listening(web.listen, web.config_file, app, anywhere=anywhere) as service.listening,
            _scanning(service) as scanner,
        ):
            structlog.get_logger().info("serving", url=service.listening.url, sentinel=sentinel)
            await service.run(scanner)
    structlog.get_logger().info("stopped")


class _Service:
    """What the parts have in common. The scanner's thread tells; the loop of the pages keeps it."""

    def __init__(self, configuration: Configuration, told: Told, *, sentinel: bool) -> None:
        self.configuration = configuration
        self.told = told
        self.stop, self.reload = asyncio.Event(), asyncio.Event()
        self.listening: Listening | None = None
        self._loop = asyncio.get_running_loop()
        self._running = Running()
        url = configuration.settings.store.url
        self.shown = Shown(url, lambda: configuration.settings, lambda: self._running)
        self.readers = Readers(url)
        self.front = Front(configuration, self.shown, self.told, self.readers)
        self._audits = None if sentinel else Audits(configuration.file, self._audited)
        self._pings: set[asyncio.Task[bool]] = set()

    async def run(self, scanner: Scanner) -> None:
        """Keep every part going until one ends; raises what ended it."""
        if self.shown.has_scans:
            self._begin_audits()
        parts: list[Coroutine[Any, Any, object]] = [
            self.shown.keep(),
            self._keep_configuration(),
            self.stop.wait(),
        ]
        if self._audits is not None:
            parts.append(self._audits.keep())
        tasks = [asyncio.create_task(part) for part in parts]
        ends: list[asyncio.Future[Any]] = [*tasks, scanner.ended]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        ended = [end for end in ends if end.done()]
        for task in (*tasks, *self._pings):
            task.cancel()
        await asyncio.gather(*tasks, *self._pings, return_exceptions=True)
        for end in ended:
            end.result()

    async def _keep_configuration(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.reload.wait(), _LOOK_SECONDS)
            if self.reload.is_set() or self.configuration.changed():
                self.reload.clear()
                if self.configuration.reload():
                    self.told.wish()
                    self.shown.change()
            refused = self.configuration.error or (self.listening and self.listening.config_error)
            self._note(config_loaded=not refused)

    def scanned(
        self, began_at: datetime, requests: Mapping[str, int], found: "Remembered | None"
    ) -> None:
        """A scan ended; told in the scanner's thread."""
        is_complete = None if found is None else found.scan.complete

        def keep() -> None:
            self._note(last_attempt_at=began_at, requests=requests)
            if is_complete is not None:
                self._committed(is_complete=is_complete)

        self._loop.call_soon_threadsafe(keep)

    def _committed(self, *, is_complete: bool) -> None:
        self.shown.change()
        self._begin_audits()
        url = self.configuration.settings.heartbeat.url
        if is_complete and url is not None:
            task = asyncio.create_task(ping(url))
            self._pings.add(task)
            task.add_done_callback(self._pings.discard)

    def _begin_audits(self) -> None:
        if self._audits is not None:
            self._audits.begin.set()

    def _audited(self, ledger_ok: bool | None) -> None:  # noqa: FBT001 - its one argument
        self._note(ledger_ok=ledger_ok)

    def _note(self, **changes: Any) -> None:  # noqa: ANN401 - fields of Running
        running = replace(self._running, **changes)
        if running != self._running:
            self._running = running
            self.shown.change()


@asynccontextmanager
async def _scanning(service: _Service) -> AsyncIterator[Scanner]:
    """Show the last known state, then scan; the other way round where there is none."""
    scanner = Scanner(lambda: service.configuration.settings, service.told, service)
    if path_of(service.configuration.settings.store.url).exists():
        await service.shown.render()
    _collect()
    try:
        await scanner.start()
        yield scanner
    finally:
        scanner.stop()
        await asyncio.wait([scanner.ended], timeout=_STOP_SECONDS)


def _collect() -> None:
    """Collect garbage, from now on and of what is made from now on: what is loaded stays."""
    gc.freeze()
    gc.enable()


@contextmanager
def _signals(service: _Service) -> Iterator[None]:
    """Stop at SIGTERM and SIGINT, reload at SIGHUP."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        service.stop.set()
        _cut_off_later()

    handlers = {signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: service.reload.set}
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    try:
        yield
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)


def _cut_off_later() -> None:
    """End the process in any case; whoever asked waits five seconds at most."""

    def end() -> None:
        structlog.get_logger().warning("stopped in the middle of a scan, which is not kept")
        os._exit(0)

    timer = threading.Timer(_CUT_SECONDS, end)
    timer.daemon = True
    timer.start()
