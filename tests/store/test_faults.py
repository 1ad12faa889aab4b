"""Disks that fail, clocks that jump, files that rot: told, and never silently gone on with."""

import ctypes
import os
import random
import resource
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from residency.errors import StoreError
from residency.model import Reason, Status
from residency.store import ScanRecord, Store, engine
from residency.store.audit import Audit, audit
from residency.store.backup import back_up
from residency.store.engine import Database
from residency.store.reading.opened import store_at

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

InChild = Callable[[Callable[[], None]], int]
NOT_ALLOWED = 77
NEW_USER, NEW_MOUNTS = 0x10000000, 0x00020000
READ_ONLY, REMOUNT, BIND = 1, 32, 4096
FLIPS = 150
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def moving(scans: "Scans", told: type["Told"]) -> Callable[[], ScanRecord]:
    """Give the next scan of 20 resources, one of which moved and one of which is a violation."""

    def scan() -> ScanRecord:
        number = scans.number
        estate = [told(name=f"r{each}") for each in range(20)]
        estate[number % 20] = told(name=f"r{number % 20}", places=(("primary", f"r{number}"),))
        estate[number * 7 % 20] = told(
            name=f"r{number * 7 % 20}", status=Status.VIOLATION, reasons=(Reason.OUTSIDE_EU,)
        )
        return scans(*estate)

    return scan


def audited(path: Path) -> Audit:
    with closing(Database(path, writes=False)) as database, database.reading() as connection:
        return audit(connection)


def until_refused(store: Store, next_scan: Callable[[], ScanRecord]) -> StoreError:
    """Commit until the store refuses; what it keeps in mind is then as before."""
    for _ in range(500):
        known = store.memory.scan
        try:
            assert store.commit(next_scan()).seq == known + 1
        except StoreError as error:
            assert store.memory.scan == known
            return error
    raise AssertionError("the disk is never full")


def test_a_full_disk_keeps_nothing_of_the_scan_and_all_before_it(
    path: Path, url: str, scans: "Scans", moving: Callable[[], ScanRecord], in_child: InChild
) -> None:
    def work() -> None:
        store = Store.open(url)
        store.commit(moving())
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, most))
        error = until_refused(store, moving)
        assert "its disk fails" in str(error) or "free some room" in str(error)
        known = store.memory.scan
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        scans.number = known
        assert store.commit(moving()).seq == known + 1
        store.close()
        found = audited(path)
        assert (found.faults, found.scans) == ((), known + 1)

    assert in_child(work) == 0


