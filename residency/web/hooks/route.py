"""`/api/v1/hooks/azure`: Azure says that something happened; what it names is read again now."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from residency.web.bodies import json_of
from residency.web.bucket import Bucket
from residency.web.hooks.bodies import MOST_EVENTS, resource_ids, validation_code
from residency.web.hooks.keys import shows_key
from residency.web.served import Served

HOOK_PATH = "/api/v1/hooks/azure"

_MOST_BYTES = 1 << 20
_A_MINUTE, _BURST = 60, 120
_ORIGIN = "webhook-request-origin"
_MOST_ORIGIN_CHARACTERS = 255


def hook_route(served: Served) -> Route:
    """Give the route that Azure calls; it answers 404 where hooks are off."""
    bucket = Bucket(60 / _A_MINUTE, _BURST)

    async def hook(request: Request) -> Response:
        _require_key(request, served.hook_keys())
        _require_token(bucket)
        if request.method == "OPTIONS":
            return _consent(request)
        return await _answer(served, await json_of(request, _MOST_BYTES))

    return Route(HOOK_PATH, hook, methods=["OPTIONS", "POST"])


async def _answer(served: Served, body: object) -> Response:
    if isinstance(body, list) and len(body) > MOST_EVENTS:
        raise HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Over {MOST_EVENTS} events in one body"
        )
    if code := validation_code(body):
        return JSONResponse({"validationResponse": code})
    if named := resource_ids(body):
        await served.told(named)
    return JSONResponse({"resources": len(named)})


def _consent(request: Request) -> Response:
    """Say that Event Grid may send CloudEvents here.

    https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema
    """
    origin = request.headers.get(_ORIGIN, "")
    if not 0 < len(origin) <= _MOST_ORIGIN_CHARACTERS:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The header WebHook-Request-Origin is missing")
    allowed = {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": str(_A_MINUTE)}
    return Response(status_code=HTTPStatus.OK, headers=allowed | {"Allow": "OPTIONS, POST"})


def _require_key(request: Request, keys: tuple[bytes, ...]) -> None:
    if not keys:
        raise HTTPException(HTTPStatus.NOT_FOUND, "Hooks are off here: docs/web.md")
    if not shows_key(request, keys):
        raise HTTPException(
            HTTPStatus.UNAUTHORIZED, "The key is missing or wrong", {"WWW-Authenticate": "Bearer"}
        )


def _require_token(bucket: Bucket) -> None:
    if seconds := bucket.take():
        raise HTTPException(
            HTTPStatus.TOO_MANY_REQUESTS, "Too many at once", {"Retry-After": str(seconds)}
        )
