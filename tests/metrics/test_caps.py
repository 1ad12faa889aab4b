"""Never more series than a Prometheus can bear, and never a worse one hidden behind others."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from residency.metrics import OTHER, Caps, Running, State, exposition
from residency.metrics.caps import fold
from residency.metrics.failovers import FailoverRow, Failovers
from residency.metrics.violations import ViolationRow, Violations
from residency.model import Status

if TYPE_CHECKING:
    from tests.metrics.conftest import Estate, Told

COUNTS: dict[tuple[str, ...], int] = {
    (f"p{number}", status): 1 for number in range(9) for status in ("bad", "good")
}


def bad_first(values: tuple[str, ...]) -> tuple[object, ...]:
    return (values[1] != "bad",)


FOLDED = [(18, 18, 0), (17, 17, 2), (11, 11, 8), (10, 10, 9), (5, 5, 15), (2, 2, 18)]


@pytest.mark.parametrize(("limit", "series", "truncated"), FOLDED)
def test_what_is_too_much_is_added_up(limit: int, series: int, truncated: int) -> None:
    found = fold(COUNTS, limit, (1,), bad_first)
    assert len(found.counts) <= series
    assert sum(found.counts.values()) == 18
    for status in ("bad", "good"):
        told = sum(number for values, number in found.counts.items() if values[1] == status)
        assert told == 9
    assert found.truncated <= truncated
    assert found.truncated == 18 - len([each for each in found.counts if each[0] != OTHER])


def test_the_worst_keep_their_names() -> None:
    found = fold(COUNTS, 10, (1,), bad_first)
    named = {values for values in found.counts if values[0] != OTHER}
    assert named == {(f"p{number}", "bad") for number in range(9)}
    assert found.counts[OTHER, "good"] == 9


def test_numbers_that_change_do_not_change_which_are_named() -> None:
    one = fold(COUNTS, 10, (1,), bad_first)
    other = fold({each: 99 - at for at, each in enumerate(COUNTS)}, 10, (1,), bad_first)
    assert one.counts.keys() == other.counts.keys()


def test_resources_of_too_many_products_keep_their_status(
    estate: "Estate", told: type["Told"]
) -> None:
    fine = (told(name=f"a{number}", product=f"P{number}") for number in range(9))
    bad: dict[str, Any] = {"status": Status.VIOLATION, "product": "Z"}
    estate.scan(*fine, told(name="z", **bad))
    found = estate.series(Caps(resources=3, fewest=1))
    assert found.of("resources", "subscription_id", "product", "status") == {
        (estate.settings.scope.subscriptions[0].id, "P0", "compliant"): 1,
        (estate.settings.scope.subscriptions[0].id, "Z", "violation"): 1,
        (OTHER, OTHER, "compliant"): 8,
    }
    assert found.of("series_truncated", "metric")["residency_resources",] == 8


def test_nothing_is_said_to_be_cut_where_nothing_is(estate: "Estate") -> None:
    names = ("residency_findings", "residency_placements", "residency_resources")
    assert estate.series().of("series_truncated", "metric") == {(name,): 0 for name in names}


def violation(number: int) -> ViolationRow:
    return ViolationRow(
        resource_id=f"/r/{number:05}",
        resource_type="t",
        subscription_id="s",
        product="p",
        environment="e",
        role="replica",
        region="uksouth",
        basis="observed",
        reason="outside-eu",
        severity="critical",
    )


def failover(number: int) -> FailoverRow:
    return FailoverRow(
        incident="i",
        resource_id=f"/r/{number:05}",
        resource_type="t",
        product="p",
        environment="e",
        from_region="westeurope",
        to_region="northeurope",
        zone="failover",
    )


def crowded(state: State) -> State:
    """Give a state in which there is far too much of everything."""
    rows = tuple(map(violation, range(2_500)))
    many = [str(number) for number in range(20)]
    more = [*many, *"abcdefgh"]
    zones = ["home", "outside"]
    return replace(
        state,
        resources=dict.fromkeys(itertools.product(many, many, many, map(str, Status)), 1),
        placements=dict.fromkeys(itertools.product(["primary"], many, many, zones, many), 1),
        findings=dict.fromkeys(itertools.product(["stale"], [""], many, more), 1),
        violations=Violations(
            rows=rows,
            since=dict.fromkeys((row.resource_id for row in rows), state.at),
            resources=7_000,
        ),
        failovers=Failovers(rows=tuple(map(failover, range(2_500))), episodes=7_000),
    )


def test_there_are_never_more_series_than_ten_thousand(estate: "Estate") -> None:
    state = crowded(estate.state())
    body = exposition(state, Running()).answer("", "").body
    samples = [line for line in body.splitlines() if line.startswith(b"residency_")]
    by_name = dict.fromkeys(("resources", "placements", "findings"), 0)
    for name in by_name:
        by_name[name] = sum(line.startswith(f"residency_{name}{{".encode()) for line in samples)
    assert len(samples) <= 10_000
    assert by_name["placements"] == 1_000
    assert by_name["findings"] == 500
    assert 2_000 < by_name["resources"] <= 4_000


def test_what_is_not_listed_is_counted(estate: "Estate") -> None:
    state = crowded(estate.state())
    lines = exposition(state, Running()).answer("", "").body.decode().splitlines()
    for name in ("violation_info", "failover_active"):
        assert sum(line.startswith(f"residency_{name}{{") for line in lines) == 2_000
        assert f"residency_{name}_truncated 5000.0" in lines


def test_a_resource_that_is_listed_in_part_counts_as_not_listed(
    estate: "Estate", in_violation: Callable[..., "Told"], told: type["Told"]
) -> None:
    places = (*told(name="x").places, *in_violation("x").places[1:])
    both = (*places, replace(places[1], region="eastus"))
    estate.scan(in_violation("a", places=both), in_violation("b"))
    found = estate.series(Caps(violations=1))
    assert found.one("violation_info_truncated") == 2
    assert estate.series(Caps(violations=2)).one("violation_info_truncated") == 1
    assert estate.series(Caps(violations=3)).one("violation_info_truncated") == 0
