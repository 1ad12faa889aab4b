"""Opens the store that the configuration names, for a command that only reads."""

from collections.abc import Iterator
from contextlib import contextmanager

from residency.store.engine import Database, path_of
from residency.store.schema import require_current


@contextmanager
def store_at(url: str) -> Iterator[Database]:
    """Open the store at `store.url` to read it. Another process may write it meanwhile.

    Raises:
        StoreError: There is none, or it has a schema of another version; says what to do.
    """
    database = Database(path_of(url), writes=False)
    try:
        require_current(database)
        yield database
    finally:
        database.close()
