"""Copies of the store: made while it is in use, and good only once the audit found them whole."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from residency.errors import StoreError
from residency.store.audit import audit
from residency.store.copies import copy_whole, remove, to_disk
from residency.store.engine import Database
from residency.store.schema import require_current
from residency.store.tables import LEDGER_ENTRY, META, SCAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a store holds: its id, its entries and scans, and when the last scan was."""

    origin: str
    entries: int
    scans: int
    last_at: str


def back_up(store: Path, output: Path) -> Contents:
    """Copy a store to a new file, and verify the copy. It may be in use meanwhile.

    Raises:
        StoreError: There is a file already, the store cannot be read, or the copy is not whole.
    """
    if os.path.lexists(output):
        raise StoreError(f"{output} exists; name another file: a backup is never overwritten")
    if not store.exists():
        raise StoreError(f"{store} is not there: there is nothing to back up")
    partial = output.with_name(f".{output.name}.{secrets.token_hex(4)}")
    try:
        copy_whole(store, partial)
        found = verified(partial, called=store)
        os.link(partial, output)  # unlike a rename this never takes the place of another file
        to_disk(output.parent)
    except OSError as error:
        raise StoreError(f"{output}: {error.strerror}; no backup was made") from error
    finally:
        remove(partial)
    return found


def verified(path: Path, *, called: Path | None = None) -> Contents:
    """Audit a store; gives what it holds.

    Raises:
        StoreError: Anything is wrong with it, or it has another schema; it is `called` so.
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
            return contents_of(connection)
    finally:
        database.close()


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
