"""Connections to what scans have left."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from residency.store.reading.opened import store_at


@pytest.fixture
def connected(path: Path) -> Iterator[Callable[[], Connection]]:
    """Connect as a reader does, beside the writer; each sees what stood when it began."""
    open_now: list[Iterator[Connection]] = []

    def connect() -> Connection:
        open_now.append(_reading(path))
        return next(open_now[-1])

    yield connect
    for each in open_now:
        assert next(each, None) is None


def _reading(path: Path) -> Iterator[Connection]:
    with store_at(f"sqlite:///{path}") as database, database.reading() as connection:
        yield connection