def mounted(kind: bytes, source: bytes, folder: Path, flags: int, options: bytes = b"") -> None:
    """Mount in a namespace of this process alone; ends it where that is not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(source, os.fsencode(folder), kind, flags, options):
        os._exit(NOT_ALLOWED)


def unshared() -> None:
    """Give this process mounts of its own."""
    user, group = os.getuid(), os.getgid()
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_USER | NEW_MOUNTS):
        os._exit(NOT_ALLOWED)
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    except OSError:
        os._exit(NOT_ALLOWED)


def require(code: int) -> None:
    if code == NOT_ALLOWED:
        pytest.skip("needs a system that lets a user mount")
    assert code == 0


@pytest.mark.tool
def test_a_file_system_without_room_is_told_and_gone_on_with_once_there_is_some(
    tmp_path: Path, scans: "Scans", moving: Callable[[], ScanRecord], in_child: InChild
) -> None:
    def work() -> None:
        unshared()
        mounted(b"tmpfs", b"none", tmp_path, 0, b"size=1500k")
        ballast = tmp_path / "ballast"
        ballast.write_bytes(bytes(500_000))
        path = tmp_path / "residency.db"
        store = Store.open(f"sqlite:///{path}")
        error = until_refused(store, moving)
        assert "disk is full; free some room on its disk; nothing of this scan" in str(error)
        known = store.memory.scan
        assert (audited(path).faults, audited(path).scans) == ((), known)
        ballast.unlink()
        scans.number = known
        assert store.commit(moving()).seq == known + 1
        assert (audited(path).faults, audited(path).scans) == ((), known + 1)

    require(in_child(work))


@pytest.mark.tool
def test_a_read_only_file_system_is_refused_at_once_with_advice(
    path: Path, url: str, moving: Callable[[], ScanRecord], in_child: InChild
) -> None:
    store = Store.open(url)
    store.commit(moving())
    store.close()

    def work() -> None:
        unshared()
        mounted(b"", os.fsencode(path.parent), path.parent, BIND)
        mounted(b"", b"none", path.parent, REMOUNT | BIND | READ_ONLY)
        with pytest.raises(StoreError, match="Read-only file system; make its folder"):
            Store.open(url)

    before = path.read_bytes()
    require(in_child(work))
    assert path.read_bytes() == before
    assert audited(path).scans == 1


def test_a_database_that_another_program_holds_is_told_and_gone_on_with_after_it(
    path: Path,
    url: str,
    scans: "Scans",
    moving: Callable[[], ScanRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "_BUSY_MILLISECONDS", 100)
    store = Store.open(url)
    store.commit(moving())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program holds it"):
            store.commit(moving())
        assert store.memory.scan == 1
        other.execute("ROLLBACK")
    scans.number = 1
    assert store.commit(moving()).seq == 2
    store.close()
    assert (audited(path).faults, audited(path).scans) == ((), 2)


def test_a_second_process_that_writes_is_refused_and_the_first_goes_on(
    store: Store, url: str, moving: Callable[[], ScanRecord], in_child: InChild
) -> None:
    store.commit(moving())

    def work() -> None:
        with pytest.raises(StoreError, match="written by another process"):
            Store.open(url)

    assert in_child(work) == 0
    assert store.commit(moving()).seq == 2


def test_a_store_that_is_removed_while_it_is_open_acknowledges_nothing_more(
    path: Path, store: Store, moving: Callable[[], ScanRecord]
) -> None:
    store.commit(moving())
    path.rename(path.with_name("moved.db"))
    with pytest.raises(StoreError, match="was removed, or another was put in its place"):
        store.commit(moving())
    assert store.memory.scan == 1


def test_a_store_in_whose_place_another_is_put_while_it_is_open_is_read_and_written_no_more(
    path: Path, store: Store, moving: Callable[[], ScanRecord], tmp_path: Path
) -> None:
    store.commit(moving())
    other = tmp_path / "other.db"
    back_up(path, other)
    store.commit(moving())
    reader = Database(path, writes=False)
    with closing(reader), reader.reading():
        pass
    other.replace(path)
    for attempt in (store.database.reading(), reader.reading(), store.database.writing()):
        with pytest.raises(StoreError, match="was removed, or another"), attempt:
            pass
    with pytest.raises(StoreError, match="was removed, or another"):
        store.commit(moving())


@pytest.fixture
def kept(path: Path, url: str, moving: Callable[[], ScanRecord]) -> Path:
    """A store of 24 scans in its one file, whose pages are no longer empty."""
    store = Store.open(url)
    for _ in range(24):
        store.commit(moving())
    store.close()
    assert not path.with_name("residency.db-wal").exists()
    return path


def content(path: Path) -> str:
    """Digest every row of every table, and what the database is made of."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        query = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        made = connection.execute(f"{query} AND name != 'alembic_version'").fetchall()
        tables = [name for kind, name, _ in made if kind == "table"]
        rows = [connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables]  # noqa: S608
    return sha256(repr((made, rows)).encode()).hexdigest()


def is_told(path: Path) -> bool:
    """Whether the audit says that something is wrong, or cannot even read the store."""
    try:
        return bool(audited(path).faults)
    except StoreError:
        return True


def test_a_bit_that_flips_is_told_or_changes_nothing(kept: Path, tmp_path: Path) -> None:
    chance = random.Random(20261123)  # noqa: S311 - a test that can be run again
    right, whole = kept.read_bytes(), content(kept)
    copy, told = tmp_path / "copy.db", 0
    for _ in range(FLIPS):
        rotten = bytearray(right)
        rotten[chance.randrange(len(rotten))] ^= 1 << chance.randrange(8)
        copy.write_bytes(rotten)
        if is_told(copy):
            told += 1
        else:
            assert content(copy) == whole
    assert told > FLIPS // 4, "most of the file holds something"


def refuse(path: Path) -> None:
    """Read the store as commands do; raises StoreError where it cannot be read or is altered."""
    with store_at(f"sqlite:///{path}") as database, database.reading() as connection:
        faults = audit(connection).faults
    if faults:
        raise StoreError(f"restore: {faults}")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_told(kept: Path, share: float) -> None:
    os.truncate(kept, int(kept.stat().st_size * share))
    with pytest.raises(StoreError, match=r"restore|bring it forward"):
        refuse(kept)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_what_was_committed_and_cut_off_is_not_gone_on_with(
    path: Path, url: str, moving: Callable[[], ScanRecord], tmp_path: Path, share: float
) -> None:
    store = Store.open(url)
    for _ in range(5):
        store.commit(moving())
    cut = tmp_path / "cut.db"
    for ending in ("", "-wal", ".head"):
        Path(f"{cut}{ending}").write_bytes(Path(f"{path}{ending}").read_bytes())
    store.close()
    log = Path(f"{cut}-wal")
    os.truncate(log, int(log.stat().st_size * share))
    with pytest.raises(StoreError, match=r"older copy|to begin anew"):
        Store.open(f"sqlite:///{cut}")


def shifted(record: ScanRecord, by: timedelta) -> ScanRecord:
    return replace(record, started_at=record.started_at + by, finished_at=record.finished_at + by)


