"""The installed program, run as people and pipelines run it: in a process of its own."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from residency.simulator.faults import Effect, Fault
from residency.simulator.world import Body, Estate

Environment = Callable[..., dict[str, str]]
Serving = Callable[[Estate], Any]
SECONDS = 60
LATE = (
    "aiohttp",
    "asyncio",
    "azure",
    "duckdb",
    "msgspec",
    "pydantic",
    "rich.progress",
    "rich.table",
    "starlette",
    "structlog",
    "yaml",
)


def run(arguments: Sequence[str], variables: dict[str, str], folder: Path) -> Any:
    return subprocess.run(  # noqa: S603 - this Python, on arguments of these tests
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        env=variables,
        cwd=folder,
        timeout=SECONDS,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def started(arguments: Sequence[str], variables: dict[str, str], folder: Path) -> Any:
    return subprocess.Popen(  # noqa: S603 - the same
        [sys.executable, "-m", "residency", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=variables,
        cwd=folder,
    )


@pytest.fixture
def small(serving: Serving, tenant: Callable[..., Estate], account: Callable[..., Body]) -> Any:
    return serving(tenant(account()))


def test_the_installed_script_scans(
    small: Any, manifest: Path, tmp_path: Path, clean_environment: Environment
) -> None:
    script = Path(sys.executable).with_name("residency")
    variables = clean_environment(**small.variables)
    found = run([str(script), "scan", "--config", str(manifest)], variables, tmp_path)
    assert (found.returncode, found.stderr) == (0, "")
    assert "✔ COMPLIANT" in found.stdout


CRASH = """
from residency.cli import app, main
@app.command()
def crash(): {statement}
main()
"""


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("raise RuntimeError('planted')", "RuntimeError: planted"),
        ("{}['planted']", "KeyError: 'planted'"),
        ("raise MemoryError", "MemoryError"),
        ("raise OSError('planted')", "OSError: planted"),
    ],
)
def test_a_crash_ends_with_2_and_a_traceback_on_stderr(
    statement: str, said: str, tmp_path: Path, clean_environment: Environment
) -> None:
    code = CRASH.format(statement=statement)
    found = run(["-c", code, "crash"], clean_environment(), tmp_path)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.startswith("Traceback")
    assert found.stderr.rstrip().endswith(said)


def test_a_reader_that_leaves_early_does_not_look_like_a_violation(
    tmp_path: Path, clean_environment: Environment
) -> None:
    program = started(["checks", "--format", "json"], clean_environment(), tmp_path)
    program.stdout.close()
    said = program.stderr.read()
    program.stderr.close()
    assert (program.wait(SECONDS), said) == (2, "")


def test_ctrl_c_ends_a_scan_with_130(
    small: Any, manifest: Path, tmp_path: Path, clean_environment: Environment
) -> None:
    slow = Fault(effect=Effect.DELAY, path="resourcegraph", delay_seconds=5)
    small.simulator.faults.add(slow)
    variables = clean_environment(**small.variables)
    program = started(["scan", "--config", str(manifest)], variables, tmp_path)
    waited_until = time.monotonic() + SECONDS
    while not small.simulator.requests and time.monotonic() < waited_until:
        time.sleep(0.05)
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=SECONDS)
    assert program.returncode == 130
    assert out == ""
    assert "Traceback" not in err


def test_ctrl_c_while_the_demo_makes_its_past_ends_it_without_a_trace(
    tmp_path: Path, clean_environment: Environment
) -> None:
    err = tmp_path / "err"
    with err.open("w") as stderr:
        program = subprocess.Popen(
            [sys.executable, "-m", "residency", "demo"],
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=clean_environment(),
            cwd=tmp_path,
        )
    waits_until = time.monotonic() + SECONDS
    while "Making a past" not in err.read_text() and time.monotonic() < waits_until:
        time.sleep(0.05)
    program.send_signal(signal.SIGINT)
    assert program.wait(SECONDS) == 130
    assert "Making a past of 60 days" in err.read_text()
    assert "Traceback" not in err.read_text()


def test_a_progress_bar_is_shown_on_a_terminal_and_stdout_stays_clean(
    small: Any, manifest: Path, tmp_path: Path, clean_environment: Environment
) -> None:
    ours, theirs = pty.openpty()
    variables = clean_environment(TERM="xterm", **small.variables)
    program = subprocess.Popen(  # noqa: S603 - this Python, on arguments of this test
        [sys.executable, "-m", "residency", "scan", "--config", str(manifest)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=variables,
        cwd=tmp_path,
    )
    os.close(theirs)
    shown = read_all(ours)
    out, _ = program.communicate(timeout=SECONDS)
    assert program.returncode == 0
    assert "subscriptions" in shown
    assert "1/1" in shown
    assert b"\x1b" not in out
    assert b"1/1" not in out


def read_all(terminal: int) -> str:
    found = b""
    while select.select([terminal], [], [], SECONDS)[0]:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux' way to say that the other side is closed
            break
        if not part:
            break
        found += part
    os.close(terminal)
    return found.decode()


def test_the_command_line_starts_without_what_only_some_commands_need(
    tmp_path: Path, clean_environment: Environment
) -> None:
    code = f"import sys, residency.cli; print([m for m in {LATE!r} if m in sys.modules])"
    found = run(["-c", code], clean_environment(), tmp_path)
    assert (found.stdout.strip(), found.stderr) == ("[]", "")


def test_the_service_shows_the_last_state_before_it_loads_what_only_scans_need(
    tmp_path: Path, clean_environment: Environment
) -> None:
    late = ("azure", "aiohttp", "residency.scan.run", "checks")
    code = f"import sys, residency.service; print([m for m in {late!r} if m in sys.modules])"
    found = run(["-c", code], clean_environment(), tmp_path)
    assert (found.stdout.strip(), found.stderr) == ("[]", "")


def test_the_program_says_which_version_it_is(
    clean_environment: Environment, tmp_path: Path
) -> None:
    ran = run(["-m", "residency", "--version"], clean_environment(), tmp_path)
    assert (ran.returncode, ran.stdout.split()[0]) == (0, "residency")
    assert version("residency") == ran.stdout.split()[1]
