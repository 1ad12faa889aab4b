"""Serves an application on an address, under what the web-config file says at the time.

uvicorn takes one TLS context for its whole life. So connections are accepted here, and each begins
under the certificates and rules of that moment; the rest is uvicorn's.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import structlog
import uvicorn
from starlette.types import ASGIApp

from residency.web.addresses import Place, find, listen_on, require_safe
from residency.web.connection import Connection
from residency.web.gate import Gate
from residency.web.web_config_file import Watched

_MOST_CONNECTIONS = 512
_HANDSHAKE_SECONDS = 10.0
_LOOK_SECONDS = 2.0
_PAUSE_SECONDS = 1.0
_FINISH_SECONDS = 0.5
_CLOSE_SECONDS = 0.05
_DATE_SECONDS = 1.0


class Listening:
    """A service that listens.

    Attributes:
        url: Its address, without a slash at the end.
    """

    def __init__(self, url: str, watched: Watched) -> None:
        """Keep what it tells."""
        self.url = url
        self._watched = watched

    @property
    def config_error(self) -> str | None:
        """Why the web-config file as it is now was refused; None where it holds."""
        return self._watched.error


@asynccontextmanager
async def listening(
    address: str, config_file: Path | None, app: ASGIApp, *, anywhere: bool
) -> AsyncIterator[Listening]:
    """Serve `app` while the block runs; at its end, what is asked already is answered within 1 s.

    Args:
        address: `host:port`; port 0 takes a free one.
        config_file: With the keys of exporter-toolkit's web-config.
        app: An ASGI application.
        anywhere: Whether an address beyond this machine is allowed without TLS.

    Raises:
        ConfigError: The address or the file cannot be used; says what to do.
    """
    watched = Watched(config_file)
    has_tls = watched.now().tls is not None
    place = await find(address)
    require_safe(address, place, has_tls=has_tls, anywhere=anywhere)
    sockets = listen_on(address, place)
    url = f"{'https' if has_tls else 'http'}://{place.host}:{sockets[0].getsockname()[1]}"
    server = _Server(_config(app, watched, place), watched, sockets)
    serving = asyncio.create_task(server.serve(), name=f"web {url}")
    try:
        await server.ready.wait()
        yield Listening(url, watched)
    finally:
        server.stop()
        await serving


def _config(app: ASGIApp, watched: Watched, place: Place) -> uvicorn.Config:
    return uvicorn.Config(
        Gate(app, watched, is_loopback=place.is_loopback),
        http=Connection,
        ws="none",
        lifespan="off",
        # What a stranger sends wrong is no news; a fault of ours is an error.
        log_config=None,
        log_level="error",
        access_log=False,  # a query string can hold a key
        server_header=False,
        proxy_headers=False,  # or a caller could say that it is on loopback
    )


class _Server(uvicorn.Server):
    """Accepts connections one by one; leaves signals to the program around it."""

    def __init__(
        self, config: uvicorn.Config, watched: Watched, sockets: Sequence[socket.socket]
    ) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self._stopping = asyncio.Event()
        self._watched = watched
        self._sockets = sockets
        self._accepting: list[asyncio.Task[None]] = []
        self._opening: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        self.should_exit = True
        self._stopping.set()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        del sockets
        self._accepting = [asyncio.create_task(self._accept(one)) for one in self._sockets]
        self._accepting.append(asyncio.create_task(self._look()))
        self.started = True
        self.ready.set()

    async def main_loop(self) -> None:
        """Wake once a second, for the date that answers carry; uvicorn's own wakes ten times."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _DATE_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        del sockets
        for task in (*self._accepting, *self._opening):
            task.cancel()
        await asyncio.gather(*self._accepting, *self._opening, return_exceptions=True)
        for one in self._sockets:
            one.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if tasks := set(self.server_state.tasks):
            _, late = await asyncio.wait(tasks, timeout=_FINISH_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        if self.server_state.connections:
            await asyncio.sleep(_CLOSE_SECONDS)  # for TLS to say goodbye
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError as error:  # no file handle left, or the caller is gone already
                structlog.get_logger().warning("no connection accepted", reason=error.strerror)
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            if len(self._opening) + len(self.server_state.connections) >= _MOST_CONNECTIONS:
                connection.close()
                continue
            task = asyncio.create_task(self._open(connection))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket) -> None:
        protection = self._watched.now()
        tls = protection.config.tls_server_config
        names = tls.client_allowed_sans if tls else ()
        # Who spoke no TLS, or showed no good certificate, was told so; the rest is its own affair.
        with suppress(OSError):
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: Connection(self.config, self.server_state, names),
                connection,
                ssl=protection.tls,
                ssl_handshake_timeout=_HANDSHAKE_SECONDS if protection.tls else None,
            )

    async def _look(self) -> None:
        """Notice a change of the file when nobody connects, too."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self._watched.look()
