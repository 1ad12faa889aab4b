"""`residency replay`: what another policy would have found on what was recorded."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from residency.model import Basis, Evidence, Failover, Holds, Reason, Severity, Status

Past = Callable[..., Any]
ENDED = datetime(2026, 10, 20, 12, tzinfo=UTC)
ESTATE = """\
estate:
  products: {Procs: {label: Procs, match: {tags: {product: Procs}}}}
  customers:
    acme: {name: Acme, language: nl, products: [Procs]}
    globex: {name: Globex, language: en, products: [Procs], policy: strict}
policies: {strict: {standing_copies: []}}
"""
COPY = (("primary", "westeurope"), ("replica", "northeurope"))
GERMANY = (("primary", "westeurope"), ("replica", "germanywestcentral"))
EXCEPTIONAL: dict[str, Any] = {
    "status": Status.FALLBACK,
    "reasons": (Reason.EXCEPTIONAL_REGION,),
    "places": GERMANY,
}


@pytest.fixture
def judge(tmp_path: Path, read_json: Callable[..., Any]) -> Callable[..., Any]:
    """Judge October 2026 by a configuration of these lines."""

    def judged(lines: str, month: str = "2026-10") -> Any:
        path = tmp_path / "other.yaml"
        path.write_text(lines, encoding="utf-8")
        return read_json("replay", "--policy", str(path), "--month", month)

    return judged


def told_of(found: Any, key: str = "differences") -> list[tuple[str, str, list[str], int, Any]]:
    return [
        (
            each["resource_id"].rpartition("/")[2],
            each["recorded"]["status"],
            [other["status"] for other in each["other"]],
            each["from"]["scan"],
            each["to"] and each["to"]["scan"],
        )
        for each in found[key]
    ]


def test_the_same_policy_finds_the_same(past: Past, told: Any, judge: Any) -> None:
    made = past(3, ENDED)
    for _ in range(3):
        made.scan(told(places=COPY), told(name="b", **EXCEPTIONAL))
    found = judge(ESTATE)
    assert (found["differences"], found["undetermined"]) == ([], [])
    assert (found["scans"], found["resources"]) == (3, 2)


def test_a_stricter_policy_says_which_and_when(past: Past, told: Any, judge: Any) -> None:
    made = past(4, ENDED)
    made.scan(told())
    made.scan(told(places=COPY))
    made.scan(told(places=COPY))
    made.scan(told())
    found = judge(ESTATE + "policy: {standing_copies: []}\n")
    assert told_of(found) == [("a", "compliant", ["fallback"], 2, 4)]
    (each,) = found["differences"]
    assert each["last_seen"]["scan"] == 3
    assert each["other"][0]["reasons"] == ["exceptional-region"]


def test_a_wider_policy_says_so_as_well(past: Past, told: Any, judge: Any) -> None:
    made = past(2, ENDED)
    for _ in range(2):
        made.scan(told(**EXCEPTIONAL))
    found = judge(ESTATE + "policy: {standing_copies: [EU]}\n")
    assert told_of(found) == [("a", "fallback", ["compliant"], 1, None)]


def test_the_policy_is_that_of_whose_it_was(past: Past, told: Any, judge: Any) -> None:
    made = past(1, ENDED)
    made.scan(told(places=COPY), told(name="g", places=COPY, customers=("globex",)))
    assert told_of(judge(ESTATE)) == [("g", "compliant", ["fallback"], 1, None)]


def test_a_customer_that_it_does_not_know_is_named(past: Past, told: Any, judge: Any) -> None:
    past(1, ENDED).scan(told(customers=("former",)))
    found = judge(ESTATE)
    assert (found["unknown_customers"], found["differences"]) == (["former"], [])


def test_what_was_not_seen_stays_unknown(past: Past, told: Any, judge: Any) -> None:
    made = past(2, ENDED)
    made.scan(told(places=COPY))
    made.scan()
    found = judge(ESTATE + "policy: {standing_copies: []}\n")
    assert told_of(found) == [("a", "compliant", ["fallback"], 1, 2)]
    assert found["not_seen"] == 1


@pytest.mark.parametrize(
    "reason", [Reason.STALE, Reason.TYPE_UNKNOWN, Reason.FACET_UNREADABLE, Reason.REGION_UNKNOWN]
)
def test_what_was_not_known_is_not_known_by_another_policy(
    past: Past, told: Any, judge: Any, reason: Reason
) -> None:
    unresolved = reason in {Reason.FACET_UNREADABLE, Reason.REGION_UNKNOWN}
    past(1, ENDED).scan(
        told(
            status=Status.UNKNOWN,
            reasons=(reason,),
            places=(("primary", "unknown" if unresolved else "westeurope"),),
            holds=None if reason is Reason.TYPE_UNKNOWN else Holds.STORES,
            more={"unresolved": reason} if unresolved else {},
        )
    )
    assert judge(ESTATE + "policy: {primary: [EU]}\n")["differences"] == []


def failed_over(told: Any, since: datetime, **more: Any) -> Any:
    proof = Evidence(api="arm", path="properties.role", value="primary", read_at=since)
    story = Failover(path=("westeurope",), since=since, evidence=proof)
    return told(
        places=(("primary", "northeurope"),),
        status=Status.FALLBACK,
        reasons=(Reason.FAILOVER_ACTIVE,),
        more={"failover": story},
        **more,
    )


def test_a_shorter_limit_is_overdue_from_the_scan_after_it(
    past: Past, told: Any, judge: Any
) -> None:
    made = past(6, ENDED)
    since = ENDED - timedelta(minutes=80)
    for _ in range(6):
        made.scan(failed_over(told, since))
    assert judge(ESTATE)["differences"] == []
    found = judge(ESTATE + "policy: {max_failover: 1h}\n")
    assert told_of(found) == [("a", "fallback", ["violation"], 5, None)]


def test_an_exemption_counts_until_it_expires(past: Past, told: Any, judge: Any) -> None:
    made = past(4, ENDED)
    wrong = told(
        places=(("primary", "uksouth"),),
        status=Status.VIOLATION,
        severity=Severity.CRITICAL,
        reasons=(Reason.OUTSIDE_EU, Reason.PRIMARY_MISPLACED),
    )
    for _ in range(4):
        made.scan(wrong)
    expires = (ENDED - timedelta(minutes=20)).isoformat()
    exempt = (
        "exemptions: [{id: e1, reasons: [outside-eu, primary-misplaced], resources: ['*/a'],"
        f" owner: o, why: w, ticket: t, expires: '{expires}'}}]\n"
    )
    assert told_of(judge(ESTATE + exempt)) == [("a", "violation", ["exempt"], 1, 3)]


def test_what_was_declared_is_unknown_unless_it_is_declared_again(
    past: Past, told: Any, judge: Any
) -> None:
    made = past(1, ENDED)
    made.scan(told(places=(("primary", "declared"),), more={"country": "NL"}, basis=Basis.DECLARED))
    declared = (
        "declarations: [{resources: ['*/a'], country: NL, holds: stores, source: s, owner: o,"
        " expires: 2030-01-01}]\n"
    )
    assert told_of(judge(ESTATE)) == [("a", "compliant", ["unknown"], 1, None)]
    assert judge(ESTATE + declared)["differences"] == []


def test_a_rule_by_tags_cannot_be_told(past: Past, told: Any, judge: Any) -> None:
    past(1, ENDED).scan(
        told(
            places=(("primary", "northeurope"),),
            status=Status.VIOLATION,
            severity=Severity.MAJOR,
            reasons=(Reason.PRIMARY_MISPLACED,),
        ),
        told(name="b"),
    )
    found = judge(ESTATE + "policy: {standby: [{tags: {role: standby}}]}\n")
    assert found["differences"] == []
    assert told_of(found, "undetermined") == [
        ("a", "violation", ["violation", "compliant"], 1, None)
    ]
    assert found["rules_by_tags"] == ["policy.standby[0]"]


def test_a_rule_by_groups_can_be_told(past: Past, told: Any, judge: Any) -> None:
    past(1, ENDED).scan(told(places=(("primary", "northeurope"),)))
    found = judge(ESTATE + "policy: {standby: [{resource_groups: [rg]}]}\n")
    assert (found["differences"], found["undetermined"]) == ([], [])
    assert told_of(judge(ESTATE)) == [("a", "compliant", ["violation"], 1, None)]


def test_a_month_is_one_of_the_calendar_of_the_configured_zone(
    past: Past, told: Any, judge: Any
) -> None:
    made = past(1, datetime(2026, 9, 30, 21, 59, 10, tzinfo=UTC))
    made.scan(told())
    made.skip(timedelta(minutes=-14))
    made.scan(told())
    assert judge(ESTATE)["scans"] == 1
    assert judge(ESTATE, "2026-09")["scans"] == 1


def test_when_nothing_was_recorded_is_told(past: Past, told: Any, judge: Any) -> None:
    past(1, ENDED).scan(told())
    gaps = [(each["why"], each["since"]) for each in judge(ESTATE)["not_recorded"]]
    assert gaps == [
        ("before-the-first-scan", "2026-09-30T22:00:00.000Z"),
        ("no-scan", "2026-10-20T12:00:40.000Z"),
    ]


@pytest.mark.parametrize("month", ["2026-13", "October", "2026-10-01"])
def test_what_is_no_month_is_refused(past: Past, told: Any, run: Any, month: str) -> None:
    made = past(1, ENDED)
    made.scan(told())
    ran = run("replay", "--policy", str(made.config), "--month", month)
    assert (ran.code, ran.out) == (2, "")
    assert month in ran.err


def test_a_month_without_scans_is_refused(past: Past, told: Any, run: Any) -> None:
    made = past(1, ENDED)
    made.scan(told())
    ran = run("replay", "--policy", str(made.config), "--month", "2026-09")
    assert (ran.code, ran.out) == (2, "")
    assert "no scan of this month" in ran.err


def test_the_text_says_what_turned_and_changes_nothing(past: Past, told: Any, run: Any) -> None:
    made = past(1, ENDED)
    made.scan(told(places=(("primary", "northeurope"),)))
    before = made.path.read_bytes()
    text = run("replay", "--policy", str(made.config), "--month", "2026-10").out
    assert "1 resources would have had another status" in text
    assert "compliant → violation: 1" in text
    assert "primary-misplaced" in text
    assert made.path.read_bytes() == before
