"""The one way to write a value of the ledger as bytes: RFC 8785, and no floating point.

Two programs that hash the same facts must hash the same bytes. Numbers with a fraction are
refused, because that is where JSON writers differ: write them as text, or in whole units.
"""

import json
from typing import Any

import rfc8785

from residency.errors import LedgerError

LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""


def canonical(value: object) -> bytes:
    """Write a value as RFC 8785 canonical JSON.

    Raises:
        LedgerError: The value holds what is not exactly the same everywhere (a float, a whole
            number beyond 2**53 - 1, half a surrogate pair, a key that is no text); names the path.
    """
    try:
        _check(value, "$")
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # checked one line above
    except RecursionError as error:
        raise LedgerError("$: nested too deeply for the ledger") from error
    except rfc8785.CanonicalizationError as error:
        raise LedgerError(f"$: {error}") from error


def parse_canonical(data: bytes) -> Any:  # noqa: ANN401 - whatever JSON the bytes hold
    """Read canonical JSON, and nothing else.

    Raises:
        LedgerError: The bytes are not JSON, or not the canonical form of what they say: spaces,
            another order of keys, a key twice, another spelling of a number or of an escape.
    """
    try:
        value = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise LedgerError(f"This is not JSON in UTF-8: {error}") from error
    if canonical(value) != data:
        raise LedgerError("This JSON is not in its canonical form (RFC 8785), so it was rewritten")
    return value


def _check(value: object, where: str) -> None:
    match value:
        case list() | tuple():
            for index, each in enumerate(value):
                _check(each, f"{where}[{index}]")
        case dict():
            for key, each in value.items():
                if not isinstance(key, str):
                    raise LedgerError(f"{where}: the key {key!r} is not text")
                _check_scalar(key, where)
                _check(each, f"{where}.{key}")
        case _:
            _check_scalar(value, where)


def _check_scalar(value: object, where: str) -> None:
    match value:
        case None | bool():
            pass
        case str():
            try:
                value.encode("utf-8")
            except UnicodeEncodeError as error:
                raise LedgerError(f"{where}: holds half a surrogate pair, no text") from error
        case int():
            if abs(value) > LARGEST:
                raise LedgerError(f"{where}: a whole number beyond 2**53 - 1; write it as text")
        case float():
            raise LedgerError(f"{where}: {value} is a float; write it as text or in whole units")
        case _:
            kind = type(value).__name__
            raise LedgerError(
                f"{where}: {kind} is not JSON; give text, whole numbers, lists, dicts"
            )
