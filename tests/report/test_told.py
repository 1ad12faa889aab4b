"""What is told of a customer's month, over a real store: never more than scans found."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from residency.errors import ConfigError
from residency.report.covering import Seen
from residency.report.deviations import Kind
from residency.report.month import Month
from residency.report.recorded import recorded
from residency.report.verdict import Clause, Doubt, Sentence
from residency.store import Version
from residency.store.episodes import Purpose
from residency.store.episodes.kept import versions_of
from residency.store.reading.opened import store_at
from tests.metrics.test_failovers import an_episode, an_incident
from tests.report.conftest import AT_HOME, BEGAN, Places, id_of

OCTOBER = 745
IN_LONDON: Places = (("primary", "westeurope"), ("replica", "uksouth"))
IN_IRELAND: Places = (("primary", "westeurope"), ("replica", "northeurope"))
UNKNOWN: Places = (("primary", "westeurope"), ("replica", "unknown"))


def day(number: float, month: int = 10) -> datetime:
    return datetime(2026, month, 1, tzinfo=UTC) + timedelta(days=number - 1)


def while_in(
    since: datetime, until: datetime, there: Places, else_: Places = AT_HOME
) -> Callable[[datetime], Mapping[str, Places]]:
    return lambda at: {"a": there if since <= at < until else else_}


def always(places: Places = AT_HOME) -> Callable[[datetime], Mapping[str, Places]]:
    return lambda _: {"a": places}


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_a_month_at_home_is_said_to_be_one(tape: Any) -> None:
    tape.every(always())
    found = tape.told()
    assert found.verdict.sentence is Sentence.AT_HOME
    assert found.established.seen == Seen(seen=hours(OCTOBER))
    assert (found.gaps, found.deviations, found.failovers) == ((), (), ())
    assert found.verdict.clauses == ()


def test_a_copy_that_may_stand_in_ireland_is_named(tape: Any) -> None:
    tape.every(always(IN_IRELAND))
    found = tape.told()
    assert found.verdict.sentence is Sentence.AT_HOME
    assert found.verdict.clauses == ((Clause.STANDING_COPIES, ("IE",)),)


def test_a_copy_outside_the_eu_for_half_a_day_is_told_with_its_time(tape: Any) -> None:
    tape.every(while_in(day(10), day(10.5), IN_LONDON))
    found = tape.told()
    (only,) = found.deviations
    assert found.verdict.sentence is Sentence.DEVIATED
    assert (only.kind, only.resource, only.region, only.country) == (
        Kind.OUTSIDE,
        id_of("a"),
        "uksouth",
        "GB",
    )
    assert only.when.until - only.when.since == hours(12)
    assert tape.told(month="2026-11").verdict.sentence is not Sentence.DEVIATED


def test_what_is_another_customer_s_is_nothing_of_this_one_s(tape: Any) -> None:
    owners = {"b": ("globex",)}
    tape.every(
        lambda at: {"a": AT_HOME, "b": IN_LONDON if day(10) <= at < day(11) else AT_HOME},
        more=lambda _: {"owners": owners},
    )
    found = tape.told()
    assert found.verdict.sentence is Sentence.AT_HOME
    assert "globex" not in repr((found.deviations, found.gaps, found.failovers, found.verdict))
    assert tape.told("globex").verdict.sentence is Sentence.DEVIATED


def test_what_products_share_is_of_each_customer(tape: Any) -> None:
    tape.every(while_in(day(3), day(4), IN_LONDON), more=lambda _: {"owners": {"a": ()}})
    assert tape.told("acme").verdict.sentence is Sentence.DEVIATED
    assert tape.told("globex").verdict.sentence is Sentence.DEVIATED


def failed_over(reason: Purpose) -> Callable[[datetime], Mapping[str, Any]]:
    """Tell of a failover of two days, which a scan first told of when it had ended."""
    episode = an_episode(
        "a", started_at=day(10), started_after=day(9.9), ended_at=day(12), reason=reason
    )
    versions = versions_of([episode, an_incident(episode)])
    return lambda at: {"versions": versions if at >= day(12) else ()}


def test_a_disruption_that_people_recorded_is_within_the_agreement(tape: Any) -> None:
    tape.every(always(), more=failed_over(Purpose.DISRUPTION))
    found = tape.told()
    assert found.verdict.sentence is Sentence.FAILED_OVER
    assert found.verdict.countries == ("IE",)
    assert tape.told(month="2026-11").failovers == ()


def test_a_failover_of_which_nobody_says_why_is_not(tape: Any) -> None:
    tape.every(always(), more=failed_over(Purpose.UNKNOWN))
    found = tape.told()
    assert found.verdict.sentence is Sentence.DEVIATED
    (only,) = found.failovers
    assert only.kinds == (Kind.FAILOVER_NOT_EXPLAINED,)


DOUBTS: list[tuple[str, Callable[[datetime], Mapping[str, Any] | None], list[Doubt]]] = [
    (
        "a subscription was not read for a day",
        lambda at: {"state": "unreadable" if day(10) <= at < day(11) else "read"},
        [Doubt.COVERAGE, Doubt.GAP],
    ),
    (
        "nobody looked for a day",
        lambda at: None if day(10) <= at < day(11) else {},
        [Doubt.COVERAGE, Doubt.GAP],
    ),
    (
        "nobody looked before the twentieth",
        lambda at: None if at < day(20) else {},
        [Doubt.COVERAGE, Doubt.GAP],
    ),
    (
        "nobody looked after the twentieth",
        lambda at: None if at > day(20) else {},
        [Doubt.COVERAGE, Doubt.GAP],
    ),
    (
        "one scan had no manifest",
        lambda at: {"reasons": ("no-manifest",) if at == day(10) else ()},
        [Doubt.NO_MANIFEST],
    ),
]


@pytest.mark.parametrize(("what", "more", "doubts"), DOUBTS)
def test_what_was_not_seen_is_not_established(
    tape: Any, what: str, more: Callable[[datetime], Mapping[str, Any] | None], doubts: list[Doubt]
) -> None:
    tape.every(always(), more=more)
    found = tape.told()
    assert found.verdict.sentence is Sentence.NOT_ESTABLISHED, what
    assert list(found.verdict.doubts) == doubts


def test_something_that_is_nobody_s_keeps_a_month_from_being_established(tape: Any) -> None:
    tape.every(
        lambda _: {"a": AT_HOME, "stray": AT_HOME}, more=lambda _: {"owners": {"stray": None}}
    )
    for customer in ("acme", "globex"):
        assert Doubt.UNASSIGNED in tape.told(customer).verdict.doubts


def test_a_place_that_was_not_known_for_a_day_is_a_gap_of_its_resource(tape: Any) -> None:
    tape.every(while_in(day(10), day(11), UNKNOWN))
    found = tape.told()
    ((gap, resources),) = found.gaps
    assert found.verdict.sentence is Sentence.NOT_ESTABLISHED
    assert (gap.bridged, resources) == (False, 1)
    # from the scan before to the scan after, which are as far apart as that
    assert hours(24) < gap.since_until.until - gap.since_until.since <= hours(36)


def last_days(tape: Any, more: Callable[[datetime], Mapping[str, Any] | None]) -> Any:
    """Tell of the last two days of October, seen each half an hour."""
    tape.customer("acme", starts="2026-10-30")
    tape.every(always(), hours=0.5, since=day(29), more=more)
    return tape.told()


def test_a_short_gap_is_bridged_where_nothing_can_have_moved(fine_tape: Any) -> None:
    gone = (day(30.5), day(30.5) + hours(1))
    found = last_days(fine_tape, lambda at: None if gone[0] <= at < gone[1] else {})
    ((gap, resources),) = found.gaps
    assert (gap.bridged, resources) == (True, 1)
    assert found.verdict.sentence is Sentence.AT_HOME
    assert found.established.seen.not_seen == hours(0)
    assert found.established.seen.bridged == gap.since_until.until - gap.since_until.since
    assert found.established.seen.total == hours(48)


def test_a_short_gap_is_not_bridged_where_the_log_was_not_read(fine_tape: Any) -> None:
    gone = (day(30.5), day(30.5) + hours(1))
    found = last_days(fine_tape, lambda at: None if gone[0] <= at < gone[1] else {"log": {}})
    ((gap, _),) = found.gaps
    assert not gap.bridged
    assert found.verdict.sentence is Sentence.NOT_ESTABLISHED  # 90 minutes of 48 hours


def test_before_a_contract_nothing_is_told(tape: Any) -> None:
    tape.customer("acme", starts="2026-10-20")
    tape.every(while_in(day(10), day(11), IN_LONDON))
    found = tape.told()
    assert found.verdict.sentence is Sentence.AT_HOME
    assert found.established.seen.total == hours(12 * 24 + 1)


def test_of_a_month_without_a_contract_nothing_good_is_said(tape: Any) -> None:
    tape.customer("acme", starts="2026-12-01")
    tape.every(always())
    assert tape.told().verdict.sentence is Sentence.NOT_ESTABLISHED


def test_a_month_that_is_not_over_is_refused(tape: Any) -> None:
    tape.every(always())
    month = Month.parse("2026-10", "Europe/Amsterdam")
    with (
        store_at(tape.url) as database,
        database.reading() as reader,
        pytest.raises(ConfigError, match="is not over"),
    ):
        recorded(reader, tape.settings, "acme", month, month.until - timedelta(seconds=1))


def test_an_empty_store_says_nothing_good(tape: Any) -> None:
    found = tape.told()
    assert found.verdict.sentence is Sentence.NOT_ESTABLISHED
    assert day(1) > BEGAN


INSTRUCTION = {"customer": "acme", "reference": "REQ-1", "date": "2026-09-01"}


def exempting(instruction: Mapping[str, str] | None) -> Callable[[datetime], Mapping[str, Any]]:
    """Let an exemption cover whatever is outside the EU."""
    body = {"id": "ex-1", "reasons": ["outside-eu"], "resources": ["*/a"], "owner": "team"}
    more = {"why": "a move", "ticket": "T-1", "expires": "2027-01-01T00:00:00Z"}
    text = json.dumps({**body, **more, "instruction": instruction})
    return lambda _: {
        "owners": {"a": ()},
        "versions": (Version(kind="exemption", id="ex-1", body=text),),
    }


def test_only_the_customer_that_asked_for_it_is_bound_by_an_exemption(tape: Any) -> None:
    tape.every(always(IN_LONDON), more=exempting(INSTRUCTION))
    assert tape.told("acme").deviations == ()
    assert tape.told("globex").verdict.sentence is Sentence.DEVIATED


def test_an_exemption_of_the_vendor_changes_nothing_that_customers_are_told(tape: Any) -> None:
    tape.every(always(IN_LONDON), more=exempting(None))
    assert tape.told("acme").verdict.sentence is Sentence.DEVIATED
