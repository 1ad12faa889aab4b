"""One scan of a simulator, measured in a process of its own; prints one line of JSON.

    python bench/scan_once.py URL [--deep]

Without --deep no check may ask Azure for more than the inventory: what is left is the inventory,
its decoding, judgement and JSON.
"""

import time

LOADED = time.perf_counter()
SPENT = time.process_time()

import asyncio  # noqa: E402 - the start-up is measured from the first line
import resource as usage  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable, Sequence  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from typing import TypeVar  # noqa: E402

import msgspec  # noqa: E402

from residency.azure import open_session  # noqa: E402
from residency.check import Reader, load_catalogue  # noqa: E402
from residency.errors import Unavailable  # noqa: E402
from residency.inventory import take  # noqa: E402
from residency.model import Reading, Resource  # noqa: E402
from residency.scan import Scan, document  # noqa: E402
from residency.scan.placing import place_all  # noqa: E402
from residency.scan.reader import LiveReader  # noqa: E402
from residency.scan.run import conclude, few_collections  # noqa: E402
from residency.settings import Settings  # noqa: E402

READY = time.perf_counter()
T = TypeVar("T")


class NoCalls:
    """A reader that looks up and does not call: every list is empty."""

    def __init__(self, live: Reader) -> None:
        self._live = live

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        raise Unavailable(f"{path} {api_version} {expand} is not read here", code="NotRead")

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        del path, api_version
        return ()

    def find(self, resource_id: str) -> Resource | None:
        return self._live.find(resource_id)

    def of_type(self, resource_type: str) -> Sequence[Resource]:
        return self._live.of_type(resource_type)

    def once(self, key: str, make: Callable[[], T]) -> T:
        return self._live.once(key, make)


async def scanned(url: str, *, deep: bool) -> Scan:
    settings = Settings.model_validate(
        {
            "azure": {"endpoint": url, "credential": "none"},
            "scan": {"interval": "3h", "deadline": "2h"},
        }
    )
    catalogue = load_catalogue()
    async with open_session(settings.azure, settings.scan.deadline) as arm:
        inventory = await take(arm, settings.scope, catalogue, lambda *_: None)
        live = LiveReader(arm, inventory.resources, inventory.answers)
        reader = live if deep else NoCalls(live)
        placed = await place_all(inventory, catalogue, reader, lambda _: None)
    return conclude(settings, inventory, placed, datetime.now(UTC))


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
