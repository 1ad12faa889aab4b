"""Any text, written as a YAML value or key, is read back as that text by every reader."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from residency.cli.yaml_scalar import key, quoted

HOSTILE = [
    "",
    " ",
    "no",
    "NO",
    "null",
    "~",
    "1e3",
    "1.10",
    "0x1F",
    "12:30:45",
    "2026-01-01",
    "<<",
    "=",
    "a: b",
    "a #b",
    "- a",
    "{a}",
    "[a]",
    "&a",
    "*a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "'a'",
    '"a"',
    "a\\b",
    "a\nb: c",
    "a\r\nb",
    "\ttab",
    "---",
    "...",
    "Café Zoë",
    "公司",
    "emoji \N{GRINNING FACE}",
    "\u202egnp.exe",
    "\x1b[31mred",
    "\x00",
    "\x85\u2028\u2029",
    "\ufeffbom",
    "\uffff",
]
ANY_TEXT = st.text(max_size=60) | st.sampled_from(HOSTILE)


@given(ANY_TEXT)
def test_a_value_is_read_back_as_it_was(text: str) -> None:
    assert yaml.safe_load(f"value: {quoted(text)}   # {quoted(text)}") == {"value": text}


@given(ANY_TEXT)
def test_a_key_is_read_back_as_it_was(text: str) -> None:
    assert yaml.safe_load(f"{{{key(text)}: {quoted(text)}}}") == {text: text}
    assert yaml.safe_load(f"{key(text)}:\n  a: b") == {text: {"a": "b"}}


@given(ANY_TEXT)
def test_what_is_written_is_one_line_of_what_people_can_see(text: str) -> None:
    assert quoted(text).isprintable()
    assert key(text).isprintable()


@pytest.mark.parametrize("text", ["acme", "Café Zoë", "a: b", "公司"])
def test_what_people_can_read_stays_readable(text: str) -> None:
    assert quoted(text) == f'"{text}"'


@pytest.mark.parametrize("text", ["no", "null", "True", "off", "y", "1e3", "a b", "<<", ""])
def test_a_key_that_some_reader_takes_for_something_else_is_quoted(text: str) -> None:
    assert key(text) == json.dumps(text)


def test_a_plain_key_stays_plain() -> None:
    assert key("QicsMilestones") == "QicsMilestones"
