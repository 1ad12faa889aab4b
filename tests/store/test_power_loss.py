"""Power is lost a thousand times: what was acknowledged is on the disk, and never a half.

The system calls of a process that commits are recorded. A disk is then made that has, at some
moment, what was written and synchronised, and of the rest nothing, or some of it in any order, the
last of it torn. https://www.sqlite.org/testing.html#crash_testing
"""

import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest

from residency.store.audit import audit
from residency.store.engine import Database

pytestmark = pytest.mark.tool

COMMITS = 60
CUTS = 1_000
SECTOR_BYTES = 512
SCRIPT = Path(__file__).parent / "data" / "commits.py"
CALLS = "openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink,close"
TEXT = r'"((?:\\x[0-9a-f]{2})*)"'
OPENED = re.compile(rf"openat\(AT_FDCWD, {TEXT}.*= (\d+)$")
WRITTEN = re.compile(rf"(?:pwrite64|write)\((\d+), {TEXT}, \d+(?:, (\d+))?\) += (\d+)$")
CUT = re.compile(r"ftruncate\((\d+), (\d+)\) += 0$")
SYNCED = re.compile(r"(?:fsync|fdatasync)\((\d+)\) += 0$")
CLOSED = re.compile(r"close\((\d+)\) += 0$")
UNLINKED = re.compile(rf"unlink\({TEXT}\) += 0$")
STDOUT = 1


TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"


class Write(NamedTuple):
    """Bytes that were written; `data` None: the file was cut off there."""

    file: str
    at: int
    data: bytes | None


class Sync(NamedTuple):
    """A file that was brought to the disk."""

    file: str


class Unlink(NamedTuple):
    """A file that was removed: with the next that is synchronised, as file systems do."""

    file: str


class Acknowledged(NamedTuple):
    """A scan that was told to be remembered."""

    scan: int


Call = Write | Sync | Unlink | Acknowledged


