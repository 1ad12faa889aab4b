"""A proof that is handed out alone proves one entry, or that a ledger only grew, and no more."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

from residency.errors import StoreError
from residency.store import Store
from residency.store.ledger.checkpoint import Checkpoint
from residency.store.ledger.keys import read_keys
from residency.store.ledger.merkle import leaf_hash
from residency.store.ledger.signing import PublicKey, load_signer
from residency.store.ledger_log import LedgerLog
from residency.store.proofs import (
    Head,
    NotProvenError,
    head_of,
    prove_consistency,
    prove_inclusion,
    verify_proof,
)
from residency.store.tables import LEDGER_ENTRY, LEDGER_NODE

AT = datetime(2026, 10, 1, tzinfo=UTC)
SIZES = (1, 2, 3, 7, 8, 20, 64, 300)


@pytest.fixture
def key_file(new_key: Callable[[], Path]) -> Path:
    return new_key()


@pytest.fixture
def keys(key_file: Path) -> tuple[PublicKey, ...]:
    return read_keys(key_file)


@pytest.fixture
def ledger(store: Store, key_file: Path) -> Iterator[Connection]:
    """Three hundred entries, sealed at several sizes, in a transaction."""
    signer = load_signer(key_file)
    with store.database.writing() as connection:
        log = LedgerLog(connection)
        for seq in range(1, max(SIZES) + 1):
            log.append("event", AT + timedelta(minutes=seq), {"é": seq})
            if seq in SIZES:
                log.seal("example.com/residency", AT + timedelta(days=seq), signer)
        connection.exec_driver_sql("DROP TRIGGER ledger_entry_update")
        connection.exec_driver_sql("DROP TRIGGER ledger_node_update")
        yield connection


def test_every_entry_is_proven_under_the_newest_head(
    ledger: Connection, keys: tuple[PublicKey, ...]
) -> None:
    for seq in range(1, 301):
        found = verify_proof(prove_inclusion(ledger, seq), keys if seq % 50 == 0 else ())
        assert found.entry is not None
        assert (found.entry["body"], found.head.size) == ({"é": seq}, 300)


@pytest.mark.parametrize("size", SIZES)
def test_an_entry_is_proven_under_any_head_that_covers_it(
    ledger: Connection, keys: tuple[PublicKey, ...], size: int
) -> None:
    for seq in range(1, size + 1):
        proof = prove_inclusion(ledger, seq, size)
        assert len(proof["hashes"]) <= size.bit_length()
        assert verify_proof(proof).head.size == size
    assert verify_proof(prove_inclusion(ledger, size, size), keys).signers == (keys[0].keyid,)


def test_a_proof_survives_being_written_as_any_json(
    ledger: Connection, keys: tuple[PublicKey, ...]
) -> None:
    proof = prove_inclusion(ledger, 7)
    assert verify_proof(json.loads(json.dumps(proof, indent=4)), keys).signers


def test_the_leaf_is_the_hash_of_the_text_that_the_proof_carries(ledger: Connection) -> None:
    proof = prove_inclusion(ledger, 1, 2)
    assert verify_proof(proof).head.root.hex() != leaf_hash(proof["entry"].encode()).hex()
    alone = prove_inclusion(ledger, 1, 1)
    assert verify_proof(alone).head.root == leaf_hash(alone["entry"].encode())
    assert alone["hashes"] == []


def others(value: Any) -> list[Any]:
    match value:
        case str():
            return [f"{value}x", value[:-1], "", value.upper(), None, 7]
        case int():
            return [value + 1, value - 1, -value - 1, str(value), None]
        case list():
            swapped = [value[1], value[0], *value[2:]]
            return [value[1:], value[:-1], [*value, value[0]], swapped, [], None, "".join(value)]
        case _:
            return [None, [], {}, "x"]


def test_every_field_of_a_proof_that_is_changed_is_refused(
    ledger: Connection, keys: tuple[PublicKey, ...]
) -> None:
    proofs = prove_inclusion(ledger, 20), prove_consistency(ledger, head_of(ledger, 20))
    for proof in proofs:
        assert verify_proof(proof, keys).signers
        for name, value in proof.items():
            for other in others(value):
                if other != value:
                    with pytest.raises(NotProvenError):
                        verify_proof({**proof, name: other}, keys)
        for name in proof:
            with pytest.raises(NotProvenError):
                verify_proof({key: proof[key] for key in proof.keys() - {name}}, keys)
        with pytest.raises(NotProvenError):
            verify_proof({**proof, "more": 1}, keys)


@pytest.mark.parametrize("document", [None, [], "x", 7, {}, {"schema": "other"}, {"schema": []}])
def test_what_is_no_proof_proves_nothing(document: object) -> None:
    with pytest.raises(NotProvenError):
        verify_proof(document)


def test_the_hash_of_a_node_is_not_taken_for_an_entry(ledger: Connection) -> None:
    proof = prove_inclusion(ledger, 3, 8)
    shorter = {**proof, "hashes": proof["hashes"][1:]}
    with pytest.raises(NotProvenError):
        verify_proof(shorter)


def test_from_each_head_to_each_later_one_the_ledger_only_grew(
    ledger: Connection, keys: tuple[PublicKey, ...]
) -> None:
    for old in SIZES:
        for new in SIZES:
            if old <= new:
                found = verify_proof(prove_consistency(ledger, head_of(ledger, old), new), keys)
                assert found.old is not None
                assert (found.old.size, found.head.size) == (old, new)


def forged(head: Head, **change: Any) -> Head:
    told = Checkpoint.parse(head.checkpoint)
    fields = {"origin": told.origin, "size": told.size, "root": told.root, "at": told.at, **change}
    return Head(checkpoint=Checkpoint(**fields).text(), envelope=None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"root": b"\x07" * 32}, "were rewritten"),
        ({"size": 19}, "were rewritten"),
        ({"size": 21}, "were rewritten"),
        ({"size": 301}, "some are gone"),
        ({"origin": "example.org/residency"}, "two ledgers"),
    ],
)
def test_a_head_that_is_not_of_this_ledger_shows_that(
    ledger: Connection, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(NotProvenError, match=said):
        verify_proof(prove_consistency(ledger, forged(head_of(ledger, 20), **change)))


def test_a_signature_of_another_key_counts_for_nothing(
    ledger: Connection, new_key: Callable[[], Path]
) -> None:
    proof = prove_inclusion(ledger, 7)
    with pytest.raises(NotProvenError, match="no key that counts"):
        verify_proof(proof, read_keys(new_key()))
    with pytest.raises(NotProvenError, match="is not signed"):
        verify_proof({**proof, "envelope": None}, read_keys(new_key()))
    assert verify_proof(proof).signers == ()


def test_an_envelope_of_another_head_is_refused(
    ledger: Connection, keys: tuple[PublicKey, ...]
) -> None:
    proof = deepcopy(prove_inclusion(ledger, 7))
    proof["envelope"] = prove_inclusion(ledger, 7, 20)["envelope"]
    with pytest.raises(NotProvenError):
        verify_proof(proof, keys)


def test_an_entry_or_a_node_that_was_altered_proves_nothing(ledger: Connection) -> None:
    entry = LEDGER_ENTRY.c
    ledger.execute(update(LEDGER_ENTRY).where(entry.seq == 7).values(entry=b'{"seq":7}'))
    with pytest.raises(NotProvenError):
        verify_proof(prove_inclusion(ledger, 7))
    assert verify_proof(prove_inclusion(ledger, 9)).head.size == 300
    at = (LEDGER_NODE.c.level == 3) & (LEDGER_NODE.c.place == 0)
    ledger.execute(update(LEDGER_NODE).where(at).values(sha256=b"\x07" * 32))
    with pytest.raises(NotProvenError):
        verify_proof(prove_inclusion(ledger, 9))


@pytest.mark.parametrize("seq", [0, -1, 301])
def test_an_entry_that_is_not_there_cannot_be_proven(ledger: Connection, seq: int) -> None:
    with pytest.raises(StoreError, match="There is no entry"):
        prove_inclusion(ledger, seq)


def test_a_head_that_is_not_there_is_said(ledger: Connection, store: Store) -> None:
    with pytest.raises(StoreError, match="no head of 9 entries"):
        head_of(ledger, 9)
    with store.database.reading() as empty, pytest.raises(StoreError, match="no head yet"):
        head_of(empty)
