"""Turns what validation found into sentences for the person who edits the configuration."""

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from residency.settings.section import Place

MAX_SHOWN = 60
"""Characters of a wrong value that are shown."""

SECRETS: frozenset[Place] = frozenset({("store", "url"), ("heartbeat", "url")})
"""Keys whose value may hold a password or is one; never shown."""

_NUMBER = "needs a number, such as 0.995"
_MAPPING = "needs keys and values"

_SENTENCES: Mapping[str, str] = {
    "missing": "is missing: add it",
    "string_type": "needs text",
    "bool_parsing": "needs true or false",
    "bool_type": "needs true or false",
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "finite_number": _NUMBER,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "mapping_type": _MAPPING,
    "dict_type": _MAPPING,
    "too_short": "needs at least one entry",
    "path_type": "needs the path of a file",
    "invalid_key": "is not a key: keys are text",
}


def sentence(error: Mapping[str, Any], keys_at: Callable[[Place], tuple[str, ...]]) -> str:
    """Say which key is wrong, what stands there, and what to do: `policy.max_failover: '72' …`.

    Args:
        error: One line of pydantic's `ValidationError.errors()`.
        keys_at: Gives the keys that the section at a place knows.
    """
    place: Place = error["loc"]
    if error["type"] == "extra_forbidden":
        return f"{dotted(place)}: {_unknown_key(place, keys_at(place[:-1]))}"
    return f"{dotted(place)}: {_shown(place, error['input'])}{_problem(error)}"


def dotted(place: Place) -> str:
    """Write a place as people do: `exemptions[0].owner`."""
    written = ""
    for key in place:
        if isinstance(key, int):
            written += f"[{key}]"
        elif key != "[key]":
            shown = key if key.isprintable() else ascii(key)
            written += f".{shown}" if written else shown
    return written


def _unknown_key(place: Place, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(str(place[-1]), known, n=1)
    if near:
        return f"is not a key: did you mean {near[0]}?"
    return f"is not a key: use one of {', '.join(known)}" if known else "is not a key: take it out"


def _problem(error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "sentence":
            problem = context["sentence"]
        case "value_error":
            problem = context["error"]
        case "literal_error":
            problem = f"is not one of {context['expected'].replace(chr(39), '')}"
        case "tuple_type":
            problem = f"needs a list{_as_list(error['loc'], error['input'])}"
        case "greater_than":
            problem = f"must be over {context['gt']:g}"
        case "less_than_equal":
            problem = f"must be at most {context['le']:g}"
        case other:
            problem = _SENTENCES.get(other, "cannot be used here: see docs/configuration.md")
    return str(problem)


def _as_list(place: Place, value: object) -> str:
    is_simple = isinstance(value, str) and value.isalnum() and not _is_secret(place)
    return f", such as [{value}]" if is_simple else ": [...]"


def _shown(place: Place, value: object) -> str:
    if _is_secret(place) or _has_password(value):
        return ""
    match value:
        case bool():
            return f"{str(value).lower()} "
        case int() | float():
            return f"{value} "
        case str():
            cut = value if len(value) <= MAX_SHOWN else f"{value[:MAX_SHOWN]}…"
            return f"{ascii(cut) if not cut.isprintable() else _quoted(cut)} "
        case _:
            return ""


def _quoted(value: str) -> str:
    return f"'{value}'"


def _has_password(value: object) -> bool:
    return isinstance(value, str) and "://" in value and "@" in value


def _is_secret(place: Place) -> bool:
    return any(place == secret[: len(place)] for secret in SECRETS)
