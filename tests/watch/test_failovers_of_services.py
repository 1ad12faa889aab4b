"""What a watched tenant tells of each service that can fail over; a table for each, in failovers/.

A table has the resources of one service as its provider shows them, and what happens to them step
by step: what the activity log says (`call`), what changes, and what is told then. `between` says
what is told where all of it happens between two scans, as far as the log proves it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from residency.simulator.failovers import OPERATOR
from residency.simulator.lifecycle import create, delete, patch
from residency.store.episodes import Episode

if TYPE_CHECKING:
    from tests.watch.conftest import Build, World

Make = Callable[..., "World"]
Row = Mapping[str, Any]

TABLES = sorted(Path(__file__).parent.joinpath("failovers").glob("*.yaml"))
KEYS = {"name", "page", "resources", "lists", "standby", "rest", "steps", "between"}
NOTHING: Row = {}
STEPS = {"call", "target", "create", "change", "delete", "lists", "hours", "told", "verdict"}


def rows(key: str = "name") -> list[Any]:
    """Give the rows of all tables that have a key."""
    found = []
    for path in TABLES:
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            assert row.keys() <= KEYS, row["name"]
            assert all(step.keys() <= STEPS for step in row["steps"]), row["name"]
            if key in row:
                found.append(pytest.param(row, id=f"{path.stem}: {row['name']}"))
    return found


class Play:
    """One row on its stage: `~/` stands for the one resource group, `now` for the time."""

    def __init__(self, row: Row, world: Make, build: "type[Build]") -> None:
        self.group = f"/subscriptions/{build.data}/resourceGroups/RG/providers/"
        bodies = [whole(each) for each in self.told(row["resources"])]
        self.tenant = world(
            *bodies,
            children=self.lists(row),
            policy={"standby": [{"resources": row["standby"]}]} if "standby" in row else {},
        )

    def told(self, value: Any, now: datetime | None = None) -> Any:
        text = json.dumps(value).replace("~/", self.group)
        return json.loads(text.replace('"now"', f'"{now:%Y-%m-%dT%H:%M:%SZ}"') if now else text)

    def lists(self, row: Row, now: datetime | None = None) -> dict[str, list[Any]]:
        told = self.told(row.get("lists", {}), now)
        return {path.lower(): items for path, items in told.items()}

    def happens(self, step: Row) -> None:
        simulator = self.tenant.simulator
        now = simulator.now()
        if "call" in step:
            simulator.log(step["call"], self.told(step["target"]), OPERATOR)
        for body in self.told(step.get("create", []), now):
            create(simulator, whole(body), caller=None)
        for name, changes in self.told(step.get("change", {}), now).items():
            patch(simulator, name, changes, caller=None)
        for name in self.told(step.get("delete", [])):
            delete(simulator, name)
        for path, items in self.lists(step, now).items():
            simulator.tenant.set_children(path, items)


def whole(body: Row) -> dict[str, Any]:
    """Give a body the name and type that its id has."""
    namespace, *segments = body["id"].rpartition("/providers/")[2].split("/")
    kind = "/".join([namespace, *segments[::2]])
    return {"type": kind, "name": "/".join(segments[1::2]), "location": "westeurope", **body}


def of(episode: Episode) -> Row:
    return {
        "path": list(episode.path),
        "open": episode.open,
        "cause": str(episode.cause),
        "basis": str(episode.cause_basis),
        "ends": len(episode.resource_ids),
    }


@pytest.mark.parametrize("row", rows())
def test_a_service_that_fails_over_and_returns(world: Make, build: "type[Build]", row: Row) -> None:
    play = Play(row, world, build)
    tenant = play.tenant
    assert tenant.scan().verdict == row.get("rest", "compliant")
    tenant.wait(minutes=5)
    known: Sequence[Row] = []
    for number, step in enumerate(row["steps"], start=1):
        play.happens(step)
        found = tenant.scan(hours=step.get("hours", 0), minutes=10)
        # what is not said anew is as it was said before
        both = zip_longest(known, step.get("told", []), fillvalue=NOTHING)
        known = [{**was, **told} for was, told in both]
        assert [of(each) for each in tenant.episodes()] == known, f"step {number}"
        if "verdict" in step:
            assert found.verdict == step["verdict"], f"step {number}"
    opened = [subject for kind, subject in tenant.events() if kind == "failover-opened"]
    assert len(opened) == len(known)
    assert tenant.faults() == ()


@pytest.mark.parametrize("row", rows("between"))
def test_what_happens_between_two_scans_is_told_where_the_log_proves_it(
    world: Make, build: "type[Build]", row: Row
) -> None:
    play = Play(row, world, build)
    tenant = play.tenant
    tenant.scan()
    for step in row["steps"]:
        tenant.wait(minutes=10)
        play.happens(step)
    tenant.scan()
    told = [(each.path[-1], each.open, str(each.cause)) for each in tenant.episodes()]
    is_open = {"returned": [False], "open": [True], "nothing": []}[row["between"]]
    assert told == [("northeurope", each, "operator") for each in is_open]
