"""The page about memory has every command, every option, every life and every schema."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from typer.main import get_command

from residency.cli import app
from residency.store.reading.lives import Life

ROOT = Path(__file__).resolve().parents[3]
JSON_PAGE = ROOT.joinpath("docs/json.md").read_text(encoding="utf-8")
COMMANDS = (
    "explain",
    "history",
    "events",
    "episodes",
    "incidents",
    "exemptions",
    "answer",
    "replay",
)
SAID_ONCE = {"--config", "--format", "--help"}


@pytest.fixture(scope="module")
def page() -> str:
    return ROOT.joinpath("docs/memory.md").read_text(encoding="utf-8")


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


@pytest.mark.parametrize("command", COMMANDS)
def test_the_page_names_the_schema_that_a_command_prints(page: str, command: str) -> None:
    """Its keys are in docs/json.md, which documents/ holds against what is printed."""
    row = next(line for line in page.splitlines() if line.startswith(f"| [`residency {command}`]"))
    (named,) = re.findall(r"`(residency/[a-z]+/v\d+)`", row)
    assert f"## `residency {command} --format json`: `{named}`\n" in JSON_PAGE
