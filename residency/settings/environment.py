"""The configuration that stands in the environment: `RESIDENCY_AZURE__CREDENTIAL` and the like.

A name is the prefix and the keys in capitals with `__` between them. Its value is text; a list or
a mapping is JSON, and `null` is no value. An empty value counts as not set.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from residency.settings.section import Place

PREFIX = "RESIDENCY_"
BETWEEN = "__"


def from_environment(variables: Mapping[str, str], sections: Iterable[str]) -> dict[str, Any]:
    """Read every key that `variables` set, as the nested mapping that the file would hold.

    A name without `__` that is no section is left alone: other programs, such as Kubernetes for
    a service called residency, set names with this prefix too. What is wrong is kept as it is,
    for the validation to name.
    """
    known = frozenset(sections)
    found: dict[str, Any] = {}
    for name, value in sorted(variables.items()):
        keys = name.upper().removeprefix(PREFIX).lower().split(BETWEEN)
        is_ours = name.upper().startswith(PREFIX) and (keys[0] in known or len(keys) > 1)
        if is_ours and value:
            _set(found, keys, _read(value))
    return found


def _set(found: dict[str, Any], keys: list[str], value: object) -> None:
    *outer, last = keys
    for key in outer:
        if not isinstance(found.get(key), dict):
            found[key] = {}
        found = found[key]
    found[last] = value


def _read(value: str) -> Any:  # noqa: ANN401 - JSON of any shape
    if not value.lstrip().startswith(("[", "{")):
        return None if value == "null" else value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def variable_for(place: Place) -> str:
    """Name the variable that sets the key at `place`, or the list or section that it is in."""
    keys: list[str] = []
    for key in place:
        if not isinstance(key, str) or key.startswith("["):
            break
        keys.append(key)
    return PREFIX + BETWEEN.join(keys).upper()


def set_by(place: Place, variables: Mapping[str, str], found: object) -> str | None:
    """Name the variable that gave the value at `place`, or None where the file did.

    Args:
        place: Where the value stands.
        variables: The environment.
        found: What `from_environment` read from it.
    """
    if not _holds(found, place):
        return None
    names = {name.upper(): name for name in variables if variables[name]}
    return next((names[name] for name in _candidates(place, sorted(names)) if name in names), None)


def _holds(found: object, place: Place) -> bool:
    for key in place:
        match found:
            case _ if key == "[key]":
                return True
            case dict() if key in found:
                found = found[key]
            case list() if isinstance(key, int) and key < len(found):
                found = found[key]
            case _:
                return False
    return True


def _candidates(place: Place, names: list[str]) -> Iterator[str]:
    for end in range(len(place), 0, -1):
        yield variable_for(place[:end])
    yield from (name for name in names if name.startswith(variable_for(place) + BETWEEN))
