"""The policy against the tables that were written before it: every combination."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from residency.model import (
    Basis,
    Evidence,
    Failover,
    Holds,
    Placement,
    Reason,
    Resource,
    Role,
    Zone,
)
from residency.policy import Facts, Groups, Judge, Judgement, judge
from residency.settings import Policy, Settings

DATA = Path(__file__).parent / "data"
REGION = {
    "home": "westeurope",
    "failover": "northeurope",
    "exceptional": "germanywestcentral",
    "outside": "uksouth",
    "unknown": "unknown",
}
STANDBY = {"no": (False, False), "declared": (True, False), "writer": (True, True)}
FAILOVERS = (
    "none", "from-home", "overdue", "via-failover", "explained", "from-elsewhere", "unread",
)  # fmt: skip
HOLDS = ("stores", "processes", "none", "unlisted")

Make = Callable[..., Placement]


def table(name: str) -> list[dict[str, str]]:
    lines = (DATA / name).read_text().splitlines()
    header, *rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [dict(zip(header, row, strict=True)) for row in rows]


def covers(pattern: str, value: str) -> bool:
    if pattern.startswith("!"):
        return value != pattern[1:]
    return pattern == "*" or value in pattern.split("|")


def the_row(rows: list[dict[str, str]], **case: str) -> dict[str, str]:
    found = [row for row in rows if all(covers(row[key], value) for key, value in case.items())]
    assert len(found) == 1, f"{case} is in {len(found)} rows of the table"
    return found[0]


def said(judgement: Judgement) -> tuple[str, str, set[str]]:
    return judgement.status, judgement.severity or "-", {str(each) for each in judgement.reasons}


def wanted(row: Mapping[str, str]) -> tuple[str, str, set[str]]:
    return row["status"], row["severity"], set(row["reasons"].split()) - {"-"}


def told(kind: str, now: datetime) -> Failover | None:
    evidence = Evidence(api="arm", path="lastGeoFailoverTime", value="…", read_at=now)
    recent, long_ago = now - timedelta(hours=5), now - timedelta(hours=100)
    match kind:
        case "from-home":
            return Failover(path=("westeurope",), since=recent, evidence=evidence)
        case "overdue":
            return Failover(path=("westeurope",), since=long_ago, evidence=evidence)
        case "via-failover":
            path = ("westeurope", "northeurope")
            return Failover(path=path, since=recent, evidence=evidence)
        case "explained":
            home = ("westeurope",)
            return Failover(path=home, since=recent, evidence=evidence, explained=True)
        case "from-elsewhere":
            return Failover(path=("swedencentral",), since=recent, evidence=evidence)
        case _:
            return None


def placements(a_place: Make, role: str, zone: str, failover: str, *, writer: bool,
               now: datetime) -> Iterator[Placement]:  # fmt: skip
    yield a_place(Role(role), REGION[zone], writer=writer, failover=told(failover, now))
    if failover == "unread":
        yield a_place(
            Role.REPLICA, "unknown", unresolved=Reason.FACET_UNREADABLE, decides_primary=True
        )


@pytest.mark.parametrize("holds", HOLDS)
@pytest.mark.parametrize("role", list(Role))
def test_every_combination_is_judged_as_the_table_says(
    holds: str, role: Role, a_place: Make, now: datetime
) -> None:
    rows = table("judgement.tsv")
    for zone, standby, failover in product(Zone, STANDBY, FAILOVERS):
        declared, writer = STANDBY[standby]
        facts = Facts(
            holds=None if holds == "unlisted" else Holds(holds),
            placements=tuple(placements(a_place, role, zone, failover, writer=writer, now=now)),
            standby=declared,
        )
        row = the_row(rows, holds=holds, role=role, zone=zone, standby=standby, failover=failover)
        case = (holds, role, zone, standby, failover)
        assert said(judge(facts, Policy(), now)) == wanted(row), case


def test_every_row_of_the_table_is_needed() -> None:
    rows = table("judgement.tsv")
    cases = product(HOLDS, Role, Zone, STANDBY, FAILOVERS)
    keys = ("holds", "role", "zone", "standby", "failover")
    used = {id(the_row(rows, **dict(zip(keys, map(str, case), strict=True)))) for case in cases}
    assert len(used) == len(rows)


WRONG: dict[str, Callable[[Make], tuple[Holds | None, tuple[Placement, ...]]]] = {
    "outside-eu": lambda place: (
        Holds.STORES, (place(), place(Role.REPLICA, "uksouth"))),
    "outside-eu primary-misplaced": lambda place: (Holds.STORES, (place(region="uksouth"),)),
    "primary-misplaced": lambda place: (Holds.STORES, (place(region="francecentral"),)),
    "failover-active": lambda place: (
        Holds.STORES,
        (place(region="northeurope", failover=told("from-home", place().evidence.read_at)),)),
    "exceptional-region": lambda place: (
        Holds.STORES, (place(), place(Role.BACKUP, "swedencentral"))),
    "region-unknown": lambda place: (Holds.STORES, (place(region="unknown"),)),
    "facet-unreadable": lambda place: (
        Holds.STORES,
        (place(), place(Role.REPLICA, "unknown", unresolved=Reason.FACET_UNREADABLE))),
    "type-unknown": lambda place: (None, (place(),)),
    "compliant": lambda place: (Holds.STORES, (place(),)),
}  # fmt: skip
COVERS = (
    "none", "exempt-all", "exempt-other", "exempt-part", "expired", "elsewhere",
    "outside-promise", "declared-home", "declared-outside",
)  # fmt: skip
EXEMPTIBLE = ("outside-eu", "primary-misplaced", "failover-active", "exceptional-region")


def settings_with(cover: str, wrong: str, now: datetime) -> Settings:
    exemption = {
        "id": "e1", "reasons": EXEMPTIBLE, "resources": ["*/storageaccounts/st1"],
        "owner": "platform", "why": "migration", "ticket": "CHG-1",
        "expires": (now + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    declaration = {
        "resources": ["*/st1"], "country": "NL", "holds": "stores", "source": "contract",
        "owner": "platform", "expires": (now + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    part = next((reason for reason in wrong.split() if reason in EXEMPTIBLE), "outside-eu")
    match cover:
        case "exempt-all":
            return Settings(exemptions=[exemption])
        case "exempt-other":
            return Settings(exemptions=[exemption | {"reasons": ["deleted-early"]}])
        case "exempt-part":
            return Settings(exemptions=[exemption | {"reasons": [part]}])
        case "expired":
            past = (now - timedelta(minutes=1)).isoformat()
            return Settings(exemptions=[exemption | {"expires": past}])
        case "elsewhere":
            return Settings(exemptions=[exemption | {"resources": ["*/storageaccounts/st2"]}])
        case "outside-promise":
            entry = {"match": {"resource_groups": ["rg"]}, "reason": "sandbox", "owner": "dev"}
            return Settings(estate={"outside_promise": [entry]})
        case "declared-home":
            return Settings(declarations=[declaration])
        case "declared-outside":
            return Settings(declarations=[declaration | {"country": "US"}])
        case _:
            return Settings()


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("cover", COVERS)
def test_what_is_laid_over_a_finding_does_what_the_table_says(
    wrong: str, cover: str, a_place: Make, a_resource: Callable[..., Resource], now: datetime
) -> None:
    holds, places = WRONG[wrong](a_place)
    judge_all = Judge(
        settings=settings_with(cover, wrong, now), groups=Groups(), now=now, failovers={}
    )
    found = judge_all.judge(a_resource(), holds, places).judgement
    row = the_row(table("coverings.tsv"), wrong=wrong, cover=cover)
    assert said(found) == wanted(row)
    assert [name.upper() for name in found.exemptions] == (
        [] if row["exemptions"] == "-" else row["exemptions"].split()
    )


def test_the_store_s_memory_explains_a_primary_that_the_service_does_not(
    a_place: Make, now: datetime
) -> None:
    facts = Facts(
        holds=Holds.STORES,
        placements=(a_place(region="germanywestcentral"),),
        failover=told("via-failover", now),
    )
    assert set(judge(facts, Policy(), now).reasons) == {Reason.FAILOVER_ACTIVE}


def test_a_second_hop_is_explained_by_the_longer_story_and_the_clock_runs_on(
    a_place: Make, now: datetime
) -> None:
    hop = Failover(path=("northeurope",), since=now, evidence=a_place().evidence)
    whole = told("via-failover", now)
    assert whole
    facts = Facts(
        holds=Holds.STORES,
        placements=(a_place(region="germanywestcentral", failover=hop),),
        failover=replace(whole, since=now - timedelta(hours=80)),
    )
    assert set(judge(facts, Policy(), now).reasons) == {
        Reason.FAILOVER_ACTIVE, Reason.FAILOVER_OVERDUE,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        ({"metadata_only": True}, "minor"),
        ({}, "critical"),
    ],
)
def test_a_copy_that_is_documented_to_be_metadata_only_is_minor(
    facts: dict[str, bool], severity: str, a_place: Make,
 now: datetime,
) -> None:  # fmt: skip
    places = (a_place(), a_place(Role.REPLICA, "uksouth", **facts))
    found = judge(Facts(holds=Holds.STORES, placements=places), Policy(), now)
    assert found.severity == severity


def test_a_fact_that_is_too_old_is_stale_and_so_unknown(a_place: Make, now: datetime) -> None:
    facts = Facts(
        holds=Holds.STORES, placements=(a_place(),),
        max_age=timedelta(hours=24),
    )  # fmt: skip
    assert said(judge(facts, Policy(), now + timedelta(hours=24))) == ("compliant", "-", set())
    later = now + timedelta(hours=24, seconds=1)
    assert said(judge(facts, Policy(), later)) == ("unknown", "-", {"stale"})


def test_a_copy_in_ireland_needs_standing_copies_to_say_so(a_place: Make, now: datetime) -> None:
    places = (a_place(), a_place(Role.REPLICA, "northeurope"))
    facts = Facts(holds=Holds.STORES, placements=places)
    strict = Policy(standing_copies=())
    assert said(judge(facts, strict, now)) == ("fallback", "-", {"exceptional-region"})


def test_a_declared_basis_is_kept_as_such(
    a_place: Make, a_resource: Callable[..., Resource], now: datetime
) -> None:
    judge_all = Judge(
        settings=settings_with("declared-home", "region-unknown", now),
        groups=Groups(), now=now, failovers={},
    )  # fmt: skip
    found = judge_all.judge(a_resource(), Holds.STORES, (a_place(region="unknown"),)).judgement
    (place,) = found.placements
    assert (place.placement.basis, place.country, place.zone) == (Basis.DECLARED, "NL", Zone.HOME)
