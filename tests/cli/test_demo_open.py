"""`residency demo` opens the service over a simulated tenant, and stays until Ctrl-C."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PATIENCE_SECONDS = 120.0
PAGE = re.compile(r"The page +(http://\S+)/\n")


@dataclass
class Open:
    """A demo that runs."""

    process: subprocess.Popen[bytes]
    out: Path
    url: str

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:  # noqa: S310 - loopback
            text: str = answer.read().decode()
            return text

    def until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert self.process.poll() is None, self.out.read_text("utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[..., Open]]:
    """Open the demo with a folder of its own and a short past."""
    begun: list[subprocess.Popen[bytes]] = []

    def start(*options: str) -> Open:
        out = tmp_path / f"out{len(begun)}"
        kept = {key: each for key, each in os.environ.items() if not key.startswith("RESIDENCY_")}
        with out.open("wb") as both:
            command = [sys.executable, "-m", "residency", "demo", "--history", "2d", *options]
            process = subprocess.Popen(  # noqa: S603 - our own
                command, stdout=both, stderr=both, cwd=tmp_path, env=kept, start_new_session=True
            )
        begun.append(process)
        found = Open(process=process, out=out, url="")
        found.until(lambda: PAGE.search(out.read_text("utf-8")) is not None)
        said = PAGE.search(out.read_text("utf-8"))
        assert said
        found.url = said[1]
        return found

    yield start
    for each in begun:
        each.kill()
        each.wait(PATIENCE_SECONDS)


def scans(opened: Open) -> int:
    number: int = json.loads(opened.get("/api/v1/scan"))["scan"]["scan"]
    return number


def test_the_demo_opens_the_page_with_a_past_and_goes_on(demo: Callable[..., Open]) -> None:
    opened = demo("--data", "kept")
    before = scans(opened)
    assert before > 8  # of two days, one in six hours
    opened.until(lambda: scans(opened) > before)  # it looks at once, and not when it is due
    assert "Violation: data of" in opened.get("/")
    assert "\nresidency_scan_complete 0" in opened.get("/metrics")
    assert opened.end() == 0
    again = demo("--data", "kept")
    assert scans(again) - before in {1, 2}  # no past was made again, and none was lost
    assert again.end(signal.SIGTERM) == 0
    assert "Traceback" not in again.out.read_text("utf-8")


def test_where_its_port_is_taken_the_demo_takes_another(demo: Callable[..., Open]) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 9740))
        except OSError:
            pass  # somebody has it already, which is as good
        else:
            taken.listen()
        opened = demo()
        assert not opened.url.endswith(":9740")
        assert scans(opened)


def test_nothing_that_it_started_is_left(demo: Callable[..., Open]) -> None:
    opened = demo()
    group: Any = opened.process.pid
    assert opened.end() == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)


def test_a_past_that_was_interrupted_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "residency", "demo", "--data", "kept"]
    options: dict[str, Any] = {"cwd": tmp_path, "start_new_session": True}
    with subprocess.Popen(command, stderr=subprocess.PIPE, **options) as begun:  # noqa: S603 - ours
        assert begun.stderr
        assert begun.stderr.readline().startswith(b"Making a past of 60 days")
        begun.send_signal(signal.SIGTERM)
    again = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)  # noqa: S603 - as above
    assert again.returncode == 2
    assert "was interrupted while it was made" in again.stderr
