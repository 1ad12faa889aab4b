"""Public keys as people give them, and the times in which they signed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from residency.errors import LedgerError
from residency.store.ledger.keys import EVER, Spans, read_keys
from residency.store.ledger.signing import PublicKey, Signer

AT = datetime(2026, 10, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MakeSigner = Callable[[str], Signer]


def private(key: Any, password: bytes | None = None) -> bytes:
    how = BestAvailableEncryption(password) if password else NoEncryption()
    pem: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)
    return pem


def public(key: Any, encoding: Encoding = Encoding.PEM) -> bytes:
    data: bytes = key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    return data


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "key"


@pytest.mark.parametrize("kind", ["ecdsa", "ed25519"])
def test_the_public_half_of_a_key_is_the_same_from_either_half(
    signer: MakeSigner, tmp_path: Path, file: Path, kind: str
) -> None:
    wanted = signer(kind).public_key(EVER)
    file.write_text(wanted.public)
    assert read_keys(file) == read_keys(tmp_path / f"{kind}.pem") == (wanted,)


def test_a_list_is_read_as_it_was_published(signer: MakeSigner, file: Path) -> None:
    listed = (
        signer("ecdsa").public_key(AT, AT + DAY),
        signer("ed25519").public_key(AT + DAY),
    )
    file.write_text(json.dumps([each.document() for each in listed], indent=2))
    assert read_keys(file) == listed


@cache
def unusable() -> dict[str, bytes]:
    curve = ec.generate_private_key(ec.SECP256R1())
    other = ec.generate_private_key(ec.SECP384R1())
    return {
        "absent": b"",
        "encrypted": private(curve, b"secret"),
        "binary": public(curve, Encoding.DER),
        "cut": public(curve)[:60],
        "text": b"no key",
        "list": b"[{}]",
        "cut list": b"[",
        "deep list": b"[" * 100_000,
        "P-384": public(other),
        "RSA": public(rsa.generate_private_key(65537, 1024)),  # noqa: S505 - refused anyway
        "DSA": public(dsa.generate_private_key(1024)),  # noqa: S505 - refused anyway
    }


@pytest.mark.parametrize("which", sorted(unusable()))
def test_what_is_no_key_of_a_ledger_says_what_to_give(file: Path, which: str) -> None:
    if which != "absent":
        file.write_bytes(unusable()[which])
    with pytest.raises(LedgerError, match=r"openssl pkey|P-256 or Ed25519|signs no ledger"):
        read_keys(file)


def key(name: str, **dates: Any) -> PublicKey:
    return PublicKey(keyid=name, scheme="ed25519", public="", **{"valid_from": EVER, **dates})


def listed(*signers: tuple[str, ...], keys: tuple[PublicKey, ...]) -> Any:
    spans = Spans()
    for number, each in enumerate(signers):
        spans.add(AT + number * DAY, each)
    return [(each.keyid, each.valid_from, each.valid_to) for each in spans.listed(keys)]


def test_a_key_counts_from_its_first_head_until_the_first_one_without_it() -> None:
    found = listed((), ("a",), ("a",), ("b",), ("b",), keys=(key("b"), key("a"), key("c")))
    assert found == [("a", AT + DAY, AT + 3 * DAY), ("b", AT + 3 * DAY, None)]


def test_two_keys_may_sign_at_the_same_time() -> None:
    found = listed(("a",), ("a", "b"), ("b",), keys=(key("a"), key("b")))
    assert found == [("a", AT, AT + 2 * DAY), ("b", AT + DAY, None)]


def test_a_key_that_came_back_counts_on() -> None:
    assert listed(("a",), ("b",), ("a",), keys=(key("a"), key("b"))) == [
        ("a", AT, None),
        ("b", AT + DAY, AT + 2 * DAY),
    ]


def test_a_clock_that_was_put_back_leaves_no_head_without_its_key() -> None:
    spans = Spans()
    for hours, signer in ((3, "a"), (1, "a"), (5, "a"), (2, "b")):
        spans.add(AT + timedelta(hours=hours), (signer,))
    first, second = spans.listed((key("a"), key("b")))
    assert all(first.counts_at(AT + timedelta(hours=hours)) for hours in (1, 3, 5))
    assert second.counts_at(AT + timedelta(hours=2))


def test_dates_that_were_published_stay() -> None:
    dated = key("a", valid_from=AT - DAY, valid_to=AT + 9 * DAY)
    assert listed(("a",), ("a",), keys=(dated,)) == [("a", AT - DAY, AT + 9 * DAY)]


def test_a_key_that_is_missing_is_named() -> None:
    with pytest.raises(LedgerError, match="signed by b, c,"):
        listed(("a",), ("c",), ("b",), keys=(key("a"),))
