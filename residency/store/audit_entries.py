"""Reads the ledger itself: its entries in their order, the tree over them, and its heads."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from residency.errors import LedgerError
from residency.store.fault import Fault
from residency.store.ledger.canonical import parse_canonical
from residency.store.ledger.checkpoint import Checkpoint
from residency.store.ledger.merkle import NodeOf, leaf_hash, nodes_of, root_of
from residency.store.ledger.signing import PublicKey, verify
from residency.store.notes import NOTES
from residency.store.tables import LEDGER_ENTRY, LEDGER_HEAD, LEDGER_NODE
from residency.store.times import written

Body = Mapping[str, Any]
Noted = tuple[str, str, Body]
"""Kind, time and body of the entry on a note."""

VERSIONED = frozenset({"exemption", "declaration", "policy", "episode", "incident", "operation"})
"""Kinds of entries that tell of a version."""


@dataclass(slots=True, kw_only=True)
class Entries:
    """The ledger as it was read.

    Attributes:
        scans: The bodies of scans, by number, and `snapshots` likewise.
        versions: What began (or ended: None) by kind, id and scan, sealed.
        notes: What people recorded, by number.
        ats: The time of each entry.
        prunes: When evidence was given up, by the scan until which it was.
        bearing: How many heads bear a signature, and `signed` how many one that was verified.
    """

    size: int = 0
    scans: dict[int, Body] = field(default_factory=dict)
    snapshots: dict[int, Body] = field(default_factory=dict)
    versions: dict[tuple[str, str, int], str | None] = field(default_factory=dict)
    notes: dict[int, Noted] = field(default_factory=dict)
    prunes: dict[int, str] = field(default_factory=dict)
    ats: list[str] = field(default_factory=list)
    heads: int = 0
    bearing: int = 0
    origins: set[str] = field(default_factory=set)
    signed: int = 0
    faults: list[Fault] = field(default_factory=list)


def read_entries(connection: Connection, found: Entries, keys: Sequence[PublicKey] = ()) -> None:
    """Read and verify the ledger; `keys` are those whose signatures count.

    Raises LookupError, TypeError or ValueError where it is not even of the kind that it should be.
    """
    leaves: list[bytes] = []
    for row in connection.execute(select(LEDGER_ENTRY).order_by(LEDGER_ENTRY.c.seq)):
        leaves.append(leaf_hash(row.entry))
        found.size += 1
        found.faults.extend(_entry(found, row.seq, row.entry))
    node = nodes_of(leaves)
    found.faults.extend(_nodes(connection, node))
    found.faults.extend(_heads(connection, node, found, keys))


def _entry(found: Entries, seq: int, entry: bytes) -> Iterator[Fault]:
    where = f"entry {seq}"
    found.ats.append("")
    if seq != found.size:
        yield Fault(where=where, what=f"stands where entry {found.size} should")
    try:
        told = parse_canonical(entry)
        if told["seq"] != seq:
            yield Fault(where=where, what=f"says that it is entry {told['seq']}")
        found.ats[-1] = told["at"]
        _file(found, told)
    except (LedgerError, LookupError, TypeError) as error:
        yield Fault(where=where, what=f"cannot be read: {error!r}")


def _file(found: Entries, told: Body) -> None:
    """Keep what an entry says where the tables are compared with it."""
    kind, body = told["kind"], told["body"]
    match kind:
        case "scan":
            found.scans[body["scan"]] = body
        case "snapshot":
            found.snapshots[body["scan"]] = body
        case _ if kind in VERSIONED:
            found.versions[kind, body["id"], body["scan"]] = body["is"]
        case _ if kind in NOTES:
            found.notes[body["note"]] = kind, told["at"], body
        case "prune":
            found.prunes[body["until_scan"]] = told["at"]
        case _:
            pass


def _nodes(connection: Connection, node: NodeOf) -> Iterator[Fault]:
    for row in connection.execute(select(LEDGER_NODE)):
        try:
            right = node(row.level, row.place)
        except IndexError:
            right = b""
        if right != row.sha256:
            where = f"node {row.level}/{row.place}"
            yield Fault(where=where, what="is not the hash of the entries under it")


def _heads(
    connection: Connection, node: NodeOf, found: Entries, keys: Sequence[PublicKey]
) -> Iterator[Fault]:
    size = 0
    for row in connection.execute(select(LEDGER_HEAD).order_by(LEDGER_HEAD.c.size)):
        found.heads += 1
        size = row.size
        yield from _head(row.checkpoint, row.size, node, found)
        try:
            _signature(row.checkpoint, json.loads(row.envelope), found, keys)
        except (LedgerError, ValueError) as error:
            yield Fault(where=f"head {row.size}", what=str(error))
    if size != found.size:
        yield Fault(where=f"head {size}", what=f"is the last, and there are {found.size} entries")
    if keys and found.heads and not found.bearing:
        what = "is not signed, though there is a key; the next scan signs if the key is new"
        yield Fault(where=f"head {size}", what=what)


def _signature(text: str, envelope: Body | None, found: Entries, keys: Sequence[PublicKey]) -> None:
    """Verify the signature of a head. Raises LedgerError."""
    if envelope is None:
        if found.bearing:
            raise LedgerError("is not signed, though heads before it are")
        return
    found.bearing += 1
    if keys:
        verify(envelope, text, keys, Checkpoint.parse(text).at)
        found.signed += 1


def _head(text: str, size: int, node: NodeOf, found: Entries) -> Iterator[Fault]:
    where = f"head {size}"
    try:
        head = Checkpoint.parse(text)
    except LedgerError as error:
        yield Fault(where=where, what=str(error))
        return
    found.origins.add(head.origin)
    if head.size != size:
        yield Fault(where=where, what=f"says that it covers {head.size} entries")
    elif size > found.size or root_of(size, node) != head.root:
        yield Fault(where=where, what="its root is not that of the entries")
    elif found.ats[size - 1] != written(head.at):
        yield Fault(where=where, what="its time is not that of its last entry")
