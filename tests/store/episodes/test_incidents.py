"""Which episodes belong together, and that an incident keeps its id."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from residency.model import Zone
from residency.store.episodes import Episode, Sighting, gather

if TYPE_CHECKING:
    from tests.store.episodes.conftest import Follower

HOME, IRELAND, GERMANY = "westeurope", "northeurope", "germanywestcentral"
Begin = Callable[..., Episode]


@pytest.fixture
def begun(followers: "type[Follower]", sighting: Callable[..., Sighting]) -> Begin:
    def begin(start: float, name: str, *regions: str) -> Episode:
        follower = followers()
        resource_id = f"/subscriptions/s/resourcegroups/r/providers/a/b/{name}"
        for scan, region in enumerate((HOME, *(regions or (IRELAND,)))):
            follower.scan(start - 15 + scan * 15, sighting(region, resource_id=resource_id))
        return follower.only

    return begin


def grown(known: Sequence[Episode], *more: Episode) -> Sequence[Episode]:
    return gather((*known, *more)).episodes


@pytest.mark.parametrize(
    ("starts", "incidents"),
    [([0], 1), ([0, 59], 1), ([0, 60], 1), ([0, 61], 2), ([0, 50, 100], 1), ([0, 61, 200], 3)],
)
def test_those_that_began_within_an_hour_of_each_other_are_one(
    starts: list[int], incidents: int, begun: Begin
) -> None:
    found = gather([begun(start, f"r{start}") for start in starts])
    assert len(found.incidents) == incidents
    assert {each.incident_id for each in found.episodes} == {each.id for each in found.incidents}


def test_those_that_went_to_different_zones_are_two(begun: Begin) -> None:
    found = gather([begun(0, "a"), begun(5, "b", GERMANY)])
    assert [each.zone for each in found.incidents] == [Zone.FAILOVER, Zone.EXCEPTIONAL]


def test_one_that_escalates_stays_in_its_incident(begun: Begin) -> None:
    found = gather([begun(0, "a"), begun(5, "b", IRELAND, GERMANY)])
    (incident,) = found.incidents
    assert (incident.zone, incident.worst_zone) == (Zone.FAILOVER, Zone.EXCEPTIONAL)


def test_an_incident_that_grows_keeps_its_id_also_if_the_new_one_began_before(begun: Begin) -> None:
    known = grown((), begun(50, "b"))
    later = gather((*known, begun(0, "a"), begun(100, "c")))
    (incident,) = later.incidents
    assert incident.id == known[0].incident_id
    assert len(incident.episode_ids) == 3
    assert [each.revision for each in later.episodes] == [1, 1, 1]


def test_of_two_that_turn_out_to_be_one_the_earlier_keeps_its_id(begun: Begin) -> None:
    apart = gather([begun(0, "a"), begun(100, "c")])
    first, second = apart.incidents
    joined = gather((*apart.episodes, begun(50, "b")))
    (incident,) = joined.incidents
    assert (incident.id, incident.superseded) == (first.id, (second.id,))
    assert [each.revision for each in joined.episodes] == [1, 1, 2]


def test_an_episode_whose_beginning_becomes_better_known_stays_in_its_incident(
    begun: Begin, at: Callable[[float], datetime]
) -> None:
    known = grown((), begun(0, "a"), begun(55, "b"))
    moved = replace(known[0], started_at=at(-30))
    assert len(gather((moved, known[1])).incidents) == 1


def test_an_incident_ends_with_the_last_of_its_episodes(
    begun: Begin, at: Callable[[float], datetime]
) -> None:
    ended = [begun(0, "a", IRELAND, HOME), begun(30, "b", IRELAND, IRELAND, HOME)]
    assert gather(ended).incidents[0].ended_at == at(60)
    assert gather([*ended, begun(20, "c")]).incidents[0].ended_at is None
