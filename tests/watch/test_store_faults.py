"""A scan whose store fails, is killed or has a wrong clock: the next one tells all of it, once."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from residency import clock
from residency.errors import StoreError
from residency.simulator.failovers import fail_back_storage, fail_over_storage
from residency.simulator.lifecycle import create
from residency.store import engine
from residency.store.failpoint import VARIABLE

if TYPE_CHECKING:
    from residency.scan import Scan
    from tests.watch.conftest import Build, World

Make = Callable[..., "World"]
SCRIPT = Path(__file__).parent / "data" / "scan_once.py"
STEPS = ("facts", "scan", "standing", "versions", "events", "commit", "committed")
MOST_HOURS = 72
"""After how long a failover is a violation of its own: `policy.max_failover`."""

HAPPENED = [
    ("failover-opened", "stdata"),
    ("placement-added", "stlondon"),
    ("placement-added", "stlondon"),
    ("placement-moved", "stdata"),
    ("placement-moved", "stdata"),
    ("violation-opened", "stlondon"),
]


def much_happens(tenant: "World", build: "type[Build]") -> None:
    fail_over_storage(tenant.simulator, tenant.id_of("stdata"), planned=True)
    create(tenant.simulator, build.account("stlondon", secondaryLocation="uksouth"))


def told(tenant: "World") -> list[tuple[str, str]]:
    return sorted(tenant.events())


def test_a_scan_that_could_not_be_remembered_is_made_up_for_by_the_next(
    world: Make, build: "type[Build]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_BUSY_MILLISECONDS", 100)
    tenant = world()
    tenant.scan()
    much_happens(tenant, build)
    with closing(sqlite3.connect(tenant.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program holds it"):
            tenant.scan()
        other.execute("ROLLBACK")
    assert told(tenant) == []
    assert tenant.episodes() == ()
    tenant.scan()
    tenant.scan()
    assert told(tenant) == HAPPENED
    assert [each.cause for each in tenant.episodes()] == ["operator"]
    assert tenant.faults() == ()


def test_a_failover_and_return_around_a_scan_that_was_not_remembered_is_told(
    world: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_BUSY_MILLISECONDS", 100)
    tenant = world()
    tenant.scan()
    account = tenant.id_of("stdata")
    fail_over_storage(tenant.simulator, account, planned=True)
    with closing(sqlite3.connect(tenant.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError):
            tenant.scan()
        other.execute("ROLLBACK")
    fail_back_storage(tenant.simulator, account)
    tenant.scan()
    (episode,) = tenant.episodes()
    assert not episode.open
    assert episode.path == ("westeurope", "northeurope")


def killed_at(step: str, tenant: "World") -> int:
    """Scan in a process of its own that is killed at a step; gives how that ended."""
    tenant.wait(minutes=15)
    settings = tenant.settings().model_dump_json()
    ran = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(SCRIPT), settings, tenant.time.now.isoformat()],
        env={**os.environ, VARIABLE: step},
        capture_output=True,
        check=False,
    )
    return ran.returncode


@pytest.mark.parametrize("step", STEPS)
def test_a_monitor_that_is_killed_while_it_commits_tells_all_of_it_once(
    world: Make, build: "type[Build]", step: str
) -> None:
    tenant = world()
    tenant.scan()
    much_happens(tenant, build)
    tenant.restart()
    assert killed_at(step, tenant) == -signal.SIGKILL
    tenant.wait(minutes=20)
    tenant.scan()
    tenant.scan()
    assert told(tenant) == HAPPENED
    assert len(tenant.episodes()) == 1
    assert tenant.faults() == ()


def scan_by(tenant: "World", ahead: timedelta) -> "Scan":
    """Scan with a clock that is ahead of Azure's, or behind it."""
    tenant.wait(minutes=15)
    with clock.running(lambda: tenant.time() + ahead):
        found = asyncio.run(tenant.watching().scan(tenant.settings(), tenant.catalogue))
    return found.scan


@pytest.mark.parametrize("hours", [-2, -24 * 40, 3, 24 * 40], ids=lambda hours: f"{hours} h")
def test_a_clock_that_jumps_loses_no_failover_and_is_told(
    world: Make, build: "type[Build]", hours: int
) -> None:
    tenant = world()
    tenant.scan()
    tenant.scan()
    failed_at = tenant.time.now
    much_happens(tenant, build)
    jumped = scan_by(tenant, timedelta(hours=hours))
    right = scan_by(tenant, timedelta())
    too_long = hours > MOST_HOURS
    by_length = [("violation-closed", "stdata"), ("violation-opened", "stdata")] * too_long
    assert told(tenant) == sorted([*HAPPENED, *by_length])
    (episode,) = tenant.episodes()
    assert episode.open
    assert episode.path == ("westeurope", "northeurope")
    assert abs(episode.started_at - failed_at) < timedelta(seconds=5), "by the service's own clock"
    fail_back_storage(tenant.simulator, tenant.id_of("stdata"))
    tenant.scan()
    assert [each.open for each in tenant.episodes()] == [False]
    assert {jumped.verdict, right.verdict} == {"violation"}
    with closing(sqlite3.connect(tenant.path)) as connection:
        query = "SELECT seq FROM scan WHERE reasons LIKE '%clock: began at%'"
        late = [seq for (seq,) in connection.execute(query)]
    assert late == [3 if hours < 0 else 4]
    assert tenant.faults() == ()
