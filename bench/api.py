"""Measures the API: pages of a large store over HTTP, and scrapes while callers read.

    python bench/api.py --store FILE [--runs 11]

The store is only read; `bench/store.py` shows how one of 100,000 resources is made. Nothing scans
meanwhile. Times are by the clock, the median of the runs.
"""

import argparse
import asyncio
import http.client
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from residency.metrics import Running
from residency.service.configuration import Configuration
from residency.service.front import Front
from residency.service.readers import Readers
from residency.service.shown import Shown
from residency.service.told import Told
from residency.settings import Settings
from residency.web import create_app, listening

CALLERS, SCRAPES = 8, 60
PAGES = (
    "scan",
    "resources",
    "resources?limit=500",
    "resources?status=fallback",
    "resources?status=violation",
    "resources?product=product-1",
    "resources?customer=customer-3",
    "resources?type=x",
    "resources?zone=home",
    "resources?zone=exceptional",
    "resources?search=a77777",
    "events",
    "subscriptions",
    "coverage",
    "exemptions",
)
SEARCH = "/api/v1/resources?search=zzz"


def milliseconds(url: str, path: str, runs: int) -> list[float]:
    """Ask for a path again and again on one connection."""
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)) as connection:
        return sorted(_once(connection, path) for _ in range(runs))


def _once(connection: http.client.HTTPConnection, path: str) -> float:
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"{path}: {answer.status}")
    return (time.perf_counter() - began) * 1e3


def told(name: str, found: list[float]) -> str:
    return f"{name}: {statistics.median(found):.1f} ms, {found[-1]:.1f} ms at most"


async def measured(url: str, runs: int) -> None:
    for page in PAGES:
        print(told(page, await asyncio.to_thread(milliseconds, url, f"/api/v1/{page}", runs)))
    alone = await asyncio.to_thread(milliseconds, url, "/metrics", SCRAPES)
    print(told("a scrape", alone))
    searches = (asyncio.to_thread(milliseconds, url, SEARCH, runs * 4) for _ in range(CALLERS))
    reading = asyncio.gather(*searches)
    print(
        told(
            f"a scrape while {CALLERS} search",
            await asyncio.to_thread(milliseconds, url, "/metrics", SCRAPES),
        )
    )
    await reading


@contextmanager
def fronted(settings: Settings) -> Iterator[Front]:
    """Give what stands before a store, and close it afterwards."""
    url = settings.store.url
    with closing(Readers(url)) as readers, closing(Shown(url, lambda: settings, Running)) as shown:
        asyncio.run(shown.render())
        yield Front(Configuration(None, lambda: settings), shown, Told(), readers)


async def serve(front: Front, runs: int) -> None:
    async with listening("127.0.0.1:0", None, create_app(front), anywhere=False) as it:
        await measured(it.url, runs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=11)
    asked = parser.parse_args()
    store = {"url": f"sqlite:///{asked.store.absolute()}"}
    ages = {"max_age": {"default": "36500d"}}  # the made-up scans are of long ago
    settings = Settings.model_validate({"store": store, "scan": ages})
    with fronted(settings) as front:
        asyncio.run(serve(front, asked.runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
