"""Measures the pages of the service over a large simulated tenant while it scans.

    python bench/web.py --resources 100000 --subscriptions 50

In order: the first scan; what a browser loads to paint the first page, packed; the first page after
a scan; then scans with and without 200 page views a minute, by turns. A view begins when it is due,
whether or not those before it were answered. Prints a line each with its bar. Ends with 1 if one is
missed.
"""

import argparse
import gzip
import itertools
import json
import re
import statistics
import sys
import threading
import time
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self
from urllib.parse import urlencode

from bench.serve import FIRST_SCAN_SECONDS, Bench, served

VIEWS_A_SECOND = 200 / 60
MOST_VIEW_SECONDS = 0.2
MOST_BYTES = 150_000
VIEWERS = 16
_LOADED = re.compile(r'(?:src|href)="(/static/[^"]+)"')


class Views:
    """Views 200 pages a minute while the block runs; then `seconds` has how long each took."""

    def __init__(self, url: str, paths: list[str]) -> None:
        self.seconds: list[float] = []
        self._asked: list[Future[float]] = []
        self._url = url
        self._paths = itertools.cycle(paths)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.seconds = [each.result() for each in self._asked]

    def _run(self) -> None:
        due = time.perf_counter()
        with ThreadPoolExecutor(VIEWERS) as viewers:
            while not self._stop.is_set():
                self._asked.append(viewers.submit(self._view, next(self._paths), due))
                due += 1 / VIEWS_A_SECOND
                self._stop.wait(max(0.0, due - time.perf_counter()))

    def _view(self, path: str, due: float) -> float:
        seen(self._url + path)
        return time.perf_counter() - due


def seen(url: str) -> bytes:
    """Give what a browser gets, unpacked."""
    request = urllib.request.Request(url, headers={"Accept": "text/html"})  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
        body: bytes = answer.read()
        return body


def first_paint_bytes(url: str) -> int:
    """Give how much a browser gets, packed, before the first page is whole."""
    page = seen(f"{url}/")
    loaded = (seen(url + path) for path in dict.fromkeys(_LOADED.findall(page.decode())))
    return sum(len(gzip.compress(each)) for each in (page, *loaded))


def paths_of(bench: Bench) -> list[str]:
    """Give pages as people look at them: every other time the first one."""
    told = json.loads(bench.running().get("/api/v1/resources?limit=50")[1])
    resources = [f"/resource?{urlencode({'id': each['id']})}" for each in told["resources"]]
    others = ["/resources", "/incidents", "/events", "/resources?status=violation", *resources]
    return [path for other in others for path in ("/", other)]


def measure(bench: Bench) -> None:
    bench.start()
    service = bench.running()
    service.wait_for("scan committed", seconds=FIRST_SCAN_SECONDS)
    service.until(lambda: len(service.metrics()) > 200, "the series", 120)  # noqa: PLR2004
    began = time.perf_counter()
    size = first_paint_bytes(service.url)
    print(f"the first look after a scan took {time.perf_counter() - began:.2f} s", flush=True)
    bench.told("the first page, packed", size, MOST_BYTES, "B")
    loads: list[Views] = []

    def views() -> Views:
        loads.append(Views(service.url, paths_of(bench)))
        return loads[-1]

    bench.compare("200 page views a minute", views)
    seconds = sorted(each for load in loads for each in load.seconds)
    p95 = statistics.quantiles(seconds, n=20)[-1]
    print(f"{len(seconds)} views, {statistics.median(seconds) * 1e3:.0f} ms median", flush=True)
    bench.told("a page view while it scans, 95th percentile", p95, MOST_VIEW_SECONDS, "s")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--resources", type=int, default=100_000)
    arguments.add_argument("--subscriptions", type=int, default=50)
    arguments.add_argument("--apart", type=int, default=100, help="seconds between two scans")
    arguments.add_argument("--pairs", type=int, default=3, help="scans alone and under views")
    arguments.add_argument("--patience", type=float, default=1.0, help="the bars, times so much")
    asked = arguments.parse_args()
    with served(asked.resources, asked.subscriptions, asked.apart, asked.pairs) as bench:
        measure(bench)
    return bench.missed(asked.patience)


if __name__ == "__main__":
    sys.exit(main())
