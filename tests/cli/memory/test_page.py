"""The page about memory has every command, every option, every life and every key."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from typer.main import get_command

from residency.cli import app
from residency.store.reading.lives import Life

Past = Callable[..., Any]
COMMANDS = ("history", "events", "episodes", "incidents", "exemptions", "answer", "replay")
SAID_ONCE = {"--config", "--format", "--help"}


@pytest.fixture(scope="module")
def page() -> str:
    root = Path(__file__).resolve().parents[3]
    return root.joinpath("docs/memory.md").read_text(encoding="utf-8")


def section(page: str, command: str) -> str:
    return page.split(f"\n## residency {command}\n", 1)[1].split("\n## ", 1)[0]


def options(command: click.Command) -> Iterator[str]:
    for parameter in command.params:
        yield from (name for name in parameter.opts if name.startswith("--"))
    for one in getattr(command, "commands", {}).values():
        yield from options(one)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example_and_all_its_options(page: str, command: str) -> None:
    told = section(page, command)
    assert f"\nresidency {command}" in told
    found = set(options(get_command(app).commands[command]))  # type: ignore[attr-defined]
    assert {each for each in found - SAID_ONCE if each not in told} == set()


def test_every_life_is_explained(page: str) -> None:
    told = section(page, "exemptions")
    assert [life for life in Life if f"| `{life}` |" not in told] == []


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("history", ["a"]),
        ("incidents", []),
        ("exemptions", []),
        ("answer", ["--customer", "acme"]),
        ("replay", ["--policy", "residency.yaml", "--month", "2026-10"]),
    ],
)
def test_every_key_of_a_document_is_on_the_page(
    past: Past, told: Any, read_json: Any, page: str, command: str, arguments: list[str]
) -> None:
    past(1, datetime(2026, 10, 20, tzinfo=UTC)).scan(told())
    found = read_json(command, *arguments)
    words = set(re.findall(r"[a-z_0-9]+", section(page, command)))
    assert found["schema"] in page
    assert {key for key in found if key not in words} == {"schema"}
