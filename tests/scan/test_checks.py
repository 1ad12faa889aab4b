"""Checks over the live reader: what they are refused, what they break, and what they share."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from residency.check import Catalogue, Check, Reader, at_location, observed
from residency.model import Holds, Placement, Reason, Resource, Role, Status, Verdict
from residency.policy import Judged
from residency.scan import Scan, scan
from residency.simulator.faults import Effect

if TYPE_CHECKING:
    from tests.scan.conftest import Azure, Build

Find = Callable[[Scan, str], Judged]
VAULTS = "microsoft.keyvault/vaults"
NETWORKS = "microsoft.network/virtualnetworks"


def a_check(
    locate: Callable[[Resource, Reader], Iterable[Placement]], *types: str, reads: bool = False
) -> Check:
    return Check(
        id="under-test",
        title="Under test",
        resource_types=types or (VAULTS,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(),
        docs=(),
        locate=locate,
        reads=reads,
    )


def with_check(catalogue: Catalogue, check: Check) -> Catalogue:
    """The catalogue with another check for the types of this one."""
    mine = set(check.resource_types)
    rest = (
        replace(each, resource_types=tuple(t for t in each.resource_types if t not in mine))
        for each in catalogue.checks
    )
    return Catalogue.of([*(each for each in rest if each.resource_types), check])


def regions(judged: Judged) -> set[tuple[str, str]]:
    return {(p.placement.role, p.placement.region) for p in judged.judgement.placements}


def test_a_refused_facet_leaves_the_rest_of_its_resource_standing(
    azure: "Azure", build: "type[Build]", judged: Find
) -> None:
    account = build.account(build.data, "stgrs")["id"]
    azure.simulator.deny(f"{account}/objectReplicationPolicies")
    found = azure.scan()
    one = judged(found, "/stgrs")
    assert one.judgement.reasons == (Reason.FACET_UNREADABLE,)
    assert regions(one) == {
        ("primary", "westeurope"),
        ("replica", "northeurope"),
        ("export", "unknown"),
    }
    evidence = " ".join(str(p.placement.evidence) for p in one.judgement.placements)
    assert "microsoft.storage/storageaccounts/objectreplicationpolicies/read" in evidence.lower()
    assert found.counts[Status.UNKNOWN] == 1
    assert found.verdict is Verdict.NOT_PROVEN


@pytest.mark.parametrize("how", [{"reads": True}, {"reads": False}])
def test_a_check_that_breaks_leaves_its_resource_unknown_with_the_reason(
    azure: "Azure", judged: Find, how: dict[str, bool]
) -> None:
    def breaks(resource: Resource, _reader: Reader) -> Iterator[Placement]:
        yield at_location(resource)
        raise ZeroDivisionError("by the check")

    found = azure.scan(with_check(azure.catalogue, a_check(breaks, **how)))
    vault = judged(found, "/kv")
    assert vault.judgement.status is Status.UNKNOWN
    assert vault.judgement.reasons == (Reason.FACET_UNREADABLE,)
    assert regions(vault) == {("primary", "westeurope"), ("primary", "unknown")}
    told = " ".join(str(p.placement.evidence) for p in vault.judgement.placements)
    assert "check under-test = 'ZeroDivisionError: by the check'" in told
    assert found.counts[Status.COMPLIANT] == 27
    assert found.verdict is Verdict.NOT_PROVEN


def test_a_violation_that_a_check_stated_before_it_broke_still_counts(azure: "Azure") -> None:
    def breaks(resource: Resource, _reader: Reader) -> Iterator[Placement]:
        yield replace(at_location(resource), region="uksouth")
        raise KeyError("later")

    found = azure.scan(with_check(azure.catalogue, a_check(breaks)))
    assert found.verdict is Verdict.VIOLATION


def test_an_error_of_azure_that_a_check_lets_pass_is_a_facet_not_read(
    azure: "Azure", judged: Find
) -> None:
    def asks(resource: Resource, reader: Reader) -> Iterator[Placement]:
        yield at_location(resource)
        reader.get(f"{resource.id}/absent/thing", api_version="2024-01-01")

    found = azure.scan(with_check(azure.catalogue, a_check(asks, reads=True)))
    assert judged(found, "/kv").judgement.reasons == (Reason.FACET_UNREADABLE,)


def test_a_type_that_no_check_knows_is_unknown_by_name(
    azure: "Azure", build: "type[Build]", judged: Find
) -> None:
    azure.add(build.resource(build.apps, "Microsoft.Unheard/of", "thing"))
    found = azure.scan()
    assert judged(found, "/thing").judgement.reasons == (Reason.TYPE_UNKNOWN,)
    assert found.unknown_types == {"microsoft.unheard/of": 1}
    assert found.verdict is Verdict.NOT_PROVEN


def test_what_is_proven_about_another_resource_lands_on_that_one(
    azure: "Azure", build: "type[Build]", judged: Find
) -> None:
    subject = build.account(build.data, "stgrs")["id"].lower()

    def points(resource: Resource, _reader: Reader) -> Iterator[Placement]:
        yield at_location(resource)
        yield replace(at_location(resource), role=Role.BACKUP, region="uksouth", subject=subject)

    found = azure.scan(with_check(azure.catalogue, a_check(points)))
    assert ("backup", "uksouth") in regions(judged(found, "/stgrs"))
    assert judged(found, "/stgrs").judgement.status is Status.VIOLATION
    assert regions(judged(found, "/kv")) == {("primary", "westeurope")}


def test_what_is_proven_about_a_resource_that_is_not_here_stays_with_the_one_checked(
    azure: "Azure", judged: Find
) -> None:
    def points(resource: Resource, _reader: Reader) -> Iterator[Placement]:
        yield replace(at_location(resource), region="uksouth", subject="/subscriptions/gone/x")

    found = azure.scan(with_check(azure.catalogue, a_check(points)))
    assert regions(judged(found, "/kv")) == {("primary", "uksouth")}
    assert found.verdict is Verdict.VIOLATION


def test_each_child_list_is_called_once_however_many_resources_ask_for_it(azure: "Azure") -> None:
    azure.scan()
    paths = Counter(call.path.lower() for call in azure.calls("microsoft.sql"))
    assert len([path for path in paths if path.endswith("/replicationlinks")]) == 2
    assert len([path for path in paths if path.endswith("/failovergroups")]) == 2
    assert max(paths.values()) == 1


def test_a_check_that_reads_and_looks_at_no_property_is_run_for_each_resource(
    azure: "Azure", judged: Find, catalogue: Catalogue
) -> None:
    def by_list(resource: Resource, reader: Reader) -> Iterator[Placement]:
        for each in reader.list(f"{resource.id}/sides", api_version="2026-01-01"):
            yield observed(each, Role.PRIMARY, "properties.place")

    def answering(
        _method: str, path: str, _body: bytes
    ) -> tuple[int, dict[str, str], bytes] | None:
        name, _, side = path.lower().rpartition("/")
        if side != "sides":
            return None
        place = "eastus" if name.endswith("vnet00001") else "westeurope"
        told = {"value": [{"id": name, "properties": {"place": place}}]}
        return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()

    check = a_check(by_list, NETWORKS, reads=True)
    azure.stage.intercept = answering
    found = azure.scan(with_check(catalogue, replace(check, uses_properties=False)))
    assert regions(judged(found, "vnet00000")) == {("primary", "westeurope")}
    assert regions(judged(found, "vnet00001")) == {("primary", "eastus")}


def test_children_without_a_location_are_each_where_their_own_parent_is(
    azure: "Azure", build: "type[Build]", judged: Find
) -> None:
    for name, region in (("san-we", "westeurope"), ("san-us", "eastus")):
        san = build.resource(build.data, "Microsoft.ElasticSan/elasticSans", name, location=region)
        kind = "Microsoft.ElasticSan/elasticSans/volumeGroups"
        group = {"id": f"{san['id']}/volumeGroups/g", "name": "g", "type": kind}
        azure.add(san, group)
    found = azure.scan()
    assert regions(judged(found, "san-we/volumegroups/g")) == {("primary", "westeurope")}
    assert regions(judged(found, "san-us/volumegroups/g")) == {("primary", "eastus")}
    assert judged(found, "san-us/volumegroups/g").judgement.status is Status.VIOLATION


def test_resources_that_ask_the_same_in_other_spellings_share_one_answer(azure: "Azure") -> None:
    def asks(resource: Resource, reader: Reader) -> Iterator[Placement]:
        spell = str.upper if resource.name.endswith("1") else str.lower
        path = f"/subscriptions/{resource.subscription_id}/providers/Microsoft.Network/shared"
        assert reader.list(spell(path), api_version="2024-01-01") == ()
        yield at_location(resource)

    found = azure.scan(with_check(azure.catalogue, a_check(asks, NETWORKS, reads=True)))
    assert found.verdict is Verdict.COMPLIANT
    assert len(azure.calls(path="/shared")) == 1


def test_a_scan_that_is_cancelled_ends_at_once_and_quietly_though_checks_wait_for_azure(
    azure: "Azure", capsys: pytest.CaptureFixture[str]
) -> None:
    azure.fault(Effect.DELAY, path="/slow", delay_seconds=2)

    async def cancelled_while_checks_wait() -> float:
        loop, waiting = asyncio.get_running_loop(), asyncio.Event()

        def asks(resource: Resource, reader: Reader) -> Iterator[Placement]:
            loop.call_soon_threadsafe(waiting.set)
            reader.list(f"{resource.id}/slow", api_version="2024-01-01")
            yield at_location(resource)

        slow = with_check(azure.catalogue, a_check(asks, NETWORKS, reads=True))
        work = asyncio.ensure_future(scan(azure.settings(), slow))
        await waiting.wait()
        since = loop.time()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        return loop.time() - since

    assert asyncio.run(cancelled_while_checks_wait()) < 1
    assert "check failed" not in "".join(capsys.readouterr())
