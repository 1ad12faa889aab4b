"""What people record: beside a process that scans, whole or not at all, and never a name."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from residency.errors import LedgerError, StoreError
from residency.model import Status, Zone
from residency.store import Store
from residency.store.audit import audit
from residency.store.engine import Database
from residency.store.episodes import Episode, Purpose, Told
from residency.store.episodes.kept import read_back, versions_of
from residency.store.ledger.canonical import parse_canonical
from residency.store.ledger.signing import load_signer
from residency.store.notes import Note, NoteKind, acknowledgement, annotation, record
from residency.store.tables import LEDGER_ENTRY, LEDGER_HEAD, NOTE

if TYPE_CHECKING:
    from tests.store.conftest import Scans
    from tests.store.conftest import Told as Resource

AT = datetime(2026, 10, 2, 9, 30, tzinfo=UTC)
EPISODE = Episode(
    id="0f6f0a51-7c8e-5d0c-8d6b-0d9a3b1c2d3e",
    resource_id="/subscriptions/s/a",
    resource_ids=("/subscriptions/s/a",),
    resource_type="microsoft.storage/storageaccounts",
    path=("westeurope", "northeurope"),
    zones=(Zone.HOME, Zone.FAILOVER),
    ordered=True,
    started_at=AT,
    started_after=None,
    started_by=Told.SEEN,
)


@pytest.fixture
def url(path: Path, store: Store, scans: "Scans", told: type["Resource"]) -> str:
    """A store with two events and an episode, which is open to scan into."""
    store.commit(scans(told(name="a")))
    outside: dict[str, Any] = {"status": Status.VIOLATION}
    store.commit(scans(told(name="a", **outside), versions=versions_of([EPISODE])))
    return f"sqlite:///{path}"


def faults(path: Path) -> tuple[object, ...]:
    database = Database(path, writes=False)
    try:
        with database.reading() as connection:
            return audit(connection).faults
    finally:
        database.close()


def rows(store: Store, table: Any) -> Any:
    with store.database.reading() as connection:
        return connection.execute(select(table)).mappings().all()


def recorded_elsewhere(url: str, **variables: str) -> int:
    """Record a note in another process; gives how that ended."""
    program = (
        "from datetime import datetime, UTC\n"
        "from residency.store.notes import acknowledgement, record\n"
        f"record({url!r}, acknowledgement('1', datetime(2026, 10, 2, tzinfo=UTC), 'on-call'), None)"
    )
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], check=False, env={**os.environ, **variables}
    )
    return ended.returncode


def test_a_note_is_a_row_an_entry_and_a_head(url: str, store: Store) -> None:
    before = len(rows(store, LEDGER_ENTRY))
    seq = record(url, acknowledgement("1", AT, "on-call", "ticket 7"), None)
    row = rows(store, NOTE)[0]
    assert dict(row) == {
        "pk": 1,
        "kind": "acknowledgement",
        "subject": "1",
        "at": "2026-10-02T09:30:00.000000Z",
        "by_role": "on-call",
        "body": '{"text":"ticket 7"}',
    }
    entry = rows(store, LEDGER_ENTRY)[-1]
    assert (seq, entry["seq"]) == (before + 1, before + 1)
    assert parse_canonical(entry["entry"]) == {
        "v": 1,
        "seq": seq,
        "kind": "acknowledgement",
        "at": "2026-10-02T09:30:00.000000Z",
        "body": {"note": 1, "subject": "1", "by_role": "on-call", "is": {"text": "ticket 7"}},
    }
    assert rows(store, LEDGER_HEAD)[-1]["size"] == seq


def test_a_scan_goes_on_after_another_process_recorded_a_note(
    url: str, store: Store, path: Path, scans: "Scans", told: type["Resource"]
) -> None:
    for _ in range(2):
        assert recorded_elsewhere(url) == 0
        store.commit(scans(told(name="a")))
    assert len(rows(store, NOTE)) == 2
    assert faults(path) == ()


def test_notes_and_scans_at_the_same_time_are_one_history(
    url: str, store: Store, path: Path, scans: "Scans", told: type["Resource"]
) -> None:
    def notes() -> None:
        for number in range(20):
            record(url, acknowledgement("1", AT, "on-call", f"note {number}"), None)

    people = [threading.Thread(target=notes) for _ in range(2)]
    for each in people:
        each.start()
    for _ in range(10):
        store.commit(scans(told(name="a")))
    for each in people:
        each.join()
    assert [row["pk"] for row in rows(store, NOTE)] == list(range(1, 41))
    assert faults(path) == ()


def test_a_note_waits_for_the_commit_of_a_scan(url: str, store: Store) -> None:
    done: list[float] = []
    with store.database.writing():
        person = threading.Thread(
            target=lambda: done.append(record(url, acknowledgement("1", AT, "on-call"), None))
        )
        person.start()
        time.sleep(0.3)
        assert done == []
    person.join()
    assert len(done) == 1


def test_an_annotation_is_what_the_episode_says_from_then_on(url: str, store: Store) -> None:
    record(url, annotation(EPISODE.id, AT, "privacy officer", Purpose.TEST), None)
    later = annotation(EPISODE.id, AT, "on-call", Purpose.DISRUPTION, explained=True)
    record(url, later, None)
    with store.database.reading() as connection:
        (found,) = read_back(connection, Episode)
    assert (found.reason, found.explained) == (Purpose.DISRUPTION, True)


def test_times_are_kept_in_utc(url: str, store: Store) -> None:
    local = AT.astimezone(timezone(timedelta(hours=2)))
    record(url, acknowledgement("1", local, "on-call"), None)
    assert rows(store, NOTE)[0]["at"] == "2026-10-02T09:30:00.000000Z"


@pytest.mark.parametrize("subject", ["1", EPISODE.id])
def test_an_event_and_an_episode_can_be_acknowledged(url: str, subject: str) -> None:
    assert record(url, acknowledgement(subject, AT, "on-call"), None)


@pytest.mark.parametrize("subject", ["0", "9999", "-1", "1.0", "9" * 30, "", "no-such-episode"])
def test_what_the_store_does_not_know_cannot_be_acknowledged(
    url: str, store: Store, subject: str
) -> None:
    with pytest.raises(StoreError, match="`residency events`"):
        record(url, acknowledgement(subject, AT, "on-call"), None)
    assert rows(store, NOTE) == []


def test_only_an_episode_can_be_annotated(url: str) -> None:
    with pytest.raises(StoreError, match="`residency episodes`"):
        record(url, annotation("1", AT, "on-call", Purpose.TEST), None)


@pytest.mark.parametrize(
    "role",
    ["", " on-call", "jan@example.com", "on\ncall", "on\x1b[31mcall", "r" * 41, "<b>", "\u202e"],
)
def test_what_is_no_role_is_refused(url: str, store: Store, role: str) -> None:
    with pytest.raises(StoreError, match="is no role"):
        record(url, acknowledgement("1", AT, role), None)
    assert rows(store, NOTE) == []


@pytest.mark.parametrize("role", ["on-call", "Privacy officer", "team/ops 2", "Geschäftsführung"])
def test_a_role_has_words_of_any_language(url: str, role: str) -> None:
    assert record(url, acknowledgement("1", AT, role), None)


@pytest.mark.parametrize("text", ["jan@example.com", "a\nb", "\x07", "x" * 201])
def test_a_text_that_may_name_somebody_or_is_no_line_is_refused(url: str, text: str) -> None:
    with pytest.raises(StoreError, match="A text of a note"):
        record(url, acknowledgement("1", AT, "on-call", text), None)


BODIES = (
    "",
    "[]",
    "{",
    '{"text": "spaces"}',
    '{"name":"jan"}',
    '{"text":1}',
    '{"text":""}',
    '{"explained":false,"reason":"test"}',
)


@pytest.mark.parametrize("body", BODIES)
def test_a_body_of_another_form_is_refused(url: str, body: str) -> None:
    note = Note(kind=NoteKind.ACKNOWLEDGEMENT, subject="1", at=AT, by_role="on-call", body=body)
    with pytest.raises(StoreError, match="This is no acknowledgement"):
        record(url, note, None)


@pytest.mark.parametrize("body", ["{}", '{"reason":"test"}', '{"explained":true,"reason":"fun"}'])
def test_an_annotation_says_why_and_whether_that_explains(url: str, body: str) -> None:
    note = replace(annotation(EPISODE.id, AT, "on-call", Purpose.TEST), body=body)
    with pytest.raises(StoreError, match="This is no annotation"):
        record(url, note, None)


def test_a_time_without_a_zone_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="zone"):
        record(url, acknowledgement("1", AT.replace(tzinfo=None), "on-call"), None)


def test_no_store_is_made_for_a_note(tmp_path: Path) -> None:
    absent = tmp_path / "absent.db"
    with pytest.raises(StoreError, match="is not there"):
        record(f"sqlite:///{absent}", acknowledgement("1", AT, "on-call"), None)
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_dies_in_the_middle_leaves_nothing_of_its_note(
    url: str, store: Store, path: Path
) -> None:
    assert recorded_elsewhere(url, RESIDENCY_FAILPOINT="note") == -signal.SIGKILL
    assert rows(store, NOTE) == []
    assert faults(path) == ()
    assert record(url, acknowledgement("1", AT, "on-call"), None)


def test_where_the_ledger_is_signed_so_is_a_note(
    path: Path, scans: "Scans", told: type["Resource"], new_key: Callable[[], Path]
) -> None:
    signer = load_signer(new_key())
    url = f"sqlite:///{path}"
    store = Store.open(url, signer)
    try:
        store.commit(scans(told(name="a")))
        store.commit(scans(told(name="a"), told(name="b")))
        with pytest.raises(LedgerError, match=r"ledger\.key_file"):
            record(url, acknowledgement("1", AT, "on-call"), None)
        assert rows(store, NOTE) == []
        record(url, acknowledgement("1", AT, "on-call"), signer)
        with store.database.reading() as connection:
            found = audit(connection, [signer.public_key(datetime(2026, 1, 1, tzinfo=UTC))])
            heads = connection.scalar(select(func.count()).select_from(LEDGER_HEAD))
        assert (found.faults, found.signed, heads) == ((), 3, 3)
    finally:
        store.close()
