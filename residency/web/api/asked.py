"""What callers may ask: the parameters of each page, read from a query and described in OpenAPI."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from residency.model import Status, Zone
from residency.store import EventKind

MOST = 500
"""Rows of a page."""

_MOST_NUMBER = 2**53 - 1
"""What every reader of JSON keeps whole."""

_Id = Annotated[
    str, msgspec.Meta(min_length=1, max_length=2_048, description="The whole id of a resource.")
]
_Cursor = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=8_192,
        description="`next` of the page before; with the same other parameters.",
    ),
]
_Part = Annotated[str, msgspec.Meta(min_length=1, max_length=256, description="A part of the id.")]
_Since = Annotated[
    datetime, msgspec.Meta(tz=True, description="Not before this time, which has a zone.")
]
_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]


class Nothing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """No parameter."""


class Paged(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of everything that comes in pages."""

    cursor: _Cursor | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST, description="Rows of a page.")] = 100


class Resources(Paged, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which resources."""

    status: Annotated[tuple[Status, ...], msgspec.Meta(description="Of one of these.")] = ()
    product: Annotated[_Word | None, msgspec.Meta(description="Its id.")] = None
    customer: Annotated[_Word | None, msgspec.Meta(description="Its id.")] = None
    environment: _Word | None = None
    type: Annotated[_Word | None, msgspec.Meta(description="Such as microsoft.sql/servers.")] = None
    subscription: Annotated[_Word | None, msgspec.Meta(description="Its id.")] = None
    zone: Annotated[
        tuple[Zone, ...], msgspec.Meta(description="With a place in one of these.")
    ] = ()
    search: _Part | None = None


class Resource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which resource."""

    id: _Id


class Failovers(Paged, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which episodes or incidents."""

    open: Annotated[bool | None, msgspec.Meta(description="That have not ended, or have.")] = None


class Events(Paged, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which events."""

    kind: Annotated[tuple[EventKind, ...], msgspec.Meta(description="Of one of these.")] = ()
    since: _Since | None = None
    after: Annotated[
        int, msgspec.Meta(ge=0, le=_MOST_NUMBER, description="The number of the last one known.")
    ] = 0
    resource: _Id | None = None


class Coverage(Paged, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of which subscription, and since when."""

    subscription: Annotated[_Word | None, msgspec.Meta(description="Its id.")] = None
    since: _Since | None = None


Asked = TypeVar("Asked", bound=msgspec.Struct)


def asked_of(query: QueryParams, kind: type[Asked]) -> Asked:
    """Read a query.

    Raises:
        HTTPException: 400: a parameter is not known, is there twice, or is none of its kind.
    """
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for name in query:
        given = query.getlist(name)
        if name not in hints:
            raise _bad(f"there is no parameter {name[:40]!r}", hints)
        if get_origin(hints[name]) is tuple:
            values[name] = given
        elif len(given) > 1:
            raise _bad(f"{name} is there more than once", hints)
        else:
            values[name] = _value(name, given[0], hints[name])
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise _bad(str(error), hints) from None


def fingerprint(asked: msgspec.Struct) -> str:
    """Give what tells one question from another, whatever part of the answer it asks for."""
    told = msgspec.to_builtins(asked)
    narrow = {name: told[name] for name in sorted(told) if name not in Paged.__struct_fields__}
    return hashlib.sha256(msgspec.json.encode(narrow)).hexdigest()[:16]


def _value(name: str, text: str, hint: Any) -> object:  # noqa: ANN401 - a type
    """Read a number or a truth as JSON writes it; all else is text."""
    wanted = {hint, *get_args(hint)} & {int, bool}
    if not wanted:
        return text
    try:
        return msgspec.json.decode(text, type=wanted.pop())
    except msgspec.MsgspecError:
        raise HTTPException(
            HTTPStatus.BAD_REQUEST, f"{name} must be a {'number' if hint is int else 'truth'}"
        ) from None


def _bad(problem: str, known: Iterable[str]) -> HTTPException:
    names = ", ".join(sorted(known)) or "none"
    return HTTPException(HTTPStatus.BAD_REQUEST, f"{problem}: the parameters are {names}")
