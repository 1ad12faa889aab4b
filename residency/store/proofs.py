"""Proofs that can be handed out alone: that an entry is in the ledger, that a ledger only grew.

Both are JSON; hashes are SHA-256 in hexadecimal, and the tree is that of RFC 6962, section 2.1.
A checkpoint is four lines of text, the head of the ledger at that time; an envelope is DSSE around
it, or null where nothing is signed.

`residency/inclusion/v1`: entry `index` (from 0) is one of the `size` that the checkpoint covers.
    {"schema": …, "entry": "…", "index": 11, "size": 50, "hashes": ["…"],
     "checkpoint": "…", "envelope": {…} | null}
`entry` is the text whose hash, after a zero byte, is the leaf; `hashes` lead from it to the root.

`residency/consistency/v1`: the entries that `old` covers are the first ones of those of `new`.
    {"schema": …, "old": {"checkpoint": "…", "envelope": {…} | null}, "new": {…}, "hashes": ["…"]}

A proof is worth what its checkpoint is: compare that with one that was published, or its signature
with a key that was.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from residency.errors import LedgerError, StoreError
from residency.store.ledger.canonical import parse_canonical
from residency.store.ledger.checkpoint import Checkpoint
from residency.store.ledger.merkle import (
    consistency_path,
    inclusion_path,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from residency.store.ledger.signing import PublicKey, verify
from residency.store.ledger_log import LedgerLog
from residency.store.tables import LEDGER_ENTRY, LEDGER_HEAD

INCLUSION, CONSISTENCY = "residency/inclusion/v1", "residency/consistency/v1"
_HEAD_KEYS = {"checkpoint", "envelope"}
_KEYS = {
    INCLUSION: {"schema", "entry", "index", "size", "hashes", *_HEAD_KEYS},
    CONSISTENCY: {"schema", "old", "new", "hashes"},
}

Document = Mapping[str, Any]


class NotProvenError(LedgerError):
    """A proof does not prove what it says; somebody altered it, or the ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A head of the ledger, with its envelope, or null where it is not signed."""

    checkpoint: str
    envelope: Document | None

    def document(self) -> dict[str, Any]:
        """Give it as proofs carry it."""
        return {"checkpoint": self.checkpoint, "envelope": self.envelope}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What a proof proves.

    Attributes:
        head: The head that it proves something of.
        signed: Whether that bears a signature, which says nothing until it is verified.
        signers: Ids of the keys by which it is signed, verified; none where no key was given.
        entry: The entry that is in the ledger, or None.
        old: The head that the ledger has only grown since, or None.
    """

    head: Checkpoint
    signed: bool
    signers: tuple[str, ...]
    entry: Document | None = None
    old: Checkpoint | None = None


def head_of(connection: Connection, size: int | None = None) -> Head:
    """Read the newest head, or the one that covers `size` entries. Raises StoreError."""
    query = select(LEDGER_HEAD).order_by(LEDGER_HEAD.c.size.desc()).limit(1)
    if size is not None:
        query = query.where(LEDGER_HEAD.c.size == size)
    row = connection.execute(query).first()
    if row is None:
        which = "no head yet: `residency scan` makes the first"
        raise StoreError(
            f"The ledger has {which if size is None else f'no head of {size} entries'}"
        )
    try:
        return Head(checkpoint=row.checkpoint, envelope=json.loads(row.envelope))
    except ValueError as error:
        raise LedgerError(f"Head {row.size} has no envelope that can be read") from error


def prove_inclusion(connection: Connection, seq: int, size: int | None = None) -> dict[str, Any]:
    """Prove that entry number `seq` is under a head: the newest, or the one of `size` entries.

    Raises:
        StoreError: There is no such entry under that head, or no such head.
    """
    head = head_of(connection, size)
    covered = Checkpoint.parse(head.checkpoint).size
    if not 1 <= seq <= covered:
        raise StoreError(f"There is no entry {seq} among the {covered} that the head covers")
    entry = connection.scalar(select(LEDGER_ENTRY.c.entry).where(LEDGER_ENTRY.c.seq == seq))
    if entry is None:
        raise NotProvenError(f"Entry {seq} is not in the store, and the head says that it was")
    hashes = inclusion_path(seq - 1, covered, LedgerLog(connection).node)
    return {
        "schema": INCLUSION,
        "entry": bytes(entry).decode("utf-8", errors="replace"),
        "index": seq - 1,
        "size": covered,
        "hashes": [each.hex() for each in hashes],
        **head.document(),
    }


