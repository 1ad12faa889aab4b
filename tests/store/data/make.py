"""Writes the first migration and the kept database of its version anew, until it is released.

    python tests/store/data/make.py

After that a migration never changes: a new version gets a migration, and a database, of its own.
"""

import gzip
import runpy
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from residency.model import Reason, Status
from residency.store import Store, Version
from residency.store.migrations import versions
from residency.store.notes import acknowledgement, record
from residency.store.tables import METADATA
from residency.store.triggers import statements

HERE = Path(__file__).parent
FIRST = Path(versions.__file__).with_name("0001_first.sql")
AWAY = (("primary", "northeurope"), ("replica", "westeurope"))
ESTATES = runpy.run_path(str(HERE.parent / "conftest.py"))


def schema() -> Iterator[str]:
    """Give the statements that make every table, index and trigger."""
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.begin() as connection:
        for statement in statements():
            connection.exec_driver_sql(statement)
        query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
        for (statement,) in connection.exec_driver_sql(query):
            yield "\n".join(line.strip() for line in statement.splitlines() if line.strip())


def history(path: Path) -> None:
    """Make a history of two months in which everything happened once."""
    scans, told, began = ESTATES["Scans"](), ESTATES["Told"], ESTATES["BEGAN"]
    exemption = Version(kind="exemption", id="e1", body='{"why":"test"}')
    episode = Version(kind="episode", id="e2", body='{"open":true}')
    outside: dict[str, Any] = {"status": Status.VIOLATION, "reasons": (Reason.OUTSIDE_EU,)}
    estates = (
        [told(name="a"), told(name="b", product=None, customers=()), told(name="c")],
        [told(name="a", places=AWAY), told(name="b", **outside), told(name="c")],
        [told(name="a", places=AWAY), told(name="b"), told(name="c", customers=("globex",))],
        [told(name="a"), told(name="b")],
    )
    store = Store.open(f"sqlite:///{path}")
    for number, estate in enumerate(estates):
        live = (exemption, episode) if 0 < number < len(estates) - 1 else (episode,)
        gone = () if number < len(estates) - 1 else ("c",)
        store.commit(scans(*estate, versions=live, gone=gone))
    scans.number += 31 * 96
    store.commit(scans(*estates[-1]))
    store.close()
    note = acknowledgement("1", began + timedelta(days=32), "on-call", "ticket 7")
    record(f"sqlite:///{path}", note, None)


def main() -> None:
    """Write both files."""
    FIRST.write_text("".join(f"{each}\n\n" for each in schema()), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "residency.db"
        history(path)
        (HERE / "0001.db.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


if __name__ == "__main__":
    main()
