"""Users and passwords, and what a check of one costs."""

import asyncio
import base64
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from residency.web.basic_auth import BasicAuth

PASSWORD = "canary-password"  # noqa: S105 - made up
COST = 10


def basic(pair: str | bytes) -> dict[str, str]:
    raw = pair.encode() if isinstance(pair, str) else pair
    return {"Authorization": f"Basic {base64.b64encode(raw).decode()}"}


RIGHT = basic(f"anna:{PASSWORD}")


@pytest.fixture
def guarded(
    serve: Callable[..., Any], write: Callable[[str], Path], password_hash: str
) -> tuple[Any, Path]:
    path = write(f"basic_auth_users:\n  anna: {password_hash}\n  böb: {password_hash}\n")
    return serve(path), path


def hashed(password: str | bytes, cost: int = 4, prefix: bytes = b"2b") -> str:
    raw = password.encode() if isinstance(password, str) else password
    return bcrypt.hashpw(raw, bcrypt.gensalt(cost, b"2b")).replace(b"2b", prefix, 1).decode()


WRONG: dict[str, dict[str, str]] = {
    "nothing": {},
    "a wrong password": basic("anna:wrong"),
    "no password": basic("anna:"),
    "another's name": basic(f"eve:{PASSWORD}"),
    "the name in capitals": basic(f"ANNA:{PASSWORD}"),
    "no name": basic(f":{PASSWORD}"),
    "no colon": basic("anna"),
    "a password and more": basic(f"anna:{PASSWORD}\0"),
    "a password with a NUL in it": basic("anna:canary\0password"),
    "not base64": {"Authorization": "Basic !!!"},
    "not UTF-8": basic(b"\xff\xfe:x"),
    "another scheme": {"Authorization": f"Bearer {PASSWORD}"},
    "the scheme alone": {"Authorization": "Basic"},
    "a password without end": basic("anna:" + "x" * 10_000),
}


def test_a_wrong_password_is_asked_again_on_every_page(guarded: tuple[Any, Path]) -> None:
    site, _ = guarded
    for case, headers in WRONG.items():
        got = site.ask("GET", "/metrics", headers)
        assert (case, got.status) == (case, 401)
        assert got.headers["www-authenticate"].startswith("Basic ")
    for path in ("/-/healthy", "/-/ready", "/nowhere", "/api/v1/events/1/ack"):
        assert site.ask("GET", path).status == 401
    assert site.desk.asked_as == []


def test_a_right_password_is_let_in(guarded: tuple[Any, Path]) -> None:
    site, _ = guarded
    for headers in (RIGHT, RIGHT, basic(f"böb:{PASSWORD}")):
        assert site.ask("GET", "/metrics", headers).status == 200
    lower = {"Authorization": RIGHT["Authorization"].replace("Basic", "basic")}
    assert site.ask("GET", "/metrics", lower).status == 200


@pytest.mark.parametrize("prefix", [b"2a", b"2b", b"2y"])
def test_a_hash_of_htpasswd_is_known(
    serve: Callable[..., Any], write: Callable[[str], Path], prefix: bytes
) -> None:
    site = serve(write(f"basic_auth_users:\n  anna: {hashed(PASSWORD, prefix=prefix)}\n"))
    assert site.ask("GET", "/-/healthy", RIGHT).status == 200
    assert site.ask("GET", "/-/healthy", basic("anna:x")).status == 401


def test_of_a_long_password_bcrypt_sees_the_beginning(
    serve: Callable[..., Any], write: Callable[[str], Path]
) -> None:
    long = "é" * 40
    site = serve(write(f"basic_auth_users:\n  anna: {hashed(long.encode()[:72])}\n"))
    assert site.ask("GET", "/-/healthy", basic(f"anna:{long}")).status == 200
    assert site.ask("GET", "/-/healthy", basic(f"anna:x{long}")).status == 401


def test_a_nul_stands_for_no_other_letter() -> None:
    users = {"anna": hashed("canary?password")}
    assert checked(BasicAuth(), users, "anna:canary?password")[0] == "anna"
    assert checked(BasicAuth(), users, "anna:canary\0password")[0] is None


def test_users_are_read_again_without_a_restart(
    guarded: tuple[Any, Path], write: Callable[[str], Path]
) -> None:
    site, _ = guarded
    assert site.ask("GET", "/-/healthy", RIGHT).status == 200
    write(f"basic_auth_users:\n  anna: {hashed('another')}\n")
    assert site.ask("GET", "/-/healthy", RIGHT).status == 401
    assert site.ask("GET", "/-/healthy", basic("anna:another")).status == 200
    write(f"basic_auth_users:\n  carl: {hashed(PASSWORD)}\n")
    assert site.ask("GET", "/-/healthy", basic("anna:another")).status == 401
    assert site.ask("GET", "/-/healthy", basic(f"carl:{PASSWORD}")).status == 200


