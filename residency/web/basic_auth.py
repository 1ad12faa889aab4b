"""Basic authentication against bcrypt hashes, as exporter-toolkit does it.

A check takes tens of milliseconds on purpose, so it runs in a thread, one at a time, and what was
right is remembered by a keyed digest. A name that is not known costs the same time as one that is.
"""

import asyncio
import base64
import binascii
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping

import bcrypt

_SCHEME = "basic "
_MOST_REMEMBERED = 100
_MOST_WAITING = 16
_MOST_CHARACTERS = 1_024
_BCRYPT_BYTES = 72  # bcrypt looks at no more of a password
_NOBODY = "$2b${cost}$" + "." * 21 + "O" + "." * 31
_DEFAULT_COST = "10"


class Busy(Exception):  # noqa: N818 - it is an answer: come back later
    """Too many passwords wait to be checked."""


class BasicAuth:
    """Says who a caller is. One for the life of the listener; the users may change."""

    def __init__(self) -> None:
        """Begin with nothing remembered."""
        self._salt = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def user(self, authorization: str | None, users: Mapping[str, str]) -> str | None:
        """Give the user whose name and password these are, or None.

        Args:
            authorization: The header.
            users: bcrypt hashes by name.

        Raises:
            Busy: Come back later.
        """
        given = _name_and_password(authorization)
        if given is None:
            return None
        name, password = given
        hashed = users.get(name) or _hash_of_nobody(users)
        digest = self._digest(name, hashed, password)
        if digest not in self._right and not await self._check(digest, hashed, password):
            return None
        if name not in users:
            return None
        self._remember(digest)
        return name

    async def _check(self, digest: bytes, hashed: str, password: bytes) -> bool:
        if self._waiting >= _MOST_WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with self._turn:
                # Of many that came at once with the same password, the first has checked it.
                return digest in self._right or await asyncio.to_thread(_is_right, password, hashed)
        finally:
            self._waiting -= 1

    def _remember(self, digest: bytes) -> None:
        self._right[digest] = None
        self._right.move_to_end(digest)
        if len(self._right) > _MOST_REMEMBERED:
            self._right.popitem(last=False)

    def _digest(self, name: str, hashed: str, password: bytes) -> bytes:
        parts = (name.encode(), hashed.encode(), password)
        told = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self._salt, told, "sha256")


def _name_and_password(authorization: str | None) -> tuple[str, bytes] | None:
    if authorization is None or len(authorization) > _MOST_CHARACTERS:
        return None
    if authorization[: len(_SCHEME)].lower() != _SCHEME:
        return None
    try:
        pair = base64.b64decode(authorization[len(_SCHEME) :].strip(), validate=True)
        name, colon, password = pair.partition(b":")
        return (name.decode(), password) if colon else None
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def _is_right(password: bytes, hashed: str) -> bool:
    # A NUL cannot be in a password; it is checked all the same, so that it takes as long.
    found = bcrypt.checkpw(password.replace(b"\0", b"?")[:_BCRYPT_BYTES], hashed.encode())
    return found and b"\0" not in password


def _hash_of_nobody(users: Mapping[str, str]) -> str:
    """Give a hash that no password has, as costly as the users' own."""
    cost = max((hashed[4:6] for hashed in users.values()), default=_DEFAULT_COST)
    return _NOBODY.format(cost=cost)
