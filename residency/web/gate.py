"""What every request passes before it reaches a route: name, rate, and who asks."""

import asyncio
from contextlib import suppress
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from residency.web.answers import told
from residency.web.api import READ_PATHS
from residency.web.basic_auth import BasicAuth, Busy
from residency.web.bucket import Bucket
from residency.web.callers import KNOWN, shown_token
from residency.web.headers import with_headers
from residency.web.hooks import HOOK_PATH
from residency.web.hosts import names_this_machine
from residency.web.web_config import RateLimit, WebConfig
from residency.web.web_config_file import Watched

_WITH_OWN_KEY = (HOOK_PATH,)
"""Azure can show a key there and no password, so these ask for their own."""

_READING = ("GET", "HEAD")


class Gate:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp, watched: Watched, *, is_loopback: bool) -> None:
        """Guard `app` by what the web-config file says at the time of each request."""
        self._app = app
        self._watched = watched
        self._is_loopback = is_loopback
        self._auth = BasicAuth()
        self._limit = RateLimit()
        self._bucket: Bucket | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or say why not."""
        if scope["type"] != "http":
            return
        config = self._watched.now().config
        more = {name: value for name, value in config.http_server_config.headers.items() if value}
        sending = with_headers(send, more)
        try:
            answer = await self._refusal(scope, config)
            await (answer or self._app)(scope, receive, sending)
        except asyncio.CancelledError:  # the server stops and waits no longer: this task ends here
            with suppress(RuntimeError):  # an answer was begun
                stops = told(scope["path"], HTTPStatus.SERVICE_UNAVAILABLE, "The service stops")
                await stops(scope, receive, sending)

    async def _refusal(self, scope: Scope, config: WebConfig) -> Response | None:
        headers, path = Headers(scope=scope), scope["path"]
        if self._is_loopback and not names_this_machine(headers):
            said = "This service answers to the names of this machine only, such as localhost"
            return told(path, HTTPStatus.MISDIRECTED_REQUEST, said)
        if seconds := self._over_limit(config.rate_limit):
            again = {"Retry-After": str(seconds)}
            return told(path, HTTPStatus.TOO_MANY_REQUESTS, "Too many at once", again)
        if not config.basic_auth_users or path in _WITH_OWN_KEY or _shows_token(scope, headers):
            return None
        return await self._stranger(scope, headers, config)

    def _over_limit(self, limit: RateLimit) -> int:
        if limit != self._limit:
            self._limit = limit
            self._bucket = Bucket(limit.interval, limit.burst) if limit.interval else None
        return self._bucket.take() if self._bucket else 0

    async def _stranger(self, scope: Scope, headers: Headers, config: WebConfig) -> Response | None:
        path = scope["path"]
        try:
            user = await self._auth.user(headers.get("authorization"), config.basic_auth_users)
        except Busy:
            again = {"Retry-After": "1"}
            return told(path, HTTPStatus.SERVICE_UNAVAILABLE, "Too many passwords wait", again)
        if user is None:
            ask = {"WWW-Authenticate": 'Basic realm="residency", charset="UTF-8"'}
            return told(path, HTTPStatus.UNAUTHORIZED, "A user name and password are needed", ask)
        scope.setdefault("state", {})[KNOWN] = True
        return None


def _shows_token(scope: Scope, headers: Headers) -> bool:
    """Whether the API is to be read with a token: the API itself asks whether it is a right one."""
    is_api = scope["method"] in _READING and scope["path"] in READ_PATHS
    return is_api and shown_token(headers.get("authorization")) is not None
