"""What a run of scans makes of failovers. Times are minutes after a first scan."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from residency.model import Caller, Meaning, Operation, Outcome, Zone
from residency.settings import Policy
from residency.store.episodes import (
    Before,
    Cause,
    CauseBasis,
    Ending,
    Sighting,
    Told,
    failover_of,
)

if TYPE_CHECKING:
    from tests.store.episodes.conftest import Follower

HOME, IRELAND, GERMANY, ENGLAND = "westeurope", "northeurope", "germanywestcentral", "uksouth"
NEW = ["opened"]
BACK = ["returned", "closed"]
ONE_OTHER = frozenset({IRELAND})

See = Callable[..., Sighting]
Log = Callable[..., Operation]
At = Callable[[float], datetime]


@pytest.mark.parametrize(
    ("regions", "path", "kinds", "ends"),
    [
        ([HOME, IRELAND], (HOME, IRELAND), NEW, False),
        ([HOME, IRELAND, IRELAND], (HOME, IRELAND), NEW, False),
        ([HOME, IRELAND, HOME], (HOME, IRELAND), [*NEW, *BACK], True),
        ([HOME, GERMANY], (HOME, GERMANY), [*NEW, "order-skipped"], False),
        ([HOME, IRELAND, GERMANY], (HOME, IRELAND, GERMANY), [*NEW, "escalated"], False),
        (
            [HOME, GERMANY, IRELAND],
            (HOME, GERMANY, IRELAND),
            [*NEW, "order-skipped", "extended"],
            0,
        ),
        ([HOME, IRELAND, ENGLAND], (HOME, IRELAND, ENGLAND), [*NEW, "escalated"], False),
        (
            [HOME, IRELAND, GERMANY, HOME],
            (HOME, IRELAND, GERMANY),
            [*NEW, "escalated", *BACK],
            True,
        ),
        ([HOME, "", HOME], None, [], True),
        ([HOME, "", IRELAND], (HOME, IRELAND), NEW, False),
        ([HOME, IRELAND, "", "", IRELAND], (HOME, IRELAND), NEW, False),
        ([HOME, IRELAND, "", HOME], (HOME, IRELAND), [*NEW, *BACK], True),
        ([IRELAND, IRELAND], None, [], False),
        (["", IRELAND], None, [], False),
    ],
)
def test_a_run_of_scans_is_one_episode_at_most(
    regions: list[str],
    path: tuple[str, ...] | None,
    kinds: list[str],
    ends: bool,  # noqa: FBT001 - a column of the table
    follower: "Follower",
    sighting: See,
) -> None:
    for scan, region in enumerate(regions):
        follower.scan(scan * 15, sighting(region))
    assert follower.kinds == kinds
    assert [each.path for each in follower.episodes] == ([path] if path else [])
    assert all(each.open is not bool(ends) for each in follower.episodes)


def test_the_beginning_and_the_end_lie_between_two_scans_where_nothing_tells_more(
    follower: "Follower", sighting: See, at: At
) -> None:
    for time, region in ((0, HOME), (15, HOME), (30, IRELAND), (45, IRELAND), (60, HOME)):
        follower.scan(time, sighting(region))
    episode = follower.only
    assert (episode.started_after, episode.started_at) == (at(15), at(30))
    assert (episode.ended_after, episode.ended_at) == (at(45), at(60))
    assert (episode.started_by, episode.ended_by) == (Told.SEEN, Told.SEEN)
    assert episode.ending is Ending.RETURNED
    assert (episode.cause, episode.cause_basis) == (Cause.UNKNOWN, CauseBasis.INFERRED)
    assert (episode.products, episode.customers) == (("QicsMilestones",), ("acme",))


def test_the_service_gives_the_exact_time_of_both_ends(
    follower: "Follower", sighting: See, at: At
) -> None:
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND, path=(HOME,), since=at(7)))
    follower.scan(30, sighting(HOME, path=(IRELAND,), since=at(22)))
    episode = follower.only
    assert (episode.started_after, episode.started_at) == (at(0), at(7))
    assert (episode.ended_after, episode.ended_at) == (at(15), at(22))
    assert (episode.started_by, episode.ended_by) == (Told.SERVICE, Told.SERVICE)
    assert follower.kinds == [*NEW, *BACK]


def test_the_log_gives_the_times_and_the_cause_and_no_name(
    follower: "Follower", sighting: See, operation: Log, at: At
) -> None:
    log = [operation(5, 8), operation(20, 24, by=Caller.APPLICATION)]
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND), operations=log[:1])
    follower.scan(30, sighting(), operations=log)
    episode = follower.only
    assert (episode.started_at, episode.ended_at) == (at(5), at(24))
    assert (episode.cause, episode.cause_basis) == (Cause.OPERATOR, CauseBasis.OBSERVED)
    assert (episode.operation, episode.caller) == (log[0].name, Caller.PERSON)


def test_a_failover_and_failback_between_two_scans_is_found_in_the_log(
    follower: "Follower", sighting: See, operation: Log, at: At
) -> None:
    log = [operation(3, 5), operation(9, 11)]
    seen = sighting(others=ONE_OTHER)
    follower.scan(0, seen)
    follower.scan(15, seen, operations=log)
    follower.scan(30, seen, operations=log)
    assert follower.kinds == [*NEW, *BACK]
    assert follower.only.path == (HOME, IRELAND)
    assert (follower.only.started_at, follower.only.ended_at) == (at(3), at(11))


def test_a_failover_and_failback_between_two_scans_is_found_by_the_time_stamp_alone(
    follower: "Follower", sighting: See, at: At
) -> None:
    follower.scan(0, sighting())
    follower.scan(15, sighting(path=(IRELAND,), since=at(9)))
    follower.scan(30, sighting(path=(IRELAND,), since=at(9)))
    episode = follower.only
    assert episode.path == (HOME, IRELAND)
    assert (episode.started_after, episode.started_at) == (at(0), at(9))
    assert (episode.ended_at, episode.ended_by) == (at(9), Told.SERVICE)
    assert follower.kinds == [*NEW, *BACK]


def test_the_log_that_comes_late_refines_what_the_time_stamp_told(
    follower: "Follower", sighting: See, operation: Log, at: At
) -> None:
    """The time-stamp tells of the return alone; the log has both, an hour later."""
    seen = sighting(path=(IRELAND,), since=at(9), others=ONE_OTHER)
    follower.scan(0, sighting())
    follower.scan(15, seen)
    first = follower.only
    follower.scan(75, seen, operations=[operation(3, 4), operation(7, 9)])
    assert follower.only.id == first.id
    assert follower.only.revision == first.revision + 1
    assert follower.only.started_at == at(3)
    assert follower.only.cause is Cause.OPERATOR
    assert follower.kinds == [*NEW, *BACK]


def test_a_round_trip_that_the_log_tells_late_is_found_between_older_scans(
    follower: "Follower", sighting: See, operation: Log, at: At
) -> None:
    for time in (0, 15, 30, 45, 60):
        follower.scan(time, sighting(others=ONE_OTHER))
    log = [operation(20, 21), operation(25, 26)]
    follower.scan(75, sighting(others=ONE_OTHER), operations=log)
    assert (follower.only.started_at, follower.only.ended_at) == (at(20), at(26))


def test_home_and_away_and_home_and_away_again_between_two_scans_are_two_episodes(
    follower: "Follower", sighting: See, operation: Log, at: At
) -> None:
    follower.scan(0, sighting(others=ONE_OTHER))
    log = [operation(2), operation(5), operation(9)]
    follower.scan(15, sighting(IRELAND, others=frozenset({HOME})), operations=log)
    assert [(each.started_at, each.ended_at) for each in follower.episodes] == [
        (at(2), at(5)),
        (at(9), None),
    ]


def test_one_that_returned_and_left_again_between_two_scans_is_closed_and_opened(
    follower: "Follower", sighting: See, at: At
) -> None:
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND, path=(HOME,), since=at(7)))
    follower.scan(30, sighting(IRELAND, path=(HOME,), since=at(27)))
    assert [(each.started_at, each.ended_at) for each in follower.episodes] == [
        (at(7), at(27)),
        (at(27), None),
    ]
    assert follower.episodes[0].ended_by is Told.SEEN
    assert follower.kinds == [*NEW, *BACK, *NEW]


def test_two_hops_between_two_scans_are_one_episode_over_both_regions(
    follower: "Follower", sighting: See, operation: Log, at: At
) -> None:
    everywhere = frozenset({IRELAND, GERMANY})
    follower.scan(0, sighting(others=everywhere))
    log = [operation(3), operation(9)]
    there = sighting(GERMANY, path=(IRELAND,), others=frozenset({HOME, IRELAND}))
    follower.scan(15, there, operations=log)
    assert follower.only.path == (HOME, IRELAND, GERMANY)
    assert follower.only.started_at == at(3)
    assert follower.kinds == [*NEW, "escalated"]


@pytest.mark.parametrize("meaning", [Meaning.IN_REGION, Meaning.DRILL, Meaning.REPLICATION])
def test_what_stays_in_the_region_opens_nothing(
    meaning: Meaning, follower: "Follower", sighting: See, operation: Log
) -> None:
    follower.scan(0, sighting(others=ONE_OTHER))
    log = [operation(3, meaning=meaning), operation(9, meaning=meaning)]
    follower.scan(15, sighting(others=ONE_OTHER), operations=log)
    assert follower.episodes == ()


@pytest.mark.parametrize(
    "facts",
    [
        {"outcome": Outcome.FAILED},
        {"outcome": Outcome.RUNNING},
        {"meaning": Meaning.POSSIBLE},
        {"name": "microsoft.storage/storageaccounts/write", "meaning": Meaning.POSSIBLE},
    ],
)
def test_what_failed_or_runs_or_may_be_something_else_opens_nothing(
    facts: dict[str, Any], follower: "Follower", sighting: See, operation: Log
) -> None:
    follower.scan(0, sighting(others=ONE_OTHER))
    follower.scan(15, sighting(others=ONE_OTHER), operations=[operation(3, **facts)])
    assert follower.episodes == ()


def test_an_order_of_priorities_that_may_have_moved_nothing_opens_nothing_alone(
    follower: "Follower", sighting: See, operation: Log
) -> None:
    everywhere = sighting(others=frozenset({IRELAND, GERMANY}))
    name = "microsoft.documentdb/databaseaccounts/failoverprioritychange/action"
    follower.scan(0, everywhere)
    follower.scan(15, everywhere, operations=[operation(3, name=name)])
    assert follower.episodes == ()


def test_a_failover_of_another_resource_is_not_this_ones(
    follower: "Follower", sighting: See, operation: Log
) -> None:
    other = operation(3, resource_id="/subscriptions/x/resourcegroups/r/providers/a/b/other")
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND), operations=[other])
    assert follower.only.cause is Cause.UNKNOWN


def test_a_log_read_in_overlapping_windows_tells_each_failover_once(
    follower: "Follower", sighting: See, operation: Log
) -> None:
    log = [operation(3, 5), operation(9, 11)]
    follower.scan(0, sighting(others=ONE_OTHER))
    follower.scan(15, sighting(others=ONE_OTHER), operations=[*log, *log])
    follower.scan(30, sighting(others=ONE_OTHER), operations=log)
    assert len(follower.episodes) == 1


def test_the_log_of_ninety_days_rebuilds_episodes_after_the_store_was_lost(
    follower: "Follower", sighting: See, operation: Log, at: At
) -> None:
    days = 24 * 60
    log = [operation(-80 * days), operation(-79 * days), operation(-2 * days)]
    follower.scan(0, sighting(IRELAND, others=frozenset({HOME})), operations=log)
    assert [(each.path, each.started_at, each.ended_at) for each in follower.episodes] == [
        ((HOME, IRELAND), at(-80 * days), at(-79 * days)),
        ((HOME, IRELAND), at(-2 * days), None),
    ]


def test_a_return_whose_beginning_is_older_than_the_log_is_told_with_an_unknown_beginning(
    follower: "Follower", sighting: See, operation: Log, at: At
) -> None:
    follower.scan(0, sighting(others=ONE_OTHER), operations=[operation(-600)])
    assert (follower.only.started_after, follower.only.started_by) == (None, Told.SEEN)
    assert follower.only.ended_at == at(-600)


def test_a_time_stamp_that_is_older_than_the_log_opens_nothing(
    follower: "Follower", sighting: See, at: At
) -> None:
    follower.scan(0, sighting(path=(IRELAND,), since=at(-91 * 24 * 60)))
    assert follower.episodes == ()


def test_what_was_made_elsewhere_and_brought_home_was_no_failover(
    follower: "Follower", sighting: See, at: At
) -> None:
    follower.scan(0, sighting(path=(IRELAND,), since=at(-60), made_in=IRELAND))
    assert follower.episodes == ()


def test_on_the_first_scan_the_service_explains_a_primary_away_from_home(
    follower: "Follower", sighting: See, at: At
) -> None:
    follower.scan(0, sighting(IRELAND, path=(HOME,), since=at(-500)))
    assert (follower.only.started_at, follower.only.started_after) == (at(-500), None)
    assert follower.kinds == NEW


def test_a_misplaced_primary_is_no_episode_until_something_explains_it(
    follower: "Follower", sighting: See, at: At
) -> None:
    follower.scan(0, sighting(IRELAND))
    assert follower.episodes == ()
    follower.scan(15, sighting(IRELAND, path=(HOME,)))
    assert follower.only.started_at == at(0)


def test_a_time_stamp_that_is_older_than_a_late_inventory_is_one_beginning(
    follower: "Follower", sighting: See, at: At
) -> None:
    follower.scan(0, sighting())
    follower.scan(10, sighting())
    follower.scan(20, sighting(IRELAND, path=(HOME,), since=at(5)))
    assert follower.only.started_at == at(5)


def test_an_operation_that_the_inventory_shows_late_is_one_beginning(
    follower: "Follower", sighting: See, operation: Log, at: At
) -> None:
    log = [operation(4, 5)]
    follower.scan(0, sighting(others=ONE_OTHER))
    follower.scan(
        10, sighting(others=ONE_OTHER), operations=[operation(4, outcome=Outcome.RUNNING)]
    )
    follower.scan(20, sighting(IRELAND, others=frozenset({HOME})), operations=log)
    follower.scan(30, sighting(IRELAND, others=frozenset({HOME})), operations=log)
    assert follower.only.started_at == at(4)
    follower.scan(40, sighting(IRELAND), operations=[*log, operation(34, 35)])
    follower.scan(50, sighting(others=ONE_OTHER), operations=[*log, operation(34, 35)])
    assert follower.only.ended_at == at(35)


def test_an_open_episode_is_marked_while_nobody_can_see_it(
    follower: "Follower", sighting: See, at: At
) -> None:
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND))
    follower.scan(30, sighting(""))
    follower.scan(45, sighting(""))
    assert follower.only.unseen_since == at(30)
    follower.scan(60)
    assert follower.only.open
    follower.scan(75, sighting(IRELAND))
    assert follower.only.unseen_since is None


def test_what_was_deleted_while_away_is_closed_as_deleted(
    follower: "Follower", sighting: See, at: At
) -> None:
    follower.scan(0, sighting())
    seen = sighting(IRELAND)
    follower.scan(15, seen)
    follower.scan(30, gone={seen.resource_id: at(15)})
    assert (follower.only.ending, follower.only.ended_after) == (Ending.DELETED, at(15))
    assert follower.only.ended_at == at(30)
    assert follower.kinds == [*NEW, "closed"]


def test_the_log_says_when_it_was_deleted(
    follower: "Follower", sighting: See, operation: Log, at: At
) -> None:
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND))
    name = "microsoft.storage/storageaccounts/delete"
    deleted = operation(21, 22, name=name, meaning=Meaning.DELETE)
    follower.scan(30, operations=[deleted])
    assert (follower.only.ending, follower.only.ended_at) == (Ending.DELETED, at(22))
    assert follower.only.ended_by is Told.LOG


def test_a_new_incarnation_at_home_is_no_return_of_the_one_that_was_deleted(
    follower: "Follower", sighting: See, operation: Log
) -> None:
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND))
    follower.before.clear()
    deleted = operation(21, name="microsoft.storage/storageaccounts/delete", meaning=Meaning.DELETE)
    follower.scan(30, sighting(), operations=[deleted])
    assert follower.only.ending is Ending.DELETED


def test_a_policy_that_changes_opens_nothing_and_closes_as_allowed(
    followers: "type[Follower]", sighting: See
) -> None:
    wide = followers(policy=Policy(primary=("NL", "IE")))
    seen = sighting(IRELAND, zone=Zone.HOME)
    wide.scan(0, seen)
    strict = followers(before=wide.before)
    strict.scan(15, sighting(IRELAND))
    assert strict.episodes == ()
    follower = followers()
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND))
    follower.policy = wide.policy
    follower.scan(30, seen)
    assert follower.only.ending is Ending.ALLOWED
    assert follower.kinds == [*NEW, "closed"]


def test_a_declared_standby_that_takes_over_and_stops_is_an_episode(
    follower: "Follower", sighting: See
) -> None:
    rests = sighting(IRELAND, standby=True, stands_by=True, made_in=IRELAND)
    serves = sighting(IRELAND, standby=True, made_in=IRELAND, path=(HOME,))
    for time, seen in ((0, rests), (15, serves), (30, serves), (45, rests)):
        follower.scan(time, seen)
    assert follower.only.path == (HOME, IRELAND)
    assert follower.kinds == [*NEW, *BACK]
    assert follower.only.ending is Ending.RETURNED


def test_a_standby_that_is_first_seen_serving_is_an_episode(
    follower: "Follower", sighting: See
) -> None:
    follower.scan(0, sighting(IRELAND, standby=True, made_in=IRELAND, path=(HOME,)))
    assert follower.only.path == (HOME, IRELAND)


def test_a_policy_without_failover_countries_has_no_order_to_skip(
    followers: "type[Follower]", sighting: See
) -> None:
    follower = followers(policy=Policy(failover=()))
    follower.scan(0, sighting())
    follower.scan(15, sighting(GERMANY))
    assert follower.kinds == NEW


@pytest.mark.parametrize(
    "night", [datetime(2026, 10, 25, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC)]
)
def test_the_nights_on_which_clocks_are_changed_are_like_any_other(
    night: datetime, follower: "Follower", sighting: See, at: At
) -> None:
    start = (night - at(0)).total_seconds() / 60
    for minutes in range(0, 240, 15):
        follower.scan(start + minutes, sighting(IRELAND if 30 <= minutes < 180 else HOME))
    episode = follower.only
    assert episode.ended_at is not None
    assert episode.ended_at - episode.started_at == timedelta(minutes=150)
    assert episode.started_at == night + timedelta(minutes=30)


def test_an_open_episode_explains_the_primary_to_the_policy(
    follower: "Follower", sighting: See, at: At
) -> None:
    follower.scan(0, sighting())
    follower.scan(15, sighting(IRELAND))
    follower.scan(30, sighting(GERMANY))
    story = failover_of(follower.only, at(30))
    assert (story.path, story.since) == ((HOME, IRELAND), at(15))


def test_an_episode_that_changes_keeps_its_id_and_counts_its_versions(
    follower: "Follower", sighting: See
) -> None:
    follower.scan(0, sighting())
    ids = set()
    for scan, region in enumerate((IRELAND, GERMANY, HOME), 1):
        follower.scan(scan * 15, sighting(region))
        ids.add(follower.only.id)
        assert follower.only.revision == scan
    assert len(ids) == 1


def test_a_row_of_scans_at_home_says_since_when(
    sighting: See, follower: "Follower", at: At
) -> None:
    seen = Before(region=HOME, home=True, since=at(-900), at=at(0))
    follower.scan(15, replace(sighting(IRELAND), before=seen))
    assert follower.only.started_after == at(0)
