"""What anybody may read, and what every answer carries."""

import http.client
from collections.abc import Callable
from typing import Any

import pytest

PATHS = [
    "/",
    "/metrics",
    "/-/healthy",
    "/-/ready",
    "/nowhere",
    "/api/nowhere",
    "/api/v1/hooks/azure",
    "/api/v1/events/1/ack",
]
CARRIED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "TRACE"])
def test_every_answer_carries_the_security_headers(site: Any, method: str) -> None:
    for path in PATHS:
        carries_the_security_headers(site.ask(method, path))
    carries_the_security_headers(site.ask(method, "/", {"Host": "evil.example"}))


def carries_the_security_headers(got: Any) -> None:
    assert {name: got.headers.get(name) for name in CARRIED} == CARRIED
    assert got.headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in got.headers["content-security-policy"]
    assert "server" not in got.headers
    assert not any(name.startswith("access-control-") for name in got.headers)


def test_metrics_are_the_bytes_of_the_service_with_its_headers(site: Any) -> None:
    asked = {"Accept": "application/openmetrics-text", "Accept-Encoding": "gzip"}
    got = site.ask("GET", "/metrics", asked)
    assert (got.status, got.body) == (200, b"residency_up 1\n")
    assert got.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert got.headers["vary"] == "Accept, Accept-Encoding"
    assert site.desk.asked_as == [("application/openmetrics-text", "gzip")]


def test_ready_gives_the_reason_why_not(site: Any) -> None:
    assert site.ask("GET", "/-/ready").status == 200
    site.desk.reason = "the store is not open"
    got = site.ask("GET", "/-/ready")
    assert (got.status, got.body) == (503, b"the store is not open\n")


def test_without_a_state_there_are_no_metrics_and_the_service_is_healthy(site: Any) -> None:
    site.desk.reason = "the store is not open"
    assert site.ask("GET", "/metrics").status == 503
    assert site.ask("GET", "/-/healthy").status == 200
    assert site.desk.asked_as == []


def test_other_methods_are_refused(site: Any) -> None:
    for method, path, allowed in (
        ("POST", "/metrics", "GET, HEAD"),
        ("DELETE", "/", "GET, HEAD"),
        ("PUT", "/-/ready", "GET, HEAD"),
        ("GET", "/api/v1/hooks/azure", "OPTIONS, POST"),
        ("GET", "/api/v1/events/1/ack", "POST"),
        ("OPTIONS", "/api/v1/events/1/ack", "POST"),
    ):
        got = site.ask(method, path)
        assert (path, got.status) == (path, 405)
        assert ", ".join(sorted(got.headers["allow"].split(", "))) == allowed


def test_errors_are_json_under_api_and_plain_text_elsewhere(site: Any) -> None:
    assert site.ask("GET", "/api/nowhere").json == {"error": "Not Found"}
    got = site.ask("GET", "/nowhere")
    assert (got.headers["content-type"], got.body) == ("text/plain; charset=utf-8", b"Not Found\n")


def test_a_fault_is_answered_without_its_trace(site: Any) -> None:
    site.desk.fault = RuntimeError("canary-of-the-inside")
    got = site.ask("GET", "/metrics")
    assert got.status == 500
    assert b"canary" not in got.body
    assert b"Traceback" not in got.body


HOSTS = {
    "127.0.0.1": 200,
    "127.0.0.1:9740": 200,
    "localhost:1": 200,
    "LOCALHOST.": 200,
    "residency.localhost": 200,
    "[::1]:9740": 200,
    "[::ffff:127.0.0.1]": 200,
    "evil.example": 421,
    "127.0.0.1.evil.example": 421,
    "localhost.evil.example:9740": 421,
    "notlocalhost": 421,
    "10.0.0.1": 421,
    "127.0.0.1@evil.example": 421,
    "": 421,
}


def test_on_loopback_only_names_of_this_machine_are_answered(site: Any) -> None:
    got = {host: site.ask("GET", "/metrics", {"Host": host}).status for host in HOSTS}
    assert got == HOSTS


def test_elsewhere_any_name_is_answered(serve: Callable[..., Any]) -> None:
    site = serve(address="0.0.0.0:0", anywhere=True)
    assert site.ask("GET", "/metrics", {"Host": "residency.example"}).status == 200


def test_the_front_page_has_no_script_and_no_style_within_it(site: Any) -> None:
    page = site.ask("GET", "/").body
    assert b'href="/metrics"' in page
    assert page.count(b"<script") == page.count(b'<script src="/static/') == 1
    assert b" defer></script>" in page
    assert b"<style" not in page
    assert b"style=" not in page


def test_a_connection_is_kept_for_the_next_scrape(site: Any) -> None:
    connection: http.client.HTTPConnection = site.connection()
    for _ in range(3):
        connection.request("GET", "/metrics")
        assert connection.getresponse().read() == b"residency_up 1\n"
    connection.close()
