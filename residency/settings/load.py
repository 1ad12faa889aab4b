"""Loads the configuration from a file and the environment, or names every mistake in them."""

import os
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from residency.errors import ConfigError
from residency.settings.document import read
from residency.settings.environment import from_environment, set_by
from residency.settings.messages import sentence
from residency.settings.root import Settings
from residency.settings.section import Place
from residency.settings.service import SQLITE

_NO_FILE = "configuration"
_STORE = ("store", "url")


def load(path: Path | None) -> Settings:
    """Read the configuration; the environment wins over the file, and defaults fill the rest.

    Args:
        path: The YAML file, or None for the defaults and the environment alone.

    Raises:
        ConfigError: Names the file (or variable), every wrong key, its problem and what to do,
            a line each. Shows no secret.
    """
    given = read(path) if path else {}
    source = str(path or _NO_FILE)
    known = {key: value for key, value in given.items() if key in Settings.model_fields}
    wrong = [_unknown_section(key, source) for key in given if key not in known]
    try:
        settings = Settings(**known)
    except ValidationError as error:
        wrong += _explain(error, source)
        raise ConfigError("\n".join(wrong)) from None
    if wrong:
        raise ConfigError("\n".join(wrong))
    return _beside(path, settings) if path else settings


def _beside(path: Path, settings: Settings) -> Settings:
    """Let a store that the file names, or the default, stand beside the file."""
    variables = from_environment(os.environ, Settings.model_fields)
    if set_by(_STORE, os.environ, variables):
        return settings
    found = settings.store.url.removeprefix(SQLITE)
    url = f"{SQLITE}{path.parent.absolute() / found}"
    return settings.model_copy(update={"store": settings.store.model_copy(update={"url": url})})


def _unknown_section(key: str, source: str) -> str:
    return f"{source}: {sentence({'type': 'extra_forbidden', 'loc': (key,)}, keys_at)}"


def _explain(error: ValidationError, source: str) -> list[str]:
    variables = from_environment(os.environ, Settings.model_fields)
    lines = []
    for line in error.errors(include_url=False):
        if line["type"] == "too_short" and line["input"]:
            continue  # the list is not empty: its wrong entries are named themselves
        origin = set_by(line["loc"], os.environ, variables) or source
        lines.append(f"{origin}: {sentence(line, keys_at)}")
    return list(dict.fromkeys(lines))


def keys_at(place: Place) -> tuple[str, ...]:
    """Give the keys that the section at `place` knows; none where keys are free names."""
    found: Any = Settings
    for key in place:
        found = _inside(found, key)
    model = _model(found)
    return tuple(field.alias or name for name, field in model.model_fields.items()) if model else ()


def _inside(annotation: Any, key: str | int) -> Any:  # noqa: ANN401 - a type expression
    model = _model(annotation)
    if model is None:
        return None
    if _holds_many(annotation):
        return model
    names = {field.alias or name: field for name, field in model.model_fields.items()}
    return names[str(key)].annotation if str(key) in names else None


def _model(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type expression
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model(part))), None)


def _holds_many(annotation: Any) -> bool:  # noqa: ANN401 - a type expression
    return not isinstance(annotation, type) and type(None) not in get_args(annotation)
