"""docs/demo.md tells the truth: the estate, judged, is what its tables say."""

import importlib
import pkgutil
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

import checks
import residency
from bench.mutation.world import TrackingReader, groups_of, world_of
from residency.check import Catalogue
from residency.model import Placement
from residency.policy.judges import Judge, Judged
from residency.settings import Settings, load
from residency.simulator.world import Estate

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = Path(residency.__file__).parent / "simulator" / "data" / "residency.yaml"
ROW = re.compile(
    r"\| (?P<what>[^|]+) \| `(?P<resource>[^|`]+)` \| `(?P<status>[a-z]+)` "
    r"\| (?P<severity>[a-z-]+) \| (?P<reasons>[^|]+) \|"
)
SUBSCRIPTION = re.compile(r"\| (?P<name>[a-z-]+) \| `(?P<state>[a-z]+)` \|.*\|")
ROWS = [
    found.groupdict()
    for line in (ROOT / "docs" / "demo.md").read_text(encoding="utf-8").splitlines()
    if (found := ROW.fullmatch(line))
]


def _catalogue() -> Catalogue:
    modules = (
        importlib.import_module(f"checks.{found.name}")
        for found in pkgutil.iter_modules(checks.__path__)
    )
    return Catalogue.of(
        dict.fromkeys(check for module in modules for check in getattr(module, "CHECKS", ()))
    )


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(CONFIGURATION)


@pytest.fixture(scope="module")
def judged(estate: Estate, settings: Settings, now: datetime) -> Sequence[Judged]:
    """Locate and judge everything that can be read."""
    world = world_of(estate, now)
    resources, reader = world.resources, TrackingReader(world=world)
    catalogue = _catalogue()
    placements: dict[str, list[Placement]] = {each: [] for each in resources}
    for resource in resources.values():
        if check := catalogue.check_for(resource.type):
            for place in check.locate(resource, reader):
                placements[place.subject or resource.id].append(place)
    judge = Judge(settings=settings, groups=groups_of(estate, resources), now=now, failovers={})
    found = ((each, catalogue.check_for(each.type)) for each in resources.values())
    return [
        judge.judge(each, check.holds if check else None, tuple(placements[each.id]))
        for each, check in found
    ]


def _of(judged: Sequence[Judged], tail: str) -> Judged:
    (found,) = [each for each in judged if each.resource.id.endswith(f"/{tail.lower()}")]
    return found


def test_the_page_has_a_row_for_each_planted_thing() -> None:
    assert len(ROWS) >= 35


@pytest.mark.parametrize("row", ROWS, ids=[row["resource"] for row in ROWS])
def test_a_row_of_the_page_is_what_the_policy_says(
    judged: Sequence[Judged], row: dict[str, str]
) -> None:
    judgement = _of(judged, row["resource"]).judgement
    reasons = re.findall(r"`([a-z-]+)`", row["reasons"])
    assert judgement.status == row["status"]
    assert (judgement.severity or "-") == row["severity"]
    if row["reasons"].startswith("not declared"):
        assert set(judgement.reasons) <= set(reasons)
        assert judgement.reasons
    else:
        assert list(judgement.reasons) == reasons


def test_nothing_is_wrong_that_the_page_does_not_tell(judged: Sequence[Judged]) -> None:
    told = [row["resource"].lower() for row in ROWS if row["status"] != "compliant"]
    silent = [
        each.resource.id
        for each in judged
        if each.judgement.status != "compliant"
        and each.judgement.reasons != ("type-unknown",)
        and not any(each.resource.id.endswith(f"/{tail}") for tail in told)
    ]
    assert silent == []


def test_only_two_resources_that_hold_data_belong_to_nobody(judged: Sequence[Judged]) -> None:
    names = [
        each.resource.name
        for each in judged
        if each.attribution.unassigned and each.holds not in {"none", None}
    ]
    assert sorted(names) == ["sttempexport01", "sttrialpilot01"]


def test_the_made_to_order_customer_shares_nothing_with_others(judged: Sequence[Judged]) -> None:
    own = [each for each in judged if "molenkamp" in each.attribution.customers]
    assert {each.attribution.customers for each in own} == {("molenkamp",)}
    assert {each.resource.resource_group for each in own} == {"rg-molenkamp-prod"}


def test_the_manifest_is_the_estate_without_what_nobody_announced(
    estate: Estate, settings: Settings
) -> None:
    manifest = {(each.id, each.name) for each in settings.scope.subscriptions}
    there = {(each.id, each.name) for each in estate.subscriptions}
    assert len(manifest) == 5
    assert {name for _, name in there - manifest} == {"innovation-trial"}
    assert manifest <= there


def test_the_page_names_the_state_of_every_subscription(estate: Estate, settings: Settings) -> None:
    page = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8").splitlines()
    told = {
        found["name"]: found["state"] for line in page if (found := SUBSCRIPTION.fullmatch(line))
    }
    manifest = {each.id for each in settings.scope.subscriptions}
    states = {
        each.name: "unexpected"
        if each.id not in manifest
        else ("read" if each.readable else "unreadable")
        for each in estate.subscriptions
    }
    assert told == states


def test_each_exemption_and_export_names_something_that_is_there(
    estate: Estate, settings: Settings, now: datetime
) -> None:
    ids = [body["id"].lower() for body in estate.resources]
    globs = [pattern for each in settings.exemptions for pattern in each.resources]
    globs += [pattern for each in settings.declarations for pattern in each.resources]
    globs += [end for each in settings.estate.instructed_exports for end in (each.source, each.to)]
    for pattern in globs:
        tail = pattern.removeprefix("*").lower()
        assert len([each for each in ids if each.endswith(tail)]) == 1, pattern
    assert all(each.expires > now for each in settings.exemptions)
