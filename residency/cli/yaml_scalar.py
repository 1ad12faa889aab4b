"""Text as a YAML value that every reader takes for that text, on one line."""

import re

import yaml

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,}")
_LAST_OF_FOUR_DIGITS = 0xFFFF


def quoted(text: str) -> str:
    """Write text between double quotes.

    What is not printed, line ends and marks of direction among them, is written as an escape, so
    that people see it and no reader of YAML stumbles over it.
    """
    return f'"{"".join(map(_written, text))}"'


def key(text: str) -> str:
    """Write a key: as it is where every reader takes it for text, else between quotes."""
    if _PLAIN.fullmatch(text) and yaml.safe_load(text) == text:
        return text
    return quoted(text)


def _written(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    number = ord(character)
    return f"\\u{number:04X}" if number <= _LAST_OF_FOUR_DIGITS else f"\\U{number:08X}"
