"""The page of alerts and the runbooks say what the rules do."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

Rule = Mapping[str, Any]

ROOT = Path(__file__).resolve().parents[2]
RUNBOOKS = sorted(path.name for path in ROOT.glob("docs/runbooks/*.md"))
ROW = re.compile(
    r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \| \[([^]]+)\]\(([^)]+)\) \|$", re.MULTILINE
)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")
HEADINGS = (
    "What it means",
    "What to look at",
    "What to do",
    "What to tell customers",
    "How to silence it",
    "Acknowledge",
)
COMMAND = re.compile(r"\bresidency ([a-z]+)")
DEFINED = re.compile(r"^def (\w+)\(", re.MULTILINE)
NO_COMMANDS = {"serve"}  # comes with the service itself


def read(path: str) -> str:
    return ROOT.joinpath(path).read_text(encoding="utf-8")


def test_the_table_of_alerts_is_that_of_the_rules(alerts: Sequence[Rule]) -> None:
    severities, waits, runbooks = (defaultdict[str, set[str]](set) for _ in range(3))
    for rule in alerts:
        severities[rule["alert"]].add(rule["labels"]["severity"])
        waits[rule["alert"]].add(rule.get("for", "0"))
        runbooks[rule["alert"]].add(rule["annotations"]["runbook_url"])
    told = {
        name: (set(severity.split(", ")), set(wait.split(", ")), {f"docs/{link}"})
        for name, severity, wait, _, link in ROW.findall(read("docs/alerts.md"))
    }
    assert told == {name: (severities[name], waits[name], runbooks[name]) for name in severities}


def test_every_runbook_is_of_an_alert(alerts: Sequence[Rule]) -> None:
    used = {Path(rule["annotations"]["runbook_url"]).name for rule in alerts}
    assert set(RUNBOOKS) - used == {"west-europe-is-lost.md"}


@pytest.mark.parametrize("name", sorted(set(RUNBOOKS) - {"west-europe-is-lost.md"}))
def test_a_runbook_answers_every_question(name: str, alerts: Sequence[Rule]) -> None:
    text = read(f"docs/runbooks/{name}")
    assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == HEADINGS
    of = {r["alert"] for r in alerts if r["annotations"]["runbook_url"].endswith(f"/{name}")}
    assert all(f"`{alert}`" in text for alert in of)
    carries = any(
        "ack" in rule["annotations"] or "NUMBER" in str(rule["annotations"])
        for rule in alerts
        if rule["alert"] in of
    )
    assert not carries or "residency ack " in text


@pytest.mark.parametrize("name", ["../alerts.md", *RUNBOOKS])
def test_every_link_leads_somewhere(name: str) -> None:
    path = ROOT / "docs/runbooks" / name
    links = LINK.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if not path.parent.joinpath(link).exists()] == []


def test_every_command_that_is_named_is_there(alerts: Sequence[Rule]) -> None:
    told = [text for rule in alerts for text in map(str, rule["annotations"].values())]
    for name in RUNBOOKS:
        text = read(f"docs/runbooks/{name}")
        told += re.findall(r"```sh\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text)
    named = {command for text in told for command in COMMAND.findall(text)}
    modules = list(ROOT.glob("residency/cli/*.py"))
    known = {path.stem for path in modules}
    known |= {name for path in modules for name in DEFINED.findall(path.read_text("utf-8"))}
    assert named - NO_COMMANDS - known == set()
    assert {"ack", "doctor", "events", "episodes", "incidents"} <= named


def test_the_series_of_the_runbooks_are_there() -> None:
    known = set(re.findall(r"^(residency_\w+):", read("tests/alerts/series.yaml"), re.MULTILINE))
    known |= {  # not used by a rule
        "residency_azure_requests_total",
        "residency_scan_duration_seconds",
        "residency_scan_last_attempt_timestamp_seconds",
        "residency_unknown_types",
    }
    texts = [read(f"docs/runbooks/{name}") for name in RUNBOOKS] + [read("docs/alerts.md")]
    named = {name for text in texts for name in re.findall(r"residency_[a-z_]+", text)}
    assert named - known == set()
