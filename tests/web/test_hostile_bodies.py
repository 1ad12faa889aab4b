"""What a holder of the key could send to do harm."""

import logging
import socket
from typing import Any

import pytest
import structlog

from residency.web.hooks.arm_ids import arm_id

HOOK = "/api/v1/hooks/azure"
KEY = "canary-hook-key/with+signs=="
BEARER = {"Authorization": f"Bearer {KEY}"}
MAIN = "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001"
GROUP = f"{MAIN}/resourcegroups/rg"
ACCOUNT = f"{GROUP}/providers/microsoft.storage/storageaccounts/st"
MEBIBYTE = 1 << 20

NO_JSON = {
    "nothing": b"",
    "words": b"hello",
    "a page": b"<html></html>",
    "cut off": b'[{"subject":',
    "not UTF-8": b'["\xff\xfe"]',
    "half a character": b'["\\ud800"]',
    "more after it": b"[] []",
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "no number": b"[NaN]",
}


@pytest.mark.parametrize("case", NO_JSON)
def test_what_is_no_json_is_refused(site: Any, case: str) -> None:
    got = site.tell(NO_JSON[case])
    assert got.status == 400
    assert set(got.json) == {"error"}
    assert site.desk.told_of == []
    assert site.tell([{"eventType": "x", "subject": ACCOUNT}]).status == 200


NOTHING_NAMED: list[object] = [
    None,
    7,
    "text",
    True,
    [],
    {},
    [None, 7, "text", [], [[{"subject": ACCOUNT}]]],
    [{"eventType": 7, "type": [], "subject": {"a": 1}, "data": "text"}],
    [{"eventType": "x", "subject": ["a"], "data": {"resourceUri": 7, "resourceInfo": []}}],
    {"schemaId": "azureMonitorCommonAlertSchema"},
    {"schemaId": "azureMonitorCommonAlertSchema", "data": {"essentials": 7}},
    {"schemaId": "azureMonitorCommonAlertSchema", "data": {"essentials": {"alertTargetIDs": "x"}}},
    {"schemaId": "AzureMonitorMetricAlert", "data": {"context": {"id": ACCOUNT}}},
    [{"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent"}],
    [
        {
            "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
            "data": {"validationCode": 7},
        }
    ],
    [
        {
            "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
            "data": {"validationCode": "x" * 513},
        }
    ],
]


def test_what_names_no_resource_is_taken_and_does_nothing(site: Any) -> None:
    for body in NOTHING_NAMED:
        got = site.tell(body)
        assert (body, got.status, got.json) == (body, 200, {"resources": 0})
    assert site.desk.told_of == []


def test_a_body_of_a_mebibyte_is_read_and_one_byte_more_is_not(site: Any) -> None:
    frame = '[{{"eventType":"x","subject":"{}","pad":"{}"}}]'
    room = MEBIBYTE - len(frame.format(ACCOUNT, ""))
    exact = frame.format(ACCOUNT, "x" * room).encode()
    assert len(exact) == MEBIBYTE
    assert site.tell(exact).status == 200
    got = site.tell(frame.format(ACCOUNT, "x" * (room + 1)).encode())
    assert got.status == 413
    assert len(site.desk.told_of) == 1


def test_a_body_that_does_not_say_how_big_it_is_is_not_read_past_its_bound(site: Any) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as line:
        head = f"POST {HOOK} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
        line.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        line.sendall((b"10000\r\n" + b" " * 0x10000 + b"\r\n") * 40)
        assert line.recv(100).startswith(b"HTTP/1.1 413")
    assert site.desk.told_of == []


def test_five_thousand_events_are_read_and_one_more_is_not(site: Any) -> None:
    several = [{"eventType": "x", "subject": f"{ACCOUNT}{number}"} for number in range(5_000)]
    assert site.tell(several).json == {"resources": 5_000}
    assert site.tell([*several, several[0]]).status == 413
    assert site.tell([*several, *several]).status == 413
    assert [len(named) for named in site.desk.told_of] == [5_000]


