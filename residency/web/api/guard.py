"""Who may read: a token, a user, a client certificate, or whoever has this machine."""

import hmac
import time
from collections import OrderedDict
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from residency import clock
from residency.store.reading.tokens import tokens
from residency.store.tokens import SHAPE, Token, digest
from residency.web.bucket import Bucket
from residency.web.callers import address_of, came_in_private, is_known, shown_token
from residency.web.served import Served

_KEPT_SECONDS = 1.0
"""A token that was revoked may count for so much longer."""

_FAILURE_EVERY_SECONDS, _FAILURES_AT_ONCE = 6.0, 10
_MOST_ADDRESSES = 1_000
_ASK = 'Bearer realm="residency"'


class Guard:
    """Lets known callers read. One for the life of the service."""

    def __init__(self, served: Served) -> None:
        """Ask `served` for the tokens."""
        self._served = served
        self._tokens: tuple[Token, ...] = ()
        self._read_at = -_KEPT_SECONDS
        self._failures: OrderedDict[str, Bucket] = OrderedDict()

    async def require_reader(self, request: Request) -> None:
        """Let a caller pass that may read. Who shows a token is judged by that alone.

        Raises:
            HTTPException: 401: it is not known; 403: its token came in the clear; 429: wrong
                tokens too often.
        """
        shown = shown_token(request.headers.get("authorization"))
        if shown is None:
            _require_known(request)
        elif not came_in_private(request):
            raise HTTPException(
                HTTPStatus.FORBIDDEN,
                "A token came in the clear from another machine, where others may have read it:"
                " revoke it, and use TLS (docs/web.md)",
            )
        elif not await self._opens(shown):
            raise self._failure(address_of(request))

    async def _opens(self, shown: str) -> bool:
        """Say whether a token counts; looks at all of them, whichever it is."""
        if SHAPE.fullmatch(shown) is None:
            return False
        now, hashed = clock.now(), digest(shown)
        found = False
        for each in await self._known():
            found |= hmac.compare_digest(hashed, each.sha256) and each.counts(now)
        return found

    async def _known(self) -> tuple[Token, ...]:
        if time.monotonic() - self._read_at >= _KEPT_SECONDS:
            began = time.monotonic()
            self._tokens = await self._served.read(tokens)
            self._read_at = began
        return self._tokens

    def _failure(self, address: str) -> HTTPException:
        """Answer for a wrong token. A right one is never kept waiting by wrong ones."""
        bucket = self._failures.get(address)
        if bucket is None:
            bucket = self._failures[address] = Bucket(_FAILURE_EVERY_SECONDS, _FAILURES_AT_ONCE)
        self._failures.move_to_end(address)
        if len(self._failures) > _MOST_ADDRESSES:
            self._failures.popitem(last=False)
        if seconds := bucket.take():
            again = {"Retry-After": str(seconds)}
            return HTTPException(HTTPStatus.TOO_MANY_REQUESTS, "Wrong tokens too often", again)
        said = "This token counts not: it is wrong, expired or revoked"
        ask = {"WWW-Authenticate": f'{_ASK}, error="invalid_token"'}
        return HTTPException(HTTPStatus.UNAUTHORIZED, said, ask)


def _require_known(request: Request) -> None:
    if not is_known(request):
        raise HTTPException(
            HTTPStatus.UNAUTHORIZED,
            "Only a known caller may read: show a token (`residency token create`), a user's"
            " password or a client certificate (docs/api.md)",
            {"WWW-Authenticate": _ASK},
        )
