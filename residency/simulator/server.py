"""Runs the simulator on loopback, in a thread of its own, over TLS if wanted."""

import asyncio
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from residency.simulator.app import create_app
from residency.simulator.simulator import Simulator

if TYPE_CHECKING:  # plain http needs no cryptography
    from residency.simulator.tls import Tls

_START_SECONDS = 30.0
_NO_LINGER = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A simulator that listens. `url` has no trailing slash."""

    url: str
    simulator: Simulator


class _Connections:
    """The open connections by the client's address, so that a fault can break one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.transports: dict[tuple[str, int], asyncio.Transport] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["break_connection"] = self._breaker(scope["client"])
        await self._app(scope, receive, send)

    def _breaker(self, client: tuple[str, int]) -> Callable[..., None]:
        def break_connection(*, reset: bool) -> None:
            transport = self.transports[client[0], client[1]]
            if reset:
                raw: socket.socket = transport.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
                transport.abort()
            else:
                transport.close()

        return break_connection

    def protocol(self) -> type[H11Protocol]:
        """Give uvicorn's protocol, which also writes its transports down here."""
        transports = self.transports

        class Protocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                # Over TLS a closed connection no longer tells whose it was.
                self._peer = transport.get_extra_info("peername")[:2]
                transports[self._peer] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                transports.pop(self._peer, None)
                super().connection_lost(exc)

        return Protocol


class _Server(uvicorn.Server):
    """Tells when it listens; leaves signals to the program around it."""

    def __init__(self, config: uvicorn.Config, ready: Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()


def configure(app: ASGIApp, port: int, tls: "Tls | None" = None) -> uvicorn.Config:
    """Give the settings under which an application is served on loopback."""
    connections = _Connections(app)
    return uvicorn.Config(
        connections,
        host="127.0.0.1",
        port=port,
        http=connections.protocol(),
        ws="none",
        lifespan="off",
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
    )


@contextmanager
def serve_app(app: ASGIApp, port: int = 0, tls: "Tls | None" = None) -> Iterator[str]:
    """Serve an application on 127.0.0.1 while the block runs, over TLS if given; give its address.

    Raises:
        TimeoutError: It did not listen in time.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        url = f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
        ready = Event()
        server = _Server(configure(app, port, tls), ready)
        thread = Thread(target=server.run, args=([listener],), name=url, daemon=True)
        thread.start()
        try:
            if not ready.wait(_START_SECONDS):
                raise TimeoutError(f"The simulator does not listen on {url}.")
            yield url
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def serve(simulator: Simulator, port: int = 0, tls: "Tls | None" = None) -> Iterator[Running]:
    """Serve a simulator on 127.0.0.1 while the block runs.

    Args:
        simulator: What is served.
        port: 0 takes a free one.
        tls: With it, the address is https.

    Raises:
        TimeoutError: It did not listen in time.
    """
    with serve_app(create_app(simulator), port, tls) as url:
        yield Running(url=url, simulator=simulator)
