"""The pages of incidents: what moved, whether the promise allows it, and who saw it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from residency.model import Zone
from residency.settings import policy_sha256
from residency.store.episodes import Episode, Purpose
from residency.store.episodes.kept import versions_of
from residency.store.notes import acknowledgement, record
from tests.metrics.test_failovers import an_episode, an_incident

NOW = datetime.now(UTC)


def recent(name: str, *path: str, **more: Any) -> Episode:
    return an_episode(name, *path, started_at=NOW - timedelta(hours=2), **more)


@pytest.fixture
def moved(shop: Any, row: Callable[..., Any]) -> Callable[..., None]:
    """Scan, with one incident of these episodes."""

    def scan(*episodes: Episode, **more: Any) -> None:
        incident = an_incident(*episodes, started_at=NOW - timedelta(hours=2), **more)
        shop.scan(row(name="a"), versions=versions_of([*episodes, incident]))

    return scan


def test_an_open_incident_is_on_the_first_page_and_leads_to_its_resources(
    pages: Any, moved: Callable[..., None]
) -> None:
    moved(recent("a"))
    first = pages.see("/")
    assert "westeurope (NL) → northeurope (IE)" in first.text
    assert "/incident/i1" in first.links
    seen = pages.see("/incident/i1")
    assert "westeurope (NL) → northeurope (IE)" in seen.text
    assert "Acme" in seen.text
    assert "residency ack i1 --by ROLE" in seen.text
    assert any(each.startswith("/resource?id=") for each in seen.links)


ALLOWED = [
    ({}, Zone.FAILOVER, "nobody has recorded that it was one"),
    ({"reason": Purpose.DISRUPTION}, Zone.FAILOVER, "✔ allowed: people recorded a disruption"),
    ({"reason": Purpose.TEST}, Zone.FAILOVER, "people recorded another reason"),
    ({"path": ("uksouth",)}, Zone.OUTSIDE, "not allowed: it left what the policy allows"),
    ({"path": ("atlantis",)}, Zone.UNKNOWN, "not proven: where it went is not known"),
]


@pytest.mark.parametrize(("told", "worst", "said"), ALLOWED)
def test_what_the_promise_says_is_said_in_words(
    pages: Any, moved: Callable[..., None], told: dict[str, Any], worst: Zone, said: str
) -> None:
    more = dict(told)
    moved(recent("a", *more.pop("path", ()), **more), zone=worst, worst_zone=worst)
    assert said in pages.see("/incident/i1").text


def test_an_incident_that_lasts_too_long_by_now_is_not_compliant(
    pages: Any, shop: Any, row: Callable[..., Any]
) -> None:
    over = NOW - shop.settings.policy.max_failover - timedelta(minutes=1)
    episode = an_episode("a", started_at=over)
    incident = an_incident(episode, started_at=over)
    shop.scan(
        row(name="a"),
        versions=versions_of([episode, incident]),
        policy_sha256=policy_sha256(shop.settings),
        reasons=(),
    )
    assert pages.headline() == ("Not proven: 1 open incident went past what the promise allows")


def test_an_incident_that_somebody_saw_says_who(
    pages: Any, moved: Callable[..., None], shop: Any
) -> None:
    moved(recent("a"))
    record(shop.url, acknowledgement("i1", NOW, "duty-officer"), None)
    seen = pages.see("/incident/i1").text
    assert "duty-officer" in seen
    assert "residency ack" not in seen


def test_what_ended_is_not_among_the_open_ones_and_stays_on_the_timeline(
    pages: Any, moved: Callable[..., None]
) -> None:
    moved(recent("a", ended_at=NOW - timedelta(hours=1)))
    first = pages.see("/")
    assert "None is open." in first.text
    assert "1 resource: failover" in first.text
    assert "/incident/i1" in pages.see("/incidents").links
