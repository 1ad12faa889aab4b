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

_ACTION = re.compile(r"perform action '([^']+)'")
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
    code = error.code or f"HTTP {status}"
    said = f"{what}: {code}" + (f", {error.message}" if error.message else "")
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
        return msgspec.json.decode(body, type=wanted)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadAnswer(
            f"{what} answered with something else than documented: {error}", code="BadAnswer"
        ) from error


def _error_of(body: bytes) -> _Error:
    try:
        return msgspec.json.decode(body, type=_Body).error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Error()


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__
