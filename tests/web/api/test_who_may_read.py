"""Who may read: whoever has this machine, a token, a user, a client certificate; nobody else."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from residency.store.audit import audit
from residency.store.engine import Database, path_of
from residency.store.tokens import digest, new_secret
from residency.web import create_app
from residency.web.api import API, READ_PATHS

PROXIED = {"X-Forwarded-For": "192.0.2.7"}
"""Sent by a proxy on this machine, so that the caller is somebody else."""

USER = {"Authorization": "Basic YW5uYTpjYW5hcnktcGFzc3dvcmQ="}
ACK = "/api/v1/events/1/ack"


pytestmark = pytest.mark.usefixtures("stocked")


@pytest.fixture
def stocked(shop: Any, row: Callable[..., Any]) -> Any:
    shop.scan(row(name="a"))
    return shop


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def patiently(ask: Callable[[], Any], status: int) -> Any:
    """Ask until it is answered so: what counts is read again after a second."""
    deadline = time.monotonic() + 5
    got = ask()
    while got.status != status and time.monotonic() < deadline:
        time.sleep(0.3)
        got = ask()
    return got


def read_paths(front: Any) -> Iterator[str]:
    """Give every path of the API that is read."""
    app: Any = create_app(front)
    for route in app.routes:
        if route.path.startswith(f"{API}/") and "GET" in (route.methods or ()):
            yield route.path


def test_whoever_has_this_machine_reads_without_a_token(api: Any) -> None:
    assert api.ask("scan").status == 200


def test_nobody_unknown_reads_any_page_but_the_description(api: Any, front: Any) -> None:
    paths = list(read_paths(front))
    assert set(paths) == READ_PATHS
    got = {path: api.site.ask("GET", path, PROXIED) for path in paths}
    open_to_all = f"{API}/openapi.json"
    assert {path: each.status for path, each in got.items()} == {
        path: 200 if path == open_to_all else 401 for path in paths
    }
    del got[open_to_all]
    assert all(each.headers["www-authenticate"].startswith("Bearer") for each in got.values())
    assert all(list(each.json) == ["error"] for each in got.values())


def test_a_token_opens_every_page(stocked: Any, api: Any) -> None:
    shown = PROXIED | bearer(stocked.token())
    for name in ("scan", "resources", "events", "exemptions"):
        assert api.ask(name, shown).status == 200
    assert (
        api.ask("scan", PROXIED | {"Authorization": shown["Authorization"].lower()}).status == 200
    )


def wrong(secret: str) -> dict[str, str]:
    other = "0" if secret[-1] != "0" else "1"
    return {
        "another": new_secret(),
        "one letter off": secret[:-1] + other,
        "without its beginning": secret.removeprefix("residency_"),
        "in capitals": secret.upper(),
        "with more": f"{secret}0",
        "its hash": digest(secret),
        "its id": digest(secret)[:12],
        "empty": "",
    }


def test_a_wrong_token_opens_nothing_also_on_this_machine(stocked: Any, api: Any) -> None:
    secret = stocked.token()
    got = {what: api.ask("scan", bearer(shown)) for what, shown in wrong(secret).items()}
    assert {what: each.status for what, each in got.items()} == dict.fromkeys(wrong(secret), 401)
    assert all('error="invalid_token"' in each.headers["www-authenticate"] for each in got.values())


def test_a_token_in_the_query_is_none(stocked: Any, api: Any) -> None:
    got = api.ask("scan", PROXIED, access_token=stocked.token())
    assert got.status == 401


def test_a_token_that_expired_opens_nothing(stocked: Any, api: Any) -> None:
    secret = stocked.token(counts=timedelta(seconds=-1))
    assert api.ask("scan", bearer(secret)).status == 401


def test_a_token_that_is_revoked_opens_nothing_within_two_seconds(stocked: Any, api: Any) -> None:
    secret = stocked.token()
    assert api.ask("scan", bearer(secret)).status == 200
    stocked.revoke(secret)
    again = stocked.token()
    assert patiently(lambda: api.ask("scan", bearer(again)), 200).status == 200
    assert api.ask("scan", bearer(secret)).status == 401


def test_who_shows_wrong_tokens_is_told_to_wait_and_a_right_one_never_is(
    stocked: Any, api: Any
) -> None:
    secret = stocked.token()
    got = [api.ask("scan", bearer(new_secret())) for _ in range(12)]
    assert [each.status for each in got] == [401] * 10 + [429] * 2
    assert int(got[-1].headers["retry-after"]) >= 1
    assert api.ask("scan", bearer(secret)).status == 200


FROM: list[tuple[str, str, bool, int]] = [
    ("192.0.2.7", "http", False, 401),
    ("192.0.2.7", "https", False, 401),
    ("192.0.2.7", "http", True, 403),
    ("192.0.2.7", "https", True, 200),
    ("127.0.0.1", "http", True, 200),
    ("::1", "http", False, 200),
    ("::ffff:127.0.0.1", "http", True, 200),
]


@pytest.mark.parametrize(("address", "scheme", "shows", "status"), FROM)
def test_a_token_from_another_machine_counts_over_tls_alone(
    stocked: Any,
    ask_from: Callable[..., Any],
    address: str,
    scheme: str,
    shows: bool,  # noqa: FBT001 - a column of a table
    status: int,
) -> None:
    shown = bearer(stocked.token()) if shows else {}
    got = asyncio.run(ask_from(address, scheme, "/api/v1/scan", shown))
    assert got.status == status
    if status == 403:
        assert "revoke it" in got.body.decode()


def test_where_there_are_users_a_token_opens_the_api_and_nothing_else(
    stocked: Any, api_behind: Any, write: Callable[[str], Any], password_hash: str
) -> None:
    api = api_behind(write(f"basic_auth_users:\n  anna: {password_hash}\n"))
    shown = bearer(stocked.token())
    assert api.ask("scan").status == 401
    assert api.ask("scan", USER | PROXIED).status == 200
    assert api.ask("scan", shown).status == 200
    assert api.ask("scan", bearer(new_secret())).status == 401
    json = {"Content-Type": "application/json"}
    for headers in (shown, bearer("x")):
        assert api.site.ask("GET", "/metrics", headers).status == 401
        for path in ("/", f"{API}/", f"{API}/nothing", f"{API}/scan/", "/api/v1/hooks/azure/", ACK):
            assert api.site.ask("GET", path, headers).status == 401
        assert api.site.ask("POST", ACK, headers | json, b'{"by": "on-call"}').status == 401


def test_a_client_certificate_is_enough(
    stocked: Any,
    api_behind: Any,
    write: Callable[[str], Any],
    authority: Any,
    trust: Callable[..., Any],
) -> None:
    paper = authority.server("residency")
    file = write(
        f"tls_server_config: {{cert_file: {paper.certificate}, key_file: {paper.key},"
        f" client_auth_type: VerifyClientCertIfGiven, client_ca_file: {authority.certificate}}}\n"
    )
    site = api_behind(file).site
    path = "/api/v1/scan"
    client = trust(authority, authority.issue("client"))
    assert site.ask("GET", path, PROXIED, tls=client).status == 200
    assert site.ask("GET", path, PROXIED, tls=trust(authority)).status == 401
    shown = PROXIED | bearer(stocked.token())
    assert site.ask("GET", path, shown, tls=trust(authority)).status == 200


def test_no_secret_is_in_the_store_the_logs_or_an_answer(stocked: Any, api: Any) -> None:
    with capture_logs() as logs:
        secret = stocked.token()
        bodies = [api.ask("scan", bearer(each)).body for each in (secret, f"{secret}x")]
        stocked.revoke(secret)
    told = secret.removeprefix("residency_").encode()
    assert told not in b"".join(bodies)
    assert told.decode() not in str(logs)
    for file in path_of(stocked.url).parent.iterdir():
        assert told not in file.read_bytes()


def test_a_token_that_was_put_into_the_store_by_hand_is_found_out(stocked: Any) -> None:
    stocked.token()
    stocked.store.close()
    path = path_of(stocked.url)
    database = Database(path, writes=True, alone=False)
    with database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO note (kind, subject, at, by_role, body)"
            " SELECT kind, 'aaaaaaaaaaaa', at, by_role, body FROM note"
        )
    with database.reading() as connection:
        faults = [each.where for each in audit(connection).faults]
    database.close()
    assert faults == ["note 2"]


def test_scanners_of_secrets_find_a_token() -> None:
    assert re.fullmatch(r"residency_[0-9a-f]{64}", new_secret())
    assert new_secret() != new_secret()
