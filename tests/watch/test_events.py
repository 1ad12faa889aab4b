"""What happens between scans is told, each once."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from residency.model import Status
from residency.simulator.failovers import fail_over_storage
from residency.simulator.faults import Effect
from residency.simulator.lifecycle import create
from residency.store.reading.events import events_after
from residency.store.tables import EVENT, FACT

if TYPE_CHECKING:
    from tests.watch.conftest import Build, World

Make = Callable[..., "World"]
Find = Callable[..., Any]


def exemption(expires: str, **more: Any) -> dict[str, Any]:
    return {
        "id": "ex-1",
        "reasons": ["outside-eu", "primary-misplaced"],
        "resources": ["*/stlondon"],
        "owner": "Platform team",
        "why": "A migration.",
        "ticket": "CHG-1",
        "expires": expires,
        **more,
    }


def london(build: "type[Build]") -> dict[str, Any]:
    account = build.account("stlondon", primaryLocation="uksouth", secondaryLocation="ukwest")
    return {**account, "location": "uksouth"}


def test_a_violation_opens_and_closes_once(world: Make, build: "type[Build]", judged: Find) -> None:
    tenant = world()
    tenant.scan()
    create(tenant.simulator, london(build))
    assert judged(tenant.scan(), "/stlondon").judgement.status is Status.VIOLATION
    tenant.scan()
    tenant.simulator.remove(tenant.id_of("stlondon"))
    tenant.scan()
    tenant.scan()
    kinds = [kind for kind, name in tenant.events() if name == "stlondon"]
    assert kinds.count("violation-opened") == kinds.count("violation-closed") == 1
    assert tenant.faults() == ()


def test_a_type_that_was_never_seen_is_told_after_the_first_scan_only(
    world: Make, build: "type[Build]"
) -> None:
    tenant = world()
    tenant.scan()
    create(tenant.simulator, build.resource("Microsoft.Network/natGateways", "nat"))
    create(tenant.simulator, build.resource("Contoso.Odd/things", "thing"))
    found = tenant.scan()
    tenant.scan()
    told = [name for kind, name in tenant.events() if kind == "type-first-seen"]
    assert sorted(told) == ["natgateways", "things"]
    assert found.unknown_types == {"contoso.odd/things": 1}


def test_an_exemption_acts_until_the_minute_it_expires_and_both_are_told(
    world: Make, build: "type[Build]", judged: Find
) -> None:
    tenant = world(london(build), exemptions=[exemption("2026-09-02")])
    assert judged(tenant.scan(), "/stlondon").judgement.status is Status.EXEMPT
    expired = judged(tenant.scan(days=2), "/stlondon").judgement
    assert expired.status is Status.VIOLATION
    tenant.scan()
    told = [kind for kind, name in tenant.events() if name == "ex-1"]
    assert told == ["exemption-started", "exemption-expired"]
    assert tenant.faults() == ()


def test_an_edited_exemption_is_another_version_in_the_ledger(
    world: Make, build: "type[Build]"
) -> None:
    tenant = world(london(build), exemptions=[exemption("2026-10-02")])
    tenant.scan()
    before = tenant.ledger().count("exemption")
    tenant.sections = {"exemptions": [exemption("2026-10-02", why="Another reason.")]}
    tenant.scan()
    tenant.scan()
    assert tenant.ledger().count("exemption") == before + 1
    assert tenant.faults() == ()


def test_an_exemption_that_matches_nothing_is_told(world: Make) -> None:
    tenant = world(exemptions=[exemption("2026-10-02")])
    assert "exemption-unused: ex-1" in tenant.scan().reasons


def test_what_is_unknown_cannot_be_exempted(
    world: Make, build: "type[Build]", judged: Find
) -> None:
    odd = {**build.account("stlondon"), "location": "westeurope"}
    odd["properties"] = {}
    tenant = world(odd, exemptions=[exemption("2026-10-02")])
    assert judged(tenant.scan(), "/stlondon").judgement.status is Status.UNKNOWN


def told_of(tenant: "World", kind: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Give the events of a kind: of what, what was before, and what after."""
    with tenant.watching().store.database.reading() as connection:
        names = {each.seq: each.subject for each in events_after(connection, kinds={kind})}
        rows = connection.execute(EVENT.select().where(EVENT.c.kind == kind).order_by(EVENT.c.seq))
        return [(names[row.seq], json.loads(row.before), json.loads(row.after)) for row in rows]


def facts_of(tenant: "World", rows: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Give the places that an event proves: role, region, and whether a source contradicts it."""
    with tenant.watching().store.database.reading() as connection:
        found = connection.execute(FACT.select().where(FACT.c.pk.in_(rows["facts"])))
        return sorted((row.role, row.region, '"against"' in row.more) for row in found)


def test_sources_that_disagree_are_told_once_with_what_stood_and_stands(world: Make) -> None:
    tenant = world()
    tenant.scan()
    tenant.simulator.behaviour.graph_lag_seconds = 3600
    account = tenant.id_of("stdata")
    fail_over_storage(tenant.simulator, account, planned=True)
    assert "sources-disagree: 1 resources" in tenant.scan().reasons
    assert "sources-disagree: 1 resources" in tenant.scan().reasons, "Resource Graph lags still"
    assert tenant.scan(hours=1).reasons == ()
    ((subject, before, after),) = told_of(tenant, "sources-disagree")
    assert subject == account.lower()
    stood = [("primary", "westeurope", False), ("replica", "northeurope", False)]
    stands = [("primary", "northeurope", True), ("replica", "westeurope", True)]
    assert (facts_of(tenant, before), facts_of(tenant, after)) == (stood, stands)
    assert tenant.faults() == ()


def test_a_pair_of_regions_that_azure_changes_is_told_once(world: Make) -> None:
    tenant = world()
    assert tenant.scan().reasons == ()
    place = {
        "name": "westeurope",
        "type": "Region",
        "metadata": {"regionType": "Physical", "pairedRegion": [{"name": "uksouth"}]},
    }
    tenant.fault(Effect.STATUS, path="/locations$", status=200, body={"value": [place]})
    changed = "Azure pairs westeurope with uksouth; the table has northeurope."
    for _ in range(2):
        found = tenant.scan()
        assert (found.verdict, found.reasons) == ("not-proven", (f"region-pair: {changed}",))
    assert told_of(tenant, "region-pair-changed") == [(changed, {}, {"told": changed})]
    tenant.simulator.faults.clear()
    tenant.fault(Effect.STATUS, path="/locations$", status=403)
    assert tenant.scan().reasons[0].startswith("regions-unread: ")
    tenant.simulator.faults.clear()
    tenant.restart()
    tenant.fault(Effect.STATUS, path="/locations$", status=200, body={"value": [place]})
    assert tenant.scan().reasons == (f"region-pair: {changed}",)
    assert len(told_of(tenant, "region-pair-changed")) == 1, "nothing said that it was undone"
    tenant.simulator.faults.clear()
    assert tenant.scan().verdict == "compliant"
    assert len(told_of(tenant, "region-pair-changed")) == 1
    assert tenant.faults() == ()
