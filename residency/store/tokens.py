"""Bearer tokens of the API: how one looks, and what the record keeps of it, which is a hash.

A secret has 256 random bits, so that nobody can try them all, and one SHA-256 is as good as a slow
hash, which is for passwords that people think up. It begins with a word that scanners for secrets
find, and is not kept anywhere: who loses it makes another.
"""

import re
import secrets
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import msgspec

MADE, REVOKED = "token-made", "token-revoked"
"""Kinds of the notes on a token; their subject is its id."""

PREFIX = "residency_"
SHAPE = re.compile(rf"{PREFIX}[0-9a-f]{{64}}")
_BYTES = 32
_ID_CHARACTERS = 12


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """The body of the note that a token was made."""

    name: str
    sha256: str
    expires: str


class Revoked(msgspec.Struct, frozen=True, kw_only=True):
    """The body of the note that a token counts no more."""


class Token(NamedTuple):
    """A token that was made.

    Attributes:
        id: The beginning of its hash, so that one that is found somewhere can be told.
        revoked_at: When it was revoked; None where it was not.
    """

    id: str
    name: str
    sha256: str
    made_at: datetime
    expires: datetime
    revoked_at: datetime | None

    def counts(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked_at is None and now < self.expires


def new_secret() -> str:
    """Make a secret that nobody knows."""
    return PREFIX + secrets.token_hex(_BYTES)


def digest(secret: str) -> str:
    """Give what is kept of a secret."""
    return sha256(secret.encode()).hexdigest()


def id_of(hashed: str) -> str:
    """Give the id of the token with this digest."""
    return hashed[:_ID_CHARACTERS]
