"""Puts a backup in the place of a store, without losing what was, and never unnoticed.

What is there is kept beside it. Whether it has history that the backup has not is told first, and
needs a word; the ledger tells of every restore, and names the head of what was there. The swap is
one transaction, so that a crash leaves the one or the other, and who waits to write goes on with
what is there then.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

from sqlalchemy import Connection, inspect, select

from residency.errors import LedgerError, StoreError
from residency.store import copies, last_head
from residency.store.backup import Contents, contents_of, newest_head, verified
from residency.store.engine import Database, locked
from residency.store.failpoint import failpoint
from residency.store.ledger.checkpoint import Checkpoint
from residency.store.ledger.keys import EVER
from residency.store.ledger.merkle import root_of
from residency.store.ledger.signing import PublicKey, Signer
from residency.store.ledger_log import LedgerLog, require_key
from residency.store.notes import append, token_revoked
from residency.store.reading.tokens import tokens
from residency.store.schema import migrate
from residency.store.tables import LEDGER_ENTRY, SCAN
from residency.store.times import written

_RESTORED_BY = "restore"
"""The role that revokes tokens."""

_OLDER = "give --older to lose that; it is kept beside the store, and the ledger will say so"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """History that what is there has, and the backup has not.

    Attributes:
        entries: How many entries of the ledger; None where nobody can tell.
        scans: How many scans; None where nobody can tell.
        from_scan: The number of the first of them.
        since: When that began; or when what is known to be lost ended.
    """

    entries: int | None = None
    scans: int | None = None
    from_scan: int | None = None
    since: str | None = None

    def __str__(self) -> str:
        """Say it in one sentence."""
        if self.entries is None:
            return "what is there cannot be read, so nobody can tell what the backup lacks of it"
        if self.scans is None:
            return f"the backup lacks entries that were written here by {self.since}"
        if not self.scans:
            return f"the backup lacks {self.entries} entries of the ledger that are not of scans"
        return (
            f"history is missing from scan {self.from_scan} of {self.since} on:"
            f" {self.scans} scans, {self.entries} entries of the ledger"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put back.

    Attributes:
        contents: What the backup holds.
        entry: The number of the entry that tells of it.
        kept_as: Where that is now which was there; None where nothing was.
        lost: What it had and the backup has not.
    """

    contents: Contents
    entry: int
    kept_as: Path | None
    lost: Lost | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a restore is told to do."""

    at: datetime
    signer: Signer | None
    older: bool
    unsigned: bool


def restore(  # noqa: PLR0913 - what must be said before history is replaced
    backup: Path,
    store: Path,
    at: datetime,
    signer: Signer | None,
    *,
    older: bool,
    unsigned: bool = False,
    keys: Sequence[PublicKey] = (),
) -> Restored:
    """Put a backup in the place of a store. What was there is kept under another name.

    Args:
        backup: What `back_up` made.
        store: Where the store is, or was.
        at: The time of the restore.
        signer: The key of the ledger.
        older: Go on although history is lost that is in what is there now.
        unsigned: Go on although nobody signed the backup, and there is a key, or was.
        keys: Others whose signature counts.

    Raises:
        StoreError: Nothing was changed: the backup is not whole, is of another store, lacks history
            or a signature that counts, or another process writes the store.
        LedgerError: Nothing was changed: the ledger is signed, and there is no key.
    """
    draft = store.with_name(f"{store.name}.restoring")
    with locked(store):
        try:
            copies.remove(draft)  # of a restore that was ended half way
            counting = (*keys, *([signer.public_key(EVER)] if signer else []))
            contents = _copied(backup, draft, counting)
            asked = _Asked(at=at, signer=signer, older=older, unsigned=unsigned)
            if counting:
                _require_signed(contents, asked)
            return _Restore(store, draft, contents, asked).run()
        except OSError as error:
            raise StoreError(f"{store}: {error.strerror}; it is as it was") from error
        finally:
            copies.remove(draft)


def _copied(backup: Path, draft: Path, keys: Sequence[PublicKey]) -> Contents:
    """Copy a backup, bring the copy forward, and verify it."""
    copies.copy_whole(backup, draft)
    with closing(Database(draft, writes=True, alone=False)) as database:
        migrate(database)
    return verified(draft, called=backup, keys=keys)


class _Restore:
    """One restore; `draft` is a copy of the backup beside the store."""

    def __init__(self, store: Path, draft: Path, contents: Contents, asked: _Asked) -> None:
        self._store, self._draft, self._contents, self._asked = store, draft, contents, asked

    def run(self) -> Restored:
        if self._store.exists() and not copies.is_damaged(self._store):
            return self._in_a_transaction()
        lost = self._unread()
        self._require_allowed(lost)
        head = self._tell(lost, None)
        kept_as = self._set_aside() if self._store.exists() else None
        last_head.forget(self._store)
        failpoint("restore")
        copies.put_in_place(self._draft, self._store)
        last_head.keep(self._store, head)
        return self._restored(head, kept_as, lost)

    def _in_a_transaction(self) -> Restored:
        with closing(Database(self._store, writes=True, alone=False)) as database:
            with database.writing() as connection:
                lost, instead_of = self._compared(connection)
                self._require_allowed(lost)
                head = self._tell(lost, instead_of)
                kept_as = self._set_aside()
                copies.fill_anew(connection, self._draft)
                last_head.forget(self._store)
                failpoint("restore")
            last_head.keep(self._store, head)
        return self._restored(head, kept_as, lost)

    def _restored(self, head: Checkpoint, kept_as: Path | None, lost: Lost | None) -> Restored:
        return Restored(contents=self._contents, entry=head.size, kept_as=kept_as, lost=lost)

    def _compared(self, connection: Connection) -> tuple[Lost | None, str | None]:
        """Give what the store has and the backup has not, and its newest head."""
        if not inspect(connection).has_table(LEDGER_ENTRY.name):
            return self._unread(), None
        there = contents_of(connection)
        if there.origin not in {"", self._contents.origin}:
            raise StoreError(
                f"{self._store} is another store than the backup is of; name another store.url"
            )
        head, envelope = newest_head(connection) or (None, "null")
        if envelope != "null":
            _require_signed(self._contents, self._asked)
        same, scans = self._shared(connection)
        lost = self._beyond_what_is_there(connection)
        if there.entries > same:
            since = select(SCAN.c.started_at).where(SCAN.c.seq == scans + 1)
            lost = Lost(
                entries=there.entries - same,
                scans=max(0, there.scans - scans),
                from_scan=scans + 1,
                since=connection.scalar(since),
            )
        return lost, head

    def _shared(self, connection: Connection) -> tuple[int, int]:
        """Count the first entries that both have, and the scans that those tell of."""
        query = select(LEDGER_ENTRY.c.entry).order_by(LEDGER_ENTRY.c.seq)
        with self._copy(writes=False) as draft, draft.reading() as theirs:
            both = zip(connection.scalars(query), theirs.scalars(query), strict=False)
            shared = [own for own, other in takewhile(lambda each: each[0] == each[1], both)]
        return len(shared), sum(json.loads(entry)["kind"] == "scan" for entry in shared)

    def _beyond_what_is_there(self, connection: Connection) -> Lost | None:
        """Give what was written here and is in neither: an older copy is there already."""
        head = last_head.read(self._store)
        if head is None or _covers(connection, head):
            return None
        return self._unread()

    def _unread(self) -> Lost | None:
        """Give what is lost as far as the note beside the store tells."""
        head = last_head.read(self._store)
        if head is None:
            return Lost() if self._store.exists() and self._store.stat().st_size else None
        with self._copy(writes=False) as draft, draft.reading() as connection:
            if _covers(connection, head):
                return None
        entries = max(0, head.size - self._contents.entries)
        return Lost(entries=entries, since=written(head.at))

    def _require_allowed(self, lost: Lost | None) -> None:
        if lost is not None and not self._asked.older:
            raise StoreError(
                f"the backup ends at {self._contents.last_at} (scan {self._contents.scans}), and"
                f" {lost}: {_OLDER}"
            )

    def _tell(self, lost: Lost | None, instead_of: str | None) -> Checkpoint:
        """Write into the ledger of the draft that it goes on from a backup; gives its head."""
        with self._copy(writes=True) as database, database.writing() as connection:
            require_key(connection, self._asked.signer)
            self._revoke_tokens(connection)
            log = LedgerLog(connection)
            body = {
                "entries": self._contents.entries,
                "scan": self._contents.scans,
                "lost_entries": lost.entries if lost else 0,
                "lost_scans": lost.scans if lost else 0,
                "instead_of": instead_of,
            }
            log.append("restore", self._asked.at, body)
            head = log.seal(self._contents.origin, self._asked.at, self._asked.signer)
        copies.in_one_file(self._draft)
        return head

    def _revoke_tokens(self, connection: Connection) -> None:
        """Nobody can tell which of them were revoked since the backup was made."""
        for each in tokens(connection):
            if each.revoked_at is None:
                note = token_revoked(each.id, self._asked.at, _RESTORED_BY)
                append(connection, note, self._asked.signer)

    def _set_aside(self) -> Path:
        name = f"{self._store.name}.replaced-{self._asked.at.astimezone(UTC):%Y%m%dT%H%M%S.%f}Z"
        kept_as = self._store.with_name(name)
        if kept_as.exists():
            raise StoreError(f"{kept_as} exists already; wait a second, and try again")
        copies.copy_bytes(self._store, kept_as)
        return kept_as

    @contextmanager
    def _copy(self, *, writes: bool) -> Iterator[Database]:
        with closing(Database(self._draft, writes=writes, alone=False)) as database:
            yield database


def _require_signed(contents: Contents, asked: _Asked) -> None:
    """Refuse a backup that nobody signed where there is a key, or was. Raises StoreError."""
    if not contents.signed and not asked.unsigned:
        raise StoreError(
            f"the backup of {contents.last_at} (scan {contents.scans}) is not signed, though this"
            " ledger has a key: it is from before there was a key, or somebody took the signatures"
            " away. Compare it with a head that you kept, then give --unsigned"
        )


def _covers(connection: Connection, head: Checkpoint) -> bool:
    """Say whether a store has all entries that a head covers."""
    log = LedgerLog(connection)
    if contents_of(connection).origin != head.origin or log.size < head.size:
        return False
    try:
        return root_of(head.size, log.node) == head.root
    except LedgerError:
        return False
