"""The rules of grafana/dashboard-linter, by their names there.

The linter itself cannot be installed without modules under the AGPL, so that its rules are held
here. What dashboards/grafana/.lint excludes, which is the linter's own file for that, is left out.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
UNITS = {"none", "short", "percentunit", "s", "dtdhms", "bytes", "reqps"}
"""Those of the linter's list that are used; a rate, a share and a time are told apart."""

SELECTOR = re.compile(
    r"\b((?:residency|process|scrape)_\w+|up|ALERTS)\b(?!\s*[(=!])(\{[^}]*\})?(\[[^\]]+\])?"
)
STRINGS = re.compile(r'"[^"]*"')
GROUPED = re.compile(r"\b(by|without|on|group_left|group_right) \([^)]*\)")
EXCLUSIONS = ROOT / "dashboards/grafana/.lint"
RATES = re.compile(r"\bi?rate\(([^\]]*)\[([^\]]+)\]")
COUNTED = re.compile(r"(\w+)\((residency_\w+_total)\{")


def selectors(expression: str) -> list[tuple[str, str]]:
    """Give each series of a query with its matchers."""
    return [(name, matchers) for name, matchers, _ in SELECTOR.findall(expression)]


def excluded(rule: str) -> list[dict[str, str]]:
    """Give the panels that a rule leaves out."""
    told: Json = yaml.safe_load(EXCLUSIONS.read_bytes())
    entries: list[dict[str, str]] = told["exclusions"].get(rule, {}).get("entries", [])
    return entries


def variable(dashboard: Json, name: str) -> Json:
    found: Json = next(each for each in dashboard["templating"]["list"] if each["name"] == name)
    return found


def of_kind(dashboard: Json, kind: str) -> list[Json]:
    return [each for each in dashboard["templating"]["list"] if each["type"] == kind]


def test_template_datasource_rule(dashboard: Json) -> None:
    (source,) = of_kind(dashboard, "datasource")
    told = (source["name"], source["label"], source["query"])
    assert told == ("datasource", "Data source", "prometheus")


@pytest.mark.parametrize("name", ["job", "instance"])
def test_template_job_and_instance_rule(dashboard: Json, name: str) -> None:
    found = variable(dashboard, name)
    assert found["datasource"]["uid"] == "${datasource}"
    told = (found["type"], found["label"], found["multi"], found["allValue"])
    assert told == ("query", name.capitalize(), True, ".+")


def test_template_label_promql_rule(dashboard: Json) -> None:
    functions = {each["query"].split("(")[0] for each in of_kind(dashboard, "query")}
    assert functions <= {"label_values", "query_result"}


def test_template_on_time_change_reload_rule(dashboard: Json) -> None:
    assert {each["refresh"] for each in of_kind(dashboard, "query")} == {2}


def test_uneditable_dashboard(dashboard: Json) -> None:
    assert dashboard["editable"] is False


def test_panel_datasource_rule(dashboard: Json, panel: Json) -> None:
    sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
    expected = {"type": "prometheus", "uid": "${datasource}"}
    assert all(source == expected for source in sources), dashboard["title"]


def test_panel_title_description_rule(dashboard: Json, panel: Json) -> None:
    assert panel["title"], dashboard["title"]
    assert panel["description"].endswith(".")


def test_panel_units_rule(dashboard: Json, panel: Json) -> None:
    config = panel["fieldConfig"]
    properties = (each for override in config["overrides"] for each in override["properties"])
    units = {each["value"] for each in properties if each["id"] == "unit"}
    assert units | {config["defaults"]["unit"]} <= UNITS, dashboard["title"]


def test_panel_no_targets_rule(dashboard: Json, panel: Json) -> None:
    assert panel["targets"], dashboard["title"]


@pytest.mark.parametrize("name", ["job", "instance"])
def test_target_job_and_instance_rule(dashboard: Json, panel: Json, name: str) -> None:
    where = {"dashboard": dashboard["title"], "panel": panel["title"]}
    for target in panel["targets"]:
        found = selectors(GROUPED.sub("", target["expr"]))
        assert found, target["expr"]
        if where not in excluded(f"target-{name}-rule"):
            without = [each for each, matchers in found if f'{name}=~"${name}"' not in matchers]
            assert without == [], dashboard["title"]


def test_target_rate_interval_rule(dashboard: Json, panel: Json) -> None:
    ranges = {span for t in panel["targets"] for _, span in RATES.findall(t["expr"])}
    assert ranges <= {"$__rate_interval"}, dashboard["title"]


def test_target_counter_agg_rule(dashboard: Json, panel: Json) -> None:
    for target in panel["targets"]:
        text = target["expr"]
        functions = {function for function, _ in COUNTED.findall(text)}
        assert functions <= {"rate", "irate", "increase"}, dashboard["title"]
        assert len(COUNTED.findall(text)) == len(re.findall(r"residency_\w+_total\b", text))


def test_a_series_without_its_matchers_would_be_found() -> None:
    found = selectors('sum(residency_unknown_types) + up{job=~"$job"}')
    assert found == [("residency_unknown_types", ""), ("up", '{job=~"$job"}')]


def test_a_counter_that_is_not_counted_over_time_would_be_found() -> None:
    text = 'sum(residency_events_total{kind="x"})'
    assert COUNTED.findall(text) == [("sum", "residency_events_total")]


def test_every_exclusion_is_of_a_panel_that_is_there(dashboards: list[Json]) -> None:
    told = yaml.safe_load(EXCLUSIONS.read_bytes())["exclusions"]
    assert all(each["reason"] for each in told.values())
    there = [
        {"dashboard": each["title"], "panel": panel["title"]}
        for each in dashboards
        for panel in each["panels"]
    ]
    assert [e for each in told.values() for e in each["entries"] if e not in there] == []
