"""The store: one writer that remembers scans, and the database that others read."""

import secrets
from dataclasses import dataclass
from typing import Self

from sqlalchemy import insert, select

from residency.errors import StoreError
from residency.store.draft import Draft, drafted
from residency.store.engine import Database, path_of
from residency.store.entries import append_entries
from residency.store.failpoint import failpoint
from residency.store.ledger.signing import Signer
from residency.store.ledger_log import LedgerLog, require_key
from residency.store.lines import Labels, where
from residency.store.record import ScanRecord
from residency.store.remember import remember
from residency.store.schema import migrate
from residency.store.tables import META, SCAN
from residency.store.write import write

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A scan that was remembered: its number, and how much was written for it."""

    seq: int
    changes: int
    events: int


class Store:
    """The memory of one tenant, with the one writer that it has."""

    def __init__(self, database: Database, signer: Signer | None = None) -> None:
        """Bring the schema forward and read what stands.

        Raises:
            StoreError: It cannot be written, or read back.
            LedgerError: The ledger is signed, and there is no key.
        """
        self.database = database
        self._signer = signer
        migrate(database)
        with database.writing() as connection:
            require_key(connection, signer)
            meta = {row.key: row.value for row in connection.execute(select(META))}
            if not meta:
                meta = {
                    "origin": f"residency/{secrets.token_hex(8)}".encode(),
                    "secret": secrets.token_bytes(_SECRET_BYTES),
                }
                connection.execute(insert(META), [{"key": k, "value": v} for k, v in meta.items()])
            self.memory = remember(connection)
        self.origin = meta["origin"].decode()
        self._labels = Labels(meta["secret"])
        self.memory.where = where(self.memory, self._labels)

    @classmethod
    def open(cls, url: str, signer: Signer | None = None) -> Self:
        """Open the store that `store.url` names, to write it. Raises StoreError."""
        return cls(Database(path_of(url), writes=True), signer)

    def commit(self, record: ScanRecord) -> Committed:
        """Remember a scan: all of it is on the disk when this returns, or nothing is kept.

        Raises:
            StoreError: It could not be written, or another writer was here.
        """
        draft = drafted(self.memory, record, self._labels)
        with self.database.writing() as connection:
            last = connection.scalar(select(SCAN.c.seq).order_by(SCAN.c.seq.desc()).limit(1)) or 0
            if last != self.memory.scan:
                raise StoreError(
                    f"{self.database.path} holds scan {last} and scan {self.memory.scan} was"
                    " expected: something else wrote to it; restart, and find out what"
                )
            write(connection, self.memory, draft)
            log = LedgerLog(connection)
            append_entries(log, self.memory, draft, self._labels)
            log.seal(self.origin, record.finished_at, self._signer)
            failpoint("commit")
        self._take(draft)
        failpoint("committed")
        return Committed(seq=draft.seq, changes=len(draft.changes), events=len(draft.events))

    def _take(self, draft: Draft) -> None:
        """Keep in mind what was committed."""
        memory = self.memory
        memory.where = draft.where
        memory.by_id = draft.standing
        memory.resources |= draft.new.resources
        memory.types |= {known.type for known in draft.new.resources.values()}
        memory.states |= draft.new.states
        memory.facts |= draft.new.facts
        memory.state_of |= {known.sha256: row for row, known in draft.new.states.items()}
        memory.fact_of |= {known.sha256: row for row, known in draft.new.facts.items()}
        memory.subscriptions = dict(draft.subscriptions)
        for turn in draft.turns:
            memory.versions.pop((turn.kind, turn.id), None)
            if turn.after is not None:
                memory.versions[turn.kind, turn.id] = turn.after
        memory.scan, memory.month = draft.seq, draft.month
        memory.reasons = draft.record.reasons
        memory.events += len(draft.events)

    def close(self) -> None:
        """Let another process write."""
        self.database.close()
