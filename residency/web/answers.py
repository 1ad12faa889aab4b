"""The answers that are no metrics: plain text for people, JSON under /api."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

API = "/api/"


def told(
    path: str, status: int, sentence: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Say what is wrong in one sentence, in the form that callers of `path` read."""
    if path.startswith(API):
        return JSONResponse({"error": sentence}, status, headers)
    return PlainTextResponse(f"{sentence}\n", status, headers)


async def refused(request: Request, error: Exception) -> Response:
    """Answer for what a route refused, or for what Starlette did (404, 405)."""
    if not isinstance(error, HTTPException):
        raise error
    return told(request.url.path, error.status_code, error.detail, error.headers)


async def failed(request: Request, _error: Exception) -> Response:
    """Answer for a fault of ours: the log has the trace, the caller does not."""
    return told(request.url.path, 500, "Something went wrong here: the log says what")
