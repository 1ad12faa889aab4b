"""What the first screen says, for every state of the monitor, by Prometheus' own count."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]
Promtool = Callable[..., Any]
FROM = 'job="residency", instance="a:1"'
HOUR = 60
AT = 10 * HOUR
NOW = AT * 60

PROVEN, FALLBACK, NOT_PROVEN, VIOLATION, NOT_KNOWN = range(5)
QUIET = {
    "residency_build_info{version='1'}": 1,
    "residency_scan_interval_seconds": 900,
    "residency_scan_last_success_timestamp_seconds": NOW - 600,
    "residency_scan_complete": 1,
    "residency_resources{status='compliant', resource_type='t'}": 9,
}
LATE = {"residency_scan_last_success_timestamp_seconds": NOW - 2701}
WRONG = {"residency_findings{reason='primary-misplaced', severity='major'}": 1}
NO_SCAN = {name: value for name, value in QUIET.items() if "build_info" in name}
EMPTY = {name: value for name, value in QUIET.items() if "resources" not in name}
UNKNOWN = {"residency_resources{status='unknown', resource_type='t'}": 1}
AWAY = {"residency_resources{status='fallback', resource_type='t'}": 1}


def scraped(name: str) -> str:
    """Give a series as Prometheus has it, with where it was scraped."""
    head, _, labels = name.replace("'", '"').rstrip("}").partition("{")
    return f"{head}{{{', '.join(filter(None, (labels, FROM)))}}}"


def expression(dashboards: list[Json], title: str, query: int = 0) -> str:
    panels = (panel for each in dashboards for panel in each["panels"] if panel["title"] == title)
    text: str = next(panels)["targets"][query]["expr"]
    for variable in ("$job", "$instance"):
        text = text.replace(variable, ".+")
    return text.replace("$subscription", ".*").replace("$product", ".*")


def holds(
    promtool: Promtool,
    folder: Path,
    asked: str,
    series: Mapping[str, int | str],
    expected: Mapping[str, float],
) -> None:
    """Have promtool ask after ten hours; `expected` has the value by the labels."""
    given = [
        {"series": scraped(name), "values": f"{value}x{AT}" if isinstance(value, int) else value}
        for name, value in series.items()
    ]
    samples = [{"labels": labels, "value": value} for labels, value in expected.items()]
    check = {"expr": asked, "eval_time": f"{AT}m", "exp_samples": samples}
    test = {"interval": "1m", "input_series": given, "promql_expr_test": [check]}
    path = folder / "test.yaml"
    path.write_text(json.dumps({"tests": [test]}), encoding="utf-8")  # YAML holds JSON
    done = promtool("test", "rules", path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.tool
@pytest.mark.parametrize(
    ("series", "says"),
    [
        pytest.param(QUIET, PROVEN, id="all is well"),
        pytest.param(
            QUIET | {"residency_findings{reason='outside-eu', severity='minor'}": 1},
            PROVEN,
            id="minor findings do not decide",
        ),
        pytest.param(QUIET | AWAY, FALLBACK, id="a failover that is allowed"),
        pytest.param(QUIET | UNKNOWN, NOT_PROVEN, id="something is unknown"),
        pytest.param(QUIET | AWAY | UNKNOWN, NOT_PROVEN, id="unknown weighs more than a failover"),
        pytest.param(QUIET | {"residency_scan_complete": 0}, NOT_PROVEN, id="not all was seen"),
        pytest.param(EMPTY, NOT_PROVEN, id="nothing at all was found"),
        pytest.param(QUIET | LATE, NOT_KNOWN, id="no scan for three intervals"),
        pytest.param(NO_SCAN, NOT_KNOWN, id="no scan yet"),
        pytest.param(QUIET | WRONG, VIOLATION, id="a violation"),
        pytest.param(QUIET | WRONG | LATE, VIOLATION, id="an old violation is no less one"),
        pytest.param(QUIET | WRONG | UNKNOWN, VIOLATION, id="a violation and an unknown"),
    ],
)
def test_the_first_panel_says_what_is_the_case(
    promtool: Promtool,
    tmp_path: Path,
    dashboards: list[Json],
    series: Mapping[str, int],
    says: int,
) -> None:
    asked = expression(dashboards, "Is all data where it should be?")
    holds(promtool, tmp_path, asked, series, {"{}": says})


@pytest.mark.tool
@pytest.mark.parametrize(
    "title",
    [
        "Is all data where it should be?",
        "Outside the EU",
        "Other violations",
        "Not proven",
        "Open incidents",
        "Age of the last scan",
    ],
)
def test_a_monitor_that_does_not_answer_shows_no_number(
    promtool: Promtool, tmp_path: Path, dashboards: list[Json], title: str
) -> None:
    gone = {"residency_build_info{version='1'}": "1x5 stale"}
    holds(promtool, tmp_path, expression(dashboards, title), gone, {})


@pytest.mark.tool
def test_a_subscription_keeps_the_age_of_the_last_scan_that_read_all_of_it(
    promtool: Promtool, tmp_path: Path, dashboards: list[Json]
) -> None:
    """Scans end every minute; one subscription was lost two hours ago, one was never read."""
    name = "residency_subscription_last_complete_scan_timestamp_seconds"
    lost = (AT - 120) * 60
    series: dict[str, int | str] = {
        f"{name}{{subscription='home', subscription_id='1'}}": f"0+60x{AT}",
        f"{name}{{subscription='lost', subscription_id='2'}}": lost,
        f"{name}{{subscription='never', subscription_id='3'}}": 0,
    }
    ages = {"home": 0.0, "lost": 7200.0, "never": -1.0}
    numbers = {"home": 1, "lost": 2, "never": 3}
    expected = {
        f'{{subscription="{name}", subscription_id="{numbers[name]}"}}': age
        for name, age in ages.items()
    }
    asked = expression(dashboards, "Last scan that read all of each subscription")
    holds(promtool, tmp_path, asked, series, expected)


@pytest.mark.tool
def test_the_worst_open_failover_decides_where_a_product_is(
    promtool: Promtool, tmp_path: Path, dashboards: list[Json]
) -> None:
    series = {
        "residency_failover_active{product='A', resource_id='1', zone='failover'}": 1,
        "residency_failover_active{product='A', resource_id='2', zone='outside'}": 1,
        "residency_failover_active{product='B', resource_id='3', zone='unknown'}": 1,
        "residency_failover_active{product='B', resource_id='4', zone='exceptional'}": 1,
        "residency_placements{product='A', role='primary'}": 1,
        "residency_placements{product='B', role='primary'}": 1,
        "residency_placements{product='C', role='primary'}": 1,
    }
    asked = expression(dashboards, "Where each product is written").replace("$environment", ".*")
    expected = {'{product="A"}': 4.0, '{product="B"}': 3.0, '{product="C"}': 0.0}
    holds(promtool, tmp_path, asked, series, expected)


@pytest.mark.tool
def test_two_services_over_one_estate_are_not_counted_twice(
    promtool: Promtool, tmp_path: Path, dashboards: list[Json]
) -> None:
    finding = "residency_findings{{reason='outside-eu', severity='critical', pod='{}'}}"
    series = {finding.format("old"): 3, finding.format("new"): 4}
    asked = expression(dashboards, "Outside the EU").replace("$environment", ".*")
    holds(promtool, tmp_path, asked, series, {"{}": 4.0})
