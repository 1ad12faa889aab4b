"""The store: one writer that remembers scans, and the database that others read."""

import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import insert, select

from residency.cycles import few_collections
from residency.errors import StoreError
from residency.settings import Retention
from residency.store.draft import Draft, drafted
from residency.store.engine import Database, path_of
from residency.store.entries import append_entries
from residency.store.events import pairs_told
from residency.store.failpoint import failpoint
from residency.store.last_head import keep, require_no_older
from residency.store.ledger.signing import Signer
from residency.store.ledger_log import LedgerLog, require_key
from residency.store.lines import Labels, where
from residency.store.memory import Known
from residency.store.prune import forget, prune
from residency.store.record import ScanRecord
from residency.store.remember import remember, remember_resources
from residency.store.schema import migrate
from residency.store.tables import META, SCAN
from residency.store.times import written
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

    @few_collections()
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
            require_no_older(database.path, LedgerLog(connection))
            meta = {row.key: row.value for row in connection.execute(select(META))}
            if not meta:
                meta = {
                    "origin": f"residency/{secrets.token_hex(8)}".encode(),
                    "secret": secrets.token_bytes(_SECRET_BYTES),
                }
                connection.execute(insert(META), [{"key": k, "value": v} for k, v in meta.items()])
            self.memory, counted = remember(connection)
        self.origin = meta["origin"].decode()
        self._labels = Labels(meta["secret"])
        self.memory.where = where(counted, self.memory.states, self._labels)
        self.memory.read_resources = self._resources

    @classmethod
    def open(cls, url: str, signer: Signer | None = None) -> Self:
        """Open the store that `store.url` names, to write it. Raises StoreError, LedgerError."""
        with ExitStack() as failed:
            database = Database(path_of(url), writes=True)
            failed.callback(database.close)  # else nobody could write until this process ends
            store = cls(database, signer)
            failed.pop_all()
        return store

    @few_collections()
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
            head = log.seal(self.origin, record.finished_at, self._signer)
            failpoint("commit")
        self._take(draft)
        keep(self.database.path, head)
        failpoint("committed")
        return Committed(seq=draft.seq, changes=len(draft.changes), events=len(draft.events))

    def prune(self, now: datetime, retain: Retention) -> int | None:
        """Give up evidence that is older than `retain`, by whole months.

        Returns:
            The scan until which it is gone, or None where nothing was old enough.

        Raises:
            StoreError: It could not be written.
        """
        with self.database.writing() as connection:
            pruned = prune(connection, now, retain, self.origin, self._signer)
        if pruned is None:
            return None
        forget(self.memory, pruned)
        return pruned.until_scan

    def _resources(self) -> dict[str, Known]:
        """Read what was ever seen: nothing is written before what is found to be otherwise."""
        with self.database.reading() as connection, few_collections():
            return remember_resources(connection)

    def _take(self, draft: Draft) -> None:
        """Keep in mind what was committed."""
        memory = self.memory
        memory.where = draft.where
        memory.by_id = draft.standing
        if draft.new.resources:
            memory.resources.update(draft.new.resources)
        memory.places |= draft.places
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
        memory.finished_at = written(draft.record.finished_at)
        memory.pairs = pairs_told(draft.record.reasons, memory.pairs)
        memory.events += len(draft.events)

    def close(self) -> None:
        """Let another process write."""
        self.database.close()
