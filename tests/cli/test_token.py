"""`residency token`: made, shown once, listed, revoked; in the record without its secret."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from residency.store import Store

SECRET = re.compile(r"residency_[0-9a-f]{64}")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """An empty store beside a configuration."""
    (tmp_path / "residency.yaml").write_text("scan: {interval: 15m}\n", encoding="utf-8")
    path = tmp_path / "residency.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def token(store: Path, run: Callable[..., Any]) -> Callable[..., Any]:
    """Run `residency token` on the store, and read its JSON."""
    assert store.exists()

    def ran(*arguments: str) -> Any:
        got = run("token", *arguments, "--format", "json")
        assert (got.code, got.err) == (0, "")
        return json.loads(got.out)

    return ran


def test_a_token_is_shown_once_alone_on_stdout(store: Path, run: Callable[..., Any]) -> None:
    got = run("token", "create", "--name", "dashboards", "--expires", "30d")
    assert got.code == 0
    secret = got.out.strip()
    assert SECRET.fullmatch(secret)
    assert secret not in got.err
    assert "not shown again" in got.err
    listed = run("token", "list")
    assert "dashboards" in listed.out
    assert secret not in listed.out
    assert secret.removeprefix("residency_").encode() not in store.read_bytes()


def test_a_program_reads_what_was_made(token: Callable[..., Any]) -> None:
    made = token("create", "--name", "dashboards")
    assert set(made) == {"schema", "id", "name", "expires", "token", "entry"}
    assert made["schema"] == "residency/token/v1"
    told = token("list")
    assert told["schema"] == "residency/tokens/v1"
    (one,) = told["tokens"]
    assert set(one) == {"id", "name", "made_at", "expires", "revoked_at", "counts"}
    assert (one["id"], one["expires"], one["counts"]) == (made["id"], made["expires"], True)


def test_a_token_that_is_revoked_stays_in_the_list_and_frees_its_name(
    token: Callable[..., Any], run: Callable[..., Any]
) -> None:
    made = token("create", "--name", "dashboards")
    said = token("revoke", made["id"], "--by", "on-call")
    assert (said["kind"], said["subject"], said["by_role"]) == (
        "token-revoked",
        made["id"],
        "on-call",
    )
    assert [each["counts"] for each in token("list")["tokens"]] == [False]
    assert run("token", "revoke", made["id"]).code == 2
    token("create", "--name", "dashboards")
    assert [each["counts"] for each in token("list")["tokens"]] == [False, True]


def test_the_ledger_tells_of_both_and_is_whole(
    token: Callable[..., Any], run: Callable[..., Any]
) -> None:
    token("revoke", token("create", "--name", "dashboards")["id"])
    verified = json.loads(run("ledger", "verify", "--format", "json").out)
    assert verified["whole"] is True
    assert verified["notes"] == 2


REFUSED = [
    (("create", "--name", "anna@example.com"), "is no name for a token"),
    (("create", "--name", ""), "is no name for a token"),
    (("create", "--name", "x" * 41), "is no name for a token"),
    (("create", "--name", "x", "--expires", "367d"), "366d at most"),
    (("create", "--name", "x", "--expires", "0d"), "must be more than zero"),
    (("create", "--name", "x", "--expires", "soon"), "needs a unit"),
    (("create", "--name", "x", "--by", "anna@example.com"), "is no role"),
    (("create", "--name", "taken"), "There is a token called 'taken'"),
    (("revoke", "000000000000"), "No token '000000000000' counts"),
]


@pytest.mark.parametrize(("arguments", "said"), REFUSED)
def test_what_cannot_be_recorded_says_why_and_shows_nothing(
    token: Callable[..., Any], run: Callable[..., Any], arguments: tuple[str, ...], said: str
) -> None:
    token("create", "--name", "taken")
    got = run("token", *arguments)
    assert got.code == 2
    assert said in got.err
    assert got.out == ""
    assert len(token("list")["tokens"]) == 1


def test_without_a_store_there_is_no_token(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "residency.yaml").write_text("scan: {interval: 15m}\n", encoding="utf-8")
    got = run("token", "create", "--name", "dashboards")
    assert (got.code, got.out) == (2, "")
    assert "residency scan" in got.err


@pytest.mark.usefixtures("store")
def test_an_empty_list_says_so(run: Callable[..., Any]) -> None:
    assert "No token was ever made" in run("token", "list").out


def test_a_restore_revokes_every_token_because_some_may_have_been_since(
    token: Callable[..., Any], run: Callable[..., Any]
) -> None:
    made = token("create", "--name", "dashboards")
    assert run("backup", "copy.db").code == 0
    token("revoke", made["id"])
    token("create", "--name", "later")
    got = run("restore", "copy.db", "--older")
    assert got.code == 0, got.err
    told = token("list")["tokens"]
    assert [(each["name"], each["counts"]) for each in told] == [("dashboards", False)]
    assert json.loads(run("ledger", "verify", "--format", "json").out)["whole"] is True
