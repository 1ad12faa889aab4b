"""`residency demo --history` leaves a folder with a past that every other command can be tried on.

CI makes the last thirteen days; the whole past of 60 days is made in bench/history.py.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, once: Run) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    made = once(folder, "demo", "--history", "13d", "--once", "--data", str(folder))
    assert made.code == 0, made.err
    return folder


def told(once: Run, folder: Path, *command: str) -> Any:
    ran = once(folder, *command, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_the_past_has_the_failovers_that_the_story_tells(once: Run, folder: Path) -> None:
    episodes = told(once, folder, "episodes")["episodes"]
    found = {
        (each["resource_id"].rpartition("/")[2], tuple(each["path"]), each["open"], each["cause"])
        for each in episodes
    }
    to_ireland = ("westeurope", "northeurope")
    assert found == {
        ("stdashboardsarchive", to_ireland, True, "operator"),
        ("procs", to_ireland, True, "operator"),
        ("procs-flows", to_ireland, True, "operator"),
        ("cosmos-milestones-plan", ("westeurope", "germanywestcentral"), True, "operator"),
        ("stmilestonesdocs01", to_ireland, True, "operator"),
        # before the first scan: told by the activity log, which keeps 90 days
        ("stmilestonesfiles01", to_ireland, False, "operator"),
        ("stmilestonesacme01", to_ireland, False, "operator"),
        ("stmilestoneswaterhoek01", to_ireland, False, "operator"),
    }


def test_each_began_when_it_did(once: Run, folder: Path) -> None:
    episodes = told(once, folder, "episodes")["episodes"]
    docs = next(each for each in episodes if each["resource_id"].endswith("stmilestonesdocs01"))
    began = datetime.fromisoformat(docs["started_at"])
    ago = datetime.now(UTC) - began
    assert timedelta(hours=5) < ago < timedelta(hours=5, minutes=10)


def test_the_ledger_of_the_past_is_whole(once: Run, folder: Path) -> None:
    assert once(folder, "ledger", "verify").code == 0


def test_a_folder_with_a_past_goes_on_from_it(once: Run, folder: Path) -> None:
    before = told(once, folder, "episodes")
    ran = once(folder, "demo", "--history", "13d", "--once", "--data", str(folder))
    assert ran.code == 0
    after = told(once, folder, "episodes")
    assert [each["id"] for each in after["episodes"]] == [e["id"] for e in before["episodes"]]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("soon", "needs a unit, such as 72h"),
        ("400d", "at most 366d"),
        ("0d", "must be more than zero"),
    ],
)
def test_an_impossible_past_is_refused_with_what_to_write(run: Run, given: str, says: str) -> None:
    ran = run("demo", "--once", "--history", given)
    assert ran.code == 2
    assert says in ran.err
