"""What deviates from a customer's promise: a table by hand, and no less than operations find."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency import regions
from residency.model import Basis, Evidence, Holds, Placement, Reason, Role, Severity
from residency.model import Failover as Story
from residency.policy import Facts, judge, unknown_reasons
from residency.report.deviations import (
    Failover,
    Held,
    Kind,
    deviations_of,
    failover_deviations,
    standing_copies,
)
from residency.settings import Policy
from residency.store.episodes.episode import Purpose

NOW = datetime(2026, 10, 25, 12, tzinfo=UTC)
NL, IE, FR, GB = "westeurope", "northeurope", "francecentral", "uksouth"
PRIMARY, REPLICA, BACKUP = Role.PRIMARY, Role.REPLICA, Role.BACKUP


def a_place(role: Role, region: str, **more: Any) -> Placement:
    evidence = Evidence(api="arm", path="location", value=region, read_at=NOW)
    told: dict[str, Any] = {"basis": Basis.OBSERVED, "evidence": evidence} | more
    return Placement(role=role, region=region, **told)


def held(*places: Placement, holds: Holds | None = Holds.STORES, **more: Any) -> Held:
    """Give what operations would have recorded of these places."""
    found = judge(Facts(holds=holds, placements=places, **more), Policy(), NOW)
    return Held(holds=holds, places=places, reasons=frozenset(found.reasons))


def nobody(_: Placement) -> bool:
    return False


def everybody(_: Placement) -> bool:
    return True


STORY = Story(path=(NL,), since=NOW, evidence=a_place(PRIMARY, NL).evidence)

PLACES: list[tuple[str, Held, list[Kind]]] = [
    ("all at home", held(a_place(PRIMARY, NL), a_place(REPLICA, NL)), []),
    ("a copy in Ireland may stand there", held(a_place(PRIMARY, NL), a_place(REPLICA, IE)), []),
    ("a copy in France", held(a_place(PRIMARY, NL), a_place(REPLICA, FR)), [Kind.COPY_ELSEWHERE]),
    ("a backup in France", held(a_place(BACKUP, FR)), [Kind.COPY_ELSEWHERE]),
    ("a copy in the UK", held(a_place(PRIMARY, NL), a_place(REPLICA, GB)), [Kind.OUTSIDE]),
    ("it runs in the UK", held(a_place(PRIMARY, GB), holds=Holds.PROCESSES), [Kind.OUTSIDE]),
    ("it was set up in Ireland", held(a_place(PRIMARY, IE)), [Kind.MISPLACED]),
    ("it failed over to Ireland", held(a_place(PRIMARY, IE, failover=STORY)), []),
    ("it failed over to France", held(a_place(PRIMARY, FR, failover=STORY)), []),
    ("it failed over to the UK", held(a_place(PRIMARY, GB, failover=STORY)), [Kind.OUTSIDE]),
    (
        "its metadata is in the UK",
        held(a_place(PRIMARY, NL), a_place(REPLICA, GB, metadata_only=True)),
        [],
    ),
    (
        "a primary of metadata is in the UK",
        held(a_place(PRIMARY, GB, metadata_only=True)),
        [Kind.MISPLACED],
    ),
    ("where it is is not known", held(a_place(PRIMARY, "marsnorth1")), []),
    ("nobody knows the type", held(a_place(PRIMARY, IE), holds=None), []),
    ("nobody knows the type in the UK", held(a_place(PRIMARY, GB), holds=None), [Kind.OUTSIDE]),
    ("it stands by in Ireland", held(a_place(PRIMARY, IE), standby=True), []),
    ("it stands by in France", held(a_place(PRIMARY, FR), standby=True), [Kind.COPY_ELSEWHERE]),
    ("it is exported to France", held(a_place(Role.EXPORT, FR)), [Kind.COPY_ELSEWHERE]),
]


@pytest.mark.parametrize(
    ("found", "kinds"), [row[1:] for row in PLACES], ids=[r[0] for r in PLACES]
)
def test_a_place_deviates_or_it_does_not(found: Held, kinds: list[Kind]) -> None:
    assert [kind for kind, _ in deviations_of(found, Policy(), nobody)] == kinds


def test_what_this_customer_asked_for_deviates_from_nothing() -> None:
    found = held(a_place(Role.EXPORT, GB))
    assert list(deviations_of(found, Policy(), everybody)) == []


def test_a_stricter_policy_of_another_customer_is_not_held_against_this_one() -> None:
    found = Held(
        holds=Holds.STORES,
        places=(a_place(PRIMARY, NL), a_place(REPLICA, IE)),
        reasons=frozenset({Reason.EXCEPTIONAL_REGION, Reason.OUTSIDE_EU}),
    )
    assert list(deviations_of(found, Policy(), nobody)) == []


def test_what_operations_exempted_still_deviates() -> None:
    found = held(a_place(REPLICA, GB))  # an exemption changes the status, never the reasons
    assert [kind for kind, _ in deviations_of(found, Policy(), nobody)] == [Kind.OUTSIDE]


def test_standing_copies_abroad_are_named_though_allowed() -> None:
    found = held(a_place(PRIMARY, NL), a_place(REPLICA, IE), a_place(BACKUP, FR))
    assert standing_copies(found, Policy(), nobody) == {"IE", "FR"}
    assert standing_copies(held(a_place(PRIMARY, IE)), Policy(), nobody) == frozenset()


def went(*path: str, hours: float = 1, **more: Any) -> Failover:
    told: dict[str, Any] = {"reason": Purpose.DISRUPTION, "out_of_order": False} | more
    return Failover(path=(NL, *path), started_at=NOW - timedelta(hours=hours), ended_at=NOW, **told)


CONTRACT = Policy(max_failover_source="contract")
FAILOVERS: list[tuple[Failover, Policy, list[Kind]]] = [
    (went(IE), Policy(), []),
    (went(IE, reason=Purpose.UNKNOWN), Policy(), [Kind.FAILOVER_NOT_EXPLAINED]),
    (went(IE, reason=Purpose.TEST), Policy(), [Kind.FAILOVER_NOT_EXPLAINED]),
    (went(IE, reason=Purpose.MIGRATION), Policy(), [Kind.FAILOVER_NOT_EXPLAINED]),
    (went(FR, out_of_order=True), Policy(), [Kind.FAILOVER_OUT_OF_ORDER]),
    (went(IE, FR), Policy(), []),
    (went(GB), Policy(), [Kind.FAILOVER_OUTSIDE]),
    (went(IE, hours=73), Policy(), []),  # an internal goal is nobody's agreement
    (went(IE, hours=72), CONTRACT, []),
    (went(IE, hours=73), CONTRACT, [Kind.FAILOVER_TOO_LONG]),
]


@pytest.mark.parametrize(("found", "policy", "kinds"), FAILOVERS)
def test_a_failover_is_within_the_agreement_or_it_is_not(
    found: Failover, policy: Policy, kinds: list[Kind]
) -> None:
    assert list(failover_deviations(found, policy, NOW)) == kinds


REGIONS = st.sampled_from([*regions.REGIONS, "marsnorth1"])


@st.composite
def some_places(draw: st.DrawFn) -> tuple[Placement, ...]:
    def places() -> Iterator[Placement]:
        for role in draw(st.lists(st.sampled_from(Role), max_size=4)):
            more = {
                "metadata_only": draw(st.booleans()),
                "writer": draw(st.booleans()),
                "failover": draw(st.sampled_from([None, STORY])),
            }
            yield a_place(role, draw(REGIONS), **more)

    return tuple(places())


UNKNOWN = unknown_reasons(tuple(Reason))
FAILED_OVER = {Reason.FAILOVER_ACTIVE, Reason.FAILOVER_OVERDUE, Reason.ORDER_SKIPPED}


@given(places=some_places(), holds=st.none() | st.sampled_from(Holds), standby=st.booleans())
def test_operations_find_nothing_wrong_that_a_customer_is_not_told(
    places: tuple[Placement, ...], holds: Holds | None, *, standby: bool
) -> None:
    facts = Facts(holds=holds, placements=places, standby=standby)
    found = judge(facts, Policy(), NOW)
    told = Held(holds=holds, places=places, reasons=frozenset(found.reasons))
    if not list(deviations_of(told, Policy(), nobody)):
        assert set(found.reasons) <= {*FAILED_OVER, *UNKNOWN, Reason.OUTSIDE_EU}
        outside = [each for each in found.findings if each.reason is Reason.OUTSIDE_EU]
        assert all(each.severity is Severity.MINOR for each in outside)


@given(places=some_places(), more=some_places())
def test_one_more_place_never_makes_another_one_as_agreed(
    places: tuple[Placement, ...], more: tuple[Placement, ...]
) -> None:
    """How it deviates may be told otherwise: operations say what is wrong, not of which place."""
    few, many = (
        {place for _, place in deviations_of(each, Policy(), nobody)}
        for each in (held(*places), held(*places, *more))
    )
    assert few <= many
