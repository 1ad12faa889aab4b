"""Measures `residency serve` over a large simulated tenant.

    python bench/serve.py --resources 100000 --subscriptions 50

Needs wrk. In order: the first scan; the series, and how long they take to be made; a cached scrape,
plain and packed; the idle processor with its looks each minute; memory; a restart; and scans with
and without 1,000 scrapes a minute. Prints a line each with its bar. Ends with 1 if one is missed.
"""

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bench.scan import simulator
from bench.serving import Service, environment

MOST_SCRAPE_SECONDS = 0.005
MOST_RENDER_SECONDS = 1.0
MOST_BYTES = 400 * 10**6
MOST_IDLE_RATIO = 0.01
MOST_RESTART_SECONDS = 2.0
MOST_LONGER_RATIO = 1.05
SERIES = 10_000
FIRST_SCAN_SECONDS = 1_800.0
SCRAPES_A_SECOND = 1_000 / 60
_TICKS = os.sysconf("SC_CLK_TCK")
_LATENCY = re.compile(r"^\s+50%\s+(?P<number>[\d.]+)(?P<unit>us|ms|s)", re.MULTILINE)
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number with the most that it may be."""

    name: str
    value: float
    most: float
    unit: str

    def __str__(self) -> str:
        return f"{self.name:<58}{self.value:>12,.4g} {self.unit}    (the bar is {self.most:,g})"


class Bench:
    """One service over a tenant, and what was measured of it."""

    def __init__(self, folder: Path, endpoint: str, apart: int, pairs: int = 3) -> None:
        self.apart = apart
        self.pairs = pairs
        self.folder = folder
        self.endpoint = endpoint
        self.figures: list[Figure] = []
        self.service: Service | None = None
        self._logs = 0

    def told(self, name: str, value: float, most: float, unit: str) -> None:
        figure = Figure(name=name, value=value, most=most, unit=unit)
        self.figures.append(figure)
        print(figure, flush=True)

    def configure(self, interval: str = "12h", deadline: str = "11h") -> None:
        """Write the configuration."""
        listen = urlsplit(self.service.url).netloc if self.service else "127.0.0.1:0"
        document = {
            "azure": {"endpoint": self.endpoint, "credential": "none"},
            "scan": {"interval": interval, "deadline": deadline, "max_age": {"default": "48h"}},
            "web": {"listen": listen},
        }
        beside = self.folder / "new"
        beside.write_text(json.dumps(document))
        beside.replace(self.folder / "residency.yaml")

    def start(self) -> float:
        """Start the service; gives the seconds until it had a state to serve, or no store."""
        log = self.folder / f"log{self._logs}"
        self._logs += 1
        began = time.perf_counter()
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "residency", "serve"],
                cwd=self.folder,
                env=environment(),
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
        url = self.service.url if self.service else ""
        self.service = Service(process=process, log=log, url=url)
        if not url:
            self.service.wait_for("serving")
            lines = self.service.lines()
            self.service.url = next(str(e["url"]) for e in lines if e["event"] == "serving")
        while not self._is_ready(self.service):
            time.sleep(0.01)
        return time.perf_counter() - began

    def _is_ready(self, service: Service) -> bool:
        if service.process.poll() is not None:
            raise RuntimeError(service.log.read_text(encoding="utf-8"))
        with suppress(OSError):
            return service.get("/-/ready")[0] == 200  # noqa: PLR2004 - HTTP
        return False

    def scan(self) -> float:
        """Wait for one more scan; gives the seconds that it took by the log."""
        service = self.running()
        count = service.events().count("scan committed")
        service.wait_for("scan committed", times=count + 1, seconds=FIRST_SCAN_SECONDS)
        scans = [line for line in service.lines() if line["event"] == "scan committed"]
        return float(scans[-1]["seconds"])

    def running(self) -> Service:
        if self.service is None:
            raise RuntimeError("start it first")
        return self.service

    def missed(self, patience: float = 1.0) -> int:
        """Name the bars that were missed by more than `patience` times; gives the exit code."""
        missed = [each for each in self.figures if each.value > each.most * patience]
        for each in missed:
            print(f"MISSED: {each.name}", file=sys.stderr)
        return 1 if missed else 0

    def measure(self) -> None:
        self.start()
        service = self.running()
        service.wait_for("scan committed", seconds=FIRST_SCAN_SECONDS)
        service.until(lambda: len(service.metrics()) > 200, "the series", 120)  # noqa: PLR2004
        text = service.get("/metrics")[1]
        series = [line for line in text.splitlines() if line and line[0] != "#"]
        self.told("series", len(series), SERIES, "")
        for name, packed in (("plain", "identity"), ("packed", "gzip")):
            seconds = scrape_seconds(f"{service.url}/metrics", packed)
            self.told(f"a cached scrape, {name}, median", seconds, MOST_SCRAPE_SECONDS, "s")
        self.told("rendering, off the loop", render_seconds(self.folder), MOST_RENDER_SECONDS, "s")
        self.told(
            "memory after the first scan", resident_bytes(service.process.pid), MOST_BYTES, "B"
        )
        self.told("SIGTERM to the end", service.stop(signal.SIGTERM), 5.0, "s")
        self.configure()  # at the same address again
        self.told("restart to serving", self.start(), MOST_RESTART_SECONDS, "s")
        url = f"{self.running().url}/metrics"
        self.compare("1,000 scrapes a minute", lambda: Scrapes(url))
        self.idle()

    def idle(self) -> None:
        """Look at the service between two scans."""
        pid = self.running().process.pid
        self.configure()
        self.scan()  # that another configuration brings
        time.sleep(15)
        self.told("idle processor, looks included", idle_ratio(pid), MOST_IDLE_RATIO, "")
        self.told("memory", resident_bytes(pid), MOST_BYTES, "B")
        peak = peak_bytes(pid)
        print(f"{'memory at its peak':<58}{peak:>12,.4g} B", flush=True)

    def compare(self, asking: str, load: Callable[[], AbstractContextManager[object]]) -> None:
        """Scan on schedule, alone and under a load in turn, which `asking` names."""
        self.configure(f"{self.apart}s", f"{self.apart - 5}s")
        self.scan()  # reads what a start made it forget
        alone, loaded = [], []
        for _ in range(self.pairs):
            alone.append(self.scan())
            with load():
                loaded.append(self.scan())
        ratio = statistics.median(loaded) / statistics.median(alone)
        print(f"scans alone {alone}, under {asking} {loaded}", flush=True)
        self.told(f"a scan under {asking}, times", ratio, MOST_LONGER_RATIO, "")


class Scrapes:
    """Scrapes 1,000 times a minute while the block runs."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _scrape(self) -> None:
        packed = {"Accept-Encoding": "gzip"}
        request = urllib.request.Request(self._url, headers=packed)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
            answer.read()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stop.is_set():
            with suppress(OSError):
                self._scrape()
            due += 1 / SCRAPES_A_SECOND
            self._stop.wait(max(0.0, due - time.monotonic()))


