"""Appends to the ledger in the transaction of what it tells of."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from residency.errors import LedgerError
from residency.store.ledger.canonical import canonical
from residency.store.ledger.checkpoint import Checkpoint
from residency.store.ledger.merkle import grown, leaf_hash, root_of
from residency.store.ledger.signing import Signer, signed
from residency.store.tables import LEDGER_ENTRY, LEDGER_HEAD, LEDGER_NODE
from residency.store.times import written

ENTRY_VERSION = 1


class LedgerLog:
    """The ledger as one transaction sees it."""

    def __init__(self, connection: Connection) -> None:
        """Append after all that is there, whoever wrote it."""
        self._connection = connection
        self.size = connection.scalar(select(func.max(LEDGER_ENTRY.c.seq))) or 0
        self._new: dict[tuple[int, int], bytes] = {}

    def append(self, kind: str, at: datetime, body: Mapping[str, Any]) -> None:
        """Append one entry, and the nodes of the tree that are complete with it."""
        seq = self.size + 1
        told = {"v": ENTRY_VERSION, "seq": seq, "kind": kind, "at": written(at), "body": dict(body)}
        entry = canonical(told)
        nodes = grown(self.size, leaf_hash(entry), self.node)
        self._new |= {(node.level, node.index): node.hash for node in nodes}
        self._connection.execute(insert(LEDGER_ENTRY), {"seq": seq, "entry": entry})
        self._connection.execute(
            insert(LEDGER_NODE),
            [{"level": node.level, "place": node.index, "sha256": node.hash} for node in nodes],
        )
        self.size = seq

    def seal(self, origin: str, at: datetime, signer: Signer | None) -> Checkpoint:
        """Keep the head over all entries, signed if there is a key."""
        head = Checkpoint(origin=origin, size=self.size, root=root_of(self.size, self.node), at=at)
        envelope = json.dumps(signed(head.text(), signer), sort_keys=True)
        self._connection.execute(
            insert(LEDGER_HEAD),
            {"size": self.size, "checkpoint": head.text(), "envelope": envelope},
        )
        return head

    def node(self, level: int, index: int) -> bytes:
        """Look a complete subtree up. Raises LedgerError where the store has lost it."""
        if (level, index) in self._new:
            return self._new[level, index]
        wanted = (LEDGER_NODE.c.level == level) & (LEDGER_NODE.c.place == index)
        found = self._connection.scalar(select(LEDGER_NODE.c.sha256).where(wanted))
        if found is None:
            raise LedgerError(
                f"the ledger has no node {index} of level {level}; it is damaged:"
                " keep it as evidence and `residency restore` a backup"
            )
        return bytes(found)


def require_key(connection: Connection, signer: Signer | None) -> None:
    """Refuse to put an unsigned head after signed ones: it would look as if somebody cut them.

    Raises LedgerError.
    """
    newest = select(LEDGER_HEAD.c.envelope).order_by(LEDGER_HEAD.c.size.desc()).limit(1)
    if signer is None and connection.scalar(newest) not in {None, "null"}:
        raise LedgerError(
            "The ledger of this store is signed, and there is no key to sign this with: name it"
            " with `ledger.key_file`, or record this where the key is"
        )
