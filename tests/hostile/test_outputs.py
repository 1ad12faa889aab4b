"""Names and tags are other people's text: no output obeys them, and no verdict minds them.

The texts are `Words.texts`: quotes, line ends, escapes, marks of direction, formulas, queries.
"""

import json
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from residency.cli.printable import printable
from residency.model import Status, Verdict

if TYPE_CHECKING:
    from tests.hostile.conftest import Seen, Words


def test_every_resource_is_judged_as_if_its_names_were_plain(
    hostile: "Seen", plain: "Seen", words: "type[Words]"
) -> None:
    assert words.facts(hostile.scan) == words.facts(plain.scan)
    assert len(words.facts(plain.scan)) == 6 * len(words.texts)


def test_the_verdict_and_the_coverage_are_those_of_plain_names(
    hostile: "Seen", plain: "Seen"
) -> None:
    assert hostile.scan.verdict is plain.scan.verdict is Verdict.VIOLATION
    assert hostile.scan.complete
    assert hostile.scan.counts == plain.scan.counts
    assert plain.scan.counts[Status.UNKNOWN] == 2 * plain.scan.counts[Status.COMPLIANT] / 3


def test_what_is_asked_of_resource_graph_does_not_depend_on_the_tenant(
    hostile: "Seen", plain: "Seen", words: "type[Words]"
) -> None:
    assert hostile.questions == plain.questions
    assert {tuple(each["subscriptions"]) for each in hostile.questions} == {(words.main,)}
    assert all(words.main not in each["query"] for each in hostile.questions)


@pytest.mark.parametrize("columns", [80, 200])
def test_no_line_on_a_terminal_holds_a_control_character_or_is_too_wide(
    hostile: "Seen", words: "type[Words]", columns: int
) -> None:
    shown = words.on_terminal(hostile.scan, columns)
    assert words.obeyed.search(shown) is None
    assert max(map(cell_len, shown.split("\n"))) <= columns


def test_boxes_on_a_terminal_stay_closed(hostile: "Seen", words: "type[Words]") -> None:
    lines = words.on_terminal(hostile.scan, 200).split("\n")
    rows = [line for line in lines if line.startswith("│")]
    assert len(rows) > 100
    types = "│ contoso.odd/things"  # the one table that is as narrow as it can be
    assert {cell_len(line) for line in rows if not line.startswith(types)} == {200}
    assert all(line.endswith("│") for line in rows)


@pytest.mark.parametrize("name", ["script", "formula", "template", "markup", "kql"])
def test_a_terminal_shows_the_text_as_it_is(
    hostile: "Seen", words: "type[Words]", name: str
) -> None:
    assert printable(words.texts[name]) in words.on_terminal(hostile.scan, 1000)


def test_a_terminal_without_unicode_shows_what_it_can(
    hostile: "Seen", words: "type[Words]"
) -> None:
    shown = words.on_ascii_terminal(hostile.scan)
    assert b"VIOLATION: data is where it should not be" in shown
    assert shown.isascii()


def test_json_is_utf8_whatever_the_locale_and_gives_every_name_back(
    hostile: "Seen", words: "type[Words]"
) -> None:
    found = json.loads(words.as_json(hostile.scan).decode("utf-8"))
    names = {each["name"].partition("-")[2] for each in found["resources"]}
    assert names == set(map(words.without_slashes, words.texts.values()))
    environments = {each["environment"] for each in found["resources"]}
    assert environments >= {text for text in words.texts.values() if len(text) < 256}


def test_json_holds_nothing_that_a_terminal_obeys_and_escapes_nothing_else(
    hostile: "Seen", words: "type[Words]"
) -> None:
    text = words.as_json(hostile.scan).decode("utf-8").replace("\n", "")
    obeyed = set(words.obeyed.findall(text)) - {"\u200b", "\u200c", "\u200d"}
    assert obeyed == set()
    assert all(plainly in text for plainly in ("🇳🇱", "漢字", "<script>", "=cmd|' /C", "\u0301"))


def test_the_json_names_no_tag(hostile: "Seen", words: "type[Words]") -> None:
    assert b"number 0" not in words.as_json(hostile.scan)
