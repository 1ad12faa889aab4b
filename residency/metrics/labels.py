"""Makes values of labels out of names that others chose."""

from functools import lru_cache
from hashlib import sha256

LONGEST = 200
"""How many characters a value of a label has at most."""

_DIGEST_CHARACTERS = 12
_REPLACED = "\N{REPLACEMENT CHARACTER}"


@lru_cache(maxsize=16_384)
def label(value: str | None) -> str:
    """Give a name as a value of a label: printable, valid UTF-8, at most 200 characters.

    A longer one ends in a part of its digest, so that two of them stay two.
    """
    if not value:
        return ""
    if not value.isprintable():
        value = "".join(each if each.isprintable() else _REPLACED for each in value)
    if len(value) <= LONGEST:
        return value
    digest = sha256(value.encode()).hexdigest()[:_DIGEST_CHARACTERS]
    return f"{value[: LONGEST - _DIGEST_CHARACTERS - 1]}~{digest}"
