"""The example configurations: checked by the real programs, and quick enough."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from residency.settings.service import DEFAULT_FAST_INTERVAL

Rule = Mapping[str, Any]
Program = Callable[..., CompletedProcess[str]]

EXAMPLES = Path(__file__).resolve().parents[2] / "dashboards/examples"
ALERTMANAGER = EXAMPLES / "alertmanager.yml"
LONGEST_SECONDS = 120
DELIVERY_SECONDS = 5


def read(name: str) -> Any:
    return yaml.safe_load(EXAMPLES.joinpath(name).read_text(encoding="utf-8"))


def seconds(text: str) -> float:
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    unit = text.lstrip("0123456789")
    return int(text.removesuffix(unit)) * units[unit]


@pytest.mark.tool
def test_promtool_accepts_the_example(promtool: Program) -> None:
    run = promtool("check", "config", EXAMPLES / "prometheus.yml")
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.tool
def test_amtool_accepts_the_example(amtool: Program) -> None:
    run = amtool("check-config", ALERTMANAGER)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.tool
def test_every_alert_goes_to_its_receiver(amtool: Program, alerts: Sequence[Rule]) -> None:
    for rule in alerts:
        name, severity = rule["alert"], rule["labels"]["severity"]
        wanted = "heartbeat" if name == "Watchdog" else severity
        labels = (f"alertname={name}", f"severity={severity}", "incident=i1", "product=Procs")
        flags = (f"--config.file={ALERTMANAGER}", f"--verify.receivers={wanted}")
        run = amtool("config", "routes", "test", *flags, *labels)
        assert (name, run.returncode) == (name, 0), run.stdout + run.stderr


@pytest.mark.tool
def test_amtool_would_see_a_page_that_goes_elsewhere(amtool: Program) -> None:
    flags = (f"--config.file={ALERTMANAGER}", "--verify.receivers=ticket")
    assert amtool("config", "routes", "test", *flags, "severity=page").returncode != 0


def test_the_heartbeat_beats_and_never_says_resolved() -> None:
    document = read("alertmanager.yml")
    (route,) = (each for each in document["route"]["routes"] if each["receiver"] == "heartbeat")
    assert route["matchers"] == ['alertname = "Watchdog"']
    assert seconds(route["repeat_interval"]) <= 300
    assert seconds(route["group_interval"]) <= seconds(route["repeat_interval"])
    (receiver,) = (each for each in document["receivers"] if each["name"] == "heartbeat")
    assert [hook["send_resolved"] for hook in receiver["webhook_configs"]] == [False]


def test_no_inhibition_can_hide_data_outside_the_eu_or_a_failover_or_the_heartbeat() -> None:
    for rule in read("alertmanager.yml")["inhibit_rules"]:
        (target, *_) = rule["target_matchers"]
        assert target.startswith("alertname ")
        assert not any(word in target for word in ("Outside", "Failover", "Watchdog", ".*", "!"))


def test_alerts_of_one_incident_are_one_notification() -> None:
    assert read("alertmanager.yml")["route"]["group_by"] == ["alertname", "incident", "product"]


def test_what_stands_repeats_once_a_week() -> None:
    routes = read("alertmanager.yml")["route"]["routes"]
    (weekly,) = (each for each in routes if each.get("repeat_interval") == "168h")
    assert "UnknownStanding" in weekly["matchers"][1]


def test_a_failover_is_told_within_two_minutes_first_or_later_in_its_group(root: Path) -> None:
    prometheus, document = read("prometheus.yml"), read("alertmanager.yml")
    (job,) = prometheus["scrape_configs"]
    rules = yaml.safe_load(root.joinpath("dashboards/rules/residency.yaml").read_bytes())
    (group,) = (each for each in rules["groups"] if each["name"] == "residency-page")
    before = (
        DEFAULT_FAST_INTERVAL.total_seconds()
        + seconds(job["scrape_interval"])
        + seconds(group["interval"])
    )
    pages = [each for each in document["route"]["routes"] if each["receiver"] == "page"]
    waits = [seconds(each[key]) for each in pages for key in ("group_wait", "group_interval")]
    assert max(waits) + before + DELIVERY_SECONDS <= LONGEST_SECONDS
    assert max(seconds(each["group_wait"]) for each in pages) <= 10


def test_no_alert_on_a_failover_waits(alerts: Sequence[Rule]) -> None:
    urgent = [
        rule for rule in alerts if rule["alert"].startswith(("ResidencyFailover", "ResidencyOut"))
    ]
    assert len(urgent) == 8
    assert [rule["alert"] for rule in urgent if "for" in rule] == []
