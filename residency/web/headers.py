"""The headers that every answer carries, so that a browser does no harm with it."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

SECURITY: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_CACHE = "Cache-Control"


def with_headers(send: Send, more: Mapping[str, str]) -> Send:
    """Give a `send` that adds the headers, `more` in place of ours.

    What says nothing about caches is not kept in one: the state of now is no page for later.
    """

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in {**SECURITY, **more}.items():
                headers[name] = value
            headers.setdefault(_CACHE, "no-store")
            del headers["server"]
        await send(message)

    return sending
