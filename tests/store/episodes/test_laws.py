"""Laws that hold for any history of scans. Following twice is checked at every scan."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby, pairwise
from random import Random
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from residency.model import Operation, Outcome
from residency.store.episodes import Episode, Sighting, gather

if TYPE_CHECKING:
    from tests.store.episodes.conftest import Follower

HOME, IRELAND, GERMANY, ENGLAND = "westeurope", "northeurope", "germanywestcentral", "uksouth"
AWAY = {IRELAND, GERMANY, ENGLAND}
REGIONS = st.sampled_from([HOME, HOME, IRELAND, GERMANY, ENGLAND, ""])
HISTORIES = st.lists(REGIONS, min_size=1, max_size=12)
CALLS = st.lists(
    st.tuples(
        st.integers(-30, 180),
        st.integers(0, 20),
        st.sampled_from([Outcome.SUCCEEDED, Outcome.SUCCEEDED, Outcome.FAILED, Outcome.RUNNING]),
    ),
    max_size=5,
)
STAMPS = st.none() | st.integers(-30, 180)
OTHERS = st.frozensets(st.sampled_from([HOME, IRELAND, GERMANY]), max_size=2)

See = Callable[..., Sighting]
Log = Callable[..., Operation]
At = Callable[[float], datetime]


def is_whole(episodes: Sequence[Episode]) -> None:
    """What is true of any episodes of one resource."""
    assert len({each.id for each in episodes}) == len(episodes)
    assert sum(each.open for each in episodes) <= 1
    for each in episodes:
        assert all(one != other for one, other in pairwise(each.path))
        assert len(each.path) == len(each.zones)
        assert each.started_after is None or each.started_after <= each.started_at
        if each.ended_at is not None:
            assert each.ended_after is not None
            assert each.started_at <= each.ended_after <= each.ended_at
    for one, other in pairwise(episodes):
        assert one.ended_at is not None
        assert one.ended_at <= other.started_at


@given(HISTORIES)
def test_each_time_away_that_scans_saw_is_one_episode(
    followers: "type[Follower]", sighting: See, history: list[str]
) -> None:
    follower = followers()
    for scan, region in enumerate([HOME, *history]):
        follower.scan(scan * 15, sighting(region))
    known = [region for region in [HOME, *history] if region]
    away = [list(run) for is_away, run in groupby(known, AWAY.__contains__) if is_away]
    assert [list(each.path[1:]) for each in follower.episodes] == [
        [region for region, _ in groupby(run)] for run in away
    ]
    is_whole(follower.episodes)


@given(HISTORIES, st.tuples(CALLS, STAMPS, OTHERS))
def test_whatever_the_witnesses_say_a_history_stays_whole(
    followers: "type[Follower]",
    sighting: See,
    operation: Log,
    at: At,
    history: list[str],
    witnesses: tuple[list[tuple[int, int, Outcome]], int | None, frozenset[str]],
) -> None:
    """Each scan sees what the log had by then, and the service tells of a failover before it."""
    follower = followers()
    calls, stamp, others = witnesses
    ids: set[str] = set()
    for scan, region in enumerate([HOME, *history]):
        now = scan * 15
        log = [_entry(operation, *call, now) for call in calls if call[0] <= now]
        told = {}
        if stamp is not None and stamp <= now and region:
            told = {"since": at(stamp), "path": (IRELAND if region == HOME else HOME,)}
        follower.scan(now, sighting(region, others=others - {region}, **told), operations=log)
        is_whole(follower.episodes)
        assert ids <= {each.id for each in follower.episodes}
        ids = {each.id for each in follower.episodes}
        if region:
            assert any(each.open for each in follower.episodes) == (region != HOME)


def _entry(operation: Log, start: int, lasts: int, outcome: Outcome, now: int) -> Operation:
    """Give an operation as the log has it by now."""
    if start + lasts <= now:
        return operation(start, start + lasts, outcome=outcome)
    return replace(operation(start, outcome=Outcome.RUNNING), ended_at=None)


@given(HISTORIES, st.integers(0, 3))
def test_what_is_unknown_neither_opens_nor_closes(
    followers: "type[Follower]", sighting: See, history: list[str], blind: int
) -> None:
    follower = followers()
    scan = 0
    for scan, region in enumerate([HOME, *history]):
        follower.scan(scan * 15, sighting(region))
    before = [(each.id, each.path, each.ended_at) for each in follower.episodes]
    kinds = list(follower.kinds)
    for more in range(1, blind + 1):
        follower.scan((scan + more) * 15, sighting(""))
        follower.scan((scan + more) * 15 + 5)
    assert [(each.id, each.path, each.ended_at) for each in follower.episodes] == before
    assert follower.kinds == kinds


@given(st.lists(st.sampled_from([HOME, IRELAND, GERMANY]), min_size=1, max_size=8), st.data())
def test_more_scans_of_the_same_history_never_lose_an_episode(
    followers: "type[Follower]", sighting: See, history: list[str], data: st.DataObject
) -> None:
    """The region changes each hour; some scans look at any minute between."""
    minutes = data.draw(st.sets(st.integers(0, len(history) * 60 - 1), min_size=1, max_size=12))
    more = data.draw(st.sets(st.integers(0, len(history) * 60 - 1), max_size=12))
    few, many = followers(), followers()
    for follower, scans in ((few, minutes), (many, minutes | more)):
        follower.scan(-15, sighting())
        for minute in sorted(scans):
            follower.scan(minute, sighting(history[minute // 60]))
    assert len(few.episodes) <= len(many.episodes)
    for one in few.episodes:
        assert any(
            other.started_at <= one.started_at
            and (other.ended_at is None or one.started_at <= other.ended_at)
            for other in many.episodes
        )


@given(st.lists(st.integers(0, 300), max_size=8), st.randoms(use_true_random=False))
def test_incidents_do_not_depend_on_the_order_and_gathering_twice_changes_nothing(
    followers: "type[Follower]", sighting: See, starts: list[int], random: Random
) -> None:
    episodes: list[Episode] = []
    for number, start in enumerate(starts):
        follower = followers()
        name = f"/subscriptions/s/resourcegroups/r/providers/a/b/c{number}"
        follower.scan(start - 15, sighting(resource_id=name))
        follower.scan(start, sighting(IRELAND, resource_id=name))
        episodes.append(follower.only)
    gathered = gather(episodes)
    shuffled = list(episodes)
    random.shuffle(shuffled)
    assert gather(shuffled) == gathered
    assert gather(gathered.episodes) == gathered
    ranked = sorted(starts)
    assert len(gathered.incidents) == sum(
        place == 0 or start - ranked[place - 1] > 60 for place, start in enumerate(ranked)
    )
