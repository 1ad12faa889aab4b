"""Every message on the store or ledger that a user can see is in the table of docs/memory.md."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT.joinpath("docs", "memory.md").read_text(encoding="utf-8")
PLACES = ("residency/store", "residency/cli")
ERRORS = {"StoreError", "LedgerError", "NotProvenError"}
OF_PROGRAMS = {"canonical.py", "customers.py"}
"""What these say is of JSON and secrets that programs make; no person gave it."""

TWO_WORDS = re.compile(r"[A-Za-z`'-]{2,} [A-Za-z`'-]+")


def said() -> Iterator[tuple[str, str]]:
    """Give where each message is raised, and the first of its words that are always the same."""
    paths = (path for place in PLACES for path in sorted((ROOT / place).rglob("*.py")))
    for path in paths:
        if path.name in OF_PROGRAMS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[message]) if name in ERRORS:
                    for words in beginning(message):
                        yield f"{path.name}:{node.lineno}", words
                case ast.Assign(targets=[ast.Name(id="_ADVICE")], value=ast.Dict(values=texts)):
                    for text in texts:
                        yield f"{path.name}:{text.lineno}", next(beginning(text))
                case _:
                    pass


def beginning(message: ast.expr) -> Iterator[str]:
    for node in ast.walk(message):
        match node:
            case ast.Constant(value=str(text)) if TWO_WORDS.search(text):
                yield re.split(r"[:;,.(]", text.lstrip(" :;,"))[0].strip()
                return
            case _:
                pass


def told() -> str:
    """Give the first column of the table: what messages say."""
    table = PAGE.partition("## What messages say")[2]
    return "\n".join(row.split(" | ")[0] for row in table.splitlines() if row.startswith("| "))


@pytest.mark.parametrize(("where", "words"), sorted(said()), ids=lambda value: str(value)[:40])
def test_a_message_is_in_the_table(where: str, words: str) -> None:
    assert words in told(), f"{where}: docs/memory.md lacks this message"


def test_enough_messages_are_found() -> None:
    assert len(list(said())) > 60
