"""The page of the metrics says what the code has; rules and dashboards use nothing else."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from residency.metrics import EVERY, Caps

if TYPE_CHECKING:
    from tests.metrics.conftest import Estate

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT.joinpath("docs/metrics.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| `(residency_\w+)` \| (gauge|counter) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE
)
CAP = re.compile(r"^\| (?:`residency_(\w+)`|(all)) \| ([\d,]+) \| .+ \|$", re.MULTILINE)
NAMED = re.compile(r"(?<![a-z:])residency_[a-z_]+")
DESIGN = re.compile(r"`(residency_\w+)(?:\{([^}]*)\})?`")
MATCHED = re.compile(r"(residency_\w+)\{([^}]*)\}")
LABEL = re.compile(r"(\w+)(?:=~|!~|!=|=)")
NEVER = "never"


def labels_of(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`(\w+)`", cell))


def test_the_table_is_the_code() -> None:
    told = [(name, kind, labels_of(cell), text) for name, kind, cell, text, _ in ROW.findall(PAGE)]
    assert told == [(each.name, each.kind, each.labels, each.text) for each in EVERY]


def test_what_is_never_absent_is_there_in_an_empty_store(estate: "Estate") -> None:
    never = {name for name, *_, absent in ROW.findall(PAGE) if absent == NEVER}
    found = {name for name in estate.series().names if name.startswith("residency_")}
    assert found == never


def test_every_series_comes_from_somewhere() -> None:
    families = ROOT.joinpath("residency/metrics/families.py").read_text(encoding="utf-8")
    code = ROOT.joinpath("residency/metrics/series.py").read_text(encoding="utf-8")
    made = set(re.findall(r"series\.([A-Z_]+)\b", families)) - {"EVERY"}
    assert made == set(re.findall(r"^([A-Z_]+) = _(?:gauge|counter)", code, re.MULTILINE))


def test_the_rules_use_only_what_there_is() -> None:
    known: Mapping[str, set[str]] = {each.name: set(each.labels) for each in EVERY}
    contract = yaml.safe_load(ROOT.joinpath("tests/alerts/series.yaml").read_bytes())
    for name, labels in contract.items():
        assert set(labels) == known[name], name
    for path in ROOT.glob("dashboards/rules/*.yaml"):
        named = set(NAMED.findall(path.read_text(encoding="utf-8")))
        assert named - known.keys() == set(), path


DASHBOARDS = sorted(ROOT.glob("dashboards/grafana/*.json"))


def queries_of(path: Path) -> list[str]:
    """Give every query of a dashboard, those of its variables too."""
    found = json.loads(path.read_text(encoding="utf-8"))
    asked = [t["expr"] for panel in found["panels"] for t in panel.get("targets", [])]
    return asked + [each["query"] for each in found["templating"]["list"]]


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.name)
def test_a_dashboard_uses_only_what_the_page_tells(path: Path) -> None:
    told = {
        name: {*labels_of(cell), "job", "instance"} for name, _, cell, _, _ in ROW.findall(PAGE)
    }
    for query in queries_of(path):
        assert set(NAMED.findall(query)) <= told.keys(), query
        for name, matchers in MATCHED.findall(query):
            assert set(LABEL.findall(matchers)) <= told[name], query


def test_what_no_dashboard_shows_is_known() -> None:
    shown = {name for path in DASHBOARDS for q in queries_of(path) for name in NAMED.findall(q)}
    assert {each.name for each in EVERY} - shown == {"residency_violation_affected_customers"}


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/**/*.md")), ids=lambda path: path.name)
def test_every_page_names_only_series_that_there_are(path: Path) -> None:
    known = {each.name for each in EVERY}
    assert set(NAMED.findall(path.read_text(encoding="utf-8"))) - known == set()


def test_the_caps_are_those_of_the_page() -> None:
    told = {
        name or every: int(number.replace(",", "")) for name, every, number in CAP.findall(PAGE)
    }
    caps = Caps()
    assert told == {
        "violation_info": caps.violations,
        "failover_active": caps.failovers,
        "resources": caps.resources,
        "placements": caps.placements,
        "findings": caps.findings,
        "all": caps.every,
    }


def test_the_series_of_the_design_are_all_there() -> None:
    path = ROOT.parent / "shared/design.md"
    if not path.exists():
        pytest.skip("the design is not beside the project")
    section = path.read_text(encoding="utf-8").split("## 9. ")[1].split("## 10. ")[0]
    told = {name: labels for name, labels in DESIGN.findall(section) if name != "residency_"}
    known = {each.name: each.labels for each in EVERY}
    assert len(told) == 28
    for name, labels in told.items():
        wanted = [each for each in labels.split(",") if each]
        assert set(wanted) <= set(known[name]), name


def test_no_label_is_a_customer() -> None:
    assert [each.name for each in EVERY if {"customer", "customers"} & set(each.labels)] == []
