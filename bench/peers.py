"""The same job for residency and Cloud Custodian, in turns, against one server.

    python bench/peers.py --install DIR
    python bench/peers.py --custodian DIR/bin/custodian [--accounts 1000 10000] [--runs 5]
                          [--json FILE]
    python bench/peers.py --deep ACCOUNTS

The job: which storage accounts of one subscription have their location or secondary location
outside the allowed countries. Whole processes, start to end. The two sets of flagged accounts must
be equal, run for run, before a time counts. --install puts Custodian in a virtual environment of
its own. --deep instead counts what it costs to ask for the object replication policies as well,
which Custodian has no part in. Ends with 1 where sets differ or a bar is missed.
docs/performance-peers.md says how to read the numbers.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers"
CUSTODIAN = "RESIDENCY_CUSTODIAN"
SUBSCRIPTION = "b6000000-0000-4000-8000-000000000001"
PACKAGES = ("c7n==0.9.53", "c7n-azure==0.7.52")
TIMES_LESS = {10_000: 10.0, 50_000: 20.0}
"""How many times less wall and CPU time is wanted, at so many accounts."""
TIMES_LESS_MEMORY = {50_000: 2.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One process from start to end. `server_cpu_seconds` is what the server did meanwhile."""

    flagged: frozenset[str]
    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int
    server_cpu_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that listens, in a process of its own."""

    pid: int
    url: str
    account_bytes: int
    outside: int

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def calls(self) -> int:
        request = urllib.request.Request(f"{self.url}/_control/journal", method="POST")  # noqa: S310
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own, on loopback
            counts: dict[str, int] = json.load(answer)["result"]["by_api"]
        return sum(counts.values())


@contextmanager
def serving(accounts: int) -> Iterator[Server]:
    command = [sys.executable, str(PEERS / "server.py"), str(accounts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield Server(pid=process.pid, **json.loads(line))
        finally:
            process.terminate()


class Sides:
    """The two programs, each with its own way to say the same job, in one folder."""

    def __init__(self, folder: Path, server: Server, custodian: Path | None) -> None:
        self._folder = folder
        self._server = server
        self._custodian = custodian
        self._environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
        } | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}

    def residency(self, *options: str) -> Run:
        out = self._folder / "flagged.json"
        script = str(HERE / "storage_once.py")
        command = [sys.executable, script, str(PEERS / "residency.yaml"), str(out), *options]
        return self._run(command, {"RESIDENCY_AZURE__ENDPOINT": self._server.url}, out)

    def custodian(self) -> Run:
        out = self._folder / "custodian"
        policy = str(PEERS / "custodian" / "storage-accounts.yaml")
        signed_in = {
            "PYTHONPATH": str(PEERS / "custodian"),
            "RESIDENCY_BENCH_ARM": self._server.url,
            "AZURE_ACCESS_TOKEN": "bench",
            "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION,
            "AZURE_TENANT_ID": "b6000000-0000-4000-8000-0000000000ff",
        }
        command = [str(self._custodian), "run", "-s", str(out), "--cache-period", "0", policy]
        return self._run(command, signed_in, out / "storage-accounts" / "resources.json")

    def _run(self, command: Sequence[str], more: Mapping[str, str], out: Path) -> Run:
        out.unlink(missing_ok=True)
        log = self._folder / "log"
        served, began = self._server.cpu_seconds(), time.perf_counter()
        with log.open("wb") as said:
            process = subprocess.Popen(  # noqa: S603 - our own, or what the caller named
                command, env={**self._environment, **more}, stdout=said, stderr=said
            )
            _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{command[0]} ended with {process.returncode}:\n{log.read_text()}")
        return Run(
            flagged=frozenset(each["id"].lower() for each in json.loads(out.read_bytes())),
            wall_seconds=wall,
            cpu_seconds=usage.ru_utime + usage.ru_stime,
            peak_bytes=usage.ru_maxrss * 1024,
            server_cpu_seconds=self._server.cpu_seconds() - served,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Runs in turns: `ours[n]` and `theirs[n]` ran one after the other."""

    accounts: int
    account_bytes: int
    load: tuple[float, float, float]
    ours: tuple[Run, ...]
    theirs: tuple[Run, ...]

    def times_less(self, figure: str) -> float:
        """Give the median of the ratios pair by pair, so that both felt the same neighbours."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return float(statistics.median(getattr(b, figure) / getattr(a, figure) for a, b in pairs))

    def missed(self) -> list[str]:
        """Say which bar for this number of accounts is missed, and by how much."""
        wanted = {
            "wall_seconds": TIMES_LESS.get(self.accounts, 0.0),
            "cpu_seconds": TIMES_LESS.get(self.accounts, 0.0),
            "peak_bytes": TIMES_LESS_MEMORY.get(self.accounts, 0.0),
        }
        found = {figure: self.times_less(figure) for figure in wanted}
        return [
            f"{figure} {found[figure]:.1f} times less, wanted {least:.0f}"
            for figure, least in wanted.items()
            if found[figure] < least
        ]


def compare(accounts: int, runs: int, custodian: Path) -> Comparison:
    """Run both in turns, after a run of each over a few accounts that only makes byte code."""
    with tempfile.TemporaryDirectory() as folder:
        with serving(16) as server:
            _pair(Sides(Path(folder), server, custodian), server)
        with serving(accounts) as server:
            load = os.getloadavg()
            sides = Sides(Path(folder), server, custodian)
            pairs = [_pair(sides, server) for _ in range(runs)]
    return Comparison(
        accounts=accounts,
        account_bytes=server.account_bytes,
        load=load,
        ours=tuple(ours for ours, _ in pairs),
        theirs=tuple(theirs for _, theirs in pairs),
    )


def _pair(sides: Sides, server: Server) -> tuple[Run, Run]:
    """Run one after the other. Ends where they do not flag the same, or not what was put there."""
    ours, theirs = sides.residency(), sides.custodian()
    if ours.flagged != theirs.flagged or len(ours.flagged) != server.outside:
        only = sorted(ours.flagged ^ theirs.flagged)[:5]
        raise SystemExit(
            f"flagged: residency {len(ours.flagged)}, custodian {len(theirs.flagged)},"
            f" put there {server.outside}; by one alone: {only}"
        )
    return ours, theirs


def deep(accounts: int) -> Mapping[str, Any]:
    """Count what the object replication policies cost: one list for each account that has blobs.

    Over 100 lists in a region take minutes: Microsoft.Storage gives no more in five of them.
    """
    with serving(accounts) as server, tempfile.TemporaryDirectory() as folder:
        sides = Sides(Path(folder), server, None)
        sides.residency()  # makes byte code
        calls = [server.calls()]
        without = sides.residency()
        calls.append(server.calls())
        whole = sides.residency("--deep")
        calls.append(server.calls())
    lists = calls[2] - calls[1] - (calls[1] - calls[0])
    return {
        "accounts": accounts,
        "calls": lists,
        "wall_seconds_more": whole.wall_seconds - without.wall_seconds,
        "cpu_seconds_more": whole.cpu_seconds - without.cpu_seconds,
        "cpu_milliseconds_a_call": 1000 * (whole.cpu_seconds - without.cpu_seconds) / lists,
        "server_cpu_seconds": whole.server_cpu_seconds,
    }


_COLUMNS = ("wall_seconds", "cpu_seconds", "peak_bytes", "server_cpu_seconds")


def summary(found: Comparison) -> Mapping[str, Any]:
    """Give medians, ratios and every run as JSON values; the ids only as a count."""
    sides = {"residency": found.ours, "custodian": found.theirs}
    return {
        "accounts": found.accounts,
        "account_bytes": found.account_bytes,
        "flagged": len(found.ours[0].flagged),
        "load": found.load,
        "medians": {name: _medians(runs) for name, runs in sides.items()},
        "times_less": {each: found.times_less(each) for each in _COLUMNS[:3]},
        "missed": found.missed(),
        "runs": {
            name: [{k: v for k, v in asdict(run).items() if k != "flagged"} for run in runs]
            for name, runs in sides.items()
        },
    }


def _medians(runs: Sequence[Run]) -> Mapping[str, float]:
    return {each: statistics.median(getattr(run, each) for run in runs) for each in _COLUMNS}


def _table(told: Mapping[str, Any]) -> str:
    lines = [f"{told['accounts']:,} accounts, {told['flagged']:,} flagged by both"]
    lines.append(f"{'':<12}{'wall s':>9}{'CPU s':>9}{'MB':>7}{'server CPU s':>14}")
    for name, median in told["medians"].items():
        wall, cpu, size, server = (median[each] for each in _COLUMNS)
        lines.append(f"{name:<12}{wall:>9.2f}{cpu:>9.2f}{size / 1e6:>7.0f}{server:>14.2f}")
    wall, cpu, size = (f"{ratio:.1f}" for ratio in told["times_less"].values())
    lines.append(f"{'times less':<12}{wall:>9}{cpu:>9}{size:>7}")
    return "\n".join([*lines, *(f"MISSED: {each}" for each in told["missed"])])


def install(folder: Path) -> Path:
    """Install Custodian in a virtual environment of its own; gives its command."""
    began = time.perf_counter()
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *PACKAGES]
    subprocess.run(pip, check=True)  # noqa: S603 - the packages are named here
    print(f"installed in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return folder / "bin" / "custodian"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--install", type=Path, metavar="DIR")
    parser.add_argument("--custodian", type=Path, default=os.environ.get(CUSTODIAN))
    parser.add_argument("--accounts", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--deep", type=int, metavar="ACCOUNTS")
    return parser.parse_args()


def main() -> None:
    given = _arguments()
    if given.install:
        print(install(given.install.resolve()))
        return
    found: list[Mapping[str, Any]] = []
    if given.deep:
        found.append(deep(given.deep))
        print(json.dumps(found[0], indent=1))
    elif given.custodian is None:
        raise SystemExit(f"where is custodian? --custodian or {CUSTODIAN}; --install gets it")
    else:
        for accounts in given.accounts:
            found.append(summary(compare(accounts, given.runs, Path(given.custodian))))
            print(_table(found[-1]), flush=True)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1))
    sys.exit(1 if any(each.get("missed") for each in found) else 0)


if __name__ == "__main__":
    main()
