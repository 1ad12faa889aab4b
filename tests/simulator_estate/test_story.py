"""docs/demo.md tells the truth: the estate, judged, is what its tables say."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

import checks
import residency
from residency.check import Catalogue
from residency.errors import AccessDenied, NotFound
from residency.model import Placement, Reading, Resource
from residency.policy.attribution import Groups
from residency.policy.judges import Judge, Judged
from residency.settings import Settings, load
from residency.simulator.world import Estate
from residency.testing import resource_of

T = TypeVar("T")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateReader:
    """Answers from the estate, as a simulated Azure would."""

    estate: Estate
    resources: Mapping[str, Resource]
    now: datetime
    made: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str, *, api_version: str, expand: str = "") -> Reading:
        del api_version, expand
        key = path.lower()
        if any(key.startswith(prefix) for prefix in self.estate.denied):
            raise AccessDenied(f"{path} is refused", code="AuthorizationFailed")
        if key in self.resources:
            return self._reading(path, self.resources[key].reading.body)
        for item in self.estate.children.get(key.rpartition("/")[0], ()):
            if item["id"].lower() == key:
                return self._reading(path, item)
        raise NotFound(f"{path} is not there", code="ResourceNotFound")

    def list(self, path: str, *, api_version: str) -> Sequence[Reading]:
        del api_version
        items = self.estate.children.get(path.lower(), ())
        return tuple(self._reading(item["id"], item) for item in items)

    def find(self, resource_id: str) -> Resource | None:
        return self.resources.get(resource_id.lower())

    def of_type(self, resource_type: str) -> Sequence[Resource]:
        return tuple(each for each in self.resources.values() if each.type == resource_type)

    def once(self, key: str, make: Callable[[], T]) -> T:
        if key not in self.made:
            self.made[key] = make()
        found: T = self.made[key]
        return found

    def _reading(self, path: str, body: Mapping[str, object]) -> Reading:
        return Reading(api="arm", path=path, body=body, read_at=self.now)


def _catalogue() -> Catalogue:
    modules = (
        importlib.import_module(f"checks.{found.name}")
        for found in pkgutil.iter_modules(checks.__path__)
    )
    return Catalogue.of(
        dict.fromkeys(check for module in modules for check in getattr(module, "CHECKS", ()))
    )


def _groups(estate: Estate, resources: Mapping[str, Resource]) -> Groups:
    keys = {
        body["id"]: "/".join((body["id"].split("/")[2], body["name"].lower()))
        for body in estate.resource_groups
    }
    return Groups(
        tags={keys[body["id"]]: body.get("tags", {}) for body in estate.resource_groups},
        managed_by={
            keys[body["id"]]: body["managedBy"].lower()
            for body in estate.resource_groups
            if "managedBy" in body
        },
        resources=resources,
    )


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(CONFIGURATION)


@pytest.fixture(scope="module")
def judged(estate: Estate, settings: Settings, now: datetime) -> Sequence[Judged]:
    """Locate and judge everything that can be read."""
    hidden = {each.id for each in estate.subscriptions if not each.readable}
    every = (resource_of(body, read_at=now) for body in estate.resources)
    resources = {each.id: each for each in every if each.subscription_id not in hidden}
    reader = EstateReader(estate=estate, resources=resources, now=now)
    catalogue = _catalogue()
    placements: dict[str, list[Placement]] = {each: [] for each in resources}
    for resource in resources.values():
        if check := catalogue.check_for(resource.type):
            for place in check.locate(resource, reader):
                placements[place.subject or resource.id].append(place)
    judge = Judge(settings=settings, groups=_groups(estate, resources), now=now, failovers={})
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
