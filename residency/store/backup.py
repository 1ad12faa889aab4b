"""Copies of the store: made while it is in use, verified, and put back without losing what was.

A copy is made by SQLite itself (https://www.sqlite.org/lang_vacuum.html#vacuuminto) and counts only
once the audit has found it whole and it is on the disk.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, func, select

from residency.errors import StoreError
from residency.store.audit import audit
from residency.store.engine import Database, locked, told
from residency.store.last_head import path_beside
from residency.store.ledger.signing import Signer
from residency.store.ledger_log import LedgerLog, require_key
from residency.store.schema import require_current
from residency.store.tables import LEDGER_ENTRY, META, SCAN

_BESIDE = ("-wal", "-shm", ".facets", ".facets-wal", ".facets-shm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a store holds: its id, its entries and scans, and when the last scan was."""

    origin: str
    entries: int
    scans: int
    last_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put back.

    Attributes:
        kept_as: Where that is now which was there; None where nothing was.
        lost_scans: Scans that it had and the backup has not.
    """

    contents: Contents
    kept_as: Path | None
    lost_scans: int


def back_up(store: Path, output: Path) -> Contents:
    """Copy a store to a new file, and verify the copy. It may be in use meanwhile.

    Raises:
        StoreError: There is a file already, the store cannot be read, or the copy is not whole.
    """
    if output.exists():
        raise StoreError(f"{output} exists; name another file: a backup is never overwritten")
    partial = output.with_name(f"{output.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        _vacuum(store, partial)
        found = verified(partial)
        _to_disk(partial)
        partial.replace(output)
        _to_disk(output.parent)
    finally:
        partial.unlink(missing_ok=True)
    return found


def verified(path: Path) -> Contents:
    """Audit a store; gives what it holds. Raises StoreError where anything is wrong with it."""
    database = Database(path, writes=False)
    try:
        require_current(database)
        with database.reading() as connection:
            faults = audit(connection).faults
            if faults:
                raise StoreError(
                    f"{path} is altered or damaged ({len(faults)} faults; the first: "
                    f"{faults[0].where} {faults[0].what}); use another backup"
                )
            return _contents(connection)
    finally:
        database.close()


def restore(
    backup: Path, store: Path, at: datetime, signer: Signer | None, *, older: bool
) -> Restored:
    """Put a backup in the place of a store. What was there is kept under another name.

    The ledger tells of it, so that nobody takes what follows for the history that was.

    Args:
        backup: A file that `back_up` made.
        store: Where the store is, or was.
        at: The time of the restore.
        signer: The key of the ledger.
        older: Go on although scans are lost that are in what is there now.

    Raises:
        StoreError: The backup is not whole, it is of another store, it lacks scans and `older`
            was not asked for, or another process writes the store.
        LedgerError: The ledger is signed, and there is no key.
    """
    contents = verified(backup)
    lost = 0
    kept_as: Path | None = None
    with locked(store):
        if store.exists():
            lost = _lost(contents, store, older=older)
            kept_as = _set_aside(store, at)
        _copy(backup, store)
        path_beside(store).unlink(missing_ok=True)
        _tell(store, contents, at, signer, lost)
    return Restored(contents=contents, kept_as=kept_as, lost_scans=lost)


def _vacuum(store: Path, output: Path) -> None:
    if not store.exists():
        raise StoreError(f"{store} is not there: there is nothing to back up")
    address = f"file:{quote(str(store.absolute()))}?mode=ro"
    with told(store), closing(sqlite3.connect(address, uri=True)) as connection:
        connection.execute("VACUUM INTO ?", (str(output),))


def _contents(connection: Connection) -> Contents:
    origin = connection.scalar(select(META.c.value).where(META.c.key == "origin")) or b""
    return Contents(
        origin=origin.decode(),
        entries=connection.scalar(select(func.max(LEDGER_ENTRY.c.seq))) or 0,
        scans=connection.scalar(select(func.max(SCAN.c.seq))) or 0,
        last_at=connection.scalar(select(func.max(SCAN.c.finished_at))) or "",
    )


def _lost(contents: Contents, store: Path, *, older: bool) -> int:
    """Count the scans that only what is there now has. Raises StoreError unless that is asked for.

    What is there may be damaged: then nobody can count, and nothing more is lost by it.
    """
    try:
        database = Database(store, writes=False)
        try:
            with database.reading() as connection:
                there = _contents(connection)
        finally:
            database.close()
    except StoreError:
        return 0
    if there.origin != contents.origin:
        raise StoreError(f"{store} is another store than the backup is of; name another store.url")
    lost = max(0, there.scans - contents.scans)
    if there.entries > contents.entries and not older:
        raise StoreError(
            f"the backup ends at {contents.last_at} (scan {contents.scans}), and {store} goes on to"
            f" {there.last_at} (scan {there.scans}): give --older to lose that"
        )
    return lost


def _set_aside(store: Path, at: datetime) -> Path:
    kept_as = store.with_name(f"{store.name}.replaced-{at.astimezone(UTC):%Y%m%dT%H%M%S}Z")
    if kept_as.exists():
        raise StoreError(f"{kept_as} exists already; wait a second, and try again")
    for ending in ("", *_BESIDE):
        former = store.with_name(f"{store.name}{ending}")
        if former.exists():
            former.replace(kept_as.with_name(f"{kept_as.name}{ending}"))
    return kept_as


def _copy(backup: Path, store: Path) -> None:
    partial = store.with_name(f"{store.name}.partial")
    shutil.copyfile(backup, partial)
    _to_disk(partial)
    partial.replace(store)
    _to_disk(store.parent)


def _tell(store: Path, contents: Contents, at: datetime, signer: Signer | None, lost: int) -> None:
    """Write into the ledger that it goes on from a backup."""
    database = Database(store, writes=True, alone=False)
    try:
        with database.writing() as connection:
            require_key(connection, signer)
            log = LedgerLog(connection)
            log.append("restore", at, {"entries": contents.entries, "lost_scans": lost})
            log.seal(contents.origin, at, signer)
    finally:
        database.close()


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
