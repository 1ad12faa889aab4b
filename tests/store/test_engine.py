"""The database as many threads and processes have it open."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from residency.errors import StoreError
from residency.store import Store
from residency.store.engine import Database
from residency.store.tables import META


@pytest.fixture
def made(store: Store, path: Path) -> Path:
    """A store that a writer has open."""
    assert store.database.path == path
    return path


@pytest.fixture
def reader(made: Path) -> Iterator[Database]:
    database = Database(made, writes=False)
    yield database
    database.close()


def test_many_threads_read_at_once(reader: Database) -> None:
    together = threading.Barrier(20, timeout=20)
    found: list[int | None] = []

    def read() -> None:
        with reader.reading() as connection:
            together.wait()
            found.append(connection.scalar(select(func.count()).select_from(META)))
            together.wait()

    threads = [threading.Thread(target=read) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [2] * 20


def test_a_writer_can_read_what_stands_while_it_writes(store: Store) -> None:
    with store.database.writing() as writing, store.database.reading() as reading:
        writing.execute(META.insert(), {"key": "new", "value": b""})
        assert reading.scalar(select(func.count()).select_from(META)) == 2


def test_a_second_process_that_scans_is_refused(made: Path) -> None:
    with pytest.raises(StoreError, match="is written by another process"):
        Database(made, writes=True)


def test_what_only_reads_writes_nothing(reader: Database) -> None:
    with pytest.raises(StoreError, match="for reading only"), reader.writing():
        pass


@pytest.mark.parametrize("writes", [True, False])
def test_only_who_scans_makes_a_store(tmp_path: Path, *, writes: bool) -> None:
    with pytest.raises(StoreError, match="`residency scan` makes it"):
        Database(tmp_path / "absent.db", writes=writes, alone=False)
    assert list(tmp_path.iterdir()) == []
