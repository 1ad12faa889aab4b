"""Where the service listens, and how it ends."""

import asyncio
import logging
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from residency.errors import ConfigError
from residency.web import listening

ANYWHERE = "0.0.0.0:0"
APP = PlainTextResponse("here")


@pytest.mark.parametrize("address", [ANYWHERE, "[::]:0", "192.0.2.1:0"])
def test_elsewhere_without_tls_is_refused_with_what_to_do(
    serve: Callable[..., Any], write: Callable[[str], Path], address: str, password_hash: str
) -> None:
    for path in (None, write(f"basic_auth_users:\n  anna: {password_hash}\n")):
        with pytest.raises(ConfigError) as refused:
            serve(path, address=address)
        said = str(refused.value)
        assert said.startswith(f"web.listen: {address} can be reached from other machines")
        assert "tls_server_config" in said
        assert "--listen-anywhere" in said


def test_elsewhere_is_allowed_where_it_is_meant(serve: Callable[..., Any]) -> None:
    site = serve(address=ANYWHERE, anywhere=True)
    assert site.listening.url == f"http://0.0.0.0:{site.port}"
    assert site.ask("GET", "/-/healthy").status == 200


HOSTS = ["127.0.0.1", "localhost", "127.1.2.3"]
if socket.has_ipv6 and Path("/proc/net/if_inet6").exists():
    HOSTS.append("[::1]")


@pytest.mark.parametrize("host", HOSTS)
def test_every_name_of_loopback_will_do(serve: Callable[..., Any], host: str) -> None:
    site = serve(address=f"{host}:0")
    assert site.listening.url == f"http://{host}:{site.port}"
    with socket.create_connection((host.strip("[]"), site.port), timeout=10) as line:
        line.sendall(f"GET /-/healthy HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 200")


def test_a_port_that_is_taken_is_said(serve: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ConfigError, match=r"cannot listen on .* \(address already in use\)"):
            serve(address=address)


