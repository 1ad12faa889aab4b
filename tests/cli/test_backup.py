"""`residency backup` and `restore`: what they say, and when they refuse."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from residency.model import Verdict
from residency.store import ScanRecord, Store

Run = Callable[..., Any]
BEGAN = datetime(2026, 10, 1, tzinfo=UTC)


def record(number: int) -> ScanRecord:
    at = BEGAN + number * timedelta(minutes=15)
    return ScanRecord(
        id=f"scan-{number}",
        started_at=at,
        finished_at=at + timedelta(seconds=40),
        complete=True,
        verdict=Verdict.COMPLIANT,
        policy_sha256="0" * 64,
        reasons=(),
        subscriptions=(),
        judged=(),
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of three scans that a writer has open, and its configuration."""
    (tmp_path / "residency.yaml").write_text("report: {timezone: Europe/Amsterdam}\n")
    found = Store.open(f"sqlite:///{tmp_path / 'residency.db'}")
    for number in range(3):
        found.commit(record(number))
    yield found
    found.close()


@pytest.mark.usefixtures("store")
def test_a_backup_of_a_store_in_use_says_what_it_holds(run: Run, tmp_path: Path) -> None:
    ran = run("backup", "copy.db")
    assert (ran.code, ran.err) == (0, "")
    assert "copy.db holds 3 scans, the last of 2026-10-01T00:30" in ran.out
    assert (tmp_path / "copy.db").exists()
    told = json.loads(run("backup", "other.db", "--format", "json").out)
    assert (told["schema"], told["scans"], told["entries"]) == ("residency/backup/v1", 3, 4)


@pytest.mark.usefixtures("store")
def test_a_backup_never_overwrites(run: Run, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    ran = run("backup", "copy.db")
    assert (ran.code, ran.out) == (2, "")
    assert "never overwritten" in ran.err
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_a_backup_where_no_store_is_says_so(run: Run, tmp_path: Path) -> None:
    ran = run("backup", "copy.db")
    assert ran.code == 2
    assert "nothing to back up" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_is_written_is_not_replaced(store: Store, run: Run) -> None:
    run("backup", "copy.db")
    ran = run("restore", "copy.db", "--older")
    assert (ran.code, ran.out) == (2, "")
    assert "written by another process" in ran.err
    assert store.commit(record(3)).seq == 4


def test_an_older_backup_is_refused_until_the_word_is_given(
    store: Store, run: Run, tmp_path: Path
) -> None:
    run("backup", "copy.db")
    store.commit(record(3))
    store.close()
    refused = run("restore", "copy.db")
    assert (refused.code, refused.out) == (2, "")
    assert "history is missing from scan 4" in refused.err
    assert "--older" in refused.err
    ran = run("restore", "copy.db", "--older")
    assert (ran.code, ran.err) == (0, "")
    assert "goes on after scan 3" in ran.out
    assert "LOST: history is missing from scan 4" in ran.out
    assert "kept as" in ran.out
    assert len(list(tmp_path.glob("residency.db.replaced-*Z"))) == 1
    assert run("ledger", "verify").code == 0


def test_a_restore_as_json_says_what_was_lost(store: Store, run: Run) -> None:
    run("backup", "copy.db")
    store.commit(record(3))
    store.close()
    told = json.loads(run("restore", "copy.db", "--older", "--format", "json").out)
    assert (told["schema"], told["scans"], told["entry"]) == ("residency/restore/v1", 3, 5)
    assert told["lost"] == {
        "entries": 1,
        "scans": 1,
        "from_scan": 4,
        "since": "2026-10-01T00:45:00.000000Z",
    }
    again = json.loads(run("restore", "residency.db", "--format", "json").out)
    assert again["lost"] is None


def test_what_is_no_backup_is_refused(store: Store, run: Run, tmp_path: Path) -> None:
    store.close()
    (tmp_path / "text.db").write_text("no database at all, and long enough to be read as one")
    for name in ("text.db", "absent.db"):
        ran = run("restore", name)
        assert (ran.code, ran.out) == (2, "")
        assert name in ran.err
    assert run("ledger", "verify").code == 0
