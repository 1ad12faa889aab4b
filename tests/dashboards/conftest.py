"""The committed dashboards, and a real Prometheus that scrapes a service over the demo's estate."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bench.programs import prometheus, until
from bench.serving import Tenant
from residency.cli.demo_past import configuration
from residency.simulator.app import create_app
from residency.simulator.estate import example_estate
from residency.simulator.failovers import fail_over_storage
from residency.simulator.server import serve_app
from residency.simulator.simulator import Simulator

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(ROOT.glob("dashboards/grafana/*.json"))
DASHBOARDS: Sequence[Json] = [json.loads(path.read_text(encoding="utf-8")) for path in FILES]
VARIABLES = {
    "$__rate_interval": "20s",
    "$job": ".+",
    "$instance": ".+",
    "$subscription": ".*",
    "$product": ".*",
    "$environment": ".*",
}
"""What Grafana puts in their place where all is chosen."""

OFTEN = {
    "RESIDENCY_SCAN__INTERVAL": "40s",
    "RESIDENCY_SCAN__DEADLINE": "35s",  # on a busy machine all is read, too
    "RESIDENCY_SCAN__FAST_INTERVAL": "1s",
    "RESIDENCY_WEB__LISTEN": "127.0.0.1:0",
}
FAILS_OVER = "stprocsfiles01"


def named(dashboard: Json) -> str:
    return str(dashboard["uid"])


def panels(dashboard: Json) -> list[Json]:
    """Give the panels that show something, without the headings."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def every_panel() -> list[Any]:
    return [
        pytest.param(dashboard, panel, id=f"{dashboard['uid']}/{panel['title']}")
        for dashboard in DASHBOARDS
        for panel in panels(dashboard)
    ]


def asked(expression: str) -> str:
    """Give a query as Grafana asks it where all is chosen."""
    return re.sub(r"\$[a-z_]\w+", lambda found: VARIABLES[found[0]], expression)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with `dashboard` for each of them, and with `panel` for each panel."""
    wanted = set(metafunc.fixturenames)
    if "panel" in wanted:
        metafunc.parametrize(("dashboard", "panel"), every_panel())
    elif "dashboard" in wanted:
        metafunc.parametrize("dashboard", DASHBOARDS, ids=named)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def dashboards() -> Sequence[Json]:
    return DASHBOARDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A Prometheus that can be asked."""

    address: str

    def get(self, path: str, **parameters: str) -> Any:
        address = f"{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - loopback
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["error"]) from error

    def rows(self, expression: str) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = self.get("query", query=asked(expression))["result"]
        return found

    def lines(self, expression: str) -> list[Mapping[str, Any]]:
        """Ask for the last half minute."""
        now = datetime.now(UTC)
        times = {"start": (now - timedelta(seconds=30)).timestamp(), "end": now.timestamp()}
        given = {name: f"{time:.3f}" for name, time in times.items()}
        data = self.get("query_range", query=asked(expression), step="1", **given)
        found: list[Mapping[str, Any]] = data["result"]
        return found


@contextmanager
def serving_demo(folder: Path) -> Iterator[Tenant]:
    """Give the demo's tenant, its configuration written, and end every service over it."""
    now = datetime.now(UTC)
    simulator = Simulator(example_estate(now))
    with serve_app(create_app(simulator)) as url:
        text = configuration(now, url)
        folder.joinpath("residency.yaml").write_text(text, encoding="utf-8")
        tenant = Tenant(folder=folder, url=url, simulator=simulator)
        try:
            yield tenant
        finally:
            for service in tenant.services:
                service.process.kill()
                service.process.wait(60)


def scraping(target: str) -> str:
    """Give a configuration of Prometheus, with the rules; YAML holds JSON."""
    return json.dumps(
        {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(ROOT / "dashboards/rules/*.yaml")],
            "scrape_configs": [
                {"job_name": "residency", "static_configs": [{"targets": [target]}]}
            ],
        }
    )


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """Give a Prometheus that saw the demo's estate, and a failover while it looked."""
    folder = tmp_path_factory.mktemp("demo")
    with serving_demo(folder) as tenant:
        service = tenant.serve(**OFTEN)
        service.wait_for("scan committed")
        with prometheus(folder, scraping(urlsplit(service.url).netloc)) as address:
            found = Asked(address=address)
            until(lambda: bool(found.rows("residency_scan_complete")), "series")
            fail_over_storage(tenant.simulator, tenant.id_of(FAILS_OVER))
            told = 'increase(residency_events_total{kind="failover-opened"}[1m]) > 0'
            until(lambda: bool(found.rows(told)), "failover in Prometheus")
            until(lambda: bool(found.rows('ALERTS{alertname="Watchdog"}')), "alerts")
            yield found
