"""`residency backup` and `restore` of a signed ledger: what they say of the signature."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Past = Callable[..., Any]


@pytest.fixture
def kept(past: Past, told: Any) -> Any:
    """A store of two scans and an event that nobody has open, without a key."""
    made = past(2)
    made.scan(told())
    made.scan(told(places=(("primary", "northeurope"),)))
    made.store.close()
    return made


@pytest.fixture
def use_key(kept: Any, run: Any, tmp_path: Path) -> Callable[[str], None]:
    """Configure a new key, and sign with it from now on."""

    def use(name: str) -> None:
        key = generate_private_key(SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / name).write_bytes(pem)
        text = kept.config.read_text(encoding="utf-8").partition("ledger:")[0]
        kept.config.write_text(f"{text}ledger: {{key_file: {tmp_path / name}}}\n", "utf-8")
        assert run("ack", "1", "--by", "on-call").code == 0

    return use


@pytest.mark.usefixtures("kept")
def test_a_copy_without_a_key_says_that_it_is_not_signed(run: Any) -> None:
    assert "NOT SIGNED" in run("backup", "copy.db").out
    assert "NOT SIGNED" in run("restore", "copy.db").out


def test_a_copy_with_a_key_says_which_one_signed_it(run: Any, use_key: Any, kept: Any) -> None:
    use_key("key.pem")
    assert "Signed: its last head, by " in run("backup", "copy.db").out
    assert "Signed: its last head, by " in run("restore", "copy.db").out
    text = kept.config.read_text(encoding="utf-8").partition("ledger:")[0]
    kept.config.write_text(text, encoding="utf-8")
    assert "SIGNATURE NOT VERIFIED" in run("backup", "other.db").out
    named = run("backup", "third.db", "--key", "key.pem")
    assert "Signed: its last head, by " in named.out


def test_a_copy_from_before_the_key_needs_the_word(run: Any, use_key: Any) -> None:
    run("backup", "copy.db")
    use_key("key.pem")
    refused = run("restore", "copy.db", "--older")
    assert (refused.code, refused.out) == (2, "")
    assert "--unsigned" in refused.err
    assert run("restore", "copy.db", "--older", "--unsigned").code == 0


def test_a_copy_from_before_another_key_needs_the_former(run: Any, use_key: Any) -> None:
    use_key("former.pem")
    run("backup", "copy.db")
    use_key("key.pem")
    refused = run("restore", "copy.db", "--older")
    assert (refused.code, refused.out) == (2, "")
    assert "name the old one with --key" in refused.err
    assert run("restore", "copy.db", "--older", "--key", "former.pem").code == 0


@pytest.mark.usefixtures("kept")
def test_a_key_that_cannot_be_read_makes_no_backup(run: Any, use_key: Any, tmp_path: Path) -> None:
    use_key("key.pem")
    (tmp_path / "key.pem").unlink()
    ran = run("backup", "copy.db")
    assert (ran.code, ran.out) == (2, "")
    assert "cannot be read" in ran.err
    assert not (tmp_path / "copy.db").exists()
