"""What happened to the example estate before it came to stand as it does (docs/demo.md).

Times are told back from now, so that a longer or a shorter past ends the same.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from residency.simulator.estate import databases, storage
from residency.simulator.estate.bodies import NORTH, WEST
from residency.simulator.estate.groups import PROCS_PRODUCT, QICS_DASHBOARDS, QICS_MILESTONES
from residency.simulator.estate.story_failovers import (
    EXCEPTIONAL,
    FAILED_OVER_HOURS_AGO,
    OVERDUE_HOURS_AGO,
)
from residency.simulator.failovers import (
    OPERATOR,
    change_cosmos_write_region,
    fail_back_storage,
    fail_over_sql_group,
    fail_over_storage,
)
from residency.simulator.lifecycle import create, delete
from residency.simulator.simulator import Simulator
from residency.simulator.world import Body

PLAN, ARCHIVE, DOCUMENTS = "cosmos-milestones-plan", "stdashboardsarchive", "stmilestonesdocs01"
_LEFT_BEHIND = "stdashboardslondon01"
DISRUPTED = ("stmilestonesfiles01", "stmilestonesacme01", "stmilestoneswaterhoek01")
_GROUP = "fog-procs"

Act = Callable[[Simulator], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened.

    Attributes:
        at: When.
        told: What it was, for people.
    """

    at: datetime
    told: str
    act: Act


def rewind(simulator: Simulator) -> None:
    """Put at home what failed over since, as it stood before all of this."""
    for group, name, sku in (
        (QICS_MILESTONES.group("data"), DOCUMENTS, "Standard_GRS"),
        (QICS_DASHBOARDS.group("data"), ARCHIVE, "Standard_RAGRS"),
    ):
        simulator.put(storage.storage_account(group, name, sku))
    simulator.put(_plan((WEST, NORTH, EXCEPTIONAL)))
    fail_over_sql_group(simulator, _sql_group(simulator), caller=None)


def past(now: datetime) -> tuple[Step, ...]:
    """Tell what happened, the oldest first."""
    return tuple(sorted(_steps(now), key=lambda step: step.at))


def _steps(now: datetime) -> Iterator[Step]:
    def step(told: str, act: Act, **ago: float) -> Step:
        return Step(at=now - timedelta(**ago), told=told, act=act)

    for name in DISRUPTED:
        yield step(f"{name} fails over to Ireland", over(name), days=52, hours=3.6)
        yield step(f"{name} is back", back(name), days=51, hours=21.4)
    yield step("an account is made in London", make_in_london, days=43, hours=5)
    yield step("the account in London is deleted", delete_in_london, days=42, hours=3)
    yield step("nobody can read procs-prod", partial(_procs, readable=False), days=35, hours=4.2)
    yield step("procs-prod can be read again", partial(_procs, readable=True), days=34, hours=23.6)
    yield step("Cosmos DB moves to Ireland by itself", _plan_to(NORTH), days=22, hours=8)
    yield step("and on to Germany", _plan_to(EXCEPTIONAL), days=22, hours=5)
    yield step("Cosmos DB is back", _plan_to(WEST), days=20, hours=22)
    yield step("the archive fails over", over(ARCHIVE), hours=OVERDUE_HOURS_AGO)
    yield step("the group of Procs fails over", _fail_over_group, days=2, hours=2)
    yield step("Ireland is taken from Cosmos DB", _leave_ireland, hours=21)
    yield step("Cosmos DB is moved to Germany", _plan_to(EXCEPTIONAL, caller=OPERATOR), hours=20)
    yield step(
        "an account is local in Ireland",
        over(DOCUMENTS, planned=False),
        hours=FAILED_OVER_HOURS_AGO,
    )


def over(name: str, *, planned: bool = True) -> Act:
    """Fail a storage account over."""
    return lambda simulator: fail_over_storage(simulator, _id(simulator, name), planned=planned)


def back(name: str) -> Act:
    """Bring a storage account back."""
    return lambda simulator: fail_back_storage(simulator, _id(simulator, name))


def make_in_london(simulator: Simulator) -> None:
    """Make an account where none may be."""
    account = storage.storage_account(QICS_DASHBOARDS.group("data"), _LEFT_BEHIND, "Standard_LRS")
    there = {**account["properties"], "primaryLocation": "uksouth"}
    create(simulator, {**account, "location": "uksouth", "properties": there})


def delete_in_london(simulator: Simulator) -> None:
    """Delete it."""
    delete(simulator, _id(simulator, _LEFT_BEHIND))


def _procs(simulator: Simulator, *, readable: bool) -> None:
    simulator.set_subscription(PROCS_PRODUCT.subscription.id, readable=readable)


def _plan_to(region: str, caller: str | None = None) -> Act:
    return lambda simulator: change_cosmos_write_region(
        simulator, _id(simulator, PLAN), region, caller=caller
    )


def _plan(regions: tuple[str, ...]) -> Body:
    group = QICS_MILESTONES.group("data")
    return databases.cosmos_account(group, PLAN, regions, backup="Geo")


def _leave_ireland(simulator: Simulator) -> None:
    simulator.put(_plan((WEST, EXCEPTIONAL)))


def _fail_over_group(simulator: Simulator) -> None:
    fail_over_sql_group(simulator, _sql_group(simulator))


def _id(simulator: Simulator, name: str) -> str:
    """Find a resource by its name."""
    wanted = f'"name":"{name}"'.encode()
    return next(
        str(body["id"])
        for raw in simulator.tenant.encoded()
        if wanted in raw and (body := json.loads(raw))["name"] == name
    )


def _sql_group(simulator: Simulator) -> str:
    return next(
        str(item["id"])
        for _, items in simulator.tenant.all_children()
        for item in items
        if item.get("name") == _GROUP
    )
