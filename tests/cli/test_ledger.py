"""`residency ledger`, `verify` and `ack`: what is whole, what is altered, what was never signed."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from residency.model import SubscriptionState, Verdict
from residency.settings import load
from residency.store import Event, EventKind, ScanRecord, Store, SubscriptionRecord
from residency.store.ledger.signing import signer_of

Run = Callable[..., Any]
BEGAN = datetime(2026, 10, 1, tzinfo=UTC)
SUBSCRIPTION = SubscriptionRecord(
    id="aaaaaaaa-0000-4000-8000-000000000001",
    name="main",
    state=SubscriptionState.READ,
    reasons=(),
    resources=0,
)


def record(number: int) -> ScanRecord:
    at = BEGAN + number * timedelta(minutes=15)
    event = Event(kind=EventKind.FAILOVER_OPENED, subject=f"e{number}", before={}, after={})
    return ScanRecord(
        id=f"scan-{number}",
        started_at=at,
        finished_at=at + timedelta(seconds=40),
        complete=True,
        verdict=Verdict.COMPLIANT,
        policy_sha256="0" * 64,
        reasons=(),
        subscriptions=(SUBSCRIPTION,),
        judged=(),
        events=(event,),
    )


def open_store(tmp_path: Path) -> Store:
    settings = load(tmp_path / "residency.yaml")
    return Store.open(settings.store.url, signer_of(settings.ledger))


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    """A configuration without a key, beside which nothing was remembered yet."""
    path = tmp_path / "residency.yaml"
    path.write_text("report: {timezone: Europe/Amsterdam}\n")
    return path


@pytest.fixture
def kept(configured: Path, tmp_path: Path) -> Path:
    """A store of ten scans, unsigned."""
    assert configured.exists()
    store = open_store(tmp_path)
    for number in range(10):
        store.commit(record(number))
    store.close()
    return tmp_path / "residency.db"


@pytest.fixture
def key(configured: Path, tmp_path: Path) -> Path:
    """A key that the configuration names; its public half is beside it."""
    file = tmp_path / "ledger.pem"
    made = generate_private_key(SECP256R1())
    file.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "public.pem").write_bytes(public)
    configured.write_text(f"ledger: {{key_file: {file}}}\n")
    return file


@pytest.fixture
def signed(key: Path, kept: Path) -> Path:
    """The same store, signed."""
    assert key.exists()
    return kept


def altered(store: Path, *statements: str) -> None:
    """Change rows past the triggers, which are there again afterwards."""
    connection = sqlite3.connect(store)
    with connection:
        triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        guards = connection.execute(triggers).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in (*statements, *(made for _, made in guards)):
            connection.execute(statement)
    connection.close()


def test_a_whole_store_ends_with_0_and_says_that_it_is_not_signed(kept: Path, run: Run) -> None:
    ran = run("ledger", "verify")
    assert (ran.code, ran.err) == (0, "")
    assert "✔ WHOLE" in ran.out
    assert "NOT SIGNED" in ran.out
    assert "ledger.key_file" in ran.out
    assert kept.exists()


def test_a_signed_store_says_by_which_key(signed: Path, run: Run) -> None:
    ran = run("ledger", "verify", "--format", "json")
    told = json.loads(ran.out)
    assert (ran.code, told["whole"], told["faults"]) == (0, True, [])
    assert (told["heads"], told["heads_signed"], told["heads_verified"]) == (10, 10, 10)
    assert "NOT" not in run("ledger", "verify").out
    assert run("ledger", "verify").out.count(told["keys"][0]) == 1
    assert signed.exists()


def test_whoever_has_only_the_public_key_can_verify(signed: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "ledger.pem").unlink()
    assert run("ledger", "verify", "--key", "public.pem").code == 0
    without = run("ledger", "verify")
    assert without.code == 2
    assert "cannot be read" in without.err
    assert signed.exists()


def test_signatures_that_nobody_can_verify_are_said_to_be_unverified(
    signed: Path, configured: Path, run: Run
) -> None:
    configured.write_text("{}")
    ran = run("ledger", "verify")
    assert ran.code == 0
    assert "NOT VERIFIED" in ran.out
    assert signed.exists()


@pytest.mark.parametrize(
    ("change", "where", "advice"),
    [
        ("UPDATE scan SET verdict = 'violation' WHERE seq = 3", "scan 3", "compare with a backup"),
        ("UPDATE event SET kind = 'e9' WHERE seq = 3", "scan 3", "compare with a backup"),
        ("UPDATE ledger_head SET checkpoint = 'x'", "head 2", "ledger itself was changed"),
        ("DELETE FROM ledger_entry WHERE seq = 11", "head 11", "ledger itself was changed"),
    ],
)
def test_each_fault_is_a_line_with_what_to_do_next(
    kept: Path, run: Run, change: str, where: str, advice: str
) -> None:
    altered(kept, change)
    ran = run("ledger", "verify")
    assert ran.code == 1
    assert "✖ ALTERED" in ran.out
    (line,) = [line for line in ran.out.splitlines() if f" {where} " in line][:1]
    assert advice in line
    faults = json.loads(run("ledger", "verify", "--format", "json").out)["faults"]
    assert where in {fault["where"] for fault in faults}


def test_a_store_signed_by_another_key_is_altered(signed: Path, run: Run, tmp_path: Path) -> None:
    other = generate_private_key(SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "other.pem").write_bytes(pem)
    ran = run("ledger", "verify", "--key", "other.pem")
    assert ran.code == 1
    assert "check that the key given is that of the ledger" in ran.out
    assert signed.exists()


@pytest.mark.parametrize("command", [("verify",), ("head",), ("prove", "1"), ("export", "out")])
def test_without_a_store_every_command_ends_with_2(
    configured: Path, run: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    ran = run("ledger", *command)
    assert ran.code == 2
    assert "`residency scan` makes it" in ran.err
    assert sorted(tmp_path.iterdir()) == [configured]


@pytest.mark.parametrize("text", [None, "", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_a_key_file_that_cannot_be_used_ends_with_2(
    kept: Path, configured: Path, run: Run, tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "bad.pem").write_text(text)
    configured.write_text(f"ledger: {{key_file: {tmp_path / 'bad.pem'}}}\n")
    for arguments in (("ledger", "verify"), ("ack", "1", "--by", "on-call")):
        ran = run(*arguments)
        assert ran.code == 2
        assert "openssl genpkey" in ran.err
    given = run("ledger", "verify", "--key", "bad.pem")
    assert given.code == 2
    assert "openssl pkey" in given.err
    assert kept.exists()


def test_the_head_is_four_lines_to_publish(kept: Path, run: Run) -> None:
    ran = run("ledger", "head")
    lines = ran.out.split("\n")
    assert (ran.code, len(lines), lines[4]) == (0, 5, "")
    assert lines[0].startswith("residency/")
    assert lines[1] == "11"
    assert lines[3] == "time 2026-10-01T02:15:40.000000Z"
    told = json.loads(run("ledger", "head", "--format", "json").out)
    assert told["checkpoint"] == ran.out
    assert (told["size"], told["envelope"]) == (11, None)
    assert kept.exists()


def test_an_export_verifies_alone(signed: Path, run: Run, tmp_path: Path) -> None:
    done = run("ledger", "export", "out", "--changes")
    assert done.code == 0
    assert "11 entries, 10 heads, 10 change sets" in done.out
    signed.unlink()
    (tmp_path / "residency.yaml").write_text("}")
    ran = run("verify", "out", "--keys", "out/keys.json")
    assert ran.code == 0
    assert "Verified: 11 entries" in ran.out
    assert "the change sets of 10 scans, of 10 in all" in ran.out
    assert "Signed: 10 heads" in ran.out


def test_an_export_says_that_it_is_not_signed(kept: Path, run: Run) -> None:
    assert "NOT SIGNED" in run("ledger", "export", "out").out
    ran = run("verify", "out")
    assert (ran.code, "NOT SIGNED" in ran.out) == (0, True)
    again = run("ledger", "export", "out")
    assert (again.code, "is there already" in again.err) == (2, True)
    assert kept.exists()


def test_the_verifier_runs_by_itself_on_an_export(kept: Path, run: Run, tmp_path: Path) -> None:
    assert run("ledger", "export", "out", "--format", "json").code == 0
    command = [sys.executable, "-m", "residency.verify", "out"]
    ended = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)  # noqa: S603 - ours
    assert ended.returncode == 0
    assert kept.exists()


@pytest.mark.parametrize("output", ["text", "json"])
def test_an_export_that_was_altered_ends_with_1(
    kept: Path, run: Run, tmp_path: Path, output: str
) -> None:
    run("ledger", "export", "out")
    entries = tmp_path / "out" / "entries.jsonl"
    entries.write_text(
        entries.read_text().replace('"verdict":"compliant"', '"verdict":"violation"')
    )
    ran = run("verify", "out", "--format", output)
    assert ran.code == 1
    assert "ALTERED OR WRONG" in ran.out + ran.err
    if output == "json":
        assert json.loads(ran.out)["verified"] is False
    assert kept.exists()


@pytest.mark.parametrize("output", ["text", "json"])
def test_what_cannot_be_read_ends_with_2(run: Run, tmp_path: Path, output: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("no proof")
    for path in ("empty", "absent", "text"):
        ran = run("verify", path, "--format", output)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err


def test_a_proof_of_an_entry_verifies_alone(signed: Path, run: Run, tmp_path: Path) -> None:
    proof = run("ledger", "prove", "7", "--format", "json").out
    (tmp_path / "proof.json").write_text(proof)
    said = run("ledger", "prove", "7").out
    assert "Verified: entry 7 (scan, 2026-10-01T01:15:40.000000Z) is under the head of 11" in said
    assert "Signed: by" in said
    signed.unlink()
    ran = run("verify", "proof.json", "--keys", "public.pem")
    assert (ran.code, ran.out) == (0, said)
    unsaid = run("verify", "proof.json")
    assert (unsaid.code, "SIGNATURE NOT VERIFIED" in unsaid.out) == (0, True)
    (tmp_path / "proof.json").write_text(proof.replace("compliant", "violation"))
    forged = run("verify", "proof.json", "--format", "json")
    assert (forged.code, forged.out) == (1, "")
    assert "ALTERED OR WRONG" in forged.err


@pytest.mark.parametrize("output", ["text", "json"])
def test_a_head_that_was_kept_shows_that_the_ledger_only_grew(
    kept: Path, run: Run, tmp_path: Path, output: str
) -> None:
    head = run("ledger", "head", "--size", "5", "--format", output).out
    (tmp_path / "kept").write_text(head)
    ran = run("ledger", "prove", "--head", "kept")
    assert ran.code == 0
    assert "the ledger only grew, up to the head of 11 entries" in ran.out
    assert "NOT SIGNED" in ran.out
    (tmp_path / "proof.json").write_text(
        run("ledger", "prove", "--head", "kept", "--format", "json").out
    )
    assert run("verify", "proof.json").code == 0
    assert kept.exists()


def test_a_ledger_that_was_made_anew_is_seen_by_who_kept_a_head(
    kept: Path, configured: Path, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "kept").write_text(run("ledger", "head").out)
    origin = (tmp_path / "kept").read_text().split("\n")[0]
    kept.unlink()
    kept.with_name(f"{kept.name}.head").unlink()
    store = open_store(tmp_path)
    store.origin = origin
    for number in range(1, 13):
        store.commit(record(number))
    store.close()
    ran = run("ledger", "prove", "--head", "kept")
    assert (ran.code, "were rewritten" in ran.err) == (1, True)
    assert configured.exists()


@pytest.mark.parametrize("arguments", [(), ("1", "--head", "kept"), ("0",), ("99",), ("x",)])
def test_what_cannot_be_proven_ends_with_2(
    kept: Path, run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "kept").write_text(run("ledger", "head").out)
    ran = run("ledger", "prove", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert kept.exists()


@pytest.mark.parametrize("text", ["", "{}", "{", '{"checkpoint": 7, "envelope": null}', "a\nb\n"])
def test_a_file_that_is_no_head_ends_with_2(
    kept: Path, run: Run, tmp_path: Path, text: str
) -> None:
    (tmp_path / "kept").write_text(text)
    ran = run("ledger", "prove", "--head", "kept")
    assert ran.code == 2
    assert "holds no head" in ran.err
    assert kept.exists()


def test_an_event_is_acknowledged_beside_a_process_that_scans(
    signed: Path, run: Run, tmp_path: Path
) -> None:
    store = open_store(tmp_path)
    ran = run("ack", "3", "--by", "on-call", "--note", "ticket 7", "--format", "json")
    store.commit(record(10))
    store.close()
    assert ran.code == 0
    told = json.loads(ran.out)
    assert (told["subject"], told["by_role"], told["entry"]) == ("3", "on-call", 12)
    proof = run("ledger", "prove", "12")
    assert "entry 12 (acknowledgement, " in proof.out
    assert json.loads(run("ledger", "verify", "--format", "json").out)["notes"] == 1
    assert signed.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("99", "--by", "on-call"), "The store knows nothing of '99'"),
        (("3", "--by", "jan@example.com"), "is no role"),
        (("3", "--by", "on-call", "--note", "ask jan@example.com"), "no @"),
        (("3",), "--by"),
    ],
)
def test_what_cannot_be_acknowledged_ends_with_2(
    kept: Path, run: Run, arguments: tuple[str, ...], said: str
) -> None:
    ran = run("ack", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert json.loads(run("ledger", "verify", "--format", "json").out)["notes"] == 0
    assert kept.exists()
