"""What lets a customer check its own part of a scan, and tells it nothing of the others.

Each scan has a tree with one leaf a customer, in the order of the opaque ids. The data of a leaf
is 32 salted bytes and the customer's record. A customer is given its own salt, its record and the
path to the root: the hashes on that path hide what they were made of, because no other salt can be
had without the store's secret. What it does learn is how many customers there are.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from residency.errors import LedgerError
from residency.store.ledger.canonical import canonical
from residency.store.ledger.merkle import (
    inclusion_path,
    leaf_hash,
    nodes_of,
    root,
    verify_inclusion,
)

SECRET_BYTES = 16
"""The least that a secret must have; 32 is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerProof:
    """Where a customer's leaf is among how many, and the path from it to the root."""

    index: int
    size: int
    path: tuple[bytes, ...]


def salt(secret: bytes, customer: str, seq: int) -> bytes:
    """Give the 32 bytes that hide a customer's record of scan `seq`.

    Raises:
        LedgerError: The secret is too short to keep anything secret.
    """
    return _keyed(secret, ["salt", customer, seq])


def opaque(secret: bytes, customer: str) -> str:
    """Give the id of a customer in the ledger: always the same, and no name.

    Raises:
        LedgerError: The secret is too short to keep anything secret.
    """
    return _keyed(secret, ["customer", customer]).hex()


def leaf(salt: bytes, record: bytes) -> bytes:
    """Give the hash of a customer's leaf: its salt, then its record in canonical JSON."""
    return leaf_hash(salt + record)


def customers_root(leaves: Mapping[str, bytes]) -> bytes:
    """Give the root over the leaves of all customers, by opaque id."""
    return root(leaves[each] for each in sorted(leaves))


def prove(leaves: Mapping[str, bytes], opaque_id: str) -> CustomerProof:
    """Prove one customer's leaf.

    Raises:
        LedgerError: That customer has no leaf in this scan.
    """
    order = sorted(leaves)
    if opaque_id not in leaves:
        raise LedgerError(f"The customer {opaque_id} has no part in this scan")
    index, size = order.index(opaque_id), len(order)
    path = inclusion_path(index, size, nodes_of(leaves[each] for each in order))
    return CustomerProof(index=index, size=size, path=tuple(path))


def proves(proof: CustomerProof, salt: bytes, record: bytes, root_hash: bytes) -> bool:
    """Say whether a proof binds a customer's record to the root in a scan's entry."""
    found = leaf(salt, record)
    return verify_inclusion(found, proof.index, proof.size, proof.path, root_hash)


def _keyed(secret: bytes, told: Sequence[object]) -> bytes:
    if len(secret) < SECRET_BYTES:
        raise LedgerError(f"The secret of the ledger needs at least {SECRET_BYTES} bytes")
    return hmac.digest(secret, canonical(list(told)), "sha256")
