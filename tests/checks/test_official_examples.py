"""Microsoft's own example bodies, against tables that were written by hand before the checks.

The examples are not part of this repository; where they are absent these tests skip.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from residency.check import Check, load_catalogue
from residency.testing import JsonReader, run_check

TABLES = Path(__file__).parent / "examples"
WITHOUT = Path(__file__).parent / "examples_of_no_place.yaml"
EXAMPLES = Path(__file__).resolve().parents[2] / "../shared/azure/examples"


def rows() -> list[Any]:
    return [
        pytest.param(row, id=f"{table.stem}-{row['file'].removesuffix('.json')}-{number}")
        for table in sorted(TABLES.glob("*.yaml"))
        for number, row in enumerate(yaml.safe_load(table.read_text()))
    ]


def body_of(file: str, item: int | None = None) -> dict[str, Any]:
    responses = json.loads((EXAMPLES / file).read_text())["responses"]
    body: dict[str, Any] = responses["200"]["body"]
    return body if item is None else (body.get("value") or body["data"])[item]


def check_of(row: dict[str, Any], body: dict[str, Any]) -> Check | None:
    catalogue = load_catalogue()
    if "check" in row:
        return next(check for check in catalogue.beside if check.id == row["check"])
    return catalogue.check_for(str(body["type"]).lower())


def test_every_example_has_its_row_or_the_reason_why_it_names_no_place() -> None:
    if not EXAMPLES.is_dir():
        pytest.skip("Microsoft's example bodies are not beside this checkout")
    with_row = {row.values[0]["file"] for row in rows()}
    without = yaml.safe_load(WITHOUT.read_text())
    assert not with_row & set(without)
    assert with_row | set(without) == {path.name for path in EXAMPLES.glob("*.json")}
    assert all(without.values())


@pytest.mark.parametrize("row", rows())
def test_an_official_example_has_the_placements_that_microsoft_documents(
    row: dict[str, Any],
) -> None:
    if not EXAMPLES.is_dir():
        pytest.skip("Microsoft's example bodies are not beside this checkout")
    example = body_of(row["file"], row.get("item"))
    body = {**(row.get("resource") or example), **(row.get("but") or {})}
    known = {"example": {"value": [example]}, "itself": example}
    answers = {
        path: (known[found] if isinstance(found, str) else found)
        for path, found in (row.get("answers") or {}).items()
    }
    reader = JsonReader(answers=answers, inventory=row.get("inventory") or ())
    check = check_of(row, body)
    assert check is not None, f"no check knows {body['type']}"
    found = [
        [place.role, place.region, place.basis, *([place.subject] if place.subject else [])]
        for place in run_check(check, body, reader)
    ]
    assert sorted(found) == sorted(row["placements"])
    assert row["page"].startswith("https://learn.microsoft.com/")
