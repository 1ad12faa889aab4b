"""Types that are known to have data are known to the checks, and no line of them went lost."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from checks import CHECKS
from checks.api_versions import API_VERSIONS
from residency.check import Catalogue
from residency.model import Holds

ROWS: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("known_rows.yaml").read_text(encoding="utf-8")
)
ASKED, NONE = ROWS.pop("asked"), ROWS.pop("none")
WITH_DATA = [name for names in ROWS.values() for name in names]
CATALOGUE = Catalogue.of(CHECKS)
LINES: dict[str, dict[str, Any]] = {
    line["type"]: line
    for line in json.loads(
        files("checks").joinpath("data", "types.json").read_text(encoding="utf-8")
    )["types"]
}


def doubled() -> Iterator[str]:
    names = [*WITH_DATA, *ASKED, *NONE]
    yield from (name for name in set(names) if names.count(name) > 1)


def test_each_type_is_listed_once_and_in_lower_case() -> None:
    assert sorted(doubled()) == []
    assert [name for name in (*WITH_DATA, *ASKED, *NONE) if name != name.lower()] == []


@pytest.mark.parametrize("resource_type", WITH_DATA)
def test_a_type_that_has_data_has_a_check_and_a_line_that_says_so(resource_type: str) -> None:
    assert CATALOGUE.by_type[resource_type].holds is not Holds.NONE
    assert LINES[resource_type]["holds"] != "none"


def test_what_only_tells_of_others_is_asked_for() -> None:
    assert [name for name in ASKED if name not in API_VERSIONS] == []


def test_what_has_no_data_by_itself_is_known_all_the_same() -> None:
    assert {CATALOGUE.by_type[name].holds for name in NONE} == {Holds.NONE}