ARM_IDS = {
    MAIN: True,
    f"{MAIN}/": True,
    MAIN.upper(): True,
    GROUP: True,
    ACCOUNT: True,
    f"{ACCOUNT}/blobServices/default": True,
    f"{GROUP}/providers/Microsoft.Sql/servers/s/databases/db 1": True,
    f"{MAIN}/providers/Microsoft.Advisor/recommendations/r": True,
    f"{ACCOUNT}/providers/Microsoft.Insights/diagnosticSettings/d": True,
    "": False,
    "/": False,
    "/subscriptions": False,
    "/subscriptions/not-a-guid": False,
    "/subscriptions/aaaaaaaa-0000-4000-8000-0000000000011": False,
    f"x{MAIN}": False,
    f"https://management.azure.com{ACCOUNT}": False,
    f"{MAIN}/resourcegroups": False,
    f"{MAIN}/resourcegroups/..": False,
    f"{MAIN}/resourcegroups/../..": False,
    f"{MAIN}/../../providers/microsoft.storage/storageaccounts/st": False,
    f"{GROUP}/providers/microsoft.storage/storageaccounts/..": False,
    f"{GROUP}/providers/microsoft.storage/storageaccounts/.": False,
    f"{GROUP}/providers/microsoft.storage/storageaccounts/%2e%2e": False,
    f"{GROUP}/providers/microsoft.storage/storageaccounts/st?api-version=1": False,
    f"{GROUP}/providers/microsoft.storage/storageaccounts/st#x": False,
    f"{GROUP}/providers/microsoft.storage/storageaccounts/st\\x": False,
    f"{GROUP}/providers/microsoft.storage/storageaccounts/st\nHost: evil": False,
    f"{GROUP}/providers/microsoft.storage/storageaccounts/st\0": False,
    f"{GROUP}/providers/microsoft.storage/storageaccounts/'st\"": False,
    f"{GROUP}/providers/microsoft.storage/storageaccounts//st": False,
    f"{GROUP}/providers/microsoft.storage/storageaccounts": False,
    f"{GROUP}/providers/../storageaccounts/st": False,
    f"{GROUP}/microsoft.storage/storageaccounts/st/x": False,
    f"{GROUP}/providers/microsoft.storage/storageaccounts/{'x' * 261}": False,
    f"{GROUP}/providers/microsoft.storage{'/a/b' * 600}": False,
}


@pytest.mark.parametrize("text", ARM_IDS)
def test_only_what_looks_like_an_arm_id_is_one(text: str) -> None:
    found = arm_id(text)
    assert (found is not None) is ARM_IDS[text]
    assert found in (None, text.rstrip("/").lower())


def test_a_text_made_to_be_slow_is_not() -> None:
    made = f"{GROUP}{'/providers/a/b/c' * 120}/providers/a/b/%"
    assert all(arm_id(made) is None for _ in range(200))


def test_the_id_of_an_availability_status_is_that_of_its_resource() -> None:
    tail = "/providers/Microsoft.ResourceHealth/availabilityStatuses/current"
    assert arm_id(ACCOUNT + tail) == ACCOUNT
    assert arm_id(f"{ACCOUNT}/..{tail}") is None


def test_a_key_is_in_no_log_and_no_answer(site: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bodies = [b"hello", KEY.encode(), b'[{"subject":"' + KEY.encode() + b'"}]', b" " * 2_000_000]
    with structlog.testing.capture_logs() as told:
        answers = [site.tell(body) for body in bodies]
        for query in (f"?code={KEY}", f"?code=x{KEY}", f"?{KEY}", f"/?code={KEY}"):
            answers += [site.ask(method, HOOK + query) for method in ("POST", "GET", "OPTIONS")]
        site.desk.told = None
        answers.append(site.tell([{"eventType": "x", "subject": ACCOUNT}]))
        assert answers[-1].status == 500
    shown = [str(answer.headers) + answer.body.decode() for answer in answers]
    assert "canary" not in "".join(shown) + caplog.text + str(told)
