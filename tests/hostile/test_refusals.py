"""What Azure says when it refuses is other people's text too; an event in a log is one line."""

import contextlib
import io
import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
import structlog

from residency.cli import main
from residency.cli.logs import log_to_stderr
from residency.simulator.faults import Effect, Fault

if TYPE_CHECKING:
    from tests.hostile.conftest import Server, Words

SAID = (
    "\x1b[2J\u202eno\nresidency: compliant\x85[bold]\ud800"
    " The client 'x' may not perform action 'Microsoft.Storage/storageAccounts/read\n' $(reboot)"
)
REFUSAL = json.dumps({"error": {"code": f"Authorization\x1b]0;Failed{'x' * 500}", "message": SAID}})


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    """Put logs back as they were."""
    root = logging.getLogger()
    before = root.handlers[:]
    yield
    root.handlers[:] = before
    structlog.reset_defaults()


@pytest.fixture
def refusing(server: "Server", words: "type[Words]") -> "Server":
    """A tenant whose storage accounts may not be listed, with hostile words in the refusal."""
    simulator = server.use(words.estate_of(["b"]))
    simulator.faults.add(
        Fault(effect=Effect.STATUS, status=403, body=REFUSAL, path="storageaccounts$")
    )
    return server


def run(server: "Server", folder: Path, *arguments: str) -> tuple[object, str, str]:
    """Run the program's own entry point against the server."""
    variables = {
        "RESIDENCY_AZURE__ENDPOINT": server.url,
        "RESIDENCY_AZURE__CREDENTIAL": "none",
        "COLUMNS": "200",
    }
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        patch.object(sys, "argv", ["residency", *arguments]),
        patch.dict(os.environ, variables),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    return ended.value.code, out.getvalue(), err.getvalue()


def test_a_refusal_is_shown_as_text_and_its_resources_are_unknown(
    refusing: "Server", words: "type[Words]", tmp_path: Path
) -> None:
    code, out, err = run(refusing, tmp_path, "scan")
    assert code == 1
    assert err == ""
    assert words.obeyed.search(out) is None
    assert "grant $(reboot)" not in out
    assert "facet-unreadable" in out


def test_a_refusal_in_json_is_short_and_escaped(
    refusing: "Server", words: "type[Words]", tmp_path: Path
) -> None:
    code, out, _ = run(refusing, tmp_path, "scan", "--format", "json")
    assert code == 1
    assert words.obeyed.search(out) is None
    assert "x" * 101 not in out
    assert {each["status"] for each in json.loads(out)["resources"]} == {"unknown", "violation"}


def test_a_tenant_that_refuses_everything_ends_with_2_and_one_line(
    server: "Server", words: "type[Words]", tmp_path: Path
) -> None:
    simulator = server.use(words.estate_of(["b"]))
    simulator.faults.add(Fault(effect=Effect.STATUS, status=403, body=REFUSAL))
    code, out, err = run(server, tmp_path, "scan")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert words.obeyed.search(err) is None


def test_a_subscription_whose_inventory_is_refused_is_not_proven_and_says_so_in_one_line(
    server: "Server", words: "type[Words]"
) -> None:
    simulator = server.use(words.estate_of(["b"]))
    simulator.faults.add(Fault(effect=Effect.STATUS, status=403, body=REFUSAL, api="resourcegraph"))
    found = server.scan()
    reasons = [reason for entry in found.coverage for reason in entry.reasons]
    assert not found.complete
    assert all(len(reason.splitlines()) == 1 and len(reason) < 1500 for reason in reasons)


def events(err: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in err.splitlines()]


def test_an_event_is_one_line_of_json_whatever_its_names_hold(words: "type[Words]") -> None:
    err = io.StringIO()
    with contextlib.redirect_stderr(err):
        log_to_stderr()
        for text in words.texts.values():
            structlog.get_logger().warning("check failed", resource=text)
    found = events(err.getvalue())
    assert [each["resource"] for each in found] == list(words.texts.values())
    assert words.obeyed.search(err.getvalue()) is None


def test_what_a_library_logs_is_one_line_of_json_too(words: "type[Words]") -> None:
    err = io.StringIO()
    with contextlib.redirect_stderr(err):
        log_to_stderr()
        for text in words.texts.values():
            logging.getLogger("asyncio").error("lost: %s", text)
        logging.getLogger("asyncio").info("not told")
    found = events(err.getvalue())
    assert [each["event"] for each in found] == [f"lost: {each}" for each in words.texts.values()]
    assert {each["level"] for each in found} == {"error"}


def test_logs_on_a_terminal_are_obeyed_by_none(words: "type[Words]") -> None:
    err = Terminal()
    with contextlib.redirect_stderr(err):
        log_to_stderr()
        for text in words.texts.values():
            structlog.get_logger().warning("check failed", resource=text)
    assert len(err.getvalue().splitlines()) == len(words.texts)
    shown = err.getvalue()
    assert "red" in shown
    assert "\x1b[31mred" not in shown
    assert "\x1b]0;" not in shown
    assert "\u202e" not in shown


def test_a_huge_text_is_cut_in_logs() -> None:
    err = io.StringIO()
    with contextlib.redirect_stderr(err):
        log_to_stderr()
        error = ValueError("v" * 5_000_000)
        structlog.get_logger().warning("check failed", resource="v" * 5_000_000, exc_info=error)
    (event,) = events(err.getvalue())
    assert len(err.getvalue()) < 20_000
    assert event["exception"].startswith("ValueError: vvv")


def test_no_token_is_written_anywhere(refusing: "Server", tmp_path: Path) -> None:
    refusing.tokens.clear()
    for more in ((), ("--format", "json")):
        _, out, err = run(refusing, tmp_path, "scan", *more)
        (token,) = refusing.tokens
        assert token
        assert token not in out + err
