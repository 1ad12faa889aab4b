"""Signed heads: by which keys, and what is refused."""

import base64
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from residency.errors import LedgerError
from residency.store.ledger.signing import (
    PAYLOAD_TYPE,
    PublicKey,
    Signer,
    load_signer,
    signed,
    verify,
)

MakeSigner = Callable[[str], Signer]
AT = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TEXT = "example.com/residency\n1\nroot\ntime 2026-11-01T00:00:00.000000Z\n"
BOTH = pytest.mark.parametrize("kind", ["ecdsa", "ed25519"])
PKCS8 = PrivateFormat.PKCS8


@BOTH
def test_a_signed_head_verifies_with_the_public_key(signer: MakeSigner, kind: str) -> None:
    signs = signer(kind)
    envelope = signed(TEXT, signs)
    assert envelope is not None
    assert envelope["payloadType"] == PAYLOAD_TYPE
    assert base64.b64decode(envelope["payload"]).decode() == TEXT
    assert verify(envelope, TEXT, [signs.public_key(AT)], AT) == (signs.keyid,)


def test_without_a_key_nothing_is_signed_and_the_envelope_is_null() -> None:
    assert signed(TEXT, None) is None


@BOTH
def test_a_public_key_is_read_as_it_was_published(signer: MakeSigner, kind: str) -> None:
    for until in (None, AT + DAY):
        key = signer(kind).public_key(AT, until)
        assert PublicKey.of(key.document()) == key


@BOTH
def test_a_changed_byte_anywhere_in_the_envelope_is_seen(signer: MakeSigner, kind: str) -> None:
    signs = signer(kind)
    keys, envelope = [signs.public_key(AT)], signs.sign(TEXT)
    for field in ("payload", "payloadType"):
        for place in range(len(envelope[field])):
            with pytest.raises(LedgerError):
                verify({**envelope, field: changed(envelope[field], place)}, TEXT, keys, AT)
    for field in ("keyid", "sig"):
        for place in range(len(envelope["signatures"][0][field])):
            altered = deepcopy(envelope)
            altered["signatures"][0][field] = changed(envelope["signatures"][0][field], place)
            with pytest.raises(LedgerError):
                verify(altered, TEXT, keys, AT)


def changed(text: str, place: int) -> str:
    other = "B" if text[place] == "A" else "A"
    return f"{text[:place]}{other}{text[place + 1 :]}"


def test_an_envelope_around_another_head_is_refused(signer: MakeSigner) -> None:
    signs = signer("ecdsa")
    with pytest.raises(LedgerError, match="something else"):
        verify(signs.sign("another"), TEXT, [signs.public_key(AT)], AT)


@pytest.mark.parametrize(
    ("since", "until", "counts"),
    [
        (AT, None, True),
        (AT - DAY, AT + DAY, True),
        (AT + DAY, None, False),
        (AT - DAY, AT, False),
    ],
)
def test_a_key_counts_from_when_it_is_valid_until_it_is_not(
    signer: MakeSigner, since: datetime, until: datetime | None, *, counts: bool
) -> None:
    signs = signer("ecdsa")
    key = signs.public_key(since, until)
    if counts:
        assert verify(signs.sign(TEXT), TEXT, [key], AT)
    else:
        with pytest.raises(LedgerError, match="no key that counts"):
            verify(signs.sign(TEXT), TEXT, [key], AT)


def test_every_signature_must_be_by_a_key_that_counts(signer: MakeSigner) -> None:
    one, two = signer("ecdsa"), signer("ed25519")
    envelope = one.sign(TEXT)
    envelope["signatures"] += two.sign(TEXT)["signatures"]
    keys = [one.public_key(AT), two.public_key(AT)]
    assert set(verify(envelope, TEXT, keys, AT)) == {one.keyid, two.keyid}
    with pytest.raises(LedgerError, match=two.keyid):
        verify(envelope, TEXT, keys[:1], AT)


@pytest.mark.parametrize(
    "but",
    [
        {"signatures": []},
        {"signatures": None},
        {"signatures": [{"keyid": 1, "sig": "AA=="}]},
        {"signatures": [{"sig": "AA=="}]},
        {"payload": 7},
        {"payload": "%%%"},
        {"more": 1},
    ],
)
def test_what_is_no_envelope_is_refused(signer: MakeSigner, but: dict[str, Any]) -> None:
    signs = signer("ecdsa")
    with pytest.raises(LedgerError):
        verify({**signs.sign(TEXT), **but}, TEXT, [signs.public_key(AT)], AT)


@pytest.mark.parametrize(
    "but",
    [
        {"keyid": "00" * 32},
        {"scheme": "ed25519"},
        {"public": "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"},
        {"valid_from": "2026-11-01T00:00:00"},
        {"valid_from": None},
        {"valid_to": 7},
        {"more": 1},
    ],
)
def test_what_is_no_such_key_is_refused(signer: MakeSigner, but: dict[str, Any]) -> None:
    document = signer("ecdsa").public_key(AT).document()
    with pytest.raises(LedgerError):
        PublicKey.of({**document, **but})


def private(kind: str, encryption: KeySerializationEncryption) -> bytes:
    match kind:
        case "p384":
            key = generate_private_key(SECP384R1())
            return key.private_bytes(Encoding.PEM, PKCS8, encryption)
        case "public":
            public = generate_private_key(SECP384R1()).public_key()
            return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        case _:
            return generate_rsa(65537, 2048).private_bytes(Encoding.PEM, PKCS8, encryption)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"no key", "no private key in PEM"),
        (b"", "no private key in PEM"),
        (private("public", NoEncryption()), "no private key in PEM"),
        (private("p384", NoEncryption()), "another kind"),
        (private("rsa", NoEncryption()), "another kind"),
        (private("p384", BestAvailableEncryption(b"password")), "encrypted"),
    ],
    ids=["text", "empty", "public", "p384", "rsa", "encrypted"],
)
def test_a_key_that_cannot_be_used_is_refused_with_what_to_do(
    tmp_path: Path, content: bytes, says: str
) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(content)
    with pytest.raises(LedgerError, match=says) as refused:
        load_signer(file)
    assert "openssl" in str(refused.value)
    assert str(file) in str(refused.value)


@pytest.mark.parametrize("name", [".", "absent.pem"])
def test_a_key_that_is_not_there_is_refused_with_what_to_do(tmp_path: Path, name: str) -> None:
    with pytest.raises(LedgerError, match="leave the setting out"):
        load_signer(tmp_path / name)


def test_a_signer_never_shows_its_key(signer: MakeSigner) -> None:
    assert "PRIVATE" not in repr(signer("ecdsa"))
