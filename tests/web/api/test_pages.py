"""The other pages: what happened, what was seen, what is set aside; and what is refused."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from residency.model import Status

ONE = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
PAGES = (
    "scan",
    "resources",
    "resource",
    "episodes",
    "incidents",
    "events",
    "subscriptions",
    "coverage",
    "exemptions",
)
PAGED = ("resources", "episodes", "incidents", "events", "subscriptions", "coverage")

Row = Callable[..., Any]


@pytest.fixture
def stocked(shop: Any, api: Any, row: Row) -> Any:
    """Two scans: one resource that left the EU, and a type that no check knows."""
    new = row(name="n", type="microsoft.new/things", status=Status.UNKNOWN, subscription=OTHER)
    shop.scan(row(name="a"), new)
    shop.scan(row(name="a", regions=("uksouth",), status=Status.VIOLATION), new)
    return api


def test_the_last_scan_is_told_in_sum(stocked: Any) -> None:
    told = stocked.get("scan")
    assert told["schema"] == "residency/scan-summary/v1"
    assert told["verdict"] == "compliant"
    assert told["scan"]["scan"] == 2
    assert told["scan"]["reasons"] == ["no-manifest"]
    assert told["counts"] == {
        "resources": 2,
        "violation": 1,
        "unknown": 1,
        "fallback": 0,
        "exempt": 0,
        "compliant": 0,
    }
    assert told["unknown_types"] == [{"type": "microsoft.new/things", "count": 1}]
    assert [each["resources"] for each in told["subscriptions"]] == [1, 1]


def test_subscriptions_are_those_of_a_scan(stocked: Any) -> None:
    (first, second) = stocked.pages("subscriptions", limit=1)
    assert first["subscriptions"] == [
        {
            "id": ONE,
            "name": "one",
            "state": "read",
            "reasons": [],
            "whole": True,
            "resources": 1,
        }
    ]
    assert [each["id"] for each in second["subscriptions"]] == [OTHER]


def test_events_are_told_oldest_first_and_once(stocked: Any) -> None:
    told = [each for page in stocked.pages("events", limit=1) for each in page["events"]]
    numbers = [each["number"] for each in told]
    assert numbers == sorted(set(numbers))
    kinds = [each["kind"] for each in told]
    assert "violation-opened" in kinds
    assert "placement-moved" in kinds
    (moved,) = stocked.get("events", kind="placement-moved")["events"]
    assert stocked.get("events", after=moved["number"] - 1)["events"][0] == moved
    assert stocked.get("events", after=numbers[-1])["events"] == []
    assert stocked.get("events", resource=moved["subject"], kind="placement-moved")["events"] == [
        moved
    ]


def test_events_since_a_time_are_of_scans_that_ended_then_or_later(shop: Any, stocked: Any) -> None:
    late = stocked.get("events", since=shop.at.isoformat())["events"]
    assert {each["found_by"]["scan"] for each in late} == {2}


def test_what_happens_while_pages_are_read_is_not_among_them(
    shop: Any, stocked: Any, row: Row
) -> None:
    (first, *_) = stocked.pages("events", limit=1)
    shop.scan(row(name="b"))
    rest = list(stocked.pages("events", limit=1, cursor=first["next"]))
    assert {page["scan"]["scan"] for page in rest} == {2}
    assert all(each["found_by"]["scan"] <= 2 for page in rest for each in page["events"])
    assert stocked.get("events", limit=500)["scan"]["scan"] == 3


def test_events_of_a_resource_that_nobody_saw_are_not_there(stocked: Any) -> None:
    assert stocked.ask("events", resource="/subscriptions/x").status == 404


def test_coverage_tells_from_when_until_when_and_when_nobody_looked(
    shop: Any, stocked: Any, row: Row
) -> None:
    shop.scan(row(name="a"), later=timedelta(hours=5))
    told = stocked.get("coverage", subscription=ONE)
    assert told["schema"] == "residency/coverage-page/v1"
    (stretch,) = told["coverage"]
    assert stretch["from"]["scan"] == 1
    assert stretch["to"] is None
    assert [each["why"] for each in told["silences"]] == ["before-the-first-scan", "no-scan"]
    assert len(stocked.get("coverage")["coverage"]) == 2


def test_exemptions_are_what_the_command_prints(shop: Any, stocked: Any) -> None:
    exemption = {
        "id": "e1",
        "reasons": ["outside-eu"],
        "resources": ["*/a"],
        "owner": "o",
        "why": "w",
        "ticket": "t",
        "expires": "2099-01-01",
    }
    made = type(shop.settings).model_validate({"exemptions": [exemption]})
    shop.settings.__dict__["exemptions"] = made.exemptions
    told = stocked.get("exemptions")
    assert told["schema"] == "residency/exemptions/v1"
    assert told["exemptions"][0]["life"] == "planned"
    assert told["exemptions"][0]["matches"] == 1


@pytest.mark.parametrize("name", PAGED)
def test_a_page_says_which_scan_it_reads(stocked: Any, name: str) -> None:
    told = stocked.get(name)
    assert set(told["scan"]) == {"scan", "id", "started_at", "finished_at"}
    assert told["scan"]["id"] == "scan-2"
    assert told["schema"] == f"residency/{name}-page/v1"


BAD: list[tuple[str, dict[str, Any]]] = [
    ("scan", {"status": "violation"}),
    ("resources", {"status": "wrong"}),
    ("resources", {"zone": "outside,home"}),
    ("resources", {"limit": "0"}),
    ("resources", {"limit": "501"}),
    ("resources", {"limit": "many"}),
    ("resources", {"limit": "1.5"}),
    ("resources", {"limit": ["1", "2"]}),
    ("resources", {"product": ""}),
    ("resources", {"search": "x" * 257}),
    ("resources", {"unknown": "1"}),
    ("resource", {}),
    ("resource", {"id": ""}),
    ("episodes", {"open": "1"}),
    ("episodes", {"open": "yes"}),
    ("events", {"kind": "nothing"}),
    ("events", {"since": "yesterday"}),
    ("events", {"since": "2026-10-01T00:00:00"}),
    ("events", {"after": "-1"}),
    ("events", {"after": str(2**60)}),
]


@pytest.mark.parametrize(("name", "query"), BAD)
def test_a_parameter_that_is_wrong_is_refused_in_words(
    stocked: Any, name: str, query: dict[str, Any]
) -> None:
    got = stocked.ask(name, **query)
    assert got.status == 400
    assert list(got.json) == ["error"]


def forged(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def test_a_cursor_that_is_none_or_of_another_question_is_refused(stocked: Any) -> None:
    cursor = stocked.get("resources", limit=1)["next"]
    other = stocked.get("events", limit=1)["next"]
    questions: list[tuple[str, dict[str, Any]]] = [
        ("resources", {"cursor": "x"}),
        ("resources", {"cursor": "ü"}),
        ("resources", {"cursor": "A" * 4_000}),
        ("resources", {"cursor": other}),
        ("resources", {"cursor": cursor, "product": "Procs"}),
        ("resources", {"cursor": forged("resources", "", 1)}),
        ("resources", {"cursor": forged("resources", "", 10**400, "scan-1", "")}),
        ("resources", {"cursor": forged({"scan": 1})}),
        ("events", {"cursor": cursor}),
    ]
    assert [stocked.ask(name, **query).status for name, query in questions] == [400] * 9


def test_a_cursor_of_a_scan_that_is_not_there_says_that_one_has_to_begin_anew(
    stocked: Any,
) -> None:
    told = json.loads(base64.urlsafe_b64decode(stocked.get("events", limit=1)["next"] + "=="))
    for change in ({2: 99}, {3: "scan-9"}):
        parts = [change.get(place, part) for place, part in enumerate(told)]
        assert stocked.ask("events", cursor=forged(*parts)).status == 410
    words = [*told[:4], "not-a-number"]
    assert stocked.ask("events", cursor=forged(*words)).status == 400


@pytest.mark.parametrize("name", PAGES)
def test_only_reading_is_allowed(stocked: Any, name: str) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        got = stocked.site.ask(method, f"/api/v1/{name}", {"Content-Type": "application/json"})
        assert got.status == 405
        assert set(got.headers["allow"].split(", ")) == {"GET", "HEAD"}
        assert list(got.json) == ["error"]


def test_head_tells_what_get_would_and_sends_nothing(stocked: Any) -> None:
    whole = stocked.ask("resources")
    head = stocked.site.ask("HEAD", "/api/v1/resources")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))
    assert stocked.site.ask("HEAD", "/api/v1/resources?limit=0").status == 400


def test_what_is_not_there_is_told_as_json(stocked: Any) -> None:
    got = stocked.ask("nothing")
    assert (got.status, got.headers["content-type"]) == (404, "application/json")


@pytest.mark.parametrize("name", ["scan", "resources", "exemptions"])
def test_no_answer_is_kept_by_a_cache(stocked: Any, name: str) -> None:
    assert stocked.ask(name).headers["cache-control"] == "no-store"


def test_before_the_first_scan_a_caller_is_told_to_come_back(api: Any) -> None:
    for name in ("scan", *PAGED):
        got = api.ask(name)
        assert (got.status, got.headers["retry-after"]) == (503, "30")
    assert api.ask("exemptions").status == 200


def test_a_store_that_cannot_be_read_is_named_in_the_log_alone(shop: Any, stocked: Any) -> None:
    path = shop.url.removeprefix("sqlite:///")
    shop.store.close()
    with open(path, "r+b") as file:  # noqa: PTH123 - in place
        file.write(b"no database")
    with capture_logs() as logs:
        got = stocked.ask("scan")
    assert got.status == 503
    assert path not in got.body.decode()
    assert path in str(logs)
