"""What is done to a database as files: copied while in use, held to be whole, filled anew.

A copy is made by SQLite itself: https://www.sqlite.org/lang_vacuum.html#vacuuminto
"""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection

from residency.errors import StoreError
from residency.store.engine import told

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY_CODE = 0xFF
_DROPPED = "SELECT type, name FROM main.sqlite_master WHERE type IN ('trigger', 'table')"
_LOGS = ("-wal", "-shm")
"""Endings of the files that SQLite keeps beside a database; the first has what is not in it yet."""


def copy_whole(source: Path, output: Path) -> None:
    """Copy all that is committed into a new file, on the disk when this returns.

    Raises StoreError.
    """
    with told(source), closing(_reader(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(output),))
    to_disk(output)


def copy_bytes(source: Path, output: Path) -> None:
    """Copy a database that nobody writes meanwhile as it is on the disk, with its log.

    The log goes first: what moves from there into the database meanwhile is then in both.

    Raises:
        OSError: It cannot be written, or is there already.
    """
    for ending in (_LOGS[0], ""):
        former = source.with_name(f"{source.name}{ending}")
        if former.exists():
            made = output.with_name(f"{output.name}{ending}")
            with former.open("rb") as read, made.open("xb") as write:
                shutil.copyfileobj(read, write)
            to_disk(made)
    to_disk(output.parent)


def to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_damaged(path: Path) -> bool:
    """Say whether a file is no database, or a broken one. Raises StoreError where none can tell."""
    with told(path):
        try:
            with closing(_reader(path)) as connection:
                (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE not in _DAMAGED:
                raise
            return True
    return bool(found != "ok")


def in_one_file(path: Path) -> None:
    """Bring all of a database that nobody else has open into its one file, and that to the disk.

    Raises StoreError.
    """
    with told(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    if mode != "delete":
        raise StoreError(f"{path} is open in another program; end that one")
    to_disk(path)


def put_in_place(whole: Path, path: Path) -> None:
    """Give a database in one file the name of another that is damaged, or not there.

    Raises OSError.
    """
    for ending in _LOGS:  # else SQLite took them for those of the new one
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
    whole.replace(path)
    to_disk(path.parent)


def remove(path: Path) -> None:
    """Remove a database of our own making, with the files beside it."""
    for ending in ("", *_LOGS):
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)


def fill_anew(connection: Connection, source: Path) -> None:
    """Put the tables of another database in the place of all that are here, in one transaction.

    Whoever waits to write meanwhile goes on with what is here then, and nobody sees a half.
    """
    run = connection.exec_driver_sql
    run("ATTACH ? AS source", (str(source),))
    for kind, name in run(f"{_DROPPED} ORDER BY type DESC, rowid DESC").all():
        run(f'DROP {kind} main."{name}"')
    objects = run("SELECT type, name, sql FROM source.sqlite_master ORDER BY rowid").all()
    objects = [each for each in objects if each.sql is not None]  # SQLite makes the others itself
    for kind, name, sql in objects:
        if kind == "table":
            run(sql)
            run(f'INSERT INTO main."{name}" SELECT * FROM source."{name}"')  # noqa: S608
    for kind, _, sql in objects:
        if kind != "table":
            run(sql)


def _reader(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise StoreError(f"{path} is not there")
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    return sqlite3.connect(address, uri=True, isolation_level=None)
