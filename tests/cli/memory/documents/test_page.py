"""The page lists every schema, and each word of a key is one that the program knows."""

import ast
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from residency import model
from residency.cli.answer import Language
from residency.documents.explanation import Source
from residency.store import EventKind
from residency.store.episodes import Cause, CauseBasis, Purpose
from residency.store.notes import NoteKind
from residency.store.reading.answer import Verdict
from residency.store.reading.coverage import Why
from residency.store.reading.lives import Life
from residency.store.reading.unseen import What

PACKAGE = Path(__file__).resolve().parents[4] / "residency"
ID = re.compile(r"residency/[a-z-]+/v\d+")
WORD = re.compile(r"`([^`]+)`")


def constants() -> Iterator[str]:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from [node.value] if ID.fullmatch(node.value) else []


def test_every_schema_is_listed_and_every_one_listed_is_printed(page: str) -> None:
    listed = page.partition("\n## ")[0]
    assert sorted(ID.findall(listed)) == sorted(set(constants()))


def test_every_table_of_types_is_of_a_schema_or_of_a_part(tables: Any) -> None:
    assert {name for name in tables if not ID.fullmatch(name)} == {"scan", "judgement", "place"}
    for node in tables.values():
        Draft202012Validator.check_schema(node.schema())


def test_every_type_is_one_that_the_page_explains(tables: Any) -> None:
    def parts(node: Any) -> Iterator[str]:
        yield from node.parts
        for each in node.below.values():
            yield from parts(each)

    assert {part for node in tables.values() for part in parts(node)} <= tables.keys()


def test_the_words_of_a_key_are_all_that_the_program_knows(page: str) -> None:
    ours = (
        Cause,
        CauseBasis,
        EventKind,
        Language,
        Life,
        NoteKind,
        Purpose,
        Source,
        Verdict,
        What,
        Why,
    )
    theirs = (each for each in vars(model).values() if isinstance(each, type))
    kinds = (each for each in (*ours, *theirs) if issubclass(each, Enum))
    known = {frozenset(str(word) for word in each) for each in kinds}
    rows = re.findall(r"^\| `.+? \| (`.+?) \| .*\|$", page, re.MULTILINE)
    told = {frozenset(WORD.findall(cell)) for cell in rows}
    assert [sorted(words) for words in told - known] == []
    assert len(told) > 15
