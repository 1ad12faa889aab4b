"""A large estate out of a small one."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from residency.simulator import failovers
from residency.simulator.growth import grow
from residency.simulator.simulator import Simulator
from residency.simulator.world import Estate


@pytest.fixture
def grown(estate: Estate) -> Estate:
    return grow(estate, resources=100, subscriptions=20, seed=3)


def test_the_first_copy_is_the_estate_itself(estate: Estate, grown: Estate) -> None:
    own = len(estate.resources)
    assert list(grown.resources)[:own] == list(estate.resources)
    assert grown.resource_groups[: len(estate.resource_groups)] == list(estate.resource_groups)


def test_it_has_as_many_as_were_asked_for(grown: Estate) -> None:
    assert len(grown.resources) == len(list(grown.resources)) == 100
    assert len(grown.subscriptions) == 20
    assert grown.resources[-1] == list(grown.resources)[99]
    assert grown.resources[10:12] == [grown.resources[10], grown.resources[11]]
    with pytest.raises(IndexError):
        grown.resources[100]


def test_every_id_is_fresh_and_in_a_group_and_a_subscription_that_exist(grown: Estate) -> None:
    ids = [body["id"].lower() for body in grown.resources]
    assert len(set(ids)) == 100
    groups = {body["id"].lower() for body in grown.resource_groups}
    subscriptions = {one.id.lower() for one in grown.subscriptions}
    later = [one for one in ids if re.search(r"-\d{5}/providers", one)]
    assert later
    assert {"/".join(one.split("/")[:5]) for one in later} <= groups
    assert {one.split("/")[2] for one in ids} <= subscriptions


def test_names_follow_the_ids(grown: Estate) -> None:
    assert all(body["name"] == body["id"].rpartition("/")[2] for body in grown.resources)


def test_it_is_the_same_for_the_same_seed(estate: Estate) -> None:
    first, again, other = (grow(estate, resources=60, subscriptions=9, seed=n) for n in (1, 1, 2))
    assert list(first.resources) == list(again.resources)
    assert first.subscriptions == again.subscriptions
    assert first.subscriptions != other.subscriptions


def test_what_cannot_be_read_is_there_once(grown: Estate) -> None:
    shut = [one for one in grown.subscriptions if not one.readable]
    assert len(shut) == 1
    assert len([body for body in grown.resources if body["name"].startswith("stshut")]) == 1


def test_nothing_shrinks(estate: Estate) -> None:
    same = grow(estate, resources=1, subscriptions=1)
    assert list(same.resources) == list(estate.resources)
    assert same.subscriptions == list(estate.subscriptions)


def test_child_lists_are_repeated_with_what_they_point_at(estate: Estate, grown: Estate) -> None:
    paths = list(grown.children)
    assert len(paths) == len(set(paths)) == len(grown.children)
    assert all(grown.children[path] for path in paths)
    assert set(estate.children) <= set(paths)
    with pytest.raises(KeyError):
        grown.children["/subscriptions/none"]


def test_a_copy_fails_over_by_itself(grown: Estate, ids: Mapping[str, str]) -> None:
    simulator = Simulator(grown, clock=lambda: datetime(2026, 11, 2, tzinfo=UTC))
    west = next(
        body["id"]
        for body in grown.resources
        if body["type"] == "Microsoft.Sql/servers" and "sql-west0" in body["id"]
    )
    failovers.fail_over_sql_group(simulator, f"{west}/failoverGroups/fog")
    link = simulator.tenant.find(f"{west}/databases/crm/replicationLinks/link")
    assert link is not None
    assert link["properties"]["role"] == "Secondary"
    untouched = simulator.tenant.find(f"{ids['west']}/databases/crm/replicationLinks/link")
    assert untouched is not None
    assert untouched["properties"]["role"] == "Primary"
    assert len(simulator.tenant) == 100


def test_the_graph_holds_the_copies_too(grown: Estate) -> None:
    simulator = Simulator(grown)
    scope = [one.id.lower() for one in grown.subscriptions]
    counted = simulator.graph.query("resources | count", scope, with_tenant=False)
    assert counted.page(0, 1, as_table=False) == [b'{"Count":100}']
    protected = simulator.graph.query(
        "recoveryservicesresources | distinct id", scope, with_tenant=False
    )
    assert protected.total == len([p for p in grown.children if p.endswith("protecteditems")])
