"""Commits scans of 100 resources, and acknowledges each on the standard output.

python tests/store/data/commits.py FILE COUNT FULL|NORMAL
"""

import os
import runpy
import sys
from pathlib import Path

from sqlalchemy import event

from residency.model import Reason, Status
from residency.store import ScanRecord, Store, Version

RESOURCES = 100
ESTATES = runpy.run_path(str(Path(__file__).parents[1] / "conftest.py"))


def scan(number: int) -> ScanRecord:
    """Give a scan in which one of the resources moved, and one is a violation."""
    told, scans = ESTATES["Told"], ESTATES["Scans"]()
    scans.number = number
    estate = [told(name=f"r{each}") for each in range(RESOURCES)]
    moved, wrong = number % RESOURCES, number * 7 % RESOURCES
    estate[moved] = told(name=f"r{moved}", places=(("primary", f"region{number}"),))
    outside = {"status": Status.VIOLATION, "reasons": (Reason.OUTSIDE_EU,)}
    estate[wrong] = told(name=f"r{wrong}", **outside)
    found: ScanRecord = scans(
        *estate, versions=(Version(kind="episode", id="e", body=f'{{"scan":{number}}}'),)
    )
    return found


def main() -> None:
    """Commit, and end without closing anything."""
    path, count, synchronous = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    store = Store.open(f"sqlite:///{path}")
    if synchronous != "FULL":
        store.database.engine.dispose()
        pragma = f"PRAGMA synchronous={synchronous}"
        event.listen(store.database.engine, "connect", lambda made, _: made.execute(pragma))
    for number in range(count):
        os.write(1, store.commit(scan(number)).seq.to_bytes(4, "big"))
    os._exit(0)


if __name__ == "__main__":
    main()
