"""Measures scans of a large simulated tenant: CPU, wall time, memory, and calls.

    python bench/scan.py --resources 100000 --subscriptions 50 --runs 5
    python bench/scan.py --resources 20000 --subscriptions 20 --runs 3 --deep
    python bench/scan.py --resources 100000 --subscriptions 50 --deep --quotas --latency 0.08

The simulator runs in a process of its own, each scan in another. Without --deep no check asks for
more than the inventory; diagnostic settings and the lists of what was deleted are left out. Prints
a line a run, then the medians and the number of calls by what they ask. With --quotas, also how
long each run took beside its floor: the least time that Azure's quotas leave for the calls that it
needs (residency/simulator/floor.py).

Ends with 1 if anything is wrong: resources that were not seen, a call that was not a read, a 429 of
our own making; with --quotas also a run of more than 1.25 times its floor (or 40 s, if that is
more), and more than 1.05 times the least possible number of calls to the table `resources`.
"""

import argparse
import json
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FIGURES = ("start_seconds", "cpu_seconds", "wall_seconds", "peak_bytes", "calls")
THROTTLED = 429
MEBI = 1024 * 1024
LEAST_FLOOR_SECONDS = 40.0
MOST_TIMES_THE_FLOOR = 1.25
MOST_TIMES_THE_LEAST_QUERIES = 1.05
RESOURCES_QUERY = "query resources"


def control(url: str, action: str, **body: Any) -> Any:  # noqa: ANN401 - JSON
    request = urllib.request.Request(  # noqa: S310 - the simulator on loopback
        f"{url}/_control/{action}", json.dumps(body).encode(), method="POST"
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
        return json.load(answer)["result"]


@contextmanager
def simulator(
    resources: int, subscriptions: int, also: Path | None = None, once: Path | None = None
) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "residency.simulator", "--port", str(port)]
    grown = ["--resources", str(resources), "--subscriptions", str(subscriptions)]
    more = [*(["--also", str(also)] if also else []), *(["--once", str(once)] if once else [])]
    process = subprocess.Popen([*command, *grown, *more], stdout=subprocess.DEVNULL)  # noqa: S603 - ours
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(process, port)
        yield url
    finally:
        process.terminate()
        process.wait()


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    while process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise SystemExit("the simulator ended before it listened")


def scan_once(url: str, *, deep: bool) -> dict[str, Any]:
    control(url, "clear-journal")
    control(url, "refill-quotas")  # the floor is that of full ones, and another run has used them
    command = [sys.executable, str(HERE / "scan_once.py"), url, *(["--deep"] if deep else [])]
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
    found: dict[str, Any] = json.loads(run.stdout)
    journal, floor = control(url, "journal"), control(url, "floor")
    found["by_kind"] = journal["by_kind"]
    found["calls"] = sum(found["by_kind"].values())
    found["resources_queries"] = found["by_kind"].get(RESOURCES_QUERY, 0)
    found["least_resources_queries"] = floor["least_resources_queries"]
    found["floor_seconds"] = floor["seconds"]
    found["times_the_floor"] = found["wall_seconds"] / max(floor["seconds"], LEAST_FLOOR_SECONDS)
    found["throttled"] = journal["by_status"].get(str(THROTTLED), 0)
    found["breaches"] = len(journal["breaches"])
    return found


def told(run: Mapping[str, Any]) -> str:
    a_second = run["resources"] / run["cpu_seconds"]
    return (
        f"{run['resources']:>9} resources  start {run['start_seconds']:5.2f} s"
        f"  CPU {run['cpu_seconds']:7.2f} s ({a_second:7.0f}/s)  wall {run['wall_seconds']:7.2f} s"
        f"  peak {run['peak_bytes'] / MEBI:6.0f} MiB  {run['calls']:>6} calls"
        f"  {run['throttled']} throttled"
    )


def told_of_quotas(run: Mapping[str, Any]) -> str:
    made, least = run["resources_queries"], run["least_resources_queries"]
    floor = max(run["floor_seconds"], LEAST_FLOOR_SECONDS)
    return (
        f"{'':>9} floor {run['floor_seconds']:.0f} s, counted as {floor:.0f} s;"
        f" wall {run['times_the_floor']:.2f} times that;"
        f" {made} calls to table resources, {least} the least"
    )


def faults(run: Mapping[str, Any], resources: int, *, quotas: bool) -> Iterator[str]:
    if run["resources"] < resources - 10:
        yield f"saw {run['resources']} of {resources} resources"
    if run["throttled"] or run["breaches"]:
        yield f"{run['throttled']} calls throttled, {run['breaches']} that are no reads"
    if quotas and run["times_the_floor"] > MOST_TIMES_THE_FLOOR:
        yield f"took more than {MOST_TIMES_THE_FLOOR} times the floor"
    most = MOST_TIMES_THE_LEAST_QUERIES * run["least_resources_queries"]
    if quotas and run["resources_queries"] > most:
        yield f"asked the table resources more than {MOST_TIMES_THE_LEAST_QUERIES} times the least"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--resources", type=int, default=20_000)
    parser.add_argument("--subscriptions", type=int, default=20)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--deep", action="store_true")
    parser.add_argument("--quotas", action="store_true")
    parser.add_argument("--latency", type=float, default=0.0, help="of every call, in seconds")
    parser.add_argument("--also", type=Path, help="more of the estate: bench/every_type.py FILE")
    parser.add_argument("--once", type=Path, help="the same, and no growth repeats it")
    parser.add_argument("--json", type=Path, help="where to write the runs")
    asked = parser.parse_args()
    with simulator(asked.resources, asked.subscriptions, asked.also, asked.once) as url:
        control(url, "behave", quotas=asked.quotas, latency_seconds=asked.latency)
        runs = []
        for _ in range(asked.runs):
            runs.append(scan_once(url, deep=asked.deep))
            print(told(runs[-1]), flush=True)
            if asked.quotas:
                print(told_of_quotas(runs[-1]), flush=True)
    middle = dict(runs[0]) | {
        name: statistics.median(run[name] for run in runs) for name in FIGURES
    }
    print("median", told(middle), sep="\n")
    for kind, number in sorted(middle["by_kind"].items(), key=lambda item: -item[1]):
        print(f"{number:>9} {kind}")
    if asked.json:
        asked.json.write_text(json.dumps(runs, indent=1), encoding="utf-8")
    wrong = [why for run in runs for why in faults(run, asked.resources, quotas=asked.quotas)]
    for why in wrong:
        print(why, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
