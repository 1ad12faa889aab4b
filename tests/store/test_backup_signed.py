"""Where a key is known, a copy counts only if its last head is signed by it."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from residency.errors import StoreError
from residency.store import Store
from residency.store.backup import back_up, verified
from residency.store.ledger.keys import EVER, read_keys
from residency.store.ledger.signing import PublicKey, Signer, load_signer
from residency.store.restore import restore

if TYPE_CHECKING:
    from tests.store.conftest import Scans, Told

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Fill = Callable[..., None]


def public(signer: Signer) -> tuple[PublicKey, ...]:
    return (signer.public_key(EVER),)


@pytest.fixture
def signer(new_key: Callable[[], Path]) -> Signer:
    return load_signer(new_key())


@pytest.fixture
def other(new_key: Callable[[], Path]) -> Signer:
    return load_signer(new_key())


@pytest.fixture
def fill(path: Path, scans: "Scans", told: type["Told"]) -> Fill:
    """Commit scans to a store, by default to that of this test."""

    def commit(signer: Signer | None, number: int = 1, *, store: Path = path) -> None:
        opened = Store.open(f"sqlite:///{store}", signer)
        for _ in range(number):
            opened.commit(scans(told(name=f"a{scans.number}")))
        opened.close()

    return commit


@pytest.fixture
def copy(path: Path) -> Path:
    return path.with_name("copy.db")


def heads(path: Path, statement: str, *values: str) -> None:
    """Change the heads of a copy past the triggers, which are there again afterwards."""
    with closing(sqlite3.connect(path)) as connection, connection:
        query = "SELECT sql FROM sqlite_master WHERE name = 'ledger_head_update'"
        (made,) = connection.execute(query).fetchone()
        connection.execute("DROP TRIGGER ledger_head_update")
        connection.execute(statement, values)
        connection.execute(made)


def unsign(path: Path) -> None:
    heads(path, "UPDATE ledger_head SET envelope = 'null'")


def sign(path: Path, signer: Signer) -> None:
    """Sign every head anew."""
    with closing(sqlite3.connect(path)) as connection:
        texts = [each for (each,) in connection.execute("SELECT checkpoint FROM ledger_head")]
    for text in texts:
        envelope = json.dumps(signer.sign(text), sort_keys=True)
        heads(path, "UPDATE ledger_head SET envelope = ? WHERE checkpoint = ?", envelope, text)


def test_a_copy_says_by_which_key_its_last_head_is_signed(
    fill: Fill, path: Path, copy: Path, signer: Signer
) -> None:
    fill(signer, 2)
    found = back_up(path, copy, public(signer))
    assert (found.signed, found.signers) == (True, (signer.keyid,))
    assert (verified(copy).signed, verified(copy).signers) == (True, ())


def test_a_copy_of_a_ledger_without_a_key_is_not_signed(fill: Fill, path: Path, copy: Path) -> None:
    fill(None)
    found = back_up(path, copy)
    assert (found.signed, found.signers) == (False, ())
    assert restore(copy, path, NOW, None, older=False).lost is None


def test_a_store_that_is_signed_by_another_key_is_not_backed_up(
    fill: Fill, path: Path, copy: Path, signer: Signer, other: Signer
) -> None:
    fill(other)
    with pytest.raises(StoreError, match="name the old one with --key"):
        back_up(path, copy, public(signer))
    assert not copy.exists()


@pytest.mark.parametrize("lost", [False, True])
def test_a_copy_that_somebody_signed_with_a_key_of_his_own_is_not_put_back(
    fill: Fill, path: Path, copy: Path, signer: Signer, other: Signer, *, lost: bool
) -> None:
    fill(signer, 2)
    back_up(path, copy)
    sign(copy, other)
    assert verified(copy).signed, "without a key nobody can tell"
    if lost:
        path.unlink()
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(StoreError, match=f"signed by {other.keyid}.*use one that is"):
        restore(copy, path, NOW, signer, older=True)
    assert (path.read_bytes() if path.exists() else None) == before


def test_a_signature_of_another_head_is_none(
    fill: Fill, path: Path, copy: Path, signer: Signer
) -> None:
    fill(signer, 2)
    back_up(path, copy)
    first = "(SELECT envelope FROM ledger_head ORDER BY size LIMIT 1)"
    heads(copy, f"UPDATE ledger_head SET envelope = {first}")  # noqa: S608 - our own words
    with pytest.raises(StoreError, match="holds something else than the head"):
        restore(copy, path, NOW, signer, older=True)


@pytest.mark.parametrize("has_key", [True, False])
def test_a_copy_whose_signatures_were_taken_away_is_put_back_only_with_the_word(
    fill: Fill, path: Path, copy: Path, signer: Signer, *, has_key: bool
) -> None:
    """The store that is there says that there was a key, where the configuration does not."""
    fill(signer, 2)
    back_up(path, copy)
    unsign(copy)
    before = path.read_bytes()
    given = signer if has_key else None
    with pytest.raises(StoreError, match=r"is not signed.*--unsigned"):
        restore(copy, path, NOW, given, older=True)
    assert path.read_bytes() == before
    assert restore(copy, path, NOW, given, older=True, unsigned=True).entry == 4


def test_a_backup_from_before_there_was_a_key_is_put_back_with_the_word(
    fill: Fill, path: Path, copy: Path, signer: Signer
) -> None:
    fill(None)
    back_up(path, copy)
    fill(signer)
    with pytest.raises(StoreError, match="from before there was a key"):
        restore(copy, path, NOW, signer, older=True)
    restore(copy, path, NOW, signer, older=True, unsigned=True)
    assert verified(path, keys=public(signer)).signers == (signer.keyid,)


def test_a_backup_from_before_another_key_came_is_verified_with_the_former(
    fill: Fill, path: Path, copy: Path, new_key: Callable[[], Path]
) -> None:
    former = new_key()
    fill(load_signer(former), 2)
    back_up(path, copy)
    signer = load_signer(new_key())
    fill(signer)
    with pytest.raises(StoreError, match="name the old one with --key"):
        restore(copy, path, NOW, signer, older=True)
    restore(copy, path, NOW, signer, older=True, keys=read_keys(former))
    assert verified(path, keys=public(signer)).signers == (signer.keyid,)
