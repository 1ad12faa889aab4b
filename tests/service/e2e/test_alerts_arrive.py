"""From the simulated Azure to a pager: the real service, Prometheus and Alertmanager in between."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bench.serving import APPS, Service, Tenant
from bench.stack import RESOLVED, Receiver, monitored
from residency.simulator.failovers import fail_back_storage, fail_over_storage
from residency.simulator.lifecycle import patch

pytestmark = pytest.mark.tool

Ran = Callable[..., subprocess.CompletedProcess[str]]
OFTEN = {"interval": "3s", "deadline": "2s", "fast_interval": "1s"}
PRODUCTS = {"Procs": {"label": "Procs", "match": {"tags": {"product": "Procs"}}}}
CUSTOMERS = {
    "acme": {"name": "Acme Secret BV", "language": "nl", "products": ["Procs"]},
    "other": {"name": "Other BV", "language": "nl", "products": ["Procs"]},
}


@pytest.fixture
def service(tenant: Tenant) -> Service:
    tenant.configure(scan=OFTEN, estate={"products": PRODUCTS, "customers": CUSTOMERS})
    found = tenant.serve()
    # A restart must be found at the same address.
    listen = {"listen": urlsplit(found.url).netloc}
    tenant.configure(scan=OFTEN, estate={"products": PRODUCTS, "customers": CUSTOMERS}, web=listen)
    found.wait_for("scan committed")
    return found


@pytest.fixture
def pager(tmp_path: Path, service: Service) -> Iterator[Receiver]:
    folder = tmp_path / "stack"
    folder.mkdir()
    with monitored(folder, urlsplit(service.url).netloc, quick=True) as found:
        found.wait_for("Watchdog", receiver="heartbeat")
        yield found


def test_a_failover_pages_once_and_is_a_ticket_once_it_is_acknowledged(
    tenant: Tenant, service: Service, pager: Receiver, run: Ran
) -> None:
    fail_over_storage(tenant.simulator, tenant.id_of("stdata"))
    _, alert = pager.wait_for("ResidencyFailoverActive", receiver="page")
    (incident,) = json.loads(run("incidents", "--format", "json").stdout)["incidents"]
    assert alert["labels"]["severity"] == "page"
    assert alert["labels"]["promise"] == "allowed"
    assert alert["labels"]["incident"] == incident["id"]
    told = alert["annotations"]
    assert told["role"] == "primary"
    assert told["from"] == "westeurope (NL)"
    assert told["to"] == "northeurope (IE): 1"
    assert told["product"] == "Procs"
    assert told["customers"] == "2"
    assert incident["id"] in told["ack"]
    assert "Secret" not in str(pager.heard), "no customer is named in an alert"
    assert "stdata" not in str(pager.heard), "nor a resource"
    pages = len(pager.alerts("ResidencyFailoverActive", receiver="page"))

    assert run("ack", incident["id"], "--by", "on-call", "--note", "T-1").returncode == 0
    pager.wait_for("ResidencyFailoverActive", receiver="ticket")
    pager.wait_for("ResidencyFailoverActive", RESOLVED, receiver="page")
    assert len(pager.alerts("ResidencyFailoverActive", receiver="page")) == pages

    fail_back_storage(tenant.simulator, tenant.id_of("stdata"))
    pager.wait_for("ResidencyFailoverActive", RESOLVED, receiver="ticket")
    assert service.process.poll() is None


def test_a_copy_in_the_united_kingdom_pages_until_it_is_gone(
    tenant: Tenant, pager: Receiver
) -> None:
    name = tenant.id_of("stdata")
    patch(tenant.simulator, name, {"properties": {"secondaryLocation": "uksouth"}})
    _, alert = pager.wait_for("ResidencyOutsideEU", receiver="page")
    assert (
        alert["labels"] | {"role": "replica", "region": "uksouth", "product": "Procs"}
        == (alert["labels"])
    )
    assert alert["labels"]["promise"] == "broken"
    assert alert["annotations"]["to"] == "uksouth (GB)"
    assert alert["annotations"]["customers"] == "2"
    patch(tenant.simulator, name, {"properties": {"secondaryLocation": "northeurope"}})
    pager.wait_for("ResidencyOutsideEU", RESOLVED, receiver="page")


def test_a_lost_subscription_makes_a_ticket_until_it_is_back(
    tenant: Tenant, pager: Receiver
) -> None:
    tenant.simulator.set_subscription(APPS, readable=False)
    _, alert = pager.wait_for("ResidencySubscriptionLost", receiver="ticket")
    assert alert["labels"]["subscription_id"] == APPS
    assert alert["labels"]["promise"] == "not-proven"
    tenant.simulator.set_subscription(APPS, readable=True)
    pager.wait_for("ResidencySubscriptionLost", RESOLVED, receiver="ticket")


def test_a_stopped_service_pages_until_it_runs_again(
    tenant: Tenant, service: Service, pager: Receiver
) -> None:
    service.stop()
    _, alert = pager.wait_for("ResidencyAbsent", receiver="page")
    assert alert["labels"]["cause"] == "no-service"
    tenant.serve()
    pager.wait_for("ResidencyAbsent", RESOLVED, receiver="page")


def test_a_short_failover_while_prometheus_was_away_still_makes_a_ticket(
    tenant: Tenant, service: Service, tmp_path: Path
) -> None:
    fail_over_storage(tenant.simulator, tenant.id_of("stdata"))
    scans = service.events().count("scan committed")
    service.wait_for("scan committed", times=scans + 2)
    fail_back_storage(tenant.simulator, tenant.id_of("stdata"))
    service.wait_for("scan committed", times=scans + 5)
    service.until(
        lambda: not any("failover_active{" in name for name in service.metrics()), "its end"
    )
    folder = tmp_path / "later"
    folder.mkdir()
    with monitored(folder, urlsplit(service.url).netloc, quick=True) as pager:
        pager.wait_for("ResidencyUnacknowledged", receiver="ticket", kind="failover-opened")
        assert not pager.alerts("ResidencyFailoverActive", receiver="page")
