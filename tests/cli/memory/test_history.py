"""`residency history`: what stood of one resource, from when until when."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from residency.model import Reason, Severity, Status

Past = Callable[..., Any]
IRELAND = (("primary", "northeurope"),)
LONDON = (("primary", "westeurope"), ("replica", "uksouth"))
WRONG = {
    "places": LONDON,
    "status": Status.VIOLATION,
    "severity": Severity.CRITICAL,
    "reasons": (Reason.OUTSIDE_EU,),
}


@pytest.fixture
def filled(past: Past, told: Any) -> Any:
    """At home, then with a copy in London, then at home again, then gone; another stays."""
    found = past(4)
    found.scan(told(), told(name="b"))
    found.scan(told(**WRONG), told(name="b"))
    found.scan(told(), told(name="b"))
    found.scan(told(name="b"), gone=("a",))
    return found


@pytest.mark.usefixtures("filled")
def test_every_status_and_place_has_its_scans(read_json: Any, told: Any) -> None:
    found = read_json("history", told().id)
    assert found["schema"] == "residency/history/v1"
    assert found["resource"]["id"] == told().id
    states = [
        (each["status"], each["from"]["scan"], each["last_seen"]["scan"], each["to"]["scan"])
        for each in found["states"]
    ]
    assert states == [("compliant", 1, 1, 2), ("violation", 2, 2, 3), ("compliant", 3, 3, 4)]
    places = [
        (each["role"], each["region"], each["country"], each["from"]["scan"], each["to"]["scan"])
        for each in found["placements"]
    ]
    assert places == [("primary", "westeurope", "NL", 1, 4), ("replica", "uksouth", "GB", 2, 3)]
    assert found["placements"][1]["evidence"] == "arm properties.replica = 'uksouth'"


@pytest.mark.usefixtures("filled")
def test_what_still_stands_has_no_end(read_json: Any) -> None:
    (state,) = read_json("history", "storageaccounts/b")["states"]
    assert (state["to"], state["last_seen"]["scan"]) == (None, 4)


def test_the_times_are_those_of_the_scans(past: Past, told: Any, read_json: Any) -> None:
    began = past(1).scan(told())
    (state,) = read_json("history", "a")["states"]
    assert state["from"]["started_at"] == began.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    ended = began + timedelta(seconds=40)
    assert state["from"]["finished_at"] == ended.strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.mark.parametrize(("seconds", "status"), [(-1, ["compliant"]), (0, ["violation"])])
def test_what_stood_at_a_time_is_what_the_last_scan_before_it_found(
    past: Past, told: Any, read_json: Any, seconds: int, status: list[str]
) -> None:
    made = past(2)
    made.scan(told())
    ended = made.scan(told(**WRONG)) + timedelta(seconds=40)
    at = (ended + timedelta(seconds=seconds)).isoformat()
    found = read_json("history", "a", "--at", at)
    assert [each["status"] for each in found["states"]] == status
    assert len(found["placements"]) == (2 if status == ["violation"] else 1)


@pytest.mark.usefixtures("filled")
def test_before_the_first_scan_nothing_stood(read_json: Any, run: Any) -> None:
    found = read_json("history", "storageaccounts/b", "--at", "2001-01-01T00:00:00Z")
    assert (found["states"], found["placements"]) == ([], [])
    text = run("history", "storageaccounts/b", "--at", "2001-01-01T00:00:00Z").out
    assert "nothing of it stood at 2001-01-01 00:00:00 UTC (01:00:00 CET)" in text


def test_what_was_not_seen_is_unknown_and_says_so(past: Past, told: Any, read_json: Any) -> None:
    made = past(2)
    made.scan(told())
    made.scan()
    found = read_json("history", "a")["states"]
    assert [(each["status"], each["seen"]) for each in found] == [
        ("compliant", True),
        ("unknown", False),
    ]


@pytest.mark.usefixtures("filled")
def test_the_timeline_says_when_where_and_why(run: Any) -> None:
    text = run("history", "storageaccounts/a").out
    assert "replica uksouth (GB)" in text
    assert "arm properties.replica = 'uksouth'" in text
    assert "outside-eu: outside what the policy allows" in text
    assert "not there any more since" in text
    assert "UTC (" in text


def test_an_end_of_an_id_that_several_have_names_them(past: Past, told: Any, run: Any) -> None:
    second = "00000000-0000-4000-8000-000000000002"
    past(1).scan(told(), told(subscription=second))
    ran = run("history", "storageaccounts/a")
    assert ran.code == 2
    assert told().id in ran.err
    assert told(subscription=second).id in ran.err


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("end", ["/nothing", "ccounts/b", "%", "_"])
def test_an_end_that_none_has_is_refused(run: Any, end: str) -> None:
    ran = run("history", end)
    assert ran.code == 2
    assert "was never seen" in ran.err


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("at", ["yesterday", "2026-10-01T12:00:00"])
def test_a_time_without_a_zone_or_sense_is_refused(run: Any, at: str) -> None:
    ran = run("history", "storageaccounts/b", "--at", at)
    assert (ran.code, ran.out) == (2, "")
    assert at in ran.err


@pytest.mark.parametrize("command", ["history x", "episodes", "incidents", "events"])
def test_without_a_store_the_advice_is_to_scan(run: Any, command: str) -> None:
    ran = run(*command.split())
    assert (ran.code, ran.out) == (2, "")
    assert "`residency scan` makes it" in ran.err
