"""docs/faults.md has a row for every fault, and names every test of it and no other."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (\d+) \|.*\| ([^|]*) \|$", re.MULTILINE)
TEST = re.compile(r"^def (test_\w+)\(", re.MULTILINE)
NUMBERED = re.compile(r"test_fault_(\d\d)_")
FAULTS = range(1, 34)


@pytest.fixture(scope="module")
def rows() -> Mapping[int, list[str]]:
    page = ROOT.joinpath("docs/faults.md").read_text(encoding="utf-8")
    return {int(number): re.findall(r"`(\w+)`", tests) for number, tests in ROW.findall(page)}


def names_of_tests(folder: str) -> list[str]:
    files = ROOT.joinpath("tests", folder).rglob("test_*.py")
    return [name for path in files for name in TEST.findall(path.read_text(encoding="utf-8"))]


def test_every_fault_has_its_row_and_every_row_its_tests(rows: Mapping[int, list[str]]) -> None:
    assert list(rows) == list(FAULTS)
    assert [number for number, tests in rows.items() if not tests] == []


def test_every_test_that_is_named_exists(rows: Mapping[int, list[str]]) -> None:
    known = set(names_of_tests("."))
    assert [name for tests in rows.values() for name in tests if name not in known] == []


def test_every_test_of_a_fault_is_named_in_the_row_of_its_number(
    rows: Mapping[int, list[str]],
) -> None:
    numbered = [name for name in names_of_tests("faults") if NUMBERED.match(name)]
    named = {number: set(tests) for number, tests in rows.items()}
    assert {int(name[11:13]) for name in numbered} | {18, 19} == set(FAULTS)
    assert [name for name in numbered if name not in named[int(name[11:13])]] == []