def decoded(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def calls_of(log: Path, store: Path) -> Iterator[Call]:
    """Give what was done to the files of the store, in its order."""
    names: dict[int, str] = {}
    own = {f"{store}{ending}" for ending in ("", "-wal", "-journal")}
    for line in log.read_text().splitlines():
        if found := OPENED.search(line):
            names[int(found[2])] = decoded(found[1]).decode()
        elif found := CLOSED.search(line):
            names.pop(int(found[1]), None)
        elif found := WRITTEN.search(line):
            yield from written(found, names, own)
        elif (found := CUT.search(line)) and names.get(int(found[1])) in own:
            yield Write(names[int(found[1])], int(found[2]), None)
        elif (found := SYNCED.search(line)) and names.get(int(found[1])) in own:
            yield Sync(names[int(found[1])])
        elif (found := UNLINKED.search(line)) and decoded(found[1]).decode() in own:
            yield Unlink(decoded(found[1]).decode())


def written(found: re.Match[str], names: Mapping[int, str], own: set[str]) -> Iterator[Call]:
    handle, data = int(found[1]), decoded(found[2])[: int(found[4])]
    if handle == STDOUT:
        yield Acknowledged(int.from_bytes(data, "big"))
    elif names.get(handle) in own:
        yield Write(names[handle], int(found[3] or 0), data)


@dataclass
class Disk:
    """What survives a loss of power, and what is written and not synchronised yet."""

    files: dict[str, bytearray] = field(default_factory=dict)
    pending: list[Write] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    acknowledged: int = 0

    def take(self, call: Call) -> None:
        match call:
            case Write():
                self.pending.append(call)
            case Sync():
                for each in self.pending:
                    if each.file == call.file:
                        self._apply(self.files, each)
                self.pending = [each for each in self.pending if each.file != call.file]
                self._remove()
            case Unlink():
                self.removed.add(call.file)
                self.pending = [each for each in self.pending if each.file != call.file]
            case Acknowledged():
                self.acknowledged = call.scan

    def after_a_cut(self, chance: random.Random | None) -> dict[str, bytes]:
        """Give the files; with `chance` some of what was not synchronised is there as well."""
        files = {name: bytearray(data) for name, data in self.files.items()}
        if chance is not None:
            kept = [each for each in self.pending if chance.random() < 0.5]
            chance.shuffle(kept)
            for each in kept:
                torn = chance.randrange(8) * SECTOR_BYTES if chance.random() < 0.2 else None
                self._apply(files, each if not each.data else each._replace(data=each.data[:torn]))
        return {name: bytes(data) for name, data in files.items()}

    def all_of_it(self) -> dict[str, bytes]:
        """Give the files as the process saw them."""
        for each in self.pending:
            self._apply(self.files, each)
        self._remove()
        return {name: bytes(data) for name, data in self.files.items()}

    def _remove(self) -> None:
        for name in self.removed:
            self.files.pop(name, None)
        self.removed = set()

    @staticmethod
    def _apply(files: dict[str, bytearray], write: Write) -> None:
        data = files.setdefault(write.file, bytearray())
        if write.data is None:
            del data[write.at :]
            return
        if len(data) < write.at:
            data.extend(bytes(write.at - len(data)))
        data[write.at : write.at + len(write.data)] = write.data


@pytest.fixture(scope="module")
def strace() -> str:
    program = shutil.which("strace")
    tried = program and subprocess.run([program, "true"], capture_output=True, check=False)  # noqa: S603
    if not program or not tried or tried.returncode:
        pytest.skip("needs strace, and a system that lets it trace")
    return program


def recorded(strace: str, folder: Path, commits: int, synchronous: str) -> list[Call]:
    """Let a process commit, and give what it did. Its files are left as they are."""
    log, store = folder / "log", folder / "residency.db"
    quick = ("-f", "--seccomp-bpf")  # stops at the calls that are asked for, and at no other
    tracing = [strace, *quick, "-o", str(log), "-xx", "-s", "100000000", "-e", f"trace={CALLS}"]
    subprocess.run(  # noqa: S603 - our own script
        [*tracing, sys.executable, str(SCRIPT), str(store), str(commits), synchronous],
        check=True,
        capture_output=True,
    )
    calls = list(calls_of(log, store))
    log.unlink()
    return calls


class Reopened:
    """Opens the store after each cut; a content that was found whole once is so again."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "after.db"
        self._whole: dict[str, int] = {}

    def scans(self, files: Mapping[str, bytes]) -> int:
        """Give how many scans are there, all of them whole."""
        for ending in ("", "-wal", "-journal", "-shm"):
            Path(f"{self._path}{ending}").unlink(missing_ok=True)
        for name, data in files.items():
            Path(f"{self._path}{name.partition('residency.db')[2]}").write_bytes(data)
        with closing(sqlite3.connect(self._path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            tables = [name for (name,) in connection.execute(TABLES)]
            rows = [connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables]  # noqa: S608
        content = sha256(repr((tables, rows)).encode()).hexdigest()
        if content not in self._whole:
            self._whole[content] = self._audited() if tables else 0
        return self._whole[content]

    def _audited(self) -> int:
        database = Database(self._path, writes=False)
        with closing(database), database.reading() as connection:
            found = audit(connection)
        assert found.faults == ()
        return found.scans


def lost(calls: list[Call], folder: Path, cuts: int) -> Iterator[int]:
    """Lose power again and again; gives how many acknowledged scans are gone each time."""
    chance = random.Random(20261123)  # noqa: S311 - a test that can be run again
    moments = sorted(chance.choices(range(len(calls)), k=cuts))
    disk, reopened = Disk(), Reopened(folder)
    for number, call in enumerate(calls):
        while moments and moments[0] == number:
            moments.pop(0)
            found = reopened.scans(disk.after_a_cut(chance if len(moments) % 4 else None))
            assert found <= disk.acknowledged + 1
            yield disk.acknowledged - found
        disk.take(call)


def test_no_scan_that_was_acknowledged_is_lost_with_the_power(strace: str, tmp_path: Path) -> None:
    calls = recorded(strace, tmp_path, COMMITS, "FULL")
    assert calls[-1] == Acknowledged(COMMITS)
    moved = [call for call in calls[len(calls) // 2 :] if isinstance(call, Sync)]
    assert {Path(each.file).name for each in moved} == {"residency.db", "residency.db-wal"}
    losses = list(lost(calls, tmp_path, CUTS))
    assert len(losses) == CUTS
    assert max(losses) <= 0


def test_what_was_recorded_is_all_that_was_done(strace: str, tmp_path: Path) -> None:
    disk = Disk()
    for call in recorded(strace, tmp_path, 5, "FULL"):
        disk.take(call)
    found = disk.all_of_it()
    assert found == {name: Path(name).read_bytes() for name in found}
    assert {Path(name).name for name in found} == {"residency.db", "residency.db-wal"}


def test_a_store_that_does_not_wait_for_the_disk_would_be_found_out(
    strace: str, tmp_path: Path
) -> None:
    calls = recorded(strace, tmp_path, 10, "NORMAL")
    assert max(lost(calls, tmp_path, 50)) > 0
