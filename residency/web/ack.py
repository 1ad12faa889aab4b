"""`POST /api/v1/events/{subject}/ack`: what `residency ack` does, for a caller that is known."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from residency.errors import ResidencyError
from residency.store.times import written
from residency.web.bodies import json_of
from residency.web.bucket import Bucket
from residency.web.callers import is_known
from residency.web.served import Served

_MOST_BYTES = 16 * 1024
_EVERY_SECONDS, _BURST = 1.0, 60
_OWN_PAGES = ("same-origin", "none")


class _Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    by: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    note: Annotated[str, msgspec.Meta(max_length=4_000)] = ""


def ack_route(served: Served) -> Callable[[Request], Awaitable[Response]]:
    """Give the route that records an acknowledgement."""
    bucket = Bucket(_EVERY_SECONDS, _BURST)

    async def ack(request: Request) -> Response:
        _require_known(request)
        _require_no_other_page(request)
        _require_json(request)
        if seconds := bucket.take():
            raise HTTPException(
                HTTPStatus.TOO_MANY_REQUESTS, "Too many at once", {"Retry-After": str(seconds)}
            )
        note = await _note(request)
        return JSONResponse(await _recorded(served, request.path_params["subject"], note))

    return ack


async def _recorded(served: Served, subject: str, note: _Note) -> Mapping[str, object]:
    try:
        entry, at = await served.acknowledge(subject, note.by, note.note)
    except ResidencyError as error:
        raise HTTPException(HTTPStatus.CONFLICT, f"Nothing was recorded: {error}") from error
    return {
        "schema": "residency/note/v1",
        "kind": "acknowledgement",
        "subject": subject,
        "by_role": note.by,
        "at": written(at),
        "entry": entry,
    }


async def _note(request: Request) -> _Note:
    said = await json_of(request, _MOST_BYTES)
    try:
        return msgspec.convert(said, _Note)
    except msgspec.ValidationError as error:
        wanted = 'send {"by": "on-call", "note": "one line"}'
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"{error}: {wanted}") from None


def _require_known(request: Request) -> None:
    """A user or a client certificate is known; so is whoever has this machine."""
    if is_known(request):
        return
    raise HTTPException(
        HTTPStatus.FORBIDDEN,
        "Only a known caller may acknowledge: set basic_auth_users or client certificates in"
        " web.config_file (docs/web.md), or call it on the machine itself",
    )


def _require_no_other_page(request: Request) -> None:
    """A browser sends what it knows by heart for any page; only our own may ask this."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    is_own = origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
    if not is_own or site not in (None, *_OWN_PAGES):
        raise HTTPException(HTTPStatus.FORBIDDEN, "Another site's page may not ask this")


def _require_json(request: Request) -> None:
    kind = request.headers.get("content-type", "").split(";", 1)[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send Content-Type: application/json"
        )
