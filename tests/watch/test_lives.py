"""Exemptions and declarations over time: planned, live, expiring, expired, edited, withdrawn."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from residency import clock
from residency.model import Reason, Status
from residency.simulator.lifecycle import create
from residency.store.reading.lives import Lived, lives
from residency.store.tables import VERSION

if TYPE_CHECKING:
    from tests.watch.conftest import Build, World

Make = Callable[..., "World"]
Find = Callable[..., Any]
EXPIRES = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


def exemption(expires: datetime = EXPIRES, **more: Any) -> dict[str, Any]:
    return {
        "id": "ex-1",
        "reasons": ["outside-eu", "primary-misplaced"],
        "resources": ["*/stlondon"],
        "owner": "Platform team",
        "why": "A migration.",
        "ticket": "CHG-1",
        "expires": expires.isoformat(),
        **more,
    }


def declaration(expires: datetime = EXPIRES, **more: Any) -> dict[str, Any]:
    return {
        "types": ["contoso.odd/things"],
        "country": "NL",
        "holds": "stores",
        "source": "letter of 2026",
        "owner": "Platform team",
        "expires": expires.isoformat(),
        **more,
    }


@pytest.fixture
def london(build: "type[Build]") -> dict[str, Any]:
    account = build.account("stlondon", primaryLocation="uksouth", secondaryLocation="ukwest")
    return {**account, "location": "uksouth"}


@pytest.fixture
def odd(build: "type[Build]") -> dict[str, Any]:
    """A thing of a type that no check knows, at no place that has a name."""
    return {**build.resource("Contoso.Odd/things", "thing"), "location": "nowhere"}


def until(tenant: "World", at: datetime, seconds: float = 0) -> dict[str, float]:
    """Give how long to wait for a scan that begins about then."""
    return {"seconds": (at - tenant.time.now).total_seconds() + seconds}


def lived(tenant: "World") -> tuple[Lived, ...]:
    """Give all lives as they are at this moment, whatever the last scan found."""
    with tenant.watching().store.database.reading() as connection:
        return lives(connection, tenant.settings(), tenant.time.now)


def of_life(tenant: "World") -> list[tuple[str, str]]:
    return [(each.kind, str(each.life)) for each in lived(tenant)]


def test_an_exemption_goes_from_planned_to_expired_without_a_restart(
    world: Make, london: dict[str, Any], judged: Find
) -> None:
    tenant = world(london)
    assert judged(tenant.scan(), "/stlondon").judgement.status is Status.VIOLATION
    watch = tenant.watching()
    later = EXPIRES + timedelta(days=40)
    tenant.sections = {"exemptions": [exemption(later)]}
    assert of_life(tenant) == [("exemption", "planned")]
    assert judged(tenant.scan(), "/stlondon").judgement.status is Status.EXEMPT
    assert of_life(tenant) == [("exemption", "live")]
    tenant.scan(days=15)
    assert of_life(tenant) == [("exemption", "expiring")]
    before = judged(tenant.scan(**until(tenant, later, -60)), "/stlondon").judgement
    assert before.status is Status.EXEMPT, "it counts to its last moment"
    tenant.wait(seconds=61)
    assert of_life(tenant) == [("exemption", "expired")], "no scan is needed for that"
    after = judged(tenant.scan(seconds=1), "/stlondon").judgement
    assert after.status is Status.VIOLATION
    assert tenant.watching() is watch
    told = [kind for kind, name in tenant.events() if name == "ex-1"]
    assert told == ["exemption-started", "exemption-expired"]
    assert tenant.faults() == ()


def test_an_exemption_that_is_taken_out_is_withdrawn_and_counts_no_more(
    world: Make, london: dict[str, Any], judged: Find
) -> None:
    tenant = world(london, exemptions=[exemption()])
    tenant.scan()
    tenant.sections = {}
    assert of_life(tenant) == [("exemption", "withdrawn")]
    assert judged(tenant.scan(), "/stlondon").judgement.status is Status.VIOLATION
    told = [kind for kind, name in tenant.events() if name == "ex-1"]
    assert told == ["exemption-started", "exemption-expired"]


def test_a_declaration_counts_to_its_last_moment(
    world: Make, odd: dict[str, Any], judged: Find
) -> None:
    tenant = world(odd, declarations=[declaration()])
    found = judged(tenant.scan(), "/thing").judgement
    assert (found.status, found.reasons) == (Status.COMPLIANT, ())
    assert of_life(tenant) == [("declaration", "expiring")]
    before = judged(tenant.scan(**until(tenant, EXPIRES, -60)), "/thing").judgement
    assert before.status is Status.COMPLIANT
    tenant.wait(seconds=61)
    assert of_life(tenant) == [("declaration", "expired")]
    after = judged(tenant.scan(seconds=1), "/thing").judgement
    assert after.status is Status.UNKNOWN
    assert Reason.TYPE_UNKNOWN in after.reasons
    assert ("became-unknown", "thing") in tenant.events()
    assert tenant.faults() == ()


def test_a_declaration_improves_nothing_that_is_observed(
    world: Make, london: dict[str, Any], judged: Find
) -> None:
    at_home = declaration(types=[], resources=["*/stlondon"])
    tenant = world(london, declarations=[at_home])
    found = judged(tenant.scan(), "/stlondon").judgement
    assert found.status is Status.VIOLATION
    observed = {each.placement.region for each in found.placements}
    assert {"uksouth", "ukwest"} <= observed


@pytest.mark.parametrize("section", ["exemptions", "declarations"])
def test_an_edit_is_one_more_entry_of_the_ledger_and_the_version_before_stays(
    world: Make, london: dict[str, Any], odd: dict[str, Any], section: str
) -> None:
    make: Callable[..., dict[str, Any]]
    make = exemption if section == "exemptions" else declaration
    kind = section.removesuffix("s")
    tenant = world(london, odd)
    tenant.sections = {section: [make()]}
    tenant.scan()
    before = tenant.ledger().count(kind)
    tenant.sections = {section: [make(owner="Another team")]}
    (edited,) = lived(tenant)
    assert edited.edited, "the last scan judged by what it said before"
    tenant.scan()
    tenant.scan()
    assert tenant.ledger().count(kind) == before + 1
    with tenant.watching().store.database.reading() as connection:
        query = VERSION.select().where(VERSION.c.kind == kind).order_by(VERSION.c.from_scan)
        kept = [json.loads(row.body)["owner"] for row in connection.execute(query)]
    assert kept == ["Platform team", "Another team"]
    assert not lived(tenant)[0].edited
    assert tenant.faults() == ()


@pytest.mark.parametrize(
    ("sections", "reason"),
    [
        ({"exemptions": [exemption()]}, "exemption-unused: ex-1"),
        ({"declarations": [declaration()]}, "declaration-unused: 0"),
    ],
)
def test_what_matches_nothing_is_reported_until_there_is_something(
    world: Make,
    london: dict[str, Any],
    odd: dict[str, Any],
    sections: dict[str, Any],
    reason: str,
) -> None:
    tenant = world()
    tenant.sections = sections
    assert reason in tenant.scan().reasons
    assert [each.in_vain for each in lived(tenant)] == [True]
    create(tenant.simulator, london)
    create(tenant.simulator, odd)
    assert reason not in tenant.scan().reasons
    assert [each.in_vain for each in lived(tenant)] == [False]


def test_what_has_expired_is_not_reported_as_unused(world: Make) -> None:
    tenant = world(exemptions=[exemption()], declarations=[declaration()])
    with clock.running(tenant.time):
        tenant.wait(days=1)
    assert not [each for each in tenant.scan().reasons if "unused" in each]
