"""One connection: uvicorn's protocol, which also looks at the client's certificate."""

import asyncio
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from residency.web.callers import KNOWN
from residency.web.certificates import alternative_names

_HEAD_SECONDS = 15.0
_LIFE_SECONDS = 600.0


class Connection(H11Protocol):
    """Closes what shows a certificate of nobody on the list, what asks nothing, and what is old.

    uvicorn bounds the time between two requests, and not that of a head or of a body that is
    dropped; so a caller could hold its place for ever with a byte now and then.
    """

    def __init__(
        self, config: uvicorn.Config, state: ServerState, allowed_names: tuple[str, ...]
    ) -> None:
        """Begin.

        Args:
            config: Of the server.
            state: Of the server.
            allowed_names: One of these must be in the client's certificate; none: any will do.
        """
        super().__init__(config, state, {})
        self._allowed_names = frozenset(allowed_names)
        self._timers: list[asyncio.TimerHandle] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection; over TLS its handshake is done."""
        super().connection_made(transport)
        certificate = _certificate(transport.get_extra_info("ssl_object"))
        if self._allowed_names and not self._allowed_names & alternative_names(certificate):
            transport.abort()
            return
        self.app_state = {KNOWN: bool(certificate)}
        self._timers = [
            self.loop.call_later(_HEAD_SECONDS, self._close_if_silent),
            self.loop.call_later(_LIFE_SECONDS, self.shutdown),
            self.loop.call_later(_LIFE_SECONDS + _HEAD_SECONDS, self.transport.abort),
        ]

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in self._timers:
            timer.cancel()
        super().connection_lost(exc)

    def _close_if_silent(self) -> None:
        if not self.headers:
            self.transport.abort()


def _certificate(tls: Any) -> bytes:  # noqa: ANN401 - an SSLObject, or None
    return (tls.getpeercert(binary_form=True) or b"") if tls else b""
