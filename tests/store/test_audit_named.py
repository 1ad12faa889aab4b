"""A fact or state that nothing names any more but an event is missed when it is taken away."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from residency.model import Reason, Status
from residency.settings import Retention
from residency.store import Store
from residency.store.audit import audit

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
USED = {"fact": "SELECT fact FROM placement", "state": "SELECT state FROM standing"}


@pytest.fixture
def left(
    opened: Callable[[], Store], path: Path, scans: "Scans", told: type["Told"]
) -> Callable[[], list[str]]:
    """A store that gave up what its only event names as it was before; gives what is wrong."""
    store = opened()
    outside: dict[str, Any] = {"status": Status.VIOLATION, "reasons": (Reason.OUTSIDE_EU,)}
    for days in (0, 1, 89, 90):
        region, judged = ("northeurope", {}) if days else ("westus", outside)
        at = BEGAN + timedelta(days=days)
        found = told(name="a", places=(("primary", region),), **judged)
        store.commit(scans(found, started_at=at, finished_at=at))
    assert store.prune(BEGAN + timedelta(days=90), Retention(30, "d")) == 2
    store.close()

    def faults() -> list[str]:
        again = opened()
        with closing(again), again.database.reading() as connection:
            return [each.where for each in audit(connection).faults]

    assert path.exists()
    return faults


@pytest.mark.parametrize("table", ["fact", "state"])
def test_a_row_that_only_an_event_names_is_missed(
    left: Callable[[], list[str]], path: Path, table: str
) -> None:
    assert left() == []
    with closing(sqlite3.connect(path)) as connection, connection:
        gone = connection.execute(
            f"DELETE FROM {table} WHERE pk NOT IN ({USED[table]}) RETURNING pk"  # noqa: S608
        ).fetchall()
    assert [f"{table} {pk}" for (pk,) in gone] == left() != []
