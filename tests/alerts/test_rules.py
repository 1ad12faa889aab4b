"""The rules as Prometheus takes them, and what every alert has to carry."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

Rule = Mapping[str, Any]
Program = Callable[..., CompletedProcess[str]]

FOLDER = Path(__file__).resolve().parents[2] / "dashboards/rules"
TEST_FILES = sorted(path.name for path in FOLDER.glob("tests/*.yaml"))
ABOUT_DATA = {"promise", "role", "from", "to", "basis", "since", "product", "environment"}
PROMISE = {"allowed", "exception", "broken", "not-proven", "unaffected"}
NAMED = re.compile(r"\b((?:residency_|region:|incident:)[a-z_:]+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)")
GROUPED = re.compile(r"\b(?:by|on|group_left)\s*\(([^)]*)\)")
RECORDED_LABELS = {
    "region:residency_country:info": {"region", "country"},
    "incident:residency_since:timestamp_seconds": {"incident", "zone"},
}


def queries(rule: Rule) -> Iterator[str]:
    """Give the expression of a rule, and those in its annotations."""
    yield str(rule["expr"])
    yield from (
        text.replace('\\"', '"') for text in rule.get("annotations", {}).values() if "query" in text
    )


def is_about_data(rule: Rule) -> bool:
    return re.search(r"OutsideEU|Failover|Misplaced|StandingCopy", rule["alert"]) is not None


@pytest.fixture(scope="module")
def series() -> Mapping[str, set[str]]:
    path = Path(__file__).with_name("series.yaml")
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: set(labels) for name, labels in found.items()} | RECORDED_LABELS


@pytest.mark.tool
def test_promtool_accepts_the_rules(promtool: Program) -> None:
    run = promtool("check", "rules", *sorted(FOLDER.glob("*.yaml")))
    assert (run.returncode, "FAILED" in run.stdout + run.stderr) == (0, False), run.stderr


@pytest.mark.tool
@pytest.mark.parametrize("name", TEST_FILES)
def test_promtool_s_own_tests_of_the_rules_pass(promtool: Program, name: str) -> None:
    run = promtool("test", "rules", FOLDER / "tests" / name)
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_alert_is_tested_firing_and_not_firing(alerts: Sequence[Rule]) -> None:
    documents = [yaml.safe_load((FOLDER / "tests" / name).read_bytes()) for name in TEST_FILES]
    names = {test["name"] for each in documents for test in each["tests"]}
    wanted = {f"{rule['alert']}: {how}" for rule in alerts for how in ("firing", "not firing")}
    assert wanted - {"Watchdog: not firing"} <= names  # it always fires


def test_every_page_is_tested_with_a_series_missing(alerts: Sequence[Rule]) -> None:
    documents = [yaml.safe_load((FOLDER / "tests" / name).read_bytes()) for name in TEST_FILES]
    names = {test["name"] for each in documents for test in each["tests"]}
    pages = {rule["alert"] for rule in alerts if rule["labels"]["severity"] == "page"}
    assert {f"{name}: series missing" for name in pages} <= names


def test_every_ticket_is_in_the_test_of_a_service_that_is_gone(alerts: Sequence[Rule]) -> None:
    document = yaml.safe_load((FOLDER / "tests/latch.yaml").read_bytes())
    (test,) = (each for each in document["tests"] if each["name"].startswith("Every ticket fires"))
    (sample,) = test["promql_expr_test"][0]["exp_samples"]
    tickets = {rule["alert"] for rule in alerts if rule["labels"]["severity"] == "ticket"}
    later = {"ResidencyUnknownStanding", "ResidencyReportLate"}
    assert sample["value"] == len(tickets - later)


def test_every_alert_says_how_urgent_it_is_and_what_it_means_for_the_promise(
    alerts: Sequence[Rule],
) -> None:
    found = {(rule["labels"]["severity"], rule["labels"]["promise"]) for rule in alerts}
    assert {severity for severity, _ in found} == {"page", "ticket"}
    assert {promise for _, promise in found} <= PROMISE


def test_every_alert_says_what_it_is_and_what_to_do(alerts: Sequence[Rule]) -> None:
    wanted = {"summary", "description", "next_step", "runbook_url"}
    assert [rule["alert"] for rule in alerts if not wanted <= rule["annotations"].keys()] == []


def test_every_alert_on_places_tells_all_of_them(alerts: Sequence[Rule]) -> None:
    wanted = ABOUT_DATA | {"customers", "incident"}
    missing = {
        rule["alert"]: wanted - rule["labels"].keys() - rule["annotations"].keys()
        for rule in alerts
        if is_about_data(rule)
    }
    assert len(missing) == 9
    assert {name: left for name, left in missing.items() if left} == {}


def test_every_runbook_is_there(alerts: Sequence[Rule], root: Path) -> None:
    urls = {rule["annotations"]["runbook_url"] for rule in alerts}
    assert [url for url in urls if not root.joinpath(url).is_file()] == []


def test_rules_use_only_series_and_labels_that_there_are(
    rules: Sequence[Rule], series: Mapping[str, set[str]]
) -> None:
    unknown = {
        f"{name}: {label}"
        for rule in rules
        for query in queries(rule)
        for name, matchers in NAMED.findall(query)
        for label in MATCHER.findall(re.sub(r'"[^"]*"', "", matchers) if matchers else "")
        if label not in series.get(name, set()) | {"job"}
    }
    named = {n for rule in rules for query in queries(rule) for n, _ in NAMED.findall(query)}
    assert (unknown, named - series.keys()) == (set(), set())


def test_rules_group_only_by_labels_that_there_are(
    rules: Sequence[Rule], series: Mapping[str, set[str]]
) -> None:
    known = {"job"}.union(*series.values())
    found = {
        label.strip()
        for rule in rules
        for query in queries(rule)
        for group in GROUPED.findall(query)
        for label in group.split(",")
        if label.strip()
    }
    assert found - known == set()
    assert "environment" in found


def test_no_alert_names_a_customer_or_a_resource(alerts: Sequence[Rule]) -> None:
    told = [str(text) for rule in alerts for text in rule["annotations"].values()]
    assert [text for text in told if re.search(r"Labels\.(resource_id|subscription)\b", text)] == []
    assert [text for text in told if "$labels.resource_id" in text] == []


def test_what_pages_about_places_bridges_a_failed_scrape(alerts: Sequence[Rule]) -> None:
    without = [rule["alert"] for rule in alerts if "keep_firing_for" not in rule]
    assert without == ["Watchdog"]


@pytest.mark.tool
def test_a_thousand_resources_are_one_alert_of_each_kind(promtool: Program, tmp_path: Path) -> None:
    many = [
        {"series": text.replace("NUMBER", str(number)), "values": "1x4"}
        for number in range(1_000)
        for text in (
            (
                'residency_violation_info{resource_id="NUMBER",product="P",environment="production",'
                'role="replica",region="uksouth",basis="observed",reason="outside-eu",'
                'severity="critical"}'
            ),
            (
                'residency_failover_active{incident="i1",resource_id="NUMBER",product="P",'
                'from_region="westeurope",to_region="northeurope",zone="failover"}'
            ),
            (
                'residency_failover_active{incident="i2",resource_id="x-NUMBER",product="P",'
                'from_region="westeurope",to_region="francecentral",zone="exceptional"}'
            ),
            (
                'residency_failover_active{incident="i3",resource_id="y-NUMBER",product="P",'
                'from_region="westeurope",to_region="uksouth",zone="outside"}'
            ),
        )
    ]
    pages = ("OutsideEU", "FailoverActive", "FailoverExceptional", "FailoverLeftEU")
    expected = [{"labels": f'{{alertname="Residency{page}"}}', "value": 1} for page in pages]
    fires = 'ALERTS{alertstate="firing", alertname=~"Residency(OutsideEU|Failover.*)"}'
    asked = {"expr": f"count by (alertname) ({fires})", "eval_time": "15s", "exp_samples": expected}
    test = {"interval": "15s", "input_series": many, "promql_expr_test": [asked]}
    document = {
        "rule_files": [str(path) for path in FOLDER.glob("*.yaml")],
        "evaluation_interval": "15s",
        "tests": [test],
    }
    file = tmp_path / "thousand.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    run = promtool("test", "rules", file)
    assert run.returncode == 0, run.stdout + run.stderr
