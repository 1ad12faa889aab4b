"""Whatever goes wrong, no log holds a secret. Each of them has the word canary in it."""

import bcrypt
import pytest

from bench.serving import Service, Tenant
from residency.simulator.faults import Effect, Fault

CANARY = "canary"
KEY = f"{CANARY}-of-hooks-{'k' * 24}"
PASSWORD = f"{CANARY}-password"
HEARTBEAT = f"http://127.0.0.1:9/{CANARY}-heartbeat"
SCAN = {"interval": "6s", "deadline": "2s", "fast_interval": "1s"}


@pytest.fixture
def service(tenant: Tenant) -> Service:
    """Give a service that has every secret there is."""
    digest = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    (tenant.folder / "keys").write_text(KEY)
    (tenant.folder / "web.yaml").write_text(f"basic_auth_users: {{prometheus: '{digest}'}}\n")
    web = {
        "hook_keys_file": str(tenant.folder / "keys"),
        "config_file": str(tenant.folder / "web.yaml"),
    }
    tenant.configure(scan=SCAN, heartbeat={"url": HEARTBEAT}, web=web)
    service = tenant.begin(
        AZURE_CLIENT_SECRET=f"{CANARY}-client-secret",
        AZURE_PASSWORD=f"{CANARY}-azure-password",
        NO_PROXY="127.0.0.1",
        HTTPS_PROXY=f"http://user:{CANARY}-proxy@127.0.0.1:9",
    )
    service.wait_for("serving")
    service.url = next(line["url"] for line in service.lines() if line["event"] == "serving")
    return service


def test_no_secret_is_in_a_log_whatever_goes_wrong(tenant: Tenant, service: Service) -> None:
    service.wait_for("heartbeat not sent")
    for code in (KEY[:-1], KEY):
        service.get(f"/api/v1/hooks/azure?code={code}", {"canary": [f"{CANARY}-body"]})
        service.get("/api/v1/hooks/azure", [{"subject": CANARY}], Authorization=f"Bearer {code}")
    service.get("/metrics", Authorization=f"Basic {CANARY}")
    service.get(f"/{CANARY}?code={KEY}")
    for fault in (
        Fault(effect=Effect.STATUS, status=401, body=f"Bearer {CANARY}-token is not known"),
        Fault(effect=Effect.STATUS, headers={"Authorization": f"Bearer {CANARY}-echo"}),
        Fault(effect=Effect.HTML),
    ):
        failed = service.events().count("scan failed")
        tenant.simulator.faults.clear()
        tenant.simulator.faults.add(fault)
        service.wait_for("scan failed", times=failed + 1, seconds=90)
    good = (tenant.folder / "residency.yaml").read_text(encoding="utf-8")
    for number, bad in enumerate(
        (
            f"heartbeat: {{url: 'no address {CANARY}'}}",
            f"azure: {{client_secret: {CANARY}-typed-in}}",
            f"heartbeat: [{CANARY}",
        ),
        start=1,
    ):
        (tenant.folder / "residency.yaml").write_text(bad)
        service.wait_for("configuration refused, the old one stays", times=number)
    (tenant.folder / "residency.yaml").write_text(good)
    (tenant.folder / "keys").write_text(f"{CANARY}-short")
    service.wait_for("configuration refused, the old one stays", times=4)
    (tenant.folder / "web.yaml").write_text(f"basic_auth_users: {{prometheus: {CANARY}-plain}}\n")
    (tenant.folder / "keys").write_text(f"{CANARY}-another-key-{'x' * 20}")
    service.wait_for("configuration read")
    service.stop()
    text = service.log.read_text(encoding="utf-8")
    assert text.count("\n") > 10
    found = [line for line in text.splitlines() if CANARY in line.lower()]
    assert not found, found
