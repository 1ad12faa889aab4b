"""The routes of the API: who asks, what for, and the answer, read in a thread."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import msgspec
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from residency.errors import StoreError
from residency.settings import Settings
from residency.store.reading.standing import Reader
from residency.web.api.asked import asked_of
from residency.web.api.endpoints import ENDPOINTS, Endpoint
from residency.web.api.guard import Guard
from residency.web.api.openapi import openapi
from residency.web.api.paths import API
from residency.web.served import Busy, Served

_JSON = "application/json"
_DESCRIPTION = f"{API}/openapi.json"

READ_PATHS = frozenset({_DESCRIPTION, *(f"{API}/{each.name}" for each in ENDPOINTS)})
"""What a token opens."""


def api_routes(served: Served) -> list[Route]:
    """Give the routes over what the service serves."""
    guard = Guard(served)
    pages = [Route(f"{API}/{each.name}", _page(each, guard, served)) for each in ENDPOINTS]
    return [*pages, Route(_DESCRIPTION, _description())]


def _page(
    endpoint: Endpoint, guard: Guard, served: Served
) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        try:
            await guard.require_reader(request)
            asked = asked_of(request.query_params, endpoint.asked)
            settings = served.settings()
            body = await served.read(lambda reader: _body(endpoint, reader, settings, asked))
        except Busy:
            raise _later("Too many wait to read: come back later", 1) from None
        except StoreError as error:
            structlog.get_logger().warning("page not read", page=endpoint.name, reason=str(error))
            raise _later("The store cannot be read now: the log says why", 30) from error
        return Response(body, media_type=_JSON)

    return page


def _body(endpoint: Endpoint, reader: Reader, settings: Settings, asked: msgspec.Struct) -> bytes:
    return msgspec.json.encode(endpoint.ask(reader, settings, asked))


def _later(said: str, seconds: int) -> HTTPException:
    again = {"Retry-After": str(seconds)}
    return HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, said, again)


def _description() -> Callable[[Request], Awaitable[Response]]:
    body = msgspec.json.encode(openapi())

    async def description(_request: Request) -> Response:
        return Response(body, media_type=_JSON)

    return description
