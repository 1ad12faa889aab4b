"""A process that is killed leaves all that it acknowledged, and never a half of anything."""

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from residency.model import Reason, Status
from residency.settings import Retention
from residency.store import ScanRecord, Store, Version
from residency.store.audit import audit
from residency.store.engine import Database
from residency.store.failpoint import VARIABLE
from residency.store.notes import acknowledgement, record

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

InChild = Callable[[Callable[[], None]], int]
AT = datetime(2026, 11, 2, tzinfo=UTC)
BEFORE = ("facts", "scan", "standing", "versions", "events", "commit")
"""Steps of a commit before it is on the disk; see `failpoint` in the store."""

KILLS = 12


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def changing(scans: "Scans", told: type["Told"]) -> Callable[[], ScanRecord]:
    """Give the next scan; each writes to every table, and what it adds differs."""

    def scan() -> ScanRecord:
        number = scans.number
        odd = number % 2
        estate = [
            told(name="a", places=(("primary", f"region{number}"), ("replica", "westeurope"))),
            told(
                name="b",
                status=Status.VIOLATION if odd else Status.COMPLIANT,
                reasons=(Reason.OUTSIDE_EU,) if odd else (),
            ),
            told(name=f"n{number}"),
        ]
        live = (Version(kind="exemption", id="e", body='{"why":"test"}'),) if odd else ()
        episode = Version(kind="episode", id="f", body=f'{{"scan":{number}}}')
        gone = (f"n{number - 1}",) if number else ()
        state = "read" if odd else "partial"
        return scans(*estate, versions=(*live, episode), gone=gone, state=state)

    return scan


def whole(path: Path) -> int:
    """Audit the store; gives how many scans it has."""
    with closing(Database(path, writes=False)) as database, database.reading() as connection:
        found = audit(connection)
    assert found.faults == ()
    return found.scans


def ids(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT id FROM scan ORDER BY seq")]


@pytest.mark.parametrize("point", [*BEFORE, "committed"])
@pytest.mark.parametrize("nth", [1, 4])
def test_a_scan_that_was_killed_is_there_whole_or_not_at_all(
    path: Path,
    scans: "Scans",
    changing: Callable[[], ScanRecord],
    in_child: InChild,
    point: str,
    nth: int,
) -> None:
    url = f"sqlite:///{path}"

    def work() -> None:
        store = Store.open(url)
        for number in range(1, nth + 1):
            if number == nth:
                os.environ[VARIABLE] = point
            store.commit(changing())

    assert in_child(work) == -signal.SIGKILL
    stored = nth if point == "committed" else nth - 1
    assert whole(path) == stored
    scans.number = stored
    store = Store.open(url)
    assert store.commit(changing()).seq == stored + 1
    store.close()
    assert whole(path) == stored + 1
    assert ids(path) == [f"scan-{number}" for number in range(1, stored + 2)]


def test_every_step_of_a_commit_is_a_place_where_a_test_kills_it() -> None:
    folder = Path(audit.__code__.co_filename).parent
    text = "".join(file.read_text() for file in folder.rglob("*.py"))
    named = {part.split('"')[0] for part in text.split('failpoint("')[1:]}
    elsewhere = {"migration", "restore"}
    assert named == {*BEFORE, "committed", "note", "prune", *elsewhere}


def test_what_was_acknowledged_is_there_whenever_the_process_is_killed(
    path: Path, url: str, scans: "Scans", changing: Callable[[], ScanRecord]
) -> None:
    chance = random.Random(20261123)  # noqa: S311 - a test that can be run again
    stored = 0
    for _ in range(KILLS):
        scans.number = stored
        acknowledged = last_before_a_kill(url, changing, chance)
        now = whole(path)
        assert max(acknowledged, stored) <= now <= max(acknowledged, stored) + 1
        stored = now
    assert ids(path) == [f"scan-{number}" for number in range(1, stored + 1)]
    assert stored > KILLS


def last_before_a_kill(url: str, next_scan: Callable[[], ScanRecord], chance: random.Random) -> int:
    """Let a child commit scans until it is killed; gives the last one it acknowledged."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            store = Store.open(url)
            while True:
                os.write(write, store.commit(next_scan()).seq.to_bytes(4, "big"))
        finally:
            os._exit(1)
    os.close(write)
    last = 0
    with os.fdopen(read, "rb") as told_by_child:
        for each in acknowledgements(told_by_child.fileno(), chance.randrange(1, 5)):
            last = each
        time.sleep(chance.random() * 0.02)
        os.kill(child, signal.SIGKILL)
        rest = told_by_child.read()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    return int.from_bytes(rest[-4:], "big") if rest else last


def acknowledgements(handle: int, count: int) -> Iterator[int]:
    for _ in range(count):
        yield int.from_bytes(os.read(handle, 4), "big")


def test_a_note_that_was_killed_is_not_there_and_the_next_is(
    path: Path, url: str, changing: Callable[[], ScanRecord], in_child: InChild
) -> None:
    store = Store.open(url)
    for _ in range(2):
        store.commit(changing())

    def work() -> None:
        os.environ[VARIABLE] = "note"
        record(url, acknowledgement("1", AT, "on-call"), None)

    assert in_child(work) == -signal.SIGKILL
    assert store.commit(changing()).seq == 3
    record(url, acknowledgement("1", AT, "on-call"), None)
    store.close()
    assert whole(path) == 3
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM note").fetchone() == (1,)


def test_a_prune_that_was_killed_gave_nothing_up(
    path: Path,
    url: str,
    scans: "Scans",
    changing: Callable[[], ScanRecord],
    in_child: InChild,
) -> None:
    later = datetime(2026, 11, 30, tzinfo=UTC)
    store = Store.open(url)
    for _ in range(3):
        store.commit(changing())
    scans.number = 60 * 96
    for _ in range(2):
        store.commit(changing())
    store.close()
    before = dump(path)

    def work() -> None:
        os.environ[VARIABLE] = "prune"
        Store.open(url).prune(later, Retention(1, "d"))

    assert in_child(work) == -signal.SIGKILL
    assert dump(path) == before
    store = Store.open(url)
    assert store.prune(later, Retention(1, "d")) == 3
    store.close()
    assert whole(path) == 5


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())