@pytest.mark.parametrize(
    ("address", "said"),
    [("no-such-host.invalid:0", "is not known"), ("192.0.2.1:0", "cannot listen on 192.0.2.1:0")],
)
def test_an_address_of_another_machine_is_said(
    serve: Callable[..., Any], address: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        serve(address=address, anywhere=True)


def test_a_bad_file_stops_the_start(
    serve: Callable[..., Any], write: Callable[[str], Path], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="is not a key"):
        serve(write("users: {}"))
    with pytest.raises(ConfigError, match="cannot be read"):
        serve(tmp_path / "none.yaml")


def test_a_bad_file_is_logged_when_nobody_asks_too(
    serve: Callable[..., Any], write: Callable[[str], Path]
) -> None:
    site = serve(write("{}"))
    with structlog.testing.capture_logs() as told:
        write("users: {}")
        until = time.monotonic() + 10
        while not told and time.monotonic() < until:
            time.sleep(0.05)
    (line,) = told
    assert (line["log_level"], line["event"]) == ("error", "the web-config file is refused")
    assert line["reason"] == site.listening.config_error
    write("rate_limit:\n")
    assert site.ask("GET", "/-/healthy").status == 200
    assert site.listening.config_error is None


def test_headers_of_the_file_take_the_place_of_ours_and_are_read_again(
    serve: Callable[..., Any], write: Callable[[str], Path]
) -> None:
    text = "http_server_config: {{headers: {{X-Frame-Options: {}, X-XSS-Protection: '1'}}}}"
    site = serve(write(text.format("sameorigin")))
    got = site.ask("GET", "/-/healthy").headers
    assert (got["x-frame-options"], got["x-xss-protection"]) == ("sameorigin", "1")
    assert got["referrer-policy"] == "no-referrer"
    write(text.format("''"))
    assert site.ask("GET", "/-/healthy").headers["x-frame-options"] == "DENY"


def test_a_rate_limit_of_the_file_is_for_all_callers_and_is_read_again(
    serve: Callable[..., Any], write: Callable[[str], Path]
) -> None:
    site = serve(write("rate_limit: {interval: 1h, burst: 3}"))
    assert [site.ask("GET", "/-/healthy").status for _ in range(5)] == [200, 200, 200, 429, 429]
    assert int(site.ask("GET", "/-/healthy").headers["retry-after"]) > 3_000
    write("rate_limit: {interval: 0}")
    assert [site.ask("GET", "/-/healthy").status for _ in range(5)] == [200] * 5


def stopped_within(seconds: float, busy: Callable[[int], None]) -> None:
    async def run() -> float:
        async with listening("127.0.0.1:0", None, APP, anywhere=False) as it:
            await asyncio.to_thread(busy, int(it.url.rpartition(":")[2]))
            begun = time.monotonic()
        return time.monotonic() - begun

    assert asyncio.run(run()) < seconds


def test_it_stops_within_a_second_whoever_is_connected() -> None:
    lines: list[socket.socket] = []

    def busy(port: int) -> None:
        for text in (
            b"",
            b"GET /-/healthy HTTP/1.1\r\n",
            b"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n",
        ):
            lines.append(socket.create_connection(("127.0.0.1", port)))
            lines[-1].sendall(text)
        lines[-1].recv(10)

    stopped_within(1.0, busy)
    for line in lines:
        line.close()


@pytest.mark.parametrize(("seconds", "status"), [(0.3, b"200"), (30.0, b"503")])
def test_what_is_asked_when_it_stops_is_answered_or_told_that_it_stops(
    caplog: pytest.LogCaptureFixture, seconds: float, status: bytes
) -> None:
    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(seconds)
        await APP(scope, receive, send)

    async def run() -> tuple[bytes, float]:
        async with listening("127.0.0.1:0", None, late, anywhere=False) as it:
            port = int(it.url.rpartition(":")[2])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await asyncio.sleep(0.1)
            begun = time.monotonic()
        took = time.monotonic() - begun
        got = await reader.readline()
        writer.close()
        return got, took

    got, took = asyncio.run(run())
    assert got.startswith(b"HTTP/1.1 " + status)
    assert took < 1
    assert caplog.text == ""


def test_a_connection_that_asks_nothing_is_closed(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("residency.web.connection._HEAD_SECONDS", 0.2)
    for text in (b"", b"GET /-/healthy HTTP/1.1\r\nHost:"):
        with socket.create_connection(("127.0.0.1", site.port), timeout=5) as line:
            line.sendall(text)
            assert is_closed(line)


def test_over_the_most_connections_no_more_are_taken_until_one_ends(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("residency.web.listener._MOST_CONNECTIONS", 3)
    lines = [socket.create_connection(("127.0.0.1", site.port), timeout=5) for _ in range(4)]
    assert is_closed(lines[-1])
    for line in lines[2:]:
        line.close()
    time.sleep(0.1)
    assert site.ask("GET", "/-/healthy").status == 200
    for line in lines[:2]:
        line.close()


def test_a_connection_that_is_old_is_closed_whatever_it_sends(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("residency.web.connection._HEAD_SECONDS", 0.2)
    monkeypatch.setattr("residency.web.connection._LIFE_SECONDS", 0.3)
    head = b"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=5) as line:
        line.sendall(head)
        assert line.recv(4_096).startswith(b"HTTP/1.1 405")
        until = time.monotonic() + 5
        while time.monotonic() < until and not is_broken(line):
            time.sleep(0.02)
        assert time.monotonic() < until


def is_broken(line: socket.socket) -> bool:
    try:
        line.sendall(b"x")
    except OSError:
        return True
    return False


def is_closed(line: socket.socket) -> bool:
    try:
        return line.recv(10) == b""
    except ConnectionResetError:
        return True


def test_nothing_listens_and_no_task_is_left_after_it() -> None:
    async def run() -> tuple[int, int]:
        async with listening("127.0.0.1:0", None, APP, anywhere=False) as it:
            port = int(it.url.rpartition(":")[2])
        return port, len(asyncio.all_tasks())

    port, tasks = asyncio.run(run())
    assert tasks == 1
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_signals_stay_with_the_program_around_it() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    async def run() -> Any:
        async with listening("127.0.0.1:0", None, APP, anywhere=False):
            await asyncio.sleep(0.2)
            return signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    inside = asyncio.run(run())
    assert threading.current_thread() is threading.main_thread()
    assert inside[0] == before[0]


def test_what_is_no_http_is_no_news(site: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    for text in (
        b"\x16\x03\x01\x00\xff",
        b"hello\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/9\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", site.port), timeout=10) as line:
            line.sendall(text)
            assert b" 200 " not in line.recv(100)
    upgrade = {"Connection": "upgrade", "Upgrade": "websocket"}
    assert site.ask("GET", "/-/healthy", upgrade).status == 200
    assert caplog.text == ""
