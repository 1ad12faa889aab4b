"""A customer's part of a scan: proven to it, hidden from all others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.errors import LedgerError
from residency.store.ledger.customers import (
    CustomerProof,
    customers_root,
    leaf,
    opaque,
    prove,
    proves,
    salt,
)
from residency.store.ledger.merkle import EMPTY_ROOT

SECRET, OTHER = bytes(range(32)), bytes(32)
RECORD = b'{"changes":0}'


def leaves(names: list[str], seq: int = 7) -> dict[str, bytes]:
    return {opaque(SECRET, each): leaf(salt(SECRET, each, seq), RECORD) for each in names}


@given(st.lists(st.text(st.characters(codec="utf-8")), unique=True, min_size=1, max_size=20))
def test_each_customer_can_check_its_own_record(names: list[str]) -> None:
    found = leaves(names)
    root = customers_root(found)
    for name in names:
        proof = prove(found, opaque(SECRET, name))
        assert proves(proof, salt(SECRET, name, 7), RECORD, root)
        assert not proves(proof, salt(SECRET, name, 7), RECORD + b" ", root)
        assert not proves(proof, salt(SECRET, name, 8), RECORD, root)


def test_the_order_in_which_customers_come_does_not_matter() -> None:
    assert customers_root(leaves(["a", "b", "c"])) == customers_root(leaves(["c", "a", "b"]))


def test_without_customers_the_root_is_that_of_the_empty_tree() -> None:
    assert customers_root({}) == EMPTY_ROOT


def test_equal_records_of_two_customers_or_two_scans_do_not_look_equal() -> None:
    hidden = [*leaves(["a", "b"], 7).values(), *leaves(["a", "b"], 8).values()]
    assert len(set(hidden)) == 4


def test_an_opaque_id_stays_the_same_and_holds_no_name() -> None:
    assert opaque(SECRET, "acme") == opaque(SECRET, "acme")
    assert opaque(SECRET, "acme") != opaque(OTHER, "acme")
    assert "acme" not in opaque(SECRET, "acme")


def test_a_salt_is_never_an_opaque_id() -> None:
    keyed = {salt(SECRET, "acme", seq).hex() for seq in range(50)}
    assert len(keyed) == 50
    assert opaque(SECRET, "acme") not in keyed


def test_a_customer_without_a_part_has_no_proof() -> None:
    with pytest.raises(LedgerError, match="no part"):
        prove(leaves(["a"]), opaque(SECRET, "b"))


def test_a_proof_for_another_place_proves_nothing() -> None:
    found = leaves(["a", "b", "c"])
    proof = prove(found, opaque(SECRET, "a"))
    moved = CustomerProof(index=(proof.index + 1) % 3, size=3, path=proof.path)
    assert not proves(moved, salt(SECRET, "a", 7), RECORD, customers_root(found))


@pytest.mark.parametrize("secret", [b"", b"short"])
def test_a_secret_that_can_be_guessed_is_refused(secret: bytes) -> None:
    with pytest.raises(LedgerError, match="secret"):
        salt(secret, "acme", 1)
    with pytest.raises(LedgerError, match="secret"):
        opaque(secret, "acme")
