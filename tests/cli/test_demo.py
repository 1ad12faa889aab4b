"""`residency demo --once` shows what docs/demo.md says was planted; `explain` says how it knows."""

import asyncio
import contextlib
import io
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import residency
from residency.check import load_catalogue
from residency.cli.show_one import show_one
from residency.documents.meaning import MEANING
from residency.model import Reason
from residency.policy import Judged
from residency.scan import scan
from residency.settings import load

Run = Callable[..., Any]

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = Path(residency.__file__).parent / "simulator" / "data" / "residency.yaml"
ROW = re.compile(
    r"\| [^|]+ \| `(?P<resource>[^|`]+)` \| `(?P<status>[a-z]+)` \| (?P<severity>[a-z-]+) "
    r"\| (?P<reasons>(?:`[a-z-]+` ?)+|-) \|"
)
PLANTED = [
    found.groupdict()
    for line in (ROOT / "docs" / "demo.md").read_text(encoding="utf-8").splitlines()
    if (found := ROW.fullmatch(line))
]
WRONG = [row for row in PLANTED if row["status"] != "compliant"]


def reasons_of(row: Mapping[str, str]) -> list[str]:
    return re.findall(r"`([a-z-]+)`", row["reasons"])


def of_row(rows: list[dict[str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=[row["resource"] for row in rows])


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, once: Callable[..., Any]) -> Any:
    return once(tmp_path_factory.mktemp("text"), "demo", "--once")


@pytest.fixture(scope="module")
def ran_json(tmp_path_factory: pytest.TempPathFactory, once: Callable[..., Any]) -> Any:
    return once(tmp_path_factory.mktemp("json"), "demo", "--once", "--format", "json")


def test_the_page_has_rows_to_compare_with() -> None:
    assert len(PLANTED) > 30
    assert len(WRONG) > 20


def test_the_demo_ends_with_0_because_it_ran_whatever_it_found(ran: Any, ran_json: Any) -> None:
    assert (ran.code, ran.err) == (0, "")
    assert (ran_json.code, ran_json.err) == (0, "")
    assert "✖ VIOLATION" in ran.out
    assert json.loads(ran_json.out)["verdict"] == "violation"


@of_row([row for row in WRONG if reasons_of(row) != ["type-unknown"]])
def test_what_was_planted_is_in_the_text(ran: Any, row: Mapping[str, str]) -> None:
    assert row["resource"].rpartition("/")[2].lower() in ran.out.lower()
    for reason in reasons_of(row):
        assert MEANING[Reason(reason)] in ran.out


def test_a_type_that_no_check_knows_is_in_the_text_by_its_type(ran: Any) -> None:
    assert "microsoft.horizondb/clusters" in ran.out


@of_row(PLANTED)
def test_what_was_planted_is_in_the_json(ran_json: Any, row: Mapping[str, str]) -> None:
    found = [
        each
        for each in json.loads(ran_json.out)["resources"]
        if each["id"].endswith(f"/{row['resource'].lower()}")
    ]
    if row["status"] == "compliant":
        assert found == []
        return
    (each,) = found
    assert each["status"] == row["status"]
    assert each["severity"] == (None if row["severity"] == "-" else row["severity"])
    assert sorted(each["reasons"]) == sorted(reasons_of(row))


def test_every_subscription_stands_in_the_text_with_its_state(ran: Any) -> None:
    for line in ("? unreadable", "! unexpected", "✔ read", "archive-prod", "innovation-trial"):
        assert line in ran.out


def test_no_colour_is_needed_to_tell_good_from_bad(ran: Any) -> None:
    assert "\x1b" not in ran.out
    for sign in ("✖ critical", "✖ major", "✖ minor", "↷ fallback", "- exempt", "? "):
        assert sign in ran.out


@pytest.fixture(scope="module")
def judged(example: Any) -> Mapping[str, Judged]:
    settings = load(CONFIGURATION)
    azure = settings.azure.model_copy(
        update={"endpoint": example.running.url, "credential": "none"}
    )
    found = asyncio.run(scan(settings.model_copy(update={"azure": azure}), load_catalogue()))
    return {each.resource.id: each for each in found.judged}


@of_row(PLANTED)
def test_an_explanation_has_the_rule_and_the_evidence_of_each_placement(
    judged: Mapping[str, Judged], row: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (each,) = (each for key, each in judged.items() if key.endswith(f"/{row['resource'].lower()}"))
    monkeypatch.setenv("COLUMNS", "1000")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        show_one(each)
    shown = out.getvalue()
    assert each.resource.id in shown
    assert row["status"] in shown or row["severity"] in shown
    for reason in each.judgement.reasons:
        assert MEANING[reason] in shown
    assert each.judgement.placements
    for place in each.judgement.placements:
        for part in (place.placement.evidence.path, place.placement.region, place.zone):
            assert part in shown
    if load_catalogue().check_for(each.resource.type):
        assert "https://learn.microsoft.com/" in shown


@pytest.fixture
def configured(example: Any) -> Mapping[str, str]:
    return {**example.variables, "RESIDENCY_CONFIG": str(CONFIGURATION)}


def test_explain_reads_the_tenant_and_shows_one_resource(
    run: Run, configured: Mapping[str, str], judged: Mapping[str, Judged]
) -> None:
    (wanted,) = (key for key in judged if key.endswith("/stmilestonesdocs01"))
    ran = run("explain", wanted.upper(), **configured)
    assert (ran.code, ran.err) == (0, "")
    for part in ("primaryLocation", "northeurope", "failover-active", "westeurope → northeurope"):
        assert part in ran.out


def test_explain_gives_json(
    run: Run, configured: Mapping[str, str], judged: Mapping[str, Judged]
) -> None:
    (wanted,) = (key for key in judged if key.endswith("/psql-milestones-reporting-uks"))
    ran = run("explain", wanted, "--format", "json", **configured)
    found = json.loads(ran.out)
    assert (ran.code, found["schema"]) == (0, "residency/explain/v1")
    assert found["resource"]["id"] == wanted
    assert found["resource"]["reasons"] == ["outside-eu"]
    assert all(place["evidence"] for place in found["resource"]["placements"])


def test_an_id_that_is_not_there_ends_with_2_and_names_what_was_not_seen(
    run: Run, configured: Mapping[str, str]
) -> None:
    ran = run("explain", "/subscriptions/x/resourceGroups/y/providers/z/a/b", **configured)
    assert (ran.code, ran.out) == (2, "")
    assert "is not in what was seen" in ran.err
    assert "not seen whole" in ran.err
