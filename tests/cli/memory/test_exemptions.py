"""`residency exemptions`: planned, live, expiring, expired; and what each is needed for."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from residency.model import Basis, Reason, Status
from residency.settings import load
from residency.store import Version

Past = Callable[..., Any]


@pytest.fixture
def configured(past: Past) -> Callable[..., Any]:
    """A store whose configuration has lines more."""

    def make(scans: int, lines: str) -> Any:
        made = past(scans)
        write(made, lines)
        return made

    return make


def write(made: Any, lines: str) -> None:
    before = made.config.read_text(encoding="utf-8").partition("exemptions:")[0]
    made.config.write_text(before + lines, encoding="utf-8")


def exemption(expires: object, name: str = "e1", resources: str = "*/a", why: str = "w") -> str:
    return (
        f"exemptions: [{{id: {name}, reasons: [exceptional-region], resources: ['{resources}'],"
        f" owner: o, why: {why}, ticket: t, expires: '{expires}'}}]\n"
    )


def recorded(made: Any) -> tuple[Version, ...]:
    """Give the exemptions and declarations as a scan would record them now."""
    settings = load(made.config)
    kinds = (("exemption", settings.exemptions), ("declaration", settings.declarations))
    return tuple(
        Version(
            kind=kind,
            id=getattr(each, "id", str(number)),
            body=json.dumps(each.model_dump(mode="json"), sort_keys=True),
        )
        for kind, entries in kinds
        for number, each in enumerate(entries)
    )


@pytest.mark.parametrize(
    ("left", "life"),
    [
        (timedelta(days=31), "live"),
        (timedelta(days=29), "expiring"),
        (timedelta(seconds=20), "expiring"),
        (timedelta(seconds=-1), "expired"),
    ],
)
def test_what_a_scan_judged_by_lives_until_the_moment_it_expires(
    configured: Any, told: Any, read_json: Any, now: datetime, left: timedelta, life: str
) -> None:
    made = configured(1, exemption((now + left).isoformat()))
    made.scan(told(exemptions=("e1",)), versions=recorded(made))
    (found,) = read_json("exemptions")["exemptions"]
    assert (found["id"], found["life"]) == ("e1", life)
    assert (found["matches"], found["covers"]) == (1, 1)
    assert (found["matches_nothing"], found["covers_nothing"]) == (False, False)


def test_what_no_scan_judged_by_yet_is_planned(configured: Any, told: Any, read_json: Any) -> None:
    made = configured(1, exemption("2099-01-01"))
    made.scan(told())
    (found,) = read_json("exemptions")["exemptions"]
    assert (found["life"], found["matches"], found["covers"]) == ("planned", 1, None)


@pytest.mark.parametrize(("resources", "nothing"), [("*/nothing", [True]), ("*/A", [False])])
def test_one_that_matches_nothing_is_reported(
    configured: Any, told: Any, read_json: Any, run: Any, resources: str, nothing: list[bool]
) -> None:
    made = configured(1, exemption("2099-01-01", resources=resources))
    made.scan(told(), versions=recorded(made))
    found = read_json("exemptions")["exemptions"]
    assert [each["matches_nothing"] for each in found] == nothing
    assert ["! matches nothing that stands" in run("exemptions").out] == nothing


def test_one_that_is_needed_for_nothing_is_reported(
    configured: Any, told: Any, read_json: Any, run: Any
) -> None:
    made = configured(1, exemption("2099-01-01"))
    made.scan(told(), versions=recorded(made))
    (found,) = read_json("exemptions")["exemptions"]
    assert (found["matches"], found["covers"], found["covers_nothing"]) == (1, 0, True)
    assert "! needed for none of them" in run("exemptions").out


def test_what_is_gone_is_not_matched(configured: Any, told: Any, read_json: Any) -> None:
    made = configured(2, exemption("2099-01-01"))
    made.scan(told(), versions=recorded(made))
    made.scan(gone=("a",), versions=recorded(made))
    assert read_json("exemptions")["exemptions"][0]["matches_nothing"]


def test_an_edit_is_seen_before_the_next_scan_and_kept_after_it(
    configured: Any, told: Any, read_json: Any
) -> None:
    made = configured(2, exemption("2099-01-01"))
    made.scan(told(), versions=recorded(made))
    write(made, exemption("2099-01-01", why="another"))
    (found,) = read_json("exemptions")["exemptions"]
    assert (found["edited"], found["why"]) == (True, "another")
    made.scan(told(), versions=recorded(made))
    (found,) = read_json("exemptions")["exemptions"]
    assert not found["edited"]
    assert [(each["body"]["why"], each["from"]["scan"]) for each in found["versions"]] == [
        ("w", 1),
        ("another", 2),
    ]


def test_what_was_taken_out_of_the_configuration_is_still_listed(
    configured: Any, told: Any, read_json: Any
) -> None:
    made = configured(1, exemption("2099-01-01"))
    made.scan(told(), versions=recorded(made))
    write(made, "exemptions: []\n")
    (found,) = read_json("exemptions")["exemptions"]
    assert (found["life"], found["matches_nothing"]) == ("withdrawn", False)


def test_a_declaration_lives_and_counts_likewise(
    configured: Any, told: Any, read_json: Any, run: Any
) -> None:
    line = (
        "exemptions: []\ndeclarations: [{types: ['microsoft.storage/*'], country: NL,"
        " holds: stores, source: contract 7, owner: o, expires: 2099-01-01}]\n"
    )
    made = configured(1, line)
    declared = told(places=(("primary", "declared"),), basis=Basis.DECLARED, path="contract 7")
    unknown = told(name="b", status=Status.UNKNOWN, reasons=(Reason.REGION_UNKNOWN,))
    made.scan(declared, unknown, versions=recorded(made))
    (found,) = read_json("exemptions")["declarations"]
    assert (found["id"], found["life"]) == ("0", "live")
    assert (found["matches"], found["covers"]) == (2, 1)
    assert "contract 7" in run("exemptions").out


def test_the_text_says_who_why_and_until_when(
    configured: Any, told: Any, run: Any, now: datetime
) -> None:
    made = configured(1, exemption((now + timedelta(hours=50)).isoformat()))
    made.scan(told(exemptions=("e1",)), versions=recorded(made))
    text = run("exemptions").out
    assert "! expiring" in text
    assert "2 d 1 h left" in text
    assert "o, t: w" in text
    assert "counted for 1 in the last scan" in text
