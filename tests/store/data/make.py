"""Writes the kept database of the newest version anew, until that is released.

    python tests/store/data/make.py

A migration that is released never changes: a new version gets one, and a database, of its own.
"""

import gzip
import runpy
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from residency.model import Reason, Status
from residency.store import Store, Version
from residency.store.notes import acknowledgement, record
from residency.store.schema import SCHEMA

HERE = Path(__file__).parent
AWAY = (("primary", "northeurope"), ("replica", "westeurope"))
ESTATES = runpy.run_path(str(HERE.parent / "conftest.py"))


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
    """Write the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "residency.db"
        history(path)
        (HERE / f"{SCHEMA}.db.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


if __name__ == "__main__":
    main()
