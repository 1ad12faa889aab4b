"""Signed heads: a DSSE envelope around the body of a checkpoint, by securesystemslib.

Without a key nothing is signed, and the envelope of a head is null: the ledger then shows order
and integrity to whoever kept an earlier head, and says nothing of who wrote it. There is no
signature code here. https://github.com/secure-systems-lab/dsse

securesystemslib is imported late: it brings the Azure SDK along where that is installed.
"""
# ruff: noqa: PLC0415 - the late imports

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from residency.errors import LedgerError
from residency.settings import LedgerSettings
from residency.store.times import moment_of, written

if TYPE_CHECKING:
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import Signer as LibrarySigner  # type: ignore[attr-defined]
    from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

PAYLOAD_TYPE = "application/vnd.residency.checkpoint.v1"
"""DSSE's payload type: the payload is the text of a checkpoint, as `checkpoint` writes it."""

SCHEMES = ("ecdsa-sha2-nistp256", "ed25519")
MAKE_A_KEY = "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ledger.pem"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key with the time in which it counts: what readers are given.

    Attributes:
        keyid: The id that securesystemslib gives this key.
        scheme: `ecdsa-sha2-nistp256` or `ed25519`.
        public: The key, PEM.
        valid_from: From when on heads may be signed with it.
        valid_to: Until when; null while it is in use.
    """

    keyid: str
    scheme: str
    public: str
    valid_from: datetime
    valid_to: datetime | None = None

    def counts_at(self, at: datetime) -> bool:
        """Say whether the key counts for a head of that time."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)

    def document(self) -> dict[str, str | None]:
        """Give the key as `keys.json` lists it."""
        return {
            "keyid": self.keyid,
            "scheme": self.scheme,
            "public": self.public,
            "valid_from": written(self.valid_from),
            "valid_to": None if self.valid_to is None else written(self.valid_to),
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "PublicKey":
        """Read what `document` gave.

        Raises:
            LedgerError: It is not such a key, or the id is not the key's own.
        """
        try:
            until = document["valid_to"]
            key = cls(
                keyid=document["keyid"],
                scheme=document["scheme"],
                public=document["public"],
                valid_from=moment_of(document["valid_from"]),
                valid_to=None if until is None else moment_of(until),
            )
            same = key.document() == document
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise LedgerError(f"This is no public key of a ledger: {error!r}") from error
        if not same:
            raise LedgerError(f"The public key {key.keyid} is spelt in another way than published")
        _verifier(key)
        return key


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs heads with one private key, which it never shows."""

    _signer: "LibrarySigner" = field(repr=False)
    _public: str

    @property
    def keyid(self) -> str:
        """The id of the key."""
        return self._signer.public_key.keyid

    def public_key(self, valid_from: datetime, valid_to: datetime | None = None) -> PublicKey:
        """Give the public half, to publish."""
        key = self._signer.public_key
        return PublicKey(
            keyid=key.keyid,
            scheme=key.scheme,
            public=self._public,
            valid_from=valid_from,
            valid_to=valid_to,
        )

    def sign(self, text: str) -> dict[str, Any]:
        """Sign the text of a checkpoint; gives the DSSE envelope as JSON."""
        from securesystemslib.dsse import Envelope

        envelope = Envelope(text.encode(), PAYLOAD_TYPE, {})
        envelope.sign(self._signer)
        return dict(envelope.to_dict())


def load_signer(file: Path) -> Signer:
    """Load a private key from a PEM file: ECDSA on P-256, or Ed25519.

    Raises:
        LedgerError: The file cannot be used; says what to do.
    """
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]

    key = _private_key(file)
    match key:
        case ec.EllipticCurvePrivateKey(curve=ec.SECP256R1()) | ed25519.Ed25519PrivateKey():
            pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            return Signer(CryptoSigner(key), pem.decode())
        case _:
            raise LedgerError(
                f"ledger.key_file: {file} holds a key of another kind than ECDSA on P-256 or "
                f"Ed25519. Make one with `{MAKE_A_KEY}`"
            )


def signer_of(settings: LedgerSettings) -> Signer | None:
    """Load the key that the configuration names; None where it names none.

    Raises:
        LedgerError: The file cannot be used; says what to do.
    """
    return None if settings.key_file is None else load_signer(settings.key_file)


def signed(text: str, signer: Signer | None) -> dict[str, Any] | None:
    """Sign the text of a checkpoint where there is a key; null says that nothing is signed."""
    return None if signer is None else signer.sign(text)


def verify(
    envelope: Mapping[str, Any], text: str, keys: Iterable[PublicKey], at: datetime
) -> tuple[str, ...]:
    """Verify every signature of an envelope; gives the ids of the keys.

    Args:
        envelope: The DSSE envelope, as JSON.
        text: The text of the checkpoint that it must hold.
        keys: The keys that the reader trusts.
        at: The time that the checkpoint names; only keys that count then are taken.

    Raises:
        LedgerError: It holds something else, or a signature is not by a key that counts.
    """
    from securesystemslib.exceptions import VerificationError

    opened = _opened(envelope)
    if opened.payload_type != PAYLOAD_TYPE or opened.payload != text.encode():
        raise LedgerError("The envelope of this head holds something else than the head")
    counting = {key.keyid: key for key in keys if key.counts_at(at)}
    unknown = sorted(map(str, opened.signatures.keys() - counting.keys()))
    if unknown or not opened.signatures:
        by = ", ".join(unknown) or "nobody"
        raise LedgerError(f"This head is signed by {by}, which is no key that counts at {at}")
    trusted = [_verifier(counting[keyid]) for keyid in sorted(opened.signatures)]
    try:
        return tuple(sorted(opened.verify(list(trusted), len(trusted))))
    except VerificationError as error:
        raise LedgerError("The signature of this head is not by the key that it names") from error


def _private_key(file: Path) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    try:
        return serialization.load_pem_private_key(file.read_bytes(), None)
    except OSError as error:
        raise LedgerError(
            f"ledger.key_file: {file} cannot be read ({error.strerror}). Mount the key there, make "
            f"one with `{MAKE_A_KEY}`, or leave the setting out: then nothing is signed"
        ) from error
    except TypeError as error:
        raise LedgerError(
            f"ledger.key_file: {file} is encrypted with a password. Give the key without one "
            "(`openssl pkey -in FILE -out NEW`) and protect the file instead"
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise LedgerError(
            f"ledger.key_file: {file} holds no private key in PEM. Make one with `{MAKE_A_KEY}`"
        ) from error


def _opened(envelope: Mapping[str, Any]) -> "Envelope":
    """Read an envelope in exactly the form in which it was written."""
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import FormatError

    try:
        opened = Envelope.from_dict(deepcopy(dict(envelope)))
        same = opened.to_dict() == envelope
    except (FormatError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise LedgerError(f"This is no DSSE envelope: {error!r}") from error
    if not same:
        raise LedgerError("This DSSE envelope is spelt in another way than it was written")
    return opened


def _verifier(key: PublicKey) -> "SSlibKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

    try:
        loaded = SSlibKey.from_crypto(load_pem_public_key(key.public.encode()))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise LedgerError(f"The public key {key.keyid} is no key in PEM: {error}") from error
    if loaded.scheme not in SCHEMES or (loaded.keyid, loaded.scheme) != (key.keyid, key.scheme):
        raise LedgerError(f"The public key {key.keyid} is not the key that its id and scheme name")
    return loaded
