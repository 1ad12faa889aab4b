"""What Azure answered, kept beside the store so that a restart need not ask for all of it again.

It is no record: nothing is proven by it, it may be deleted at any time, and it is when it is
damaged. So it has a file of its own, beside the database.
"""

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from residency.errors import StoreError

_LOG = logging.getLogger(__name__)
_MOST_IN_MEMORY = 4_000
"""Of what was put: a first scan puts a hundred thousand answers."""

_TABLE = """
CREATE TABLE IF NOT EXISTS facet (
  key TEXT PRIMARY KEY, asked_at TEXT NOT NULL, failed INTEGER NOT NULL, empty_at TEXT,
  body BLOB NOT NULL
) WITHOUT ROWID
"""


class Facet(NamedTuple):
    """One answer: how it stands, and `body` for whoever kept it.

    `empty_at` is when there was nothing; then that is all there is to say, and no body.
    """

    key: str
    asked_at: str
    failed: bool
    empty_at: str | None
    body: bytes


class Facets:
    """The answers that are kept in one file. What was put is on the disk after `flush`."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it anew where it is not there or is damaged. Raises StoreError."""
        self.path = path
        self._put: dict[str, Facet] = {}
        self._gone: set[str] = set()
        with self._told():
            self._connection = self._opened()

    @classmethod
    def beside(cls, store: Path) -> "Facets":
        """Open those that belong to a store. Raises StoreError."""
        return cls(store.with_name(f"{store.name}.facets"))

    def stamps(self) -> Iterator[tuple[str, str, bool, str | None]]:
        """Give how each stands: key, when it was asked, whether that failed, or gave nothing."""
        with self._told():
            rows = self._connection.execute("SELECT key, asked_at, failed, empty_at FROM facet")
            for key, asked_at, failed, empty_at in rows:
                if key not in self._put and key not in self._gone:
                    yield key, asked_at, bool(failed), empty_at
        for each in self._put.values():
            yield each.key, each.asked_at, each.failed, each.empty_at

    def get(self, key: str) -> bytes | None:
        """Give what is kept under a key."""
        if key in self._put:
            return self._put[key].body
        if key in self._gone:
            return None
        with self._told():
            query = "SELECT body FROM facet WHERE key = ?"
            row = self._connection.execute(query, (key,)).fetchone()
        return bytes(row[0]) if row else None

    def put(self, facet: Facet) -> None:
        """Keep an answer in place of what was kept under its key. Raises StoreError."""
        self._put[facet.key] = facet
        self._gone.discard(facet.key)
        if len(self._put) >= _MOST_IN_MEMORY:
            with self._told():
                self._write()

    def forget(self, keys: Iterable[str]) -> None:
        """Keep nothing more under these keys."""
        for key in keys:
            self._put.pop(key, None)
            self._gone.add(key)

    def flush(self) -> None:
        """Bring to the disk what was put and forgotten since. Raises StoreError."""
        with self._told():
            self._write()
            self._connection.commit()

    def _write(self) -> None:
        """Write what was put and forgotten, in the transaction that a flush commits."""
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(
            "DELETE FROM facet WHERE key = ?", ((key,) for key in self._gone)
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO facet VALUES (?, ?, ?, ?, ?)", self._put.values()
        )
        self._put.clear()
        self._gone.clear()

    def close(self) -> None:
        """Close the file. What was not flushed is lost."""
        self._connection.close()

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(_TABLE)
            connection.execute("SELECT key, asked_at, failed, empty_at, body FROM facet LIMIT 1")
        except sqlite3.DatabaseError as error:
            connection.close()
            if isinstance(error, sqlite3.OperationalError) and not _is_other(error):
                raise
            _LOG.warning("%s is damaged (%s): everything is asked again", self.path, error)
            self.path.unlink()
            return self._opened()
        return connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"{self.path}: {error}; it holds nothing but answers of Azure:"
                " delete it, or make its folder writable for this user"
            ) from error


def kept_beside(store: Path, start: str) -> tuple[tuple[bytes, str | None], ...]:
    """Read the answers beside a store whose keys begin so: each body, and when it was empty.

    Nothing where the file is not there, or cannot be read: it is no record.
    """
    path = store.with_name(f"{store.name}.facets")
    query = "SELECT body, empty_at FROM facet WHERE key >= ? AND key < ?"
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
            rows = connection.execute(query, (start, f"{start}\U0010ffff")).fetchall()
    except sqlite3.Error as error:
        _LOG.debug("%s cannot be read: %s", path, error)
        return ()
    return tuple((bytes(body), empty_at) for body, empty_at in rows)


def _is_other(error: sqlite3.OperationalError) -> bool:
    """Whether the file is whole, and its table is another one than ours."""
    return "no such column" in str(error)
