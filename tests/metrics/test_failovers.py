"""Open failovers and incidents: where they stand, who saw them, how long they last."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from residency.metrics import Caps
from residency.model import Zone
from residency.policy import zone_of_region
from residency.settings import Policy
from residency.store import Event, EventKind
from residency.store.episodes import Episode, Purpose
from residency.store.episodes import Told as ToldBy
from residency.store.episodes.incidents import Incident
from residency.store.episodes.kept import versions_of

if TYPE_CHECKING:
    from tests.metrics.conftest import Estate, Told

STARTED = datetime(2026, 9, 30, 23, 0, tzinfo=UTC)
HOME, IRELAND, FRANCE, LONDON = "westeurope", "northeurope", "francecentral", "uksouth"
ROOT = "/subscriptions/00000000-0000-4000-8000-000000000001/resourcegroups/rg/providers/"


def an_episode(name: str, *path: str, **more: Any) -> Episode:
    way = (HOME, *(path or (IRELAND,)))
    known: dict[str, Any] = {
        "id": f"episode-{name}",
        "resource_id": f"{ROOT}microsoft.storage/storageaccounts/{name}",
        "resource_type": "microsoft.storage/storageaccounts",
        "path": way,
        "zones": tuple(zone_of_region(each, Policy()) for each in way),
        "ordered": True,
        "started_at": STARTED,
        "started_after": None,
        "started_by": ToldBy.SEEN,
        "products": ("Procs",),
        "customers": ("acme",),
        "incident_id": "i1",
    }
    known |= more
    return Episode(**{"resource_ids": (known["resource_id"],), **known})


def an_incident(*episodes: Episode, **more: Any) -> Incident:
    ended = [each.ended_at for each in episodes]
    known: dict[str, Any] = {
        "id": "i1",
        "zone": Zone.FAILOVER,
        "worst_zone": Zone.FAILOVER,
        "started_at": STARTED,
        "ended_at": max(filter(None, ended)) if all(ended) else None,
        "episode_ids": tuple(each.id for each in episodes),
    }
    return Incident(**(known | more))


def remember(estate: "Estate", *episodes: Episode, **more: Any) -> None:
    """Scan, with one incident of all the episodes."""
    told = more.pop("told", ())
    incident = an_incident(*episodes, **more)
    estate.scan(*told, versions=versions_of([*episodes, incident]))


def test_an_open_failover_is_shown_with_where_it_went(estate: "Estate", told: type["Told"]) -> None:
    remember(estate, an_episode("a"), told=(told(name="a", environment="test"),))
    labels = ("incident", "product", "environment", "from_region", "to_region", "zone")
    assert estate.series().of("failover_active", *labels) == {
        ("i1", "Procs", "test", HOME, IRELAND, "failover"): 1
    }


def test_a_failover_of_two_products_is_shown_for_each(estate: "Estate") -> None:
    remember(estate, an_episode("a", products=("B", "A")))
    found = estate.series()
    assert set(found.of("failover_active", "product")) == {("A",), ("B",)}
    assert found.one("failover_active_truncated") == 0


WAYS: list[tuple[tuple[str, ...], str, str, int]] = [
    ((IRELAND,), "failover", "failover", 0),
    ((FRANCE,), "exceptional", "exceptional", 1),
    ((IRELAND, FRANCE), "exceptional", "exceptional", 0),
    ((FRANCE, IRELAND), "failover", "exceptional", 1),
    ((LONDON,), "outside", "outside", 0),
    ((LONDON, IRELAND), "failover", "outside", 0),
    (("nowhere",), "unknown", "unknown", 0),
    (("nowhere", LONDON), "outside", "outside", 0),
]


@pytest.mark.parametrize(("path", "now", "worst", "skipped"), WAYS)
def test_an_incident_has_the_worst_zone_that_it_reached(
    estate: "Estate", path: tuple[str, ...], now: str, worst: str, skipped: int
) -> None:
    remember(estate, an_episode("a", *path))
    found = estate.series()
    assert set(found.of("failover_active", "zone")) == {(now,)}
    start = found.of("incident_start_timestamp_seconds", "incident", "zone")
    assert start == {("i1", worst): STARTED.timestamp()}
    assert found.of("incident_order_skipped", "incident") == {("i1",): skipped}


def test_the_worst_of_several_episodes_counts_and_only_while_it_is_open(estate: "Estate") -> None:
    later = STARTED + timedelta(minutes=5)
    remember(
        estate,
        an_episode("a"),
        an_episode("b", FRANCE),
        an_episode("c", LONDON, ended_at=later, customers=("globex",)),
    )
    found = estate.series()
    assert set(found.of("incident_start_timestamp_seconds", "zone")) == {("exceptional",)}
    assert found.of("incident_affected_customers", "incident") == {("i1",): 2}


def test_an_incident_that_is_over_leaves_no_series(estate: "Estate") -> None:
    remember(estate, an_episode("a", ended_at=STARTED + timedelta(minutes=5)))
    found = estate.series()
    for name in ("incident_start_timestamp_seconds", "incident_acknowledged", "failover_overdue"):
        assert found.of(name, "incident") == {}
    assert found.of("failover_active", "incident") == {}


def test_a_reason_on_record_explains_a_skipped_order(estate: "Estate") -> None:
    remember(estate, an_episode("a", FRANCE))
    estate.annotate("episode-a", Purpose.DISRUPTION, explained=True)
    assert estate.series().of("incident_order_skipped", "incident") == {("i1",): 0}


ACKNOWLEDGED: list[tuple[list[str], list[str], int]] = [
    ([], [], 0),
    (["i1"], [], 1),
    (["i0"], [], 1),
    (["episode-a"], [], 0),
    (["episode-a", "episode-b"], [], 1),
    (["episode-a"], ["episode-b"], 1),
    ([], ["episode-a"], 0),
    ([], ["episode-a", "episode-b"], 1),
]


@pytest.mark.parametrize(("seen", "tests", "expected"), ACKNOWLEDGED)
def test_an_incident_is_acknowledged_by_a_note_or_as_a_test(
    estate: "Estate", seen: list[str], tests: list[str], expected: int
) -> None:
    former = Incident(
        id="i0",
        zone=Zone.FAILOVER,
        worst_zone=Zone.FAILOVER,
        started_at=STARTED,
        ended_at=None,
        episode_ids=(),
    )
    episodes = an_episode("a"), an_episode("b")
    incident = an_incident(*episodes, superseded=("i0",))
    estate.scan(versions=versions_of([*episodes, former, incident]))
    for each in seen:
        estate.acknowledge(each)
    for each in tests:
        estate.annotate(each, Purpose.TEST)
    assert estate.series().of("incident_acknowledged", "incident") == {("i1",): expected}


LASTS: list[tuple[int, dict[str, Any], int]] = [
    (72, {}, 0),
    (73, {}, 1),
    (73, {"policy": {"max_failover": "100h"}}, 0),
    (5, {"policies": {"strict": {"max_failover": "4h"}}}, 1),
]


@pytest.mark.parametrize(("hours", "sections", "expected"), LASTS)
def test_a_failover_is_overdue_under_the_policy_that_binds_it(
    estate: "Estate", hours: int, sections: dict[str, Any], expected: int
) -> None:
    policy = "strict" if "policies" in sections else "default"
    acme = {"name": "Acme", "language": "nl", "policy": policy}
    estate.configure(estate={"customers": {"acme": acme}}, **sections)
    remember(estate, an_episode("a"))
    state = estate.state(at=STARTED + timedelta(hours=hours))
    assert [each.overdue for each in state.failovers.incidents] == [expected]


def test_an_exemption_silences_that_a_failover_is_overdue(estate: "Estate") -> None:
    entry = {
        "id": "e1",
        "reasons": ["failover-overdue"],
        "resources": ["*/a"],
        "owner": "o",
        "why": "w",
        "ticket": "t",
        "expires": "2030-01-01T00:00:00Z",
    }
    estate.configure(exemptions=[entry])
    remember(estate, an_episode("a"), an_episode("b"))
    state = estate.state(at=STARTED + timedelta(hours=100))
    assert [each.overdue for each in state.failovers.incidents] == [1]


def test_a_cap_leaves_what_is_farthest_from_home(estate: "Estate") -> None:
    away = [an_episode(f"a{number}") for number in range(5)]
    remember(estate, *away, an_episode("z", LONDON))
    found = estate.series(Caps(failovers=2))
    assert len(found.of("failover_active", "resource_id")) == 2
    assert ("outside",) in set(found.of("failover_active", "zone"))
    assert found.one("failover_active_truncated") == 4


def test_an_open_episode_without_an_incident_is_shown_all_the_same(estate: "Estate") -> None:
    estate.scan(versions=versions_of([an_episode("a", incident_id=None)]))
    found = estate.series()
    assert set(found.of("failover_active", "incident")) == {("episode-a",)}
    assert set(found.of("incident_start_timestamp_seconds", "incident")) == {("episode-a",)}


def of_episode(kind: str, episode: Episode) -> Event:
    after = {"episode": episode.id, "incident": episode.incident_id}
    return Event(kind=EventKind(kind), subject=episode.resource_id, before={}, after=after)


SEEN: list[tuple[str | None, int]] = [(None, 2), ("i1", 0), ("episode-a", 0), ("i2", 2)]


@pytest.mark.parametrize(("subject", "left"), SEEN)
def test_who_sees_a_failover_has_seen_its_events_also_those_to_come(
    estate: "Estate", subject: str | None, left: int
) -> None:
    episode, other = an_episode("a"), an_episode("x", incident_id="i2")
    incidents = an_incident(episode), an_incident(other, id="i2", episode_ids=(other.id,))
    estate.scan(
        versions=versions_of([episode, other, *incidents]),
        events=(of_episode("failover-opened", episode),),
    )
    if subject:
        estate.acknowledge(subject)
    estate.scan(events=(of_episode("failover-extended", episode),))
    found = estate.series().of("events_unacknowledged", "kind")
    assert found["failover-opened",] + found["failover-extended",] == left
    assert estate.waiting() == +Counter(found)  # the list of events says the same


def test_no_customer_is_named(estate: "Estate", told: Callable[..., "Told"]) -> None:
    remember(estate, an_episode("a"), told=(told(name="a"),))
    assert b"acme" not in estate.exposed().answer("", "").body
