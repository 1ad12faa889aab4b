"""The page of checks: it is the one they generate, and says what their tests show."""

import json
import re
import runpy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.mutation.world import TrackingReader, world_of
from checks import CHECKS, holds_none, own_location
from checks.api_versions import API_VERSIONS
from residency.check import EVERY_TYPE, Catalogue, Check
from residency.model import Placement, Reading
from residency.scan.freshness import kind_of
from residency.simulator.estate import example_estate
from residency.testing import JsonReader, run_check

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs/checks.md"
EXAMPLES = ROOT / "../shared/azure/examples"
CATALOGUE = Catalogue.of(CHECKS)
OF_THE_TABLE = {check.id for check in (*holds_none.CHECKS, *own_location.CHECKS)}
OWN = [
    (check.id, resource_type)
    for check in CHECKS
    if check.id not in OF_THE_TABLE and check.resource_types != EVERY_TYPE
    for resource_type in check.resource_types
]
CITED = {page for check in CHECKS for page in check.docs}
LOOKED_UP: dict[str, str] = json.loads(
    files("checks").joinpath("data", "pages.json").read_text(encoding="utf-8")
)


OF_ANOTHER = " of another resource"


def rows(folder: str) -> Iterator[dict[str, Any]]:
    for path in sorted((HERE / folder).glob("*.yaml")):
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))


def section_of(check: Check) -> str:
    page = PAGE.read_text(encoding="utf-8")
    return page.split(f"\n## {check.id}\n", 1)[1].split("\n## ", 1)[0]


@cache
def lines() -> dict[tuple[str, str], tuple[str, str]]:
    """What the page says is located and asked, by the id of a check and the name of its types."""
    return {
        (check.id, name): (located, calls)
        for check in CHECKS
        for name, located, calls in re.findall(
            r"^\| (`.+?`|any .+?) \| (.*?) \| (.*?) \|$", section_of(check), re.MULTILINE
        )
    }


def told(check: Check, resource_type: str) -> tuple[str, str]:
    if check.id in OF_THE_TABLE:
        return lines()[check.id, f"any of [{len(check.resource_types)} types](types.md)"]
    name = "any type" if check.resource_types == EVERY_TYPE else f"`{resource_type}`"
    return lines()[check.id, name]


def basis_of(located: str, role: str, *, of_another: bool) -> str:
    """Say how the page knows the places of a role; nothing where it has no such role."""
    of = OF_ANOTHER if of_another else ""
    return " or ".join(re.findall(f"`{role}`{of}: ([^;]+)", located))


