"""`residency events`: what happened, each once, also while the store is being written."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from residency.model import Reason, Severity, Status

Past = Callable[..., Any]
LONDON = (("primary", "westeurope"), ("replica", "uksouth"))
WRONG: dict[str, Any] = {
    "places": LONDON,
    "status": Status.VIOLATION,
    "severity": Severity.CRITICAL,
    "reasons": (Reason.OUTSIDE_EU,),
}
SECONDS = 120


@pytest.fixture
def lines(run: Callable[..., Any]) -> Callable[..., Any]:
    """Run the command for JSON, and read each line."""

    def read(*arguments: str) -> list[Any]:
        ran = run("events", *arguments, "--format", "json")
        assert (ran.code, ran.err) == (0, "")
        return [json.loads(line) for line in ran.out.splitlines()]

    return read


@pytest.fixture
def filled(past: Past, told: Any) -> Any:
    """A violation opens in the second scan, and closes in the third."""
    made = past(3)
    made.scan(told())
    made.scan(told(**WRONG))
    made.scan(told())
    return made


@pytest.mark.usefixtures("filled")
def test_each_event_is_a_line_with_its_scan_and_both_sides(lines: Any) -> None:
    found = lines()
    assert [(each["number"], each["kind"]) for each in found] == [
        (1, "violation-opened"),
        (2, "placement-added"),
        (3, "violation-closed"),
        (4, "placement-removed"),
    ]
    opened = found[0]
    assert opened["schema"] == "residency/event/v1"
    assert (opened["scan_before"]["scan"], opened["found_by"]["scan"]) == (1, 2)
    assert opened["before"]["state"]["status"] == "compliant"
    assert opened["after"]["state"]["status"] == "violation"
    proofs = [each["evidence"] for each in opened["after"]["placements"]]
    assert proofs == [
        "arm properties.primary = 'westeurope'",
        "arm properties.replica = 'uksouth'",
    ]
    assert found[1]["after"]["told"] == {"role": "replica", "region": "uksouth"}


@pytest.mark.usefixtures("filled")
def test_only_the_kinds_that_are_wanted(lines: Any) -> None:
    kinds = ("violation-opened", "placement-removed")
    wanted = [part for kind in kinds for part in ("--kind", kind)]
    assert tuple(each["kind"] for each in lines(*wanted)) == kinds


@pytest.mark.usefixtures("filled")
def test_a_kind_that_is_none_is_refused(run: Any) -> None:
    ran = run("events", "--kind", "violation")
    assert (ran.code, ran.out) == (2, "")
    assert "violation-opened" in ran.err


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(("since", "numbers"), [("10m", [3, 4]), ("20m", [1, 2, 3, 4])])
def test_only_the_events_of_the_last_time(lines: Any, since: str, numbers: list[int]) -> None:
    assert [each["number"] for each in lines("--since", since)] == numbers


@pytest.mark.usefixtures("filled")
def test_an_event_that_was_acknowledged_says_by_whom(lines: Any, run: Any) -> None:
    assert run("ack", "1", "--by", "on-call").code == 0
    assert run("ack", "1", "--by", "privacy officer").code == 0
    seen = [each["acknowledged"] and each["acknowledged"]["by_role"] for each in lines()]
    assert seen == ["on-call", None, "on-call", None]  # who saw it open has seen it close
    assert "by on-call" in run("events").out


@pytest.mark.usefixtures("filled")
def test_all_events_of_a_kind_are_acknowledged_at_once(lines: Any, run: Any) -> None:
    kinds = {each["number"]: each["kind"] for each in lines()}
    ran = run("ack", "--kind", kinds[1], "--until", "1", "--by", "on-call", "--format", "json")
    assert (ran.code, json.loads(ran.out)["subject"]) == (0, f"{kinds[1]}:1")
    seen = {each["number"]: each["acknowledged"] for each in lines()}
    assert seen[1]["by_role"] == "on-call"
    assert seen[3]["by_role"] == "on-call"  # that what was seen to open has closed
    assert [seen[number] for number in (2, 4)] == [None, None]


HALF = [
    [],
    ["1", "--kind", "violation-opened", "--until", "1"],
    ["--kind", "violation-opened"],
    ["--until", "1"],
    ["1", "--until", "1"],
    ["--kind", "violation", "--until", "1"],
    ["--kind", "violation-opened", "--until", "99"],
]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("arguments", HALF)
def test_an_acknowledgement_says_of_what(run: Any, lines: Any, arguments: list[str]) -> None:
    assert run("ack", *arguments, "--by", "on-call").code == 2
    assert [each["acknowledged"] for each in lines()] == [None] * 4


def test_the_events_of_a_subscription_say_what_it_was(past: Past, told: Any, lines: Any) -> None:
    made = past(2)
    made.scan(told())
    made.scan(told(), states={told().subscription: "unreadable"})
    (lost,) = lines()
    assert lost["kind"] == "subscription-lost"
    assert (lost["before"]["told"]["state"], lost["after"]["told"]["state"]) == (
        "read",
        "unreadable",
    )


def test_a_name_that_a_terminal_would_obey_is_escaped(past: Past, told: Any, run: Any) -> None:
    made = past(2)
    hostile = "a\x9b31m\x7f\u202e"
    made.scan(told(name=hostile))
    made.scan(told(name=hostile, **WRONG))
    ran = run("events", "--format", "json")
    assert ran.out.isascii()
    assert "\x7f" not in ran.out
    assert json.loads(ran.out.splitlines()[0])["subject"].endswith(hostile)
    assert "\x9b" not in run("events").out


@pytest.mark.usefixtures("filled")
def test_the_text_says_what_happened(run: Any) -> None:
    text = run("events").out
    assert "✖ violation-opened" in text
    assert "replica uksouth" in text
    assert "UTC (" in text
    assert "not yet" in text


Follow = Callable[..., Any]


@pytest.fixture
def follow(tmp_path: Path, clean_environment: Callable[..., Any]) -> Iterator[Follow]:
    """Start the command in a process of its own."""
    started: list[Any] = []

    def start(*arguments: str) -> Any:
        process = subprocess.Popen(  # noqa: S603 - this Python, on arguments of these tests
            [
                sys.executable,
                "-m",
                "residency",
                "events",
                "--follow",
                "--format",
                "json",
                *arguments,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=clean_environment(PYTHONUNBUFFERED="1"),
            cwd=tmp_path,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def numbers_of(process: Any, until: int) -> list[int]:
    """Read lines until the event with a number came."""
    found: list[int] = []
    rest = b""
    deadline = time.monotonic() + SECONDS
    while not found or found[-1] < until:
        assert time.monotonic() < deadline, f"only {found} came"
        if select.select([process.stdout], [], [], 0.2)[0]:
            *whole, rest = (rest + os.read(process.stdout.fileno(), 65536)).split(b"\n")
            found += [json.loads(line)["number"] for line in whole]
    return found


def interrupted(process: Any) -> tuple[int, bytes]:
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=SECONDS)
    return process.returncode, err


def written(made: Any, told: Any, scans: Sequence[int]) -> None:
    for number in scans:
        made.scan(told(**(WRONG if number % 2 else {})))
        time.sleep(0.02)


def test_following_tells_each_event_once_while_the_store_is_written(
    past: Past, told: Any, follow: Follow
) -> None:
    made = past(60)
    written(made, told, range(20))
    process = follow("--since", "30d")
    before = numbers_of(process, 38)
    written(made, told, range(20, 60))
    found = before + numbers_of(process, 118)
    assert found == list(range(1, 119))
    assert interrupted(process) == (130, b"")


def test_following_begins_with_what_happens_from_now_on(
    past: Past, told: Any, follow: Follow
) -> None:
    made = past(8)
    written(made, told, range(4))
    process = follow("--kind", "violation-opened")
    found: list[int] = []
    deadline = time.monotonic() + SECONDS
    while not found:  # it says nothing when it is ready, so that something happens until it does
        assert time.monotonic() < deadline
        written(made, told, [made.number, made.number + 1])
        if select.select([process.stdout], [], [], 1)[0]:
            found = numbers_of(process, 7)
    assert found[0] > 6
    assert interrupted(process)[0] == 130


def test_following_in_text_has_a_line_or_two_for_each_event(
    past: Past, told: Any, follow: Follow
) -> None:
    written(past(4), told, range(2))
    process = follow("--since", "30d", "--format", "text")
    found = b""
    deadline = time.monotonic() + SECONDS
    while b"placement-added" not in found:
        assert time.monotonic() < deadline
        if select.select([process.stdout], [], [], 0.2)[0]:
            found += os.read(process.stdout.fileno(), 65536)
    assert "✖ violation-opened /subscriptions/" in found.decode()
    assert "replica uksouth" in found.decode()


def test_nothing_happened_says_so(past: Past, told: Any, run: Any) -> None:
    made = past(1, None)
    made.at -= timedelta(days=1)
    made.scan(told())
    assert "No such event is remembered." in run("events").out
