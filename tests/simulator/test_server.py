"""The server comes up, goes down, and leaves nothing behind."""

import signal
import socket
import subprocess
import sys
import threading
import urllib.request

from residency.simulator.server import serve
from residency.simulator.simulator import Simulator
from residency.simulator.world import Estate


def read(url: str) -> int:
    headers = {"Authorization": "Bearer token"}
    request = urllib.request.Request(f"{url}/subscriptions?api-version=2022-12-01", headers=headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return int(answer.status)


def test_it_answers_as_soon_as_it_yields_and_stops_with_its_thread(estate: Estate) -> None:
    with serve(Simulator(estate)) as running:
        assert running.url.startswith("http://127.0.0.1:")
        assert read(running.url) == 200
    host, port = running.url.removeprefix("http://").split(":")
    with socket.socket() as probe:
        assert probe.connect_ex((host, int(port))) != 0
    assert running.url not in {one.name for one in threading.enumerate()}


def test_two_tenants_run_side_by_side(estate: Estate) -> None:
    with serve(Simulator(estate)) as one, serve(Simulator(estate)) as other:
        assert one.url != other.url
        assert {read(one.url), read(other.url)} == {200}
        assert len(one.simulator.requests) == len(other.simulator.requests) == 1


def test_a_call_that_hangs_does_not_keep_the_server_up(estate: Estate) -> None:
    simulator = Simulator(estate)
    simulator.behaviour.latency_seconds = 60
    with serve(simulator) as running:
        host, port = running.url.removeprefix("http://").split(":")
        hanging = socket.create_connection((host, int(port)))
        hanging.sendall(b"GET /subscriptions HTTP/1.1\r\nHost: x\r\n\r\n")
    hanging.close()
    assert simulator.requests == []


def test_the_program_prints_its_address_and_ends_when_it_is_interrupted() -> None:
    command = [sys.executable, "-W", "error", "-m", "residency.simulator", "--port", "0"]
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        url = program.stdout.readline().strip()
        assert read(url) == 200
        program.send_signal(signal.SIGINT)
        _, complaints = program.communicate(timeout=20)
    assert (program.returncode, complaints) == (0, "")
