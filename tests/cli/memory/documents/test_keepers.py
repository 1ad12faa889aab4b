"""What the commands on the ledger and on copies print as JSON is what docs/json.md says."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Past = Callable[..., Any]
Documented = Callable[..., None]


@pytest.fixture
def kept(past: Past, told: Any) -> Any:
    """A store of two scans that nobody has open."""
    made = past(3)
    made.scan(told())
    made.scan(told(), told(name="b"))
    made.store.close()
    return made


@pytest.fixture
def signed(kept: Any, run: Any, tmp_path: Path) -> Any:
    """The same, with a key since the last head but one, and with another since the last."""
    for number in (1, 2):
        key = generate_private_key(SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file = tmp_path / f"key{number}.pem"
        file.write_bytes(pem)
        text = kept.config.read_text(encoding="utf-8").partition("ledger:")[0]
        kept.config.write_text(f"{text}ledger: {{key_file: {file}}}\n", encoding="utf-8")
        assert run("ack", "1", "--by", "on-call").code == 0
    return kept


@pytest.fixture
def print_json(run: Any) -> Callable[..., Any]:
    """Run a command that ends with this code, and read what it prints as JSON."""

    def read(code: int, *arguments: str) -> Any:
        ran = run(*arguments, "--format", "json")
        assert (ran.code, ran.err) == (code, "")
        return json.loads(ran.out)

    return read


KEYS = ("--key", "key1.pem", "--key", "key2.pem")


def test_a_ledger_that_is_whole_and_one_that_is_not(
    signed: Any, print_json: Any, documented: Documented
) -> None:
    whole = print_json(0, "ledger", "verify", *KEYS)
    with closing(sqlite3.connect(signed.path)) as connection, connection:
        connection.execute("DROP TRIGGER scan_update")
        connection.execute("UPDATE scan SET verdict = 'violation' WHERE seq = 2")
    documented(whole, print_json(1, "ledger", "verify", *KEYS))


@pytest.mark.usefixtures("signed")
def test_heads_proofs_and_what_verifies_them(
    print_json: Any, documented: Documented, tmp_path: Path
) -> None:
    unsigned = print_json(0, "ledger", "head", "--size", "2")
    documented(unsigned, print_json(0, "ledger", "head"))
    (tmp_path / "kept").write_text(json.dumps(print_json(0, "ledger", "head", "--size", "4")))
    inclusion = print_json(0, "ledger", "prove", "2", *KEYS)
    documented(inclusion)
    documented(print_json(0, "ledger", "prove", "--head", "kept", *KEYS))
    (tmp_path / "proof").write_text(json.dumps(inclusion))
    documented(print_json(0, "verify", "proof", "--keys", "key2.pem"))


@pytest.mark.usefixtures("signed")
def test_an_export_and_one_that_was_altered(
    print_json: Any, documented: Documented, tmp_path: Path
) -> None:
    documented(print_json(0, "ledger", "export", "out", "--changes", *KEYS))
    verified = print_json(0, "verify", "out")
    entries = tmp_path / "out" / "entries.jsonl"
    entries.write_text(entries.read_text().replace("compliant", "violation"))
    documented(verified, print_json(1, "verify", "out"))


def test_a_backup_and_a_restore(
    signed: Any, run: Any, print_json: Any, documented: Documented
) -> None:
    documented(print_json(0, "backup", "copy.db"))
    run("ack", "1", "--by", "on-call")
    noted = print_json(0, "restore", "copy.db", "--older")
    assert noted["kept_as"] is not None
    run("ack", "1", "--by", "on-call")
    signed.path.unlink()
    put_back = print_json(0, "restore", "copy.db", "--older")
    assert (put_back["kept_as"], put_back["lost"]["scans"]) == (None, None)
    documented(noted, put_back, print_json(0, "restore", "copy.db", "--older"))


def test_a_restore_that_loses_scans(past: Past, told: Any, print_json: Any) -> None:
    made = past(3)
    made.scan(told())
    print_json(0, "backup", "copy.db")
    made.scan(told())
    made.store.close()
    lost = print_json(0, "restore", "copy.db", "--older")["lost"]
    assert (lost["scans"], lost["from_scan"]) == (1, 2)
