"""Every fixture of every check: its places, and the fields that decide them.

`fixtures/<service>.yaml` is a list of rows, written by hand from Microsoft's pages:

- `name`: a sentence; `page`: where the expectation comes from.
- `beside`: the id of a check of every type, where it is run and not the one of the own type.
- `resource`: the ARM body; `answers`: path to the JSON that Azure answers there;
  `inventory`: bodies of other resources that were seen.
- `placements`: role, region, basis, and the id of the resource whose data it is, if another.
- `decides`: fields with a place that counts. Somewhere outside the EU it is a violation, a region
  that nobody knows is unknown.
- `decides_nothing`: fields that look as if they did, and change no place.
- `refers`: fields with the id of a resource; one that was not seen leaves a place unknown.

A field is a path in the resource, or `<path of an answer> <path in it>`.
"""

import copy
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from residency.check import Check, load_catalogue
from residency.check.fields import _steps
from residency.errors import AccessDenied
from residency.model import Holds, Placement, Status
from residency.policy.judgement import Facts, judge
from residency.settings import Policy
from residency.testing import READ_AT, JsonReader, run_check

FOLDER = Path(__file__).parent / "fixtures"
OUTSIDE, NOWHERE = "eastus", "marsnorth1"
UNSEEN = "/subscriptions/00000000-0000-4000-8000-00000000dead/resourceGroups/x/providers/a.b/c/d"

Row = dict[str, Any]


def rows() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(row, id=f"{path.stem}: {row['name']}")


def fields(kind: str) -> Iterator[Any]:
    for param in rows():
        row = param.values[0]
        for field in row.get(kind, ()):
            yield pytest.param(row, field, id=f"{param.id}: {field}")


def check_of(row: Row) -> Check | None:
    catalogue = load_catalogue()
    if "beside" in row:
        return next(check for check in catalogue.beside if check.id == row["beside"])
    return catalogue.check_for(row["resource"]["type"].lower())


def placed(row: Row) -> tuple[Placement, ...]:
    check = check_of(row)
    assert check is not None, "no check knows this type"
    reader = JsonReader(answers=row.get("answers", {}), inventory=row.get("inventory", ()))
    return run_check(check, row["resource"], reader)


def status(row: Row) -> Status:
    check = check_of(row)
    facts = Facts(holds=check.holds if check else None, placements=placed(row))
    return judge(facts, Policy(), READ_AT + timedelta(minutes=5)).status


def told(place: Placement) -> list[str]:
    return [place.role, place.region, place.basis, *([place.subject] if place.subject else [])]


def mutated(row: Row, field: str, raw: str) -> Row:
    """Give the row with another value in one field; the field must be there."""
    row = copy.deepcopy(row)
    answer, _, path = field.rpartition(" ")
    body = row["answers"][answer] if answer else row["resource"]
    *way, last = _steps(path)
    for step in way:
        body = body[step]
    assert body[last] is not None
    body[last] = raw
    return row


@pytest.mark.parametrize("row", list(rows()))
def test_a_fixture_has_the_places_that_microsoft_documents(row: Row) -> None:
    assert row["page"].startswith("https://")
    assert sorted(map(told, placed(row))) == sorted(row["placements"]), json.dumps(
        [told(place) for place in placed(row)]
    )


@pytest.mark.parametrize(("row", "field"), list(fields("decides")))
def test_a_field_that_decides_is_a_violation_outside_the_eu(row: Row, field: str) -> None:
    assert status(row) is not Status.VIOLATION
    assert status(mutated(row, field, OUTSIDE)) is Status.VIOLATION


@pytest.mark.parametrize(("row", "field"), list(fields("decides")))
def test_a_field_that_decides_is_unknown_where_nobody_knows_the_region(
    row: Row, field: str
) -> None:
    assert status(mutated(row, field, NOWHERE)) is Status.UNKNOWN


@pytest.mark.parametrize(("row", "field"), list(fields("decides_nothing")))
def test_a_field_that_decides_nothing_changes_no_place(row: Row, field: str) -> None:
    after = placed(mutated(row, field, OUTSIDE))
    assert [told(each) for each in after] == [told(each) for each in placed(row)]


@pytest.mark.parametrize(("row", "field"), list(fields("refers")))
def test_a_resource_that_was_not_seen_leaves_its_place_unknown(row: Row, field: str) -> None:
    assert status(mutated(row, field, UNSEEN)) is Status.UNKNOWN


def test_whatever_is_refused_leaves_nothing_compliant() -> None:
    """A fixture whose every answer is refused is never better than unknown, if it asks at all."""
    wrong = []
    for param in rows():
        row = param.values[0]
        check = check_of(row)
        if check and check.reads and check.holds is not Holds.NONE and row.get("answers"):
            refused = {
                path: AccessDenied("no", code="AuthorizationFailed") for path in row["answers"]
            }
            with suppress(AccessDenied):  # a scan makes that an unknown place
                if status(row | {"answers": refused}) in {Status.COMPLIANT, Status.FALLBACK}:
                    wrong.append(param.id)
    assert wrong == []