def scrape_seconds(url: str, packed: str) -> float:
    wrk = shutil.which("wrk") or sys.exit("wrk is not here: apt-get install wrk")
    command = [wrk, "-t1", "-c1", "-d10s", "--latency", "-H", f"Accept-Encoding: {packed}", url]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - wrk
    said = ran.stdout
    found = _LATENCY.search(said)
    if found is None or "Non-2xx" in said:
        raise RuntimeError(said)
    return float(found["number"]) * _UNITS[found["unit"]]


def render_seconds(folder: Path) -> float:
    """Give the seconds that the state takes to be read and rendered, in a process of its own."""
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from residency import clock\n"
        "from residency.metrics import Running, exposition, state_of\n"
        "from residency.settings import load\n"
        "from residency.store.reading.opened import store_at\n"
        "settings = load(Path('residency.yaml'))\n"
        "running = Running(last_attempt_at=None, config_loaded=True, requests={}, ledger_ok=None)\n"
        "times = []\n"
        "with store_at(settings.store.url) as database:\n"
        "    for _ in range(5):\n"
        "        began = time.perf_counter()\n"
        "        with database.reading() as connection:\n"
        "            state = state_of(connection, settings, clock.now())\n"
        "        exposition(state, running)\n"
        "        times.append(time.perf_counter() - began)\n"
        "print(sorted(times)[2])\n"
    )
    command = [sys.executable, "-c", code]
    ran = subprocess.run(  # noqa: S603 - ours
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=True
    )
    return float(ran.stdout)


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def idle_ratio(pid: int, seconds: float = 120.0) -> float:
    before = processor_seconds(pid)
    time.sleep(seconds)
    return (processor_seconds(pid) - before) / seconds


def _status_bytes(pid: int, key: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"no {key}")


def resident_bytes(pid: int) -> int:
    return _status_bytes(pid, "VmRSS")


def peak_bytes(pid: int) -> int:
    return _status_bytes(pid, "VmHWM")


@contextmanager
def served(resources: int, subscriptions: int, apart: int, pairs: int = 3) -> Iterator[Bench]:
    """Give a bench over a tenant of that size, and end what it started."""
    with TemporaryDirectory() as folder, simulator(resources, subscriptions) as endpoint:
        bench = Bench(Path(folder), endpoint, apart, pairs)
        bench.configure()
        try:
            yield bench
        finally:
            if bench.service is not None:
                bench.service.process.kill()
                bench.service.process.wait()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--resources", type=int, default=100_000)
    arguments.add_argument("--subscriptions", type=int, default=50)
    arguments.add_argument("--apart", type=int, default=100, help="seconds between two scans")
    asked = arguments.parse_args()
    with served(asked.resources, asked.subscriptions, asked.apart) as bench:
        bench.measure()
    return bench.missed()


if __name__ == "__main__":
    sys.exit(main())
