"""Turns what azure-core raises and what Azure answers into the monitor's own errors."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import msgspec
from azure.core.exceptions import (
    AzureError as SdkError,
)
from azure.core.exceptions import (
    ClientAuthenticationError,
    DecodeError,
    IncompleteReadError,
    ServiceRequestError,
    ServiceResponseError,
)

from residency.errors import (
    AccessDenied,
    AzureError,
    BadAnswer,
    NotFound,
    PayloadTooLarge,
    Throttled,
    Unavailable,
)

Wanted = TypeVar("Wanted")

_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_ACTION = re.compile(r"perform action '([\w.*/-]{1,200})'", re.ASCII)
_MOST_CODE_CHARACTERS = 100
_MOST_MESSAGE_CHARACTERS = 1000
_LONE_SURROGATE = re.compile(
    rb"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair is a character
    rb"|\\[^u])"  # an escape of another kind, so that `\\ud800` stays a backslash and letters
    rb"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\xed[\xa0-\xbf][\x80-\xbf]"
)
_TOO_LARGE = "ResponsePayloadTooLarge"
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _SERVER = 401, 403, 404, 429, 500


class _Detail(msgspec.Struct):
    code: str | None = None
    message: str | None = None


class _Error(msgspec.Struct):
    code: str | None = None
    message: str | None = None
    details: list[_Detail] | None = None


class _Body(msgspec.Struct):
    error: _Error


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Translate azure-core's errors while `what` is read."""
    try:
        yield
    except TimeoutError as error:
        raise Unavailable(
            f"the scan's deadline passed while {what} was read: raise scan.deadline, or find out"
            " what made Azure slow",
            code="Deadline",
        ) from error
    except ClientAuthenticationError as error:
        raise AccessDenied(
            f"could not sign in to read {what}: {_first_line(error)}", code="SignInFailed"
        ) from error
    except (DecodeError, IncompleteReadError) as error:
        raise BadAnswer(
            f"the answer for {what} was cut short or unreadable", code="BadAnswer"
        ) from error
    except (ServiceRequestError, ServiceResponseError) as error:
        raise Unavailable(
            f"could not reach Azure for {what}: {_first_line(error)}", code=type(error).__name__
        ) from error
    except SdkError as error:
        raise AzureError(f"reading {what} failed: {_first_line(error)}") from error


def failure(status: int, body: bytes, what: str) -> AzureError:
    """Make the error for an answer that is not a success."""
    error = _error_of(body)
    code = _line(error.code or "", _MOST_CODE_CHARACTERS) or f"HTTP {status}"
    message = _line(error.message or "", _MOST_MESSAGE_CHARACTERS)
    said = f"{what}: {code}" + (f", {message}" if message else "")
    codes = {code, *(detail.code for detail in error.details or ())}
    if _TOO_LARGE in codes:
        return PayloadTooLarge(f"too large a page of {said}", code=_TOO_LARGE)
    if status in {_UNAUTHORIZED, _FORBIDDEN}:
        action = _ACTION.search(error.message or "")
        return AccessDenied(
            f"this identity may not read {said}",
            code=code,
            action=action.group(1) if action else "",
        )
    if status == _NOT_FOUND:
        return NotFound(f"not found: {said}", code=code)
    if status == _TOO_MANY:
        return Throttled(f"Azure refused for quota: {said}", code=code)
    if status >= _SERVER:
        return Unavailable(f"Azure failed for {said}", code=code)
    return AzureError(f"Azure refused {said}", code=code)


def decoded(body: bytes, wanted: type[Wanted], what: str) -> Wanted:
    """Decode an answer into what it should be; raises BadAnswer when it is not."""
    try:
        return _decode(body, wanted)
    except _NOT_JSON as error:
        raise BadAnswer(
            f"{what} answered with something else than documented: {error}", code="BadAnswer"
        ) from error


def _decode(body: bytes, wanted: type[Wanted]) -> Wanted:
    """Decode JSON, with `�` for half a character, so that one odd tag does not hide a whole page.

    JSON can spell half of a surrogate pair (RFC 8259, section 8.2), and Unicode has no such text.
    """
    try:
        body.isascii() or body.decode()  # msgspec.Raw would put that off until it is looked at
        return msgspec.json.decode(body, type=wanted)
    except _NOT_JSON:
        repaired = _LONE_SURROGATE.sub(lambda found: found[1] or b"\\ufffd", body)
        if repaired == body:
            raise
        return msgspec.json.decode(repaired, type=wanted)


def _error_of(body: bytes) -> _Error:
    """Read an error, with or without the wrapper: Microsoft.Insights sends some without."""
    try:
        return _decode(body, _Body).error
    except _NOT_JSON:
        pass
    try:
        return _decode(body, _Error)
    except _NOT_JSON:
        return _Error()


def _line(text: str, most_characters: int) -> str:
    """Give what Azure said on one line, and no more of it than a person reads."""
    line = " ".join(text[: 2 * most_characters].split())
    return line if len(line) <= most_characters else f"{line[:most_characters]}…"


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__
