"""The base of every section, and how a rule that spans several keys points at each wrong one."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

Place = tuple[str | int, ...]
"""The keys and list positions that lead to a value, outermost first."""


class Section(BaseModel):
    """A part of the configuration: frozen, and closed to keys that it does not know."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


def mistake(place: Place, value: object, sentence: str) -> InitErrorDetails:
    """Describe one wrong value; `sentence` continues after the value (`'72' needs a unit`)."""
    error = PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})
    return InitErrorDetails(type=error, loc=place, input=value)


def refuse(title: str, mistakes: Iterable[InitErrorDetails]) -> None:
    """Raise all `mistakes` together, or do nothing when there are none.

    Raises:
        ValidationError: Names the place of each mistake.
    """
    found = list(mistakes)
    if found:
        raise ValidationError.from_exception_data(title, found)


def repeat(error: ValidationError) -> list[InitErrorDetails]:
    """Give the mistakes of `error` in the form in which they can be raised again with others."""
    return [_again(line) for line in error.errors(include_url=False)]


def _again(line: Any) -> InitErrorDetails:  # noqa: ANN401 - pydantic_core.ErrorDetails, a TypedDict
    kind = PydanticCustomError(line["type"], line["msg"], line.get("ctx"))
    return InitErrorDetails(type=kind, loc=line["loc"], input=line["input"])