def prove_consistency(connection: Connection, old: Head, size: int | None = None) -> dict[str, Any]:
    """Prove that the ledger only grew since `old`, up to the newest head or the one of `size`.

    Raises:
        StoreError: There is no such head.
        NotProvenError: The old head covers more than the ledger has.
    """
    new = head_of(connection, size)
    before, after = (Checkpoint.parse(each.checkpoint).size for each in (old, new))
    if before > after:
        raise NotProvenError(
            f"The head that you hold covers {before} entries, and there are {after}: some are gone"
        )
    hashes = consistency_path(before, after, LedgerLog(connection).node)
    return {
        "schema": CONSISTENCY,
        "old": old.document(),
        "new": new.document(),
        "hashes": [each.hex() for each in hashes],
    }


def verify_proof(document: object, keys: Sequence[PublicKey] = ()) -> Proven:
    """Verify a proof; with `keys`, also that one of them signed its newest head.

    Raises:
        NotProvenError: It proves nothing of what it says.
    """
    try:
        told = _proof(document)
        hashes = [_hash(each) for each in told["hashes"]]
        if told["schema"] == INCLUSION:
            return _inclusion(told, hashes, keys)
        return _consistency(told, hashes, keys)
    except NotProvenError:
        raise
    except (AttributeError, LedgerError, LookupError, TypeError, ValueError) as error:
        raise NotProvenError(f"This is no proof: {error}") from error


def _proof(document: object) -> Document:
    if isinstance(document, Mapping) and set(document) == _KEYS[document["schema"]]:
        return document
    raise NotProvenError("This is no proof: a field is missing, or there is one too many")


def _inclusion(document: Document, hashes: list[bytes], keys: Sequence[PublicKey]) -> Proven:
    head, signers = _head({name: document[name] for name in _HEAD_KEYS}, keys)
    told = document["entry"].encode()
    entry, index = parse_canonical(told), document["index"]
    stands = [entry["seq"] - 1, head.size] == [index, document["size"]]
    if not stands or not verify_inclusion(leaf_hash(told), index, head.size, hashes, head.root):
        raise NotProvenError("The entry is not the one that the head covers at that place")
    signed = document["envelope"] is not None
    return Proven(head=head, signed=signed, signers=signers, entry=entry)


def _consistency(document: Document, hashes: list[bytes], keys: Sequence[PublicKey]) -> Proven:
    old, _ = _head(document["old"], ())
    new, signers = _head(document["new"], keys)
    if old.origin != new.origin:
        raise NotProvenError(f"The heads are of two ledgers: {old.origin} and {new.origin}")
    if not verify_consistency(old.size, new.size, old.root, new.root, hashes):
        raise NotProvenError(
            f"The first {old.size} entries are not those of the older head: they were rewritten"
        )
    signed = document["new"]["envelope"] is not None
    return Proven(head=new, signed=signed, signers=signers, old=old)


def _head(document: Document, keys: Sequence[PublicKey]) -> tuple[Checkpoint, tuple[str, ...]]:
    if document.keys() != _HEAD_KEYS:
        raise NotProvenError("This is no head of a ledger")
    head = Checkpoint.parse(document["checkpoint"])
    if not keys:
        return head, ()
    if document["envelope"] is None:
        raise NotProvenError(f"The head of {head.size} entries is not signed")
    return head, verify(document["envelope"], document["checkpoint"], keys, head.at)


def _hash(text: str) -> bytes:
    found = bytes.fromhex(text)
    if found.hex() != text or len(found) != len(leaf_hash(b"")):
        raise NotProvenError(f"{text!r} is no hash")
    return found
