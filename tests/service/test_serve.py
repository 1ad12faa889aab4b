"""`residency serve`: it scans on schedule, reloads, stops, and starts again where it was."""

import json
import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from bench.serving import Tenant
from residency.simulator.failovers import fail_over_storage
from residency.simulator.faults import Effect, Fault

Ran = Callable[..., subprocess.CompletedProcess[str]]

LOADED = "residency_config_last_reload_successful"
SUCCESS = "residency_scan_last_success_timestamp_seconds"
ATTEMPT = "residency_scan_last_attempt_timestamp_seconds"
KEY = "k" * 40
OFTEN = {"interval": "4s", "deadline": "3s"}
SELDOM = {"interval": "1h", "deadline": "10m", "fast_interval": "1h"}


def slow(tenant: Tenant) -> None:
    """Let every answer of Azure come late."""
    tenant.simulator.faults.add(Fault(effect=Effect.DELAY, delay_seconds=20))


def test_it_scans_at_once_then_on_schedule_and_says_so(tenant: Tenant) -> None:
    tenant.configure(scan=OFTEN)
    service = tenant.serve()
    service.wait_for("scan committed", times=4)
    scans = [line for line in service.lines() if line["event"] == "scan committed"]
    assert [line["number"] for line in scans] == list(range(1, len(scans) + 1))
    assert scans[0]["resources"]["compliant"] == 2
    assert service.metrics()[SUCCESS] == pytest.approx(time.time(), abs=10)


def test_it_stops_within_five_seconds_in_the_middle_of_a_scan(tenant: Tenant, run: Ran) -> None:
    tenant.configure(scan=SELDOM)
    service = tenant.serve()
    service.wait_for("scan committed")
    slow(tenant)
    tenant.configure(scan=SELDOM, report={"threshold": 0.9})  # another configuration: a scan
    service.wait_for("configuration read")
    time.sleep(16)  # the rest after the first scan is over
    assert service.stop() < 5
    assert service.process.returncode == 0
    assert service.events()[-1] == "stopped"
    assert service.events().count("scan committed") == 1
    assert run("ledger", "verify").returncode == 0


def test_after_a_restart_the_last_state_is_there_before_the_first_scan(tenant: Tenant) -> None:
    tenant.configure(scan=SELDOM)
    first = tenant.serve()
    first.wait_for("scan committed")
    first.until(lambda: SUCCESS in first.metrics(), "a scan in the metrics")
    before = first.metrics()
    first.stop(signal.SIGINT)
    slow(tenant)
    second = tenant.serve()
    after = second.metrics()
    assert after[SUCCESS] == before[SUCCESS]
    states = [name for name in before if name.startswith(("residency_resources", "residency_pl"))]
    assert states
    assert {name: after[name] for name in states} == {name: before[name] for name in states}
    assert "scan committed" not in second.events(), "the last scan is not an interval old"


def test_a_second_service_on_the_same_store_is_refused(tenant: Tenant) -> None:
    tenant.serve().wait_for("scan committed")
    second = tenant.begin()
    assert second.process.wait(60) == 2
    assert "is written by another process" in second.log.read_text(encoding="utf-8")


def test_a_changed_file_is_read_and_a_bad_one_is_refused_and_shown(tenant: Tenant) -> None:
    tenant.configure(scan=SELDOM)
    service = tenant.serve()
    assert service.metrics()[LOADED] == 1
    good = tenant.folder.joinpath("residency.yaml").read_text(encoding="utf-8")
    tenant.folder.joinpath("residency.yaml").write_text("scan: {interval: never}\n")
    service.wait_for("configuration refused, the old one stays")
    service.until(lambda: service.metrics()[LOADED] == 0, "the refusal in the metrics")
    tenant.folder.joinpath("residency.yaml").write_text(good)
    service.wait_for("configuration read")
    service.until(lambda: service.metrics()[LOADED] == 1, "the metrics")


def test_sighup_reads_the_configuration_again_and_does_not_end_it(tenant: Tenant) -> None:
    service = tenant.serve()
    service.process.send_signal(signal.SIGHUP)
    service.wait_for("configuration read")
    assert service.get("/-/healthy")[0] == 200


def test_while_azure_does_not_answer_the_state_stays_and_its_age_shows(tenant: Tenant) -> None:
    tenant.configure(scan=SELDOM | {"deadline": "5s"})
    first = tenant.serve()
    first.wait_for("scan committed")
    first.until(lambda: SUCCESS in first.metrics(), "a scan in the metrics")
    success = first.metrics()[SUCCESS]
    first.stop()
    tenant.simulator.faults.add(Fault(effect=Effect.STATUS, status=401))
    tenant.configure(scan={"interval": "10s", "deadline": "5s"})
    service = tenant.serve()
    service.wait_for("scan failed")
    service.until(lambda: service.metrics().get(ATTEMPT, 0) > success, "the attempt")
    assert service.metrics()[SUCCESS] == success
    refused = 'residency_azure_requests_total{api="microsoft.resources",code="401"}'
    assert service.metrics().get(refused, 0) > 0, "what a failed scan asked counts as well"
    assert service.get("/-/ready")[0] == 200, "age is a matter of metrics and alerts"


