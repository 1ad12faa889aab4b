"""Who may acknowledge, and how."""

import json
from collections.abc import Callable
from typing import Any

import pytest

ACK = "/api/v1/events/12/ack"
JSON = {"Content-Type": "application/json"}
NOTE = b'{"by": "on-call", "note": "INC-1"}'


def test_a_caller_on_this_machine_acknowledges(site: Any) -> None:
    got = site.ask("POST", ACK, JSON, NOTE)
    assert got.status == 200
    assert got.json == {
        "schema": "residency/note/v1",
        "kind": "acknowledgement",
        "subject": "12",
        "by_role": "on-call",
        "at": "2026-10-25T02:30:00.000000Z",
        "entry": 7,
    }
    assert site.desk.acknowledged == [("12", "on-call", "INC-1")]


def test_a_note_may_be_left_out_and_json_may_name_its_charset(site: Any) -> None:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    assert site.ask("POST", ACK, kind, b'{"by": "on-call"}').status == 200
    assert site.desk.acknowledged == [("12", "on-call", "")]


def test_what_cannot_be_recorded_says_why(site: Any) -> None:
    got = site.ask("POST", "/api/v1/events/404/ack", JSON, NOTE)
    assert got.status == 409
    assert got.json["error"].endswith("There is no event, episode or incident 404")


REFUSED: dict[str, tuple[dict[str, str], int]] = {
    "a form": ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    "plain text, which a page may send anywhere": ({"Content-Type": "text/plain"}, 415),
    "no type": ({}, 415),
    "another site's page": (JSON | {"Origin": "https://evil.example"}, 403),
    "a page of no origin": (JSON | {"Origin": "null"}, 403),
    "a page on another port": (JSON | {"Origin": "http://localhost:1"}, 403),
    "what a browser says is from elsewhere": (JSON | {"Sec-Fetch-Site": "cross-site"}, 403),
    "what a browser says is from a sibling": (JSON | {"Sec-Fetch-Site": "same-site"}, 403),
    "a caller behind a proxy": (JSON | {"X-Forwarded-For": "127.0.0.1"}, 403),
    "a caller behind a proxy of the standard": (JSON | {"Forwarded": "for=127.0.0.1"}, 403),
    "a name that was made to point here": (JSON | {"Host": "evil.example"}, 421),
}


def test_others_do_not(site: Any) -> None:
    got = {case: site.ask("POST", ACK, sent[0], NOTE).status for case, sent in REFUSED.items()}
    assert got == {case: status for case, (_, status) in REFUSED.items()}
    assert site.desk.acknowledged == []


def test_a_page_of_our_own_does(site: Any) -> None:
    own = {"Origin": site.listening.url, "Sec-Fetch-Site": "same-origin"}
    assert site.ask("POST", ACK, JSON | own, NOTE).status == 200


def test_a_page_elsewhere_is_not_told_that_it_may_ask(site: Any) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    got = site.ask("OPTIONS", ACK, asked)
    assert got.status == 405
    assert not any(name.startswith("access-control") for name in got.headers)


BODIES: dict[bytes, int] = {
    b"": 400,
    b"hello": 400,
    b"[]": 400,
    b"{}": 400,
    b'{"by": ""}': 400,
    b'{"by": 7}': 400,
    b'{"by": null}': 400,
    b'{"by": "on-call", "note": 7}': 400,
    b'{"by": "on-call", "entry": 1}': 400,
    json.dumps({"by": "x" * 201}).encode(): 400,
    json.dumps({"by": "x", "note": "x" * 4_001}).encode(): 400,
    b" " * 16_385: 413,
    b"[" * 10_000: 400,
}


def test_a_body_that_says_something_else_is_refused(site: Any) -> None:
    got = {body: site.ask("POST", ACK, JSON, body).status for body in BODIES}
    assert got == BODIES
    assert site.desk.acknowledged == []


@pytest.mark.parametrize("anywhere", [True, False])
def test_a_user_acknowledges(
    serve: Callable[..., Any],
    write: Callable[[str], Any],
    password_hash: str,
    anywhere: bool,  # noqa: FBT001 - a column of a table
) -> None:
    site = serve(write(f"basic_auth_users:\n  anna: {password_hash}\n"), anywhere=anywhere)
    user = {"Authorization": "Basic YW5uYTpjYW5hcnktcGFzc3dvcmQ="}
    assert site.ask("POST", ACK, JSON, NOTE).status == 401
    assert site.ask("POST", ACK, JSON | user | {"X-Forwarded-For": "1.2.3.4"}, NOTE).status == 200
    assert site.ask("POST", ACK, JSON | user | {"Origin": "https://e.example"}, NOTE).status == 403
    assert len(site.desk.acknowledged) == 1
