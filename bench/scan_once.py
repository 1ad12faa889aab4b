"""One scan of a simulator, measured in a process of its own; prints one line of JSON.

    python bench/scan_once.py URL [--deep]

Without --deep no check may ask Azure for more than the inventory, and what is nothing but deep
reads is left out: diagnostic settings, and the lists of what was deleted (four of them one a
region, so two hundred of each subscription). What is left is the inventory, its decoding,
judgement and JSON.
"""

import time

LOADED = time.perf_counter()

import asyncio  # noqa: E402 - the start-up is measured from the first line
import resource as usage  # noqa: E402
import sys  # noqa: E402
from dataclasses import replace  # noqa: E402
from datetime import UTC, datetime  # noqa: E402

import msgspec  # noqa: E402

from bench.no_calls import NoCalls  # noqa: E402
from residency.azure import open_session  # noqa: E402
from residency.check import load_catalogue  # noqa: E402
from residency.cycles import few_collections  # noqa: E402
from residency.inventory import take  # noqa: E402
from residency.inventory.deleted_lists import DELETED_LISTS  # noqa: E402
from residency.scan import Scan, document  # noqa: E402
from residency.scan.placing import place_all  # noqa: E402
from residency.scan.reader import LiveReader  # noqa: E402
from residency.scan.run import conclude, judge_all, judge_of  # noqa: E402
from residency.settings import Settings  # noqa: E402

READY = time.perf_counter()


async def scanned(url: str, *, deep: bool) -> Scan:
    settings = Settings.model_validate(
        {
            "azure": {"endpoint": url, "credential": "none"},
            "scan": {"interval": "3h", "deadline": "2h"},
        }
    )
    catalogue = load_catalogue()
    if not deep:
        catalogue = replace(catalogue, beside=())
    lists = DELETED_LISTS if deep else ()
    async with open_session(settings.azure, settings.scan.deadline) as arm:
        inventory = await take(arm, settings.scope, catalogue, lambda *_: None, deleted_lists=lists)
        live = LiveReader(arm, inventory.resources, inventory.answers)
        reader = live if deep else NoCalls(live)
        placed = await place_all(inventory, catalogue, reader, lambda _: None)
    return conclude(
        settings, inventory, judge_all(judge_of(settings, inventory), placed), datetime.now(UTC)
    )


def main() -> None:
    url, deep = sys.argv[1], "--deep" in sys.argv
    wall, cpu = time.perf_counter(), time.process_time()
    with few_collections():
        scan = asyncio.run(scanned(url, deep=deep))
    size = len(msgspec.json.encode(document(scan)))
    found = {
        "resources": len(scan.judged),
        "counts": dict(scan.counts),
        "verdict": scan.verdict,
        "start_seconds": READY - LOADED,
        "wall_seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
        "peak_bytes": usage.getrusage(usage.RUSAGE_SELF).ru_maxrss * 1024,
        "json_bytes": size,
    }
    print(msgspec.json.encode(found).decode())


if __name__ == "__main__":
    main()