def test_a_file_that_became_bad_is_refused_and_the_old_users_hold(
    guarded: tuple[Any, Path], write: Callable[[str], Path]
) -> None:
    site, path = guarded
    write(f"basic_auth_users:\n  anna: {PASSWORD}\n")
    assert site.ask("GET", "/-/healthy", RIGHT).status == 200
    assert site.listening.config_error == (
        f"{path}: basic_auth_users.anna: must be a bcrypt hash, such as `htpasswd -nBC 10 NAME`"
        " prints"
    )
    path.unlink()
    assert site.ask("GET", "/-/healthy", RIGHT).status == 200
    assert "cannot be read" in site.listening.config_error


def test_a_check_does_not_hold_up_others(
    serve: Callable[..., Any], write: Callable[[str], Path], password_hash: str
) -> None:
    slow = hashed("another", 9)
    site = serve(write(f"basic_auth_users:\n  anna: {password_hash}\n  slow: {slow}\n"))
    assert site.ask("GET", "/-/healthy", RIGHT).status == 200
    with ThreadPoolExecutor(4) as pool:
        begun = time.monotonic()
        waiting = [pool.submit(site.ask, "GET", "/-/healthy", basic(f"slow:{n}")) for n in range(4)]
        time.sleep(0.02)
        took = []
        while not all(one.done() for one in waiting):
            asked = time.monotonic()
            assert site.ask("GET", "/metrics", RIGHT).status == 200
            took.append(time.monotonic() - asked)
        all_took = time.monotonic() - begun
    assert {one.result().status for one in waiting} == {401}
    assert len(took) > 3
    assert statistics.median(took) < all_took / 8


def checked(auth: BasicAuth, users: dict[str, str], pair: str) -> tuple[str | None, float]:
    """Give who it is, and the seconds of processor time that it took."""
    begun = time.process_time()
    found = asyncio.run(auth.user(basic(pair)["Authorization"], users))
    return found, time.process_time() - begun


def test_an_unknown_name_costs_the_same_time_as_a_known_one() -> None:
    users = {"anna": hashed(PASSWORD, COST)}
    auth = BasicAuth()
    known, unknown = [], []
    for n in range(5):
        known.append(checked(auth, users, f"anna:{n}")[1])
        unknown.append(checked(auth, users, f"eve{n}:{n}")[1])
    assert 0.8 < min(unknown) / min(known) < 1.25


def test_a_right_password_is_checked_once_and_a_wrong_one_every_time() -> None:
    users = {"anna": hashed(PASSWORD, COST)}
    auth = BasicAuth()
    first, again = (checked(auth, users, f"anna:{PASSWORD}") for _ in range(2))
    assert (first[0], again[0]) == ("anna", "anna")
    assert again[1] < first[1] / 5
    wrong = [checked(auth, users, "anna:wrong") for _ in range(2)]
    assert [found for found, _ in wrong] == [None, None]
    assert wrong[1][1] > first[1] / 2
    assert PASSWORD not in str(vars(auth))


def test_what_was_right_is_right_for_that_hash_only() -> None:
    auth = BasicAuth()
    assert checked(auth, {"anna": hashed(PASSWORD)}, f"anna:{PASSWORD}")[0] == "anna"
    assert checked(auth, {"anna": hashed("another")}, f"anna:{PASSWORD}")[0] is None
    assert checked(auth, {}, f"anna:{PASSWORD}")[0] is None


def test_of_many_at_once_with_one_password_one_is_checked(
    serve: Callable[..., Any], write: Callable[[str], Path]
) -> None:
    site = serve(write(f"basic_auth_users:\n  anna: {hashed(PASSWORD, COST)}\n"))
    known = {"anna": hashed(PASSWORD, COST)}
    # The slowest of a few: the machine's speed varies, and what follows may meet a slow moment.
    single = max(checked(BasicAuth(), known, f"anna:{PASSWORD}")[1] for _ in range(5))
    begun = time.process_time()
    with ThreadPoolExecutor(12) as pool:
        got = list(pool.map(lambda _: site.ask("GET", "/-/healthy", RIGHT).status, range(12)))
    assert got == [200] * 12
    assert time.process_time() - begun < 4 * single


def test_a_flood_of_wrong_passwords_does_not_keep_who_is_known_out(
    serve: Callable[..., Any], write: Callable[[str], Path], password_hash: str
) -> None:
    slow = hashed("another", 9)
    site = serve(write(f"basic_auth_users:\n  anna: {password_hash}\n  slow: {slow}\n"))
    assert site.ask("GET", "/-/healthy", RIGHT).status == 200
    with ThreadPoolExecutor(40) as pool:
        flood = [pool.submit(site.ask, "GET", "/-/healthy", basic(f"slow:{n}")) for n in range(40)]
        time.sleep(0.1)
        assert site.ask("GET", "/-/healthy", RIGHT).status == 200
        statuses = [one.result().status for one in flood]
    assert set(statuses) == {401, 503}
