"""Opens the database: one writer of scans, every commit on the disk before it is acknowledged.

Write-ahead log and `synchronous=FULL` as https://www.sqlite.org/pragma.html#pragma_synchronous has
it: a commit survives a loss of power. Nothing outside this module knows which database it is.
"""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from residency.errors import StoreError

_PREFIX = "sqlite:///"
_BUSY_MILLISECONDS = 5_000
_PATIENT_MILLISECONDS = 60_000
"""How long what a person does waits for the commit of a scan."""

_READING_KIBIBYTES = 16_384
"""Room for one who looks much up here and there: else pages are read anew each time."""

_CACHE_KIBIBYTES = 65_536
"""Room for all that a first scan writes: else pages go to the disk and back while it does."""

_ADVICE = {
    "database or disk is full": "free some room on its disk; nothing of this scan was kept",
    "readonly database": "make its folder writable for this user",
    "unable to open": "make its folder, or name another with `store.url`",
    "locked": "another program holds it; end that one",
    "malformed": "it is damaged: keep it as evidence and `residency restore` a backup",
    "not a database": "it is damaged: keep it as evidence and `residency restore` a backup",
    "disk I/O error": "its disk fails: keep what is there and `residency restore` a backup",
}


def path_of(url: str) -> Path:
    """Give the file that `store.url` names."""
    return Path(url.removeprefix(_PREFIX))


class Database:
    """An open database."""

    def __init__(self, path: Path, *, writes: bool, alone: bool = True) -> None:
        """Open it.

        Args:
            path: The file. It is made only where this process writes it alone.
            writes: Whether this process may write it.
            alone: Whether no other may; it then is the one that scans are written by. Otherwise
                each transaction waits for those of the one that scans.

        Raises:
            StoreError: It cannot be opened, or another process writes it alone as well.
        """
        self.path = path
        self.writes = writes
        sole = writes and alone
        if not sole and not path.exists():
            raise StoreError(
                f"{path} is not there; `residency scan` makes it, or name another with `store.url`"
            )
        self._lock = locked(path) if sole else None
        self.engine = _engine(path, writes=writes, sole=sole)
        self._file: tuple[int, int] | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state throughout. Raises StoreError."""
        with told(self.path), self.engine.connect() as connection:
            self._require_same()
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes are all kept at the end, or none. Raises StoreError."""
        if not self.writes:
            raise StoreError(f"{self.path} is open for reading only")
        with told(self.path), self.engine.connect() as connection:
            with connection.execution_options(writes=True).begin():
                self._require_same()
                yield connection
            _give_back(connection)

    def _require_same(self) -> None:
        """Refuse to go on in a file that nobody else finds any more. Raises StoreError."""
        found = self.path.stat() if self.path.exists() else None
        file = found and (found.st_dev, found.st_ino)
        self._file = self._file or file
        if file is None or file != self._file:
            raise StoreError(
                f"{self.path} was removed, or another was put in its place, while it was open:"
                " restart, and find out what did that; `residency restore` puts a backup back"
            )

    def close(self) -> None:
        """Close it, and let another process write."""
        self.engine.dispose()
        if self._lock is not None:
            self._lock.close()


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Translate the database's errors into StoreError, which says what to do."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = error.orig if isinstance(error, DatabaseError) else error
        raise StoreError(f"{path}: {cause}; {_advice(str(cause))}") from error
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}; {_advice(str(error))}") from error


def _advice(said: str) -> str:
    for part, advice in _ADVICE.items():
        if part in said:
            return advice
    return "nothing was written; this should not happen, please report it"


def locked(path: Path) -> IO[bytes]:
    """Hold the file beside the database that only one writer may hold."""
    beside = path.with_name(f"{path.name}.lock")
    try:
        lock = beside.open("ab")
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; {_ADVICE['unable to open']}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise StoreError(
            f"{path} is written by another process; end it, or give this one another `store.url`"
        ) from error
    return lock


def _engine(path: Path, *, writes: bool, sole: bool) -> Engine:
    """Make the engine.

    The pool is named because SQLAlchemy takes this for a database in memory, and its pool for
    those closes connections of other threads while they read.
    """
    mode = "rwc" if sole else "rw" if writes else "ro"
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    patience = _PATIENT_MILLISECONDS if writes and not sole else _BUSY_MILLISECONDS

    def connect() -> sqlite3.Connection:
        found = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        found.execute(f"PRAGMA busy_timeout={patience}")
        return found

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, max_overflow=-1)
    event.listen(engine, "connect", _prepare_to_write if writes else _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - sqlite3's own
    for pragma in ("foreign_keys=ON", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_to_write(connection: Any, record: object) -> None:  # noqa: ANN401 - sqlite3's own
    _prepare(connection, record)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA cache_size=-{_CACHE_KIBIBYTES}")


def _begin(connection: Connection) -> None:
    """Take the lock of a writer at once, so that no statement in the middle meets another."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _give_back(connection: Connection) -> None:
    """Give the pages back that were needed to write: a service holds its connection for months."""
    connection.connection.cursor().execute("PRAGMA shrink_memory")


def give_room(connection: Connection) -> None:
    """Let a reader keep the pages that it looks things up in."""
    connection.exec_driver_sql(f"PRAGMA cache_size=-{_READING_KIBIBYTES}")
