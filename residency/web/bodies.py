"""Reads the body of a request as JSON, within bounds of size, time and depth."""

import asyncio
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

_SECONDS = 10.0


async def json_of(request: Request, most_bytes: int) -> Any:  # noqa: ANN401 - JSON of any shape
    """Give what the body says.

    Raises:
        HTTPException: It is too big (413), too slow (408), cut off or no JSON (400).
    """
    content = await _content(request, most_bytes)
    try:
        return msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The body is no JSON") from None
    except RecursionError:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The JSON is nested too deep") from None


async def _content(request: Request, most_bytes: int) -> bytes:
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced[:20]) > most_bytes:
        raise _too_big(most_bytes)
    content = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for part in request.stream():
                content += part
                if len(content) > most_bytes:
                    raise _too_big(most_bytes)
    except TimeoutError:
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, "The body did not come in time") from None
    except ClientDisconnect:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The body was cut off") from None
    return bytes(content)


def _too_big(most_bytes: int) -> HTTPException:
    # uvicorn reads the rest and drops it, so that the caller comes to read the answer.
    return HTTPException(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is over {most_bytes} bytes"
    )