@pytest.mark.parametrize("complete", [True, False])
def test_the_heartbeat_comes_only_after_a_complete_scan(
    tenant: Tenant,
    complete: bool,  # noqa: FBT001 - a column of the table
) -> None:
    if not complete:
        tenant.simulator.faults.add(
            Fault(effect=Effect.STATUS, status=403, path="bbbbbbbb-0000-4000-8000-000000000002")
        )
    # Nobody listens there: that it was tried shows in the log.
    tenant.configure(scan=SELDOM, heartbeat={"url": "http://127.0.0.1:9/beat-secret"})
    service = tenant.serve()
    service.wait_for("scan committed")
    service.wait_for("ledger verified")
    (scan,) = [line for line in service.lines() if line["event"] == "scan committed"]
    assert scan["complete"] is complete
    assert ("heartbeat not sent" in service.events()) is complete
    assert "beat-secret" not in service.log.read_text(encoding="utf-8")


def test_a_look_between_two_scans_finds_a_failover_and_a_scan_follows(tenant: Tenant) -> None:
    tenant.configure(scan=SELDOM | {"fast_interval": "1s"})
    service = tenant.serve()
    service.wait_for("scan committed")
    fail_over_storage(tenant.simulator, tenant.id_of("stdata"))
    service.wait_for("look found news, a scan follows")
    service.wait_for("scan committed", times=2)
    service.until(
        lambda: any(name.startswith("residency_failover_active{") for name in service.metrics()),
        "the failover in the metrics",
    )


def test_an_event_of_azure_has_a_failover_seen_within_ten_seconds_of_the_rest(
    tenant: Tenant,
) -> None:
    keys = tenant.folder / "keys"
    keys.write_text(KEY)
    tenant.configure(scan=SELDOM, web={"hook_keys_file": str(keys)})
    service = tenant.serve()
    service.wait_for("scan committed")
    time.sleep(15)  # the rest that scans take before their time
    fail_over_storage(tenant.simulator, tenant.id_of("stdata"))
    began = time.monotonic()
    event = {
        "id": "1",
        "eventType": "Microsoft.Resources.ResourceActionSuccess",
        "subject": tenant.id_of("stdata"),
        "eventTime": "2026-11-01T00:00:00Z",
        "data": {"resourceUri": tenant.id_of("stdata")},
        "dataVersion": "",
        "metadataVersion": "1",
        "topic": "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001",
    }
    assert service.get(f"/api/v1/hooks/azure?code={KEY}", [event])[0] == 200
    service.until(
        lambda: any(name.startswith("residency_failover_active{") for name in service.metrics()),
        "the failover in the metrics",
        seconds=10,
    )
    assert time.monotonic() - began < 10
    assert KEY not in service.log.read_text(encoding="utf-8")


def test_what_is_acknowledged_over_http_is_in_the_ledger_and_in_the_metrics(
    tenant: Tenant, run: Ran
) -> None:
    tenant.configure(scan=SELDOM | {"fast_interval": "1s"})
    service = tenant.serve()
    service.wait_for("scan committed")
    fail_over_storage(tenant.simulator, tenant.id_of("stdata"))
    service.wait_for("scan committed", times=2)
    incidents = json.loads(run("incidents", "--format", "json").stdout)["incidents"]
    (incident,) = [each["id"] for each in incidents]
    series = f'residency_incident_acknowledged{{incident="{incident}"}}'
    service.until(lambda: service.metrics().get(series) == 0, "the incident in the metrics")
    code, text = service.get(
        f"/api/v1/events/{incident}/ack", {"by": "on-call", "note": "TICKET-1"}
    )
    assert code == 200, text
    service.until(lambda: service.metrics()[series] == 1, "the acknowledgement")
    assert run("ledger", "verify").returncode == 0


def test_a_sentinel_neither_signs_nor_audits(tenant: Tenant) -> None:
    key = tenant.folder / "no-such-key.pem"
    tenant.configure(scan=OFTEN, ledger={"key_file": str(key)})
    service = tenant.serve("--sentinel")
    service.wait_for("scan committed", times=3)
    assert "residency_ledger_ok" not in service.metrics()
    assert not [event for event in service.events() if event.startswith("ledger")]


def test_a_broken_ledger_shows(tenant: Tenant) -> None:
    import sqlite3  # noqa: PLC0415 - to do what nobody may

    tenant.configure(scan=SELDOM)
    first = tenant.serve()
    first.wait_for("ledger verified")
    first.until(lambda: first.metrics().get("residency_ledger_ok") == 1, "the ledger")
    first.stop()
    with sqlite3.connect(tenant.folder / "residency.db") as database:
        (trigger,) = database.execute(
            "SELECT sql FROM sqlite_master WHERE type='trigger' AND tbl_name='scan'"
            " AND sql LIKE '%UPDATE%'"
        ).fetchone()
        (name,) = database.execute(
            "SELECT name FROM sqlite_master WHERE sql = ?", (trigger,)
        ).fetchone()
        database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE scan SET verdict = 'compliant', complete = 1 - complete")
        database.execute(trigger)
    database.close()
    second = tenant.serve()
    second.wait_for("ledger broken")
    second.until(lambda: second.metrics().get("residency_ledger_ok") == 0, "the ledger")


def test_listening_beyond_this_machine_is_refused_without_tls(tenant: Tenant) -> None:
    tenant.configure(web={"listen": "0.0.0.0:0"})
    service = tenant.begin()
    assert service.process.wait(60) == 2
    assert "--listen-anywhere" in service.log.read_text(encoding="utf-8")
    assert not tenant.folder.joinpath("residency.db").exists(), "nothing was begun"
