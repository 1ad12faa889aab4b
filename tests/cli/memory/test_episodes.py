"""`residency episodes` and `residency incidents`: the failovers that are remembered."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from residency.cli.episodes import Why
from residency.model import Zone
from residency.store import Version
from residency.store.episodes import Ending, Episode, Purpose, Told, gather
from residency.store.episodes.kept import versions_of

Past = Callable[..., Any]
HOUR = timedelta(hours=1)


def episode(name: str, told: Any, at: datetime, **more: Any) -> Episode:
    facts: dict[str, Any] = {
        "id": f"episode-{name}",
        "resource_id": told(name=name).id,
        "resource_ids": (told(name=name).id,),
        "resource_type": "microsoft.storage/storageaccounts",
        "path": ("westeurope", "northeurope"),
        "zones": (Zone.HOME, Zone.FAILOVER),
        "ordered": True,
        "started_at": at,
        "started_after": at - HOUR,
        "started_by": Told.SERVICE,
        "products": ("Procs",),
        "customers": ("acme", "globex"),
    }
    return Episode(**(facts | more))


def versions(*episodes: Episode) -> tuple[Version, ...]:
    gathered = gather(episodes)
    return versions_of((*gathered.episodes, *gathered.incidents))


@pytest.fixture
def filled(past: Past, told: Any, now: datetime) -> Any:
    """Two that belong together, one of which has ended; and one of another day, ended."""
    made = past(1)
    back: dict[str, Any] = {"ended_by": Told.SEEN, "ending": Ending.RETURNED}
    made.scan(
        told(),
        versions=versions(
            episode("a", told, now - 3 * HOUR),
            episode("b", told, now - 2.5 * HOUR, ended_at=now - HOUR, **back),
            episode("c", told, now - 30 * HOUR, ended_at=now - 29 * HOUR, **back),
        ),
    )
    return made


def names(found: Mapping[str, Any]) -> list[str]:
    return [each["id"] for each in found["episodes"]]


@pytest.mark.usefixtures("filled")
def test_the_document_is_that_of_the_design(read_json: Any, now: datetime) -> None:
    found = read_json("episodes")
    assert found["schema"] == "residency/episodes/v1"
    assert names(found) == ["episode-c", "episode-a", "episode-b"]
    assert set(found["episodes"][1]) == {
        "id", "incident_id", "resource_id", "resource_type", "from_region", "to_region", "path",
        "cause", "cause_basis", "reason", "open", "started_at", "started_after", "ended_at",
        "ended_after", "products", "customers",
    }  # fmt: skip
    assert found["episodes"][1]["started_at"] == (now - 3 * HOUR).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert found["episodes"][1]["ended_at"] is None


@pytest.mark.usefixtures("filled")
def test_only_those_that_are_open(read_json: Any) -> None:
    assert names(read_json("episodes", "--open")) == ["episode-a"]


@pytest.mark.usefixtures("filled")
def test_the_text_says_from_where_to_where_and_since_when(run: Any) -> None:
    text = run("episodes").out
    assert "westeurope → northeurope" in text
    assert "↷ open" in text
    assert "✔ returned" in text
    assert "by the service itself" in text
    assert "at some time after" in text


@pytest.mark.usefixtures("filled")
def test_an_annotation_is_kept_and_told(read_json: Any) -> None:
    said = ("--reason", "test", "--explained", "--by", "on-call")
    noted = read_json("episodes", "annotate", "episode-a", *said)
    assert (noted["schema"], noted["by_role"]) == ("residency/note/v1", "on-call")
    reasons = {each["id"]: each["reason"] for each in read_json("episodes")["episodes"]}
    assert reasons == {"episode-a": "test", "episode-b": "unknown", "episode-c": "unknown"}


@pytest.mark.usefixtures("filled")
def test_the_newest_of_two_annotations_counts(read_json: Any, run: Any) -> None:
    for reason in ("test", "migration"):
        ran = run("episodes", "annotate", "episode-a", "--reason", reason, "--by", "on-call")
        assert ran.code == 0
        assert f"recorded as {reason}" in ran.out
    assert read_json("episodes", "--open")["episodes"][0]["reason"] == "migration"


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing", "--reason", "test", "--by", "on-call"), "knows nothing of 'nothing'"),
        (("episode-a", "--reason", "test", "--by", "jan@example.org"), "is no role"),
        (("episode-a", "--reason", "boredom", "--by", "on-call"), "boredom"),
        (("episode-a", "--by", "on-call"), "--reason"),
    ],
)
def test_an_annotation_that_makes_no_sense_is_refused(
    run: Any, read_json: Any, arguments: tuple[str, ...], said: str
) -> None:
    ran = run("episodes", "annotate", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert {each["reason"] for each in read_json("episodes")["episodes"]} == {"unknown"}


def test_the_configuration_may_stand_before_annotate(filled: Any, run: Any) -> None:
    missing = filled.config.with_name("missing.yaml")
    annotate = ("annotate", "episode-a", "--reason", "test", "--by", "on-call")
    ran = run("episodes", "--config", str(missing), *annotate)
    assert (ran.code, "missing.yaml" in ran.err) == (2, True)


def test_the_reasons_are_those_of_the_design() -> None:
    assert [*Why] == [*Purpose]


@pytest.mark.usefixtures("filled")
def test_incidents_gather_what_belongs_together(read_json: Any) -> None:
    found = read_json("incidents")
    assert found["schema"] == "residency/incidents/v1"
    told = [(each["open"], each["episodes"]) for each in found["incidents"]]
    assert told == [(False, ["episode-c"]), (True, ["episode-a", "episode-b"])]
    last = found["incidents"][1]
    assert (last["zone"], last["worst_zone"]) == ("failover", "failover")
    assert (last["products"], last["affected_customers"]) == (["Procs"], 2)
    assert (last["ended_at"], last["acknowledged"]) == (None, None)
    assert "acme" not in str(found)


@pytest.mark.usefixtures("filled")
def test_only_incidents_that_are_open(read_json: Any) -> None:
    found = read_json("incidents", "--open")["incidents"]
    assert [each["episodes"] for each in found] == [["episode-a", "episode-b"]]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("subject", ["incident", "episode-b"])
def test_an_incident_is_acknowledged_by_itself_or_one_of_its_episodes(
    read_json: Any, run: Any, subject: str
) -> None:
    if subject == "incident":
        subject = read_json("incidents", "--open")["incidents"][0]["id"]
    assert run("ack", subject, "--by", "on-call").code == 0
    seen = [each["acknowledged"] for each in read_json("incidents")["incidents"]]
    assert seen[0] is None
    assert seen[1]["by_role"] == "on-call"
    assert "by on-call" in run("incidents").out


def test_an_incident_that_turned_out_to_be_another_is_told_once(
    past: Past, told: Any, now: datetime, read_json: Any
) -> None:
    made = past(2)
    first = episode("a", told, now - 3 * HOUR)
    second = episode("b", told, now - 1.5 * HOUR)
    apart = gather([first, second])
    made.scan(told(), versions=versions_of((*apart.episodes, *apart.incidents)))
    assert len(read_json("incidents")["incidents"]) == 2
    between = replace(episode("c", told, now - 2.2 * HOUR))
    joined = gather([*apart.episodes, between])
    made.scan(told(), versions=versions_of((*joined.episodes, *joined.incidents)))
    (one,) = read_json("incidents")["incidents"]
    assert one["episodes"] == ["episode-a", "episode-c", "episode-b"]


@pytest.mark.parametrize("command", ["episodes", "incidents"])
def test_where_there_is_none_it_is_said(past: Past, told: Any, run: Any, command: str) -> None:
    past(1).scan(told())
    assert "is remembered" in run(command).out
