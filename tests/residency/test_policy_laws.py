"""Laws of judgement that hold for any facts."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from residency import regions
from residency.model import (
    Basis,
    Evidence,
    Failover,
    Holds,
    Placement,
    Reason,
    Resource,
    Role,
    Status,
    Zone,
)
from residency.policy import Facts, judge, unknown_reasons, verdict, zone_of_region
from residency.settings import Policy
from residency.testing import READ_AT, resource_of

STATUSES = tuple(Status)
ROW = {"id": "/subscriptions/s/resourceGroups/g/providers/a/b/c", "type": "a/b", "name": "c"}
A_RESOURCE: Resource = resource_of(ROW)
REGIONS = st.sampled_from([*regions.REGIONS, "unknown", "marsnorth1"])


@st.composite
def some_placement(draw: st.DrawFn) -> Placement:

    region = draw(REGIONS)
    evidence = Evidence(api="arm", path="location", value=region, read_at=READ_AT)
    failover = draw(
        st.none()
        | st.builds(
            Failover,
            path=st.lists(REGIONS, max_size=3).map(tuple),
            since=st.none() | st.just(READ_AT) | st.just(READ_AT - timedelta(days=9)),
            evidence=st.just(evidence),
            explained=st.booleans(),
        )
    )
    return Placement(
        role=draw(st.sampled_from(Role)),
        region=region,
        basis=draw(st.sampled_from(Basis)),
        evidence=evidence,
        unresolved=draw(st.sampled_from([None, None, Reason.FACET_UNREADABLE])),
        writer=draw(st.booleans()),
        metadata_only=draw(st.booleans()),
        failover=failover,
    )


FACTS = st.builds(
    Facts,
    holds=st.none() | st.sampled_from(Holds),
    placements=st.lists(some_placement(), max_size=4).map(tuple),
    standby=st.booleans(),
)


@given(FACTS, some_placement())
def test_one_more_placement_never_makes_the_status_better(facts: Facts, more: Placement) -> None:
    wider = Facts(
        holds=facts.holds,
        placements=(*facts.placements, more),
        standby=facts.standby,
    )
    before, after = (judge(each, Policy(), READ_AT) for each in (facts, wider))
    assert STATUSES.index(after.status) <= STATUSES.index(before.status)
    assert set(before.reasons) <= set(after.reasons)


@given(FACTS)
def test_what_is_unknown_is_never_compliant_fallback_or_exempt(facts: Facts) -> None:
    found = judge(facts, Policy(), READ_AT)
    unknown = facts.holds is None or any(
        place.unresolved or zone_of_region(place.region, Policy()) is Zone.UNKNOWN
        for place in facts.placements
    )
    assert bool(unknown_reasons(found.reasons)) == unknown
    if unknown:
        assert found.status in {Status.VIOLATION, Status.UNKNOWN}
        assert verdict([found], complete=True) != "compliant"


@given(FACTS)
def test_any_copy_outside_the_eu_is_a_violation(facts: Facts) -> None:
    found = judge(facts, Policy(), READ_AT)
    outside = any(
        place.unresolved is None and zone_of_region(place.region, Policy()) is Zone.OUTSIDE
        for place in facts.placements
    )
    assert (Reason.OUTSIDE_EU in found.reasons) == outside
    assert not outside or found.status is Status.VIOLATION


@given(st.lists(FACTS, max_size=4), st.booleans())
def test_an_incomplete_or_empty_scan_is_never_compliant(
    several: list[Facts],
    complete: bool,  # noqa: FBT001 - Hypothesis gives it by position
) -> None:
    found = [judge(facts, Policy(), READ_AT) for facts in several]
    if not complete or not found:
        assert verdict(found, complete=complete) != "compliant"


def test_a_stricter_policy_is_never_kinder(a_place: Callable[..., Placement]) -> None:
    strict = Policy(failover=(), exceptional=(), standing_copies=())
    for region in regions.REGIONS:
        facts = Facts(holds=Holds.STORES, placements=(a_place(region=region),))
        kind, hard = (judge(facts, policy, READ_AT) for policy in (Policy(), strict))
        assert STATUSES.index(hard.status) <= STATUSES.index(kind.status), region
