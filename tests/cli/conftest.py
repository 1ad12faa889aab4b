"""Commands run in this process against a simulated Azure, with their output taken apart."""

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from residency.cli import main
from residency.simulator.estate import example_estate
from residency.simulator.estate.bodies import Group
from residency.simulator.estate.storage import storage_account
from residency.simulator.server import Running, serve
from residency.simulator.simulator import Simulator
from residency.simulator.world import Body, Estate, Subscription

MAIN = Subscription(id="aaaaaaaa-0000-4000-8000-000000000001", name="main")
DATA = Group(subscription=MAIN, name="rg-data", tags={"product": "Procs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Give this environment without settings of ours; lines are wide, so that names stay whole."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RESIDENCY_")}
    return {**kept, "COLUMNS": "400", **variables}


def run_main(folder: Path, *arguments: str, **variables: str) -> Ran:
    """Run the program's own entry point, as the installed script does."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        patch.object(sys, "argv", ["residency", *arguments]),
        patch.dict(os.environ, environment(variables), clear=True),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    code = ended.value.code
    return Ran(code=code if isinstance(code, int) else 0, out=out.getvalue(), err=err.getvalue())


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command in an empty folder of its own."""
    return lambda *arguments, **variables: run_main(tmp_path, *arguments, **variables)


@pytest.fixture
def clean_environment() -> Callable[..., dict[str, str]]:
    return lambda **variables: environment(variables)


@dataclass(frozen=True, slots=True, kw_only=True)
class Azure:
    """A simulated tenant that answers, and how a command is pointed at it."""

    running: Running
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def simulator(self) -> Simulator:
        return self.running.simulator


def azure_at(running: Running) -> Azure:
    variables = {"RESIDENCY_AZURE__ENDPOINT": running.url, "RESIDENCY_AZURE__CREDENTIAL": "none"}
    return Azure(running=running, variables=variables)


@pytest.fixture(scope="session")
def example() -> Iterator[Azure]:
    """The example estate of the demo; nothing may change it."""
    with serve(Simulator(example_estate(datetime.now(UTC)))) as running:
        yield azure_at(running)


@pytest.fixture
def serving() -> Iterator[Callable[[Estate], Azure]]:
    """Serve an estate until the test is over."""
    with contextlib.ExitStack() as stack:
        yield lambda estate: azure_at(stack.enter_context(serve(Simulator(estate))))


@pytest.fixture
def account() -> Callable[..., Body]:
    """Make a storage account of one region; at home unless told otherwise."""

    def make(name: str = "st1", *, location: str = "", **more: Any) -> Body:
        return storage_account(DATA, name, location=location) | more

    return make


@pytest.fixture
def tenant() -> Callable[..., Estate]:
    """Make a tenant of one subscription, or of the ones given."""

    def make(*resources: Body, subscriptions: tuple[Subscription, ...] = (MAIN,)) -> Estate:
        group = {
            "id": DATA.id,
            "name": DATA.name,
            "type": "Microsoft.Resources/resourceGroups",
            "location": DATA.location,
            "tags": dict(DATA.tags),
            "properties": {"provisioningState": "Succeeded"},
        }
        return Estate(
            tenant_id="99999999-0000-4000-8000-000000000009",
            management_group="mg-small",
            subscriptions=subscriptions,
            resource_groups=(group,),
            resources=resources,
        )

    return make


@pytest.fixture
def main_subscription() -> Subscription:
    return MAIN


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A configuration that names the one subscription."""
    path = tmp_path / "manifest.yaml"
    path.write_text(f"scope: {{subscriptions: [{{id: {MAIN.id}, name: main}}]}}\n")
    return path


@pytest.fixture(scope="session")
def once() -> Callable[..., Ran]:
    """Run a command whose output several tests look at."""
    return run_main
