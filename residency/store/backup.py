"""Copies of the store: made while it is in use, and good only once the audit found them whole."""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, func, select

from residency.errors import LedgerError, StoreError
from residency.store.audit import audit
from residency.store.copies import copy_whole, remove, to_disk
from residency.store.engine import Database
from residency.store.ledger.checkpoint import Checkpoint
from residency.store.ledger.signing import PublicKey, verify
from residency.store.schema import require_current
from residency.store.tables import LEDGER_ENTRY, LEDGER_HEAD, META, SCAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a store holds: its id, its entries and scans, and when the last scan was.

    Attributes:
        signed: Whether the last head bears a signature, which says nothing until it is verified.
        signers: Ids of the keys by which it is signed, verified; none where no key was given.
    """

    origin: str
    entries: int
    scans: int
    last_at: str
    signed: bool = False
    signers: tuple[str, ...] = ()


def back_up(store: Path, output: Path, keys: Sequence[PublicKey] = ()) -> Contents:
    """Copy a store to a new file, and verify the copy. It may be in use meanwhile.

    Raises:
        StoreError: There is a file already, the store cannot be read, the copy is not whole, or
            it is signed by none of the `keys`.
    """
    if os.path.lexists(output):
        raise StoreError(f"{output} exists; name another file: a backup is never overwritten")
    if not store.exists():
        raise StoreError(f"{store} is not there: there is nothing to back up")
    partial = output.with_name(f".{output.name}.{secrets.token_hex(4)}")
    try:
        copy_whole(store, partial)
        found = verified(partial, called=store, keys=keys)
        os.link(partial, output)  # unlike a rename this never takes the place of another file
        to_disk(output.parent)
    except OSError as error:
        raise StoreError(f"{output}: {error.strerror}; no backup was made") from error
    finally:
        remove(partial)
    return found


def verified(path: Path, *, called: Path | None = None, keys: Sequence[PublicKey] = ()) -> Contents:
    """Audit a store, and verify the signature of its last head; gives what it holds.

    That head covers every entry, and so all that is bound to them. What is not signed is told, and
    for the caller to refuse: a ledger may be from before there was a key.

    Raises:
        StoreError: Anything is wrong with it, it has another schema, or it is signed by none of
            the `keys`; it is `called` so.
    """
    database = Database(path, writes=False)
    try:
        require_current(database)
        with database.reading() as connection:
            faults = audit(connection).faults
            if faults:
                raise StoreError(
                    f"{called or path} is altered or damaged ({len(faults)} faults; the first:"
                    f" {faults[0].where} {faults[0].what}); use one that is whole"
                )
            return _signed(connection, called or path, keys)
    finally:
        database.close()


def newest_head(connection: Connection) -> tuple[str, str] | None:
    """Read the text of the newest head, and its envelope as JSON; None before the first."""
    columns = LEDGER_HEAD.c.checkpoint, LEDGER_HEAD.c.envelope
    row = connection.execute(select(*columns).order_by(LEDGER_HEAD.c.size.desc()).limit(1)).first()
    return row and (row.checkpoint, row.envelope)


def _signed(connection: Connection, called: Path, keys: Sequence[PublicKey]) -> Contents:
    """Give what a store holds, with whose signature its last head bears."""
    found = contents_of(connection)
    text, written = newest_head(connection) or ("", "null")
    envelope = json.loads(written)
    if envelope is None:
        return found
    try:
        signers = verify(envelope, text, keys, Checkpoint.parse(text).at) if keys else ()
    except LedgerError as error:
        raise StoreError(
            f"The last head of {called} is not signed by a key that is known here: {error}. If the"
            " key was changed since, name the old one with --key; if not, somebody else wrote"
            " this: keep it as evidence, and use one that is"
        ) from error
    return replace(found, signed=True, signers=signers)


def contents_of(connection: Connection) -> Contents:
    """Read what a store holds; the last scan is the one with the highest number."""
    origin = connection.scalar(select(META.c.value).where(META.c.key == "origin")) or b""
    last = select(SCAN.c.finished_at).order_by(SCAN.c.seq.desc()).limit(1)
    return Contents(
        origin=origin.decode(),
        entries=connection.scalar(select(func.max(LEDGER_ENTRY.c.seq))) or 0,
        scans=connection.scalar(select(func.max(SCAN.c.seq))) or 0,
        last_at=connection.scalar(last) or "",
    )
