"""The heartbeat goes out once where it is heard, again where not, and its address into no log."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import structlog

from residency.service.heartbeat import ping


@contextmanager
def switch(*answers: int) -> Iterator[tuple[str, list[str]]]:
    """Give a dead man's switch that answers so, one by one, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(answers[min(len(asked), len(answers)) - 1])
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/secret-path", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("answers", "heard", "times"),
    [
        ([HTTPStatus.OK], True, 1),
        ([HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.OK], True, 2),
        ([HTTPStatus.SERVICE_UNAVAILABLE], False, 2),
        ([HTTPStatus.FOUND], False, 2),
    ],
)
def test_a_heartbeat_is_sent_until_it_is_heard_twice_at_most(
    answers: list[int],
    heard: bool,  # noqa: FBT001 - a column of the table
    times: int,
) -> None:
    with switch(*answers) as (url, asked), structlog.testing.capture_logs() as logs:
        assert asyncio.run(ping(url)) is heard
    assert asked == ["/secret-path"] * times, "and no redirect is followed"
    assert ("secret-path" in str(logs)) is False
    assert len(logs) == (0 if heard else 1)


def test_nobody_there_is_told_in_the_log_without_the_address() -> None:
    with switch(HTTPStatus.OK) as (url, _):
        pass
    with structlog.testing.capture_logs() as logs:
        assert asyncio.run(ping(url)) is False
    assert "secret-path" not in str(logs)
    assert logs[0]["event"] == "heartbeat not sent"
