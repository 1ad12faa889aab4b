"""Reading JSON strictly: what is absent is None, and what has another shape is an error."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from residency.errors import CheckError

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@lru_cache(maxsize=4096)
def _steps(path: str) -> tuple[str | int, ...]:
    return tuple(key or int(index) for key, index in _STEP.findall(path))


def value(body: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - JSON has no type
    """Read a dotted path (`properties.locations[0].name`) in an ARM body; None where absent."""
    here: Any = body
    for step in _steps(path):
        if type(here) is dict:  # noqa: SIM114 - nearly always, and the quickest to ask
            here = here.get(step)
        elif isinstance(step, str) and isinstance(here, Mapping):
            here = here.get(step)
        elif isinstance(step, int) and isinstance(here, list) and step < len(here):
            here = here[step]
        else:
            return None
    return here


def text(body: Mapping[str, Any], path: str) -> str | None:
    """Read text at a path; None where absent or null; raises CheckError on another shape."""
    found = value(body, path)
    if found is None or isinstance(found, str):
        return found
    raise _wrong(path, "text", found)


def flag(body: Mapping[str, Any], path: str) -> bool:
    """Read a flag at a path; false where absent or null; raises CheckError on another shape."""
    found = value(body, path)
    if found is None or isinstance(found, bool):
        return bool(found)
    raise _wrong(path, "true or false", found)


def items(body: Mapping[str, Any], path: str) -> tuple[str, ...]:
    """Give the path of each item of a list; none where it is absent, null or empty.

    A check for which the list decides a place must say itself what no items mean. Raises
    CheckError where something else than a list stands there.
    """
    found = value(body, path)
    if found is None or isinstance(found, list):
        return tuple(f"{path}[{number}]" for number in range(len(found or ())))
    raise _wrong(path, "a list", found)


def moment(body: Mapping[str, Any], path: str) -> datetime | None:
    """Read a time at a path, in UTC where it names no zone; None where there is none.

    Raises CheckError where it is no time.
    """
    raw = text(body, path)
    if not raw:
        return None
    try:
        found = datetime.fromisoformat(raw)
    except ValueError as error:
        raise CheckError(f"'{path}' should be a time and is '{raw}'") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def resource_id(body: Mapping[str, Any], path: str) -> str:
    """Read the lower-cased id of a resource; raises CheckError where there is none."""
    found = (text(body, path) or "").lower()
    if not found.startswith("/"):
        raise CheckError(f"'{path}' should be the id of a resource and is '{found}'")
    return found


def _wrong(path: str, wanted: str, found: object) -> CheckError:
    return CheckError(f"'{path}' should be {wanted} and is {type(found).__name__}")
