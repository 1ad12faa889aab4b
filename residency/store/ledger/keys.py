"""Public keys as people keep them: a key list that was published, or a key in PEM.

Of a private key only the public half is taken, so that who has the key needs no second file.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from residency.errors import LedgerError
from residency.store.ledger.signing import SCHEMES, PublicKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""From when a key counts of which nobody says since when."""

_ADVICE = "give the public key in PEM (`openssl pkey -in ledger.pem -pubout`) or the list keys.json"
_SHORTEST = timedelta(microseconds=1)


def read_keys(file: Path) -> tuple[PublicKey, ...]:
    """Read a key in PEM, which then counts at any time, or a list as an export has it.

    Raises:
        LedgerError: The file holds neither, or cannot be read; says what to do.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise LedgerError(f"{file} cannot be read ({error.strerror}): {_ADVICE}") from error
    if data.lstrip().startswith(b"["):
        return _listed(file, data)
    return (_key(file, data),)


def _listed(file: Path, data: bytes) -> tuple[PublicKey, ...]:
    try:
        return tuple(PublicKey.of(each) for each in json.loads(data))
    except (LedgerError, ValueError, RecursionError) as error:
        raise LedgerError(f"{file} is no list of public keys ({error}): {_ADVICE}") from error


def _key(file: Path, data: bytes) -> PublicKey:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - late, as signing
        Encoding,
        PublicFormat,
    )
    from securesystemslib.signer import (  # type: ignore[attr-defined]  # noqa: PLC0415 - late
        SSlibKey,
    )

    public = _public(file, data)
    try:
        key = SSlibKey.from_crypto(public)
    except ValueError as error:
        raise LedgerError(f"{file} holds a key of a kind that signs no ledger: {error}") from error
    if key.scheme not in SCHEMES:
        raise LedgerError(
            f"{file} holds a key for {key.scheme}; ledgers are signed by ECDSA on P-256 or Ed25519"
        )
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return PublicKey(keyid=key.keyid, scheme=key.scheme, public=pem, valid_from=EVER)


def _public(file: Path, data: bytes) -> "PublicKeyTypes":
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - late, as signing
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - late, as signing
        load_pem_private_key,
        load_pem_public_key,
    )

    try:
        if b"PRIVATE KEY" in data:
            return load_pem_private_key(data, None).public_key()
        return load_pem_public_key(data)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise LedgerError(f"{file} holds no key that can be read: {_ADVICE}") from error


class Spans:
    """From when until when each key signed, as the heads of a ledger tell, in their order."""

    def __init__(self) -> None:
        """Begin before the first head."""
        self._signed: dict[str, list[datetime]] = {}
        self._after: dict[str, datetime] = {}

    def add(self, at: datetime, signers: Iterable[str]) -> None:
        """Add a head of that time."""
        now = set(signers)
        for keyid in now:
            self._signed.setdefault(keyid, []).append(at)
            self._after.pop(keyid, None)
        for keyid in self._signed.keys() - now:
            self._after.setdefault(keyid, at)

    def listed(self, keys: Iterable[PublicKey]) -> tuple[PublicKey, ...]:
        """Give the keys that signed, each with its time; a time that was published stays.

        Raises:
            LedgerError: Of one that signed there is no key.
        """
        known = {key.keyid: key for key in keys}
        missing = sorted(self._signed.keys() - known.keys())
        if missing:
            raise LedgerError(
                f"Heads of this ledger are signed by {', '.join(missing)}, and that key is not"
                " given: name its file with --key, public or private"
            )
        return tuple(self._dated(known[keyid]) for keyid in self._signed)

    def _dated(self, key: PublicKey) -> PublicKey:
        if key.valid_from != EVER:
            return key
        times, after = self._signed[key.keyid], self._after.get(key.keyid)
        until = None if after is None else max(after, max(times) + _SHORTEST)
        return replace(key, valid_from=min(times), valid_to=until)
