"""The questions of `residency init`, on a terminal only; answers not given are the defaults."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from residency.cli.printable import printable

if TYPE_CHECKING:
    from residency.inventory import Coverage

_SHOWN = 12


def can_ask() -> bool:
    """Whether a person is there: both what is read and what is said is a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_file(proposed: str) -> str:
    """Ask which file to write."""
    return ask("File to write", proposed)


def ask_overwrite(path: object) -> bool:
    """Ask whether a file may be replaced; no, unless said so."""
    return typer.confirm(f"{path} exists. Replace it?", default=False, err=True)


def show_tags(tags: Mapping[str, int]) -> None:
    """Show which tags are used, before they are asked for."""
    shown = ", ".join(f"{name} ({count})" for name, count in list(tags.items())[:_SHOWN])
    say(f"Tags that are used: {shown or 'none'}")


def ask(question: str, default: str) -> str:
    """Ask for one text."""
    answer: str = typer.prompt(question, default=default, err=True)
    return answer.strip()


def ask_left_out(coverage: Sequence["Coverage"]) -> frozenset[str]:
    """Ask which subscriptions the manifest should not name, by their numbers."""
    for number, entry in enumerate(coverage, start=1):
        say(f"{number:>4}  {entry.name or entry.id} ({entry.state}, {entry.resources} resources)")
    while True:
        answer = ask("Subscriptions to leave out (numbers, or none)", "none")
        words = answer.replace(",", " ").split()
        if words == ["none"]:
            return frozenset()
        if all(word.isdecimal() and 1 <= int(word) <= len(coverage) for word in words):
            return frozenset(coverage[int(word) - 1].id for word in words)
        say(f"Give numbers from 1 to {len(coverage)}, such as 2, 3; or none.")


def say(line: str) -> None:
    """Say something to the person who is asked: on stderr, as questions are."""
    typer.echo(printable(line), err=True)