@pytest.mark.parametrize(
    "jump",
    [
        timedelta(hours=-1),
        timedelta(minutes=-16),
        timedelta(days=-1),
        timedelta(days=-40),
        timedelta(days=-3650),
    ],
    ids=str,
)
def test_a_clock_that_went_back_is_told_and_the_order_is_that_of_the_scans(
    path: Path, store: Store, moving: Callable[[], ScanRecord], jump: timedelta
) -> None:
    for _ in range(3):
        store.commit(moving())
    store.commit(shifted(moving(), jump))
    store.commit(moving())
    store.close()
    found = audited(path)
    assert (found.faults, found.scans) == ((), 5)
    with closing(sqlite3.connect(path)) as connection:
        told = connection.execute("SELECT seq, reasons FROM scan ORDER BY seq").fetchall()
    assert [seq for seq, reasons in told if "clock: began at" in reasons] == [4]
    assert [seq for seq, _ in told] == [1, 2, 3, 4, 5]


def test_a_clock_that_was_ahead_is_told_once_it_is_set_right(
    path: Path, store: Store, moving: Callable[[], ScanRecord]
) -> None:
    for days in (0, 1, 400, 0):
        store.commit(shifted(moving(), timedelta(days=days)))
    store.close()
    assert audited(path).faults == ()
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT seq FROM scan WHERE reasons LIKE '%clock: %'"
        assert connection.execute(query).fetchall() == [(4,)]


def test_a_clock_that_goes_back_during_a_scan_is_told(
    path: Path, store: Store, moving: Callable[[], ScanRecord]
) -> None:
    record = moving()
    store.commit(replace(record, finished_at=record.started_at - timedelta(seconds=5)))
    store.close()
    assert audited(path).faults == ()
    with closing(sqlite3.connect(path)) as connection:
        (reasons,) = connection.execute("SELECT reasons FROM scan").fetchone()
    assert "clock: ended at" in reasons


def test_a_month_that_is_begun_twice_has_two_snapshots_and_both_are_right(
    path: Path, store: Store, moving: Callable[[], ScanRecord], opened: Callable[[], Store]
) -> None:
    for days in (0, 32, 1, 33, 34):
        store.commit(shifted(moving(), timedelta(days=days)))
    again = opened()
    again.commit(shifted(moving(), timedelta(days=35)))
    again.close()
    assert audited(path).faults == ()
    with closing(sqlite3.connect(path)) as connection:
        entries = connection.execute("SELECT entry FROM ledger_entry ORDER BY seq").fetchall()
    snapshots = [number for number, (each,) in enumerate(entries, 1) if b'"snapshot"' in each]
    assert len(snapshots) == 4


NIGHTS = {
    "the clock goes forward": datetime(2026, 3, 29, 1, 0, 30, tzinfo=AMSTERDAM),
    "the clock goes back": datetime(2026, 10, 25, 1, 0, 30, tzinfo=AMSTERDAM),
}


@pytest.mark.parametrize("began", NIGHTS.values(), ids=NIGHTS.keys())
def test_a_night_in_which_the_clock_changes_has_scans_in_order_and_none_twice(
    path: Path, store: Store, moving: Callable[[], ScanRecord], began: datetime
) -> None:
    first = began.astimezone(UTC)
    for number in range(16):
        at = (first + number * timedelta(minutes=15)).astimezone(AMSTERDAM)
        finished = (at.astimezone(UTC) + timedelta(seconds=40)).astimezone(AMSTERDAM)
        store.commit(replace(moving(), started_at=at, finished_at=finished))
    store.close()
    assert audited(path).faults == ()
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT started_at, reasons FROM scan ORDER BY seq").fetchall()
    assert not [reasons for _, reasons in rows if "clock" in reasons]
    moments = [datetime.fromisoformat(at) for at, _ in rows]
    assert moments == [first + number * timedelta(minutes=15) for number in range(16)]


def test_a_month_of_the_ledger_begins_in_utc_and_not_where_the_operator_is(
    path: Path, store: Store, moving: Callable[[], ScanRecord]
) -> None:
    midnight = datetime(2026, 11, 1, 0, 0, 30, tzinfo=AMSTERDAM)
    for hours in (-1, 0, 1, 2):
        at = midnight + timedelta(hours=hours)
        store.commit(replace(moving(), started_at=at, finished_at=at + timedelta(seconds=40)))
    store.close()
    assert audited(path).faults == ()
    with closing(sqlite3.connect(path)) as connection:
        entries = connection.execute("SELECT entry FROM ledger_entry ORDER BY seq").fetchall()
    kinds = ["snapshot" if b'"kind":"snapshot"' in each else "scan" for (each,) in entries]
    assert kinds == ["scan", "snapshot", "scan", "scan", "snapshot", "scan"]