def left_out(check: Check, resource_type: str, places: Iterable[Placement]) -> set[str]:
    """Say which known role or basis of some placements the page does not have."""
    located, _ = told(check, resource_type)
    return {
        f"{check.id} {resource_type}: {place.role} of {place.subject or 'itself'}, {place.basis}"
        for place in places
        if place.unresolved is None
        if place.basis not in basis_of(located, place.role, of_another=place.subject is not None)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingReader(TrackingReader):
    """Also notes the kinds of the calls that are made."""

    calls: set[str] = field(default_factory=set)

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        self.calls.add(f"GET `{kind_of(path)}`")
        return TrackingReader.get(self, path, api_version=api_version, expand=expand)

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        self.calls.add(f"list `{kind_of(path)}`")
        return TrackingReader.list(self, path, api_version=api_version)


def test_the_page_of_checks_is_the_one_that_the_checks_generate() -> None:
    script = runpy.run_path(str(ROOT / "docs/generate_checks.py"))
    assert PAGE.read_text(encoding="utf-8") == script["render"](), "run docs/generate_checks.py"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_page_names_every_check_with_its_rights_and_pages(check: Check) -> None:
    section = section_of(check)
    assert check.title in section
    assert all(f"`{action}`" in section for action in check.permissions)
    assert all(f"<{url}>" in section for url in check.docs)


def test_every_type_of_a_check_that_says_more_than_its_own_location_has_a_fixture() -> None:
    shown = {row["resource"]["type"].lower() for row in rows("fixtures") if "beside" not in row}
    assert [resource_type for _, resource_type in OWN if resource_type not in shown] == []


def test_every_check_that_has_no_types_of_its_own_has_a_fixture() -> None:
    by_type = {row["resource"]["type"].lower() for row in rows("fixtures")}
    shown = {check.id for check in CHECKS if by_type & set(check.resource_types)}
    shown |= {row["beside"] for row in rows("fixtures") if "beside" in row}
    assert {check.id for check in CHECKS} - shown == set()


def test_every_type_has_its_line_with_what_is_located() -> None:
    of_types = {(check_id, f"`{resource_type}`") for check_id, resource_type in OWN}
    assert of_types <= set(lines())
    assert [key for key, (located, _) in lines().items() if not located] == []


def test_the_page_says_what_the_expectations_of_the_fixtures_say() -> None:
    wrong = []
    for row in rows("fixtures"):
        resource_type = row["resource"]["type"].lower()
        check = CATALOGUE.by_type[resource_type]
        if "beside" in row:
            check = next(each for each in CATALOGUE.beside if each.id == row["beside"])
        located, _ = told(check, resource_type)
        for role, region, basis, *subject in row["placements"]:
            said = basis_of(located, role, of_another=bool(subject))
            if not said or (region != "unknown" and basis not in said):
                wrong.append(f"{row['name']}: {role}, {basis}")
    assert wrong == []


def test_the_page_says_every_role_that_the_official_examples_show() -> None:
    if not EXAMPLES.is_dir():
        pytest.skip("Microsoft's example bodies are not beside this checkout")
    wrong: set[str] = set()
    for row in rows("examples"):
        responses = json.loads((EXAMPLES / row["file"]).read_text())["responses"]
        body = responses["200"]["body"]
        example = (body.get("value") or body["data"])[row["item"]] if "item" in row else body
        resource = {**(row.get("resource") or example), **(row.get("but") or {})}
        known = {"example": {"value": [example]}, "itself": example}
        answers = {
            path: known[found] if isinstance(found, str) else found
            for path, found in (row.get("answers") or {}).items()
        }
        check = CATALOGUE.by_type[str(resource["type"]).lower()]
        reader = JsonReader(answers=answers, inventory=row.get("inventory") or ())
        places = run_check(check, resource, reader)
        wrong |= left_out(check, str(resource["type"]).lower(), places)
    assert wrong == set()


def test_the_page_says_every_role_and_call_of_the_example_estate() -> None:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    world = world_of(example_estate(now), now)
    wrong: set[str] = set()
    for resource in world.resources.values():
        check = CATALOGUE.check_for(resource.type)
        if check is not None:
            reader = CallingReader(world=world)
            wrong |= left_out(check, resource.type, check.locate(resource, reader))
            _, calls = told(check, resource.type)
            wrong |= {f"{resource.type}: {call}" for call in reader.calls if call not in calls}
    assert wrong == set()


def test_everything_that_a_check_asks_is_on_the_page() -> None:
    said = {kind for _, calls in lines().values() for kind in re.findall(r"`([^`]+)`", calls)}
    assert said == set(API_VERSIONS)


def test_a_check_that_asks_for_nothing_more_has_no_calls_and_any_other_has_some() -> None:
    asks = {
        check.id: any(
            calls != "none" for (own, _), (_, calls) in lines().items() if own == check.id
        )
        for check in CHECKS
    }
    assert asks == {check.id: check.reads for check in CHECKS}


def test_every_page_stands_with_the_day_of_its_look_up_or_without_one() -> None:
    page = PAGE.read_text(encoding="utf-8")
    dated = re.findall(r"^- <(.+)>, (?:looked up (\S+)|not looked up again)$", page, re.MULTILINE)
    assert {url for url, _ in dated} == CITED
    assert {(url, day) for url, day in dated if day} == set(LOOKED_UP.items())


def test_no_look_up_is_left_over_or_of_a_day_to_come() -> None:
    assert set(LOOKED_UP) - CITED == set()
    assert list(LOOKED_UP) == sorted(LOOKED_UP)
    days = [date.fromisoformat(day) for day in LOOKED_UP.values()]
    assert all(date(2026, 1, 1) <= day <= date.today() for day in days)  # noqa: DTZ011 - a day has no zone
