"""`residency explain`: what the last scan recorded of a resource, and how it came to that."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from residency.model import Basis, Reason, Severity, Status
from residency.settings import load, policy_sha256
from residency.simulator.failovers import fail_over_storage
from residency.store import Version

Past = Callable[..., Any]
Run = Callable[..., Any]
WRONG: dict[str, Any] = {
    "places": (("primary", "westeurope"), ("replica", "uksouth")),
    "status": Status.VIOLATION,
    "severity": Severity.CRITICAL,
    "reasons": (Reason.OUTSIDE_EU,),
}
SET_ASIDE = """\
exemptions:
  - id: e1
    reasons: [outside-eu]
    resources: ['*/a']
    owner: o
    why: w
    ticket: T-1
    expires: EXPIRES
declarations:
  - {resources: ['*/a'], country: NL, holds: stores, source: letter, owner: o, expires: EXPIRES}
"""


def recorded(made: Any) -> tuple[Version, ...]:
    """Give what counts in the configuration as a scan records it."""
    settings = load(made.config)
    bodies = [
        *(("exemption", each.id, each) for each in settings.exemptions),
        *(("declaration", str(number), each) for number, each in enumerate(settings.declarations)),
        ("policy", "default", settings.policy),
    ]
    return tuple(
        Version(kind=kind, id=name, body=json.dumps(each.model_dump(mode="json"), sort_keys=True))
        for kind, name, each in bodies
    )


def scan(made: Any, *told: Any, **more: Any) -> datetime:
    """Commit a scan that judged by the configuration as it is."""
    digest = policy_sha256(load(made.config))
    began: datetime = made.scan(*told, versions=recorded(made), policy_sha256=digest, **more)
    return began


def set_aside(made: Any, expires: datetime) -> None:
    before = made.config.read_text(encoding="utf-8")
    lines = SET_ASIDE.replace("EXPIRES", f"'{expires.isoformat()}'")
    made.config.write_text(before + lines, encoding="utf-8")


@pytest.fixture
def filled(past: Past, told: Any) -> Any:
    """At home, then with a copy in London; another was there and is gone, a third is not seen."""
    made = past(3)
    scan(made, told(), told(name="b"), told(name="c"))
    scan(made, told(**WRONG), told(name="b"), told(name="c"))
    scan(made, told(**WRONG), gone=("b",))
    return made


@pytest.fixture
def ended(past: Past, told: Any, now: datetime) -> Callable[[float], None]:
    """Commit a scan that ended so many hours ago."""

    def make(hours: float) -> None:
        scan(past(1, now - timedelta(hours=hours, seconds=40)), told())

    return make


@pytest.mark.usefixtures("filled")
def test_what_the_last_scan_recorded_is_told_with_its_history(read_json: Any, told: Any) -> None:
    found = read_json("explain", told().id.upper())
    assert (found["schema"], found["source"]) == ("residency/explain/v1", "store")
    assert (found["notices"], found["differs"]) == ([], [])
    resource = found["resource"]
    assert (resource["id"], resource["status"], resource["severity"]) == (
        told().id,
        "violation",
        "critical",
    )
    places = [
        (each["role"], each["region"], each["zone"], each["country"], each["evidence"])
        for each in resource["placements"]
    ]
    assert places == [
        ("primary", "westeurope", "home", "NL", "arm properties.primary = 'westeurope'"),
        ("replica", "uksouth", "outside", "GB", "arm properties.replica = 'uksouth'"),
    ]
    kept = found["recorded"]
    assert (kept["scan"]["scan"], kept["there"]) == (3, True)
    states = [(each["status"], each["from"]["scan"]) for each in kept["states"]]
    assert states == [("compliant", 1), ("violation", 2)]
    assert [(each["region"], each["from"]["scan"]) for each in kept["placements"]] == [
        ("westeurope", 1),
        ("uksouth", 2),
    ]
    assert [each["kind"] for each in kept["events"]] == ["violation-opened", "placement-added"]
    assert [(each["name"], each["body"]["primary"]) for each in kept["policies"]] == [
        ("default", ["NL"])
    ]
    assert found["check"]["id"] == "storage-accounts"


@pytest.mark.usefixtures("filled")
def test_the_text_has_the_place_its_evidence_its_age_the_rule_and_the_history(run: Run) -> None:
    ran = run("explain", "storageaccounts/a")
    assert (ran.code, ran.err) == (0, "")
    for part in (
        "✖ critical",
        "outside-eu: outside what the policy allows",
        "as recorded by scan 3, which ended",
        "min ago",
        "so since the scan that ended",
        "uksouth GB",
        "outside",
        "arm properties.replica = 'uksouth'",
        "check storage-accounts",
        "policy default (judges since",
        "primary NL; failover IE",
        "still so",
        "violation-opened",
        "placement-added",
    ):
        assert part in ran.out


@pytest.mark.usefixtures("filled")
def test_what_is_gone_has_a_history_and_no_status(read_json: Any, run: Run) -> None:
    found = read_json("explain", "storageaccounts/b")
    assert (found["resource"], found["recorded"]["there"]) == (None, False)
    assert found["notices"] == ["it is not there any more"]
    text = run("explain", "storageaccounts/b").out
    assert "! it is not there any more" in text
    assert "as recorded by scan 3" in text


@pytest.mark.usefixtures("filled")
def test_what_the_last_scan_did_not_see_is_unknown(read_json: Any) -> None:
    found = read_json("explain", "storageaccounts/c")
    assert found["resource"]["status"] == "unknown"
    assert [each["read_at"] for each in found["resource"]["placements"]] == [None]
    (notice,) = found["notices"]
    assert "did not see it" in notice
    assert "where it is now is unknown" in notice


@pytest.mark.usefixtures("filled")
def test_a_resource_that_no_scan_ever_saw_is_not_explained(run: Run) -> None:
    for output in ("text", "json"):
        ran = run("explain", "/subscriptions/x/a/b", "--format", output)
        assert (ran.code, ran.out) == (2, "")
        assert "was never seen by a scan of this store" in ran.err
        assert "--live" in ran.err


def test_what_is_read_in_every_scan_was_read_by_the_last_one(
    past: Past, told: Any, read_json: Any
) -> None:
    began = scan(past(1), told(), told(name="b", path="/subscriptions/x/providers/y.z/a/b p"))
    (place,) = read_json("explain", "storageaccounts/a")["resource"]["placements"]
    assert place["read_at"] == began.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    (place,) = read_json("explain", "storageaccounts/b")["resource"]["placements"]
    assert place["read_at"] is None, "when it was read is not kept, and nothing is made up"


@pytest.mark.parametrize(
    ("hours", "status", "notice"),
    [
        (0.4, "compliant", None),
        (3, "compliant", "ended 3 h 0 min ago: it may be otherwise by now"),
        (25, "unknown", "longer than scan.max_age: where it is now is unknown"),
    ],
)
def test_an_old_record_says_how_old_it_is_and_is_unknown_when_too_old(
    ended: Callable[[float], None], read_json: Any, hours: float, status: str, notice: str | None
) -> None:
    ended(hours)
    found = read_json("explain", "a")
    assert found["resource"]["status"] == status
    assert ("stale" in found["resource"]["reasons"]) is (status == "unknown")
    assert len(found["notices"]) == (notice is not None)
    assert all(notice and notice in each for each in found["notices"])


@pytest.mark.parametrize("passed", [False, True])
def test_an_exemption_and_a_declaration_count_to_their_last_moment(
    past: Past, told: Any, now: datetime, read_json: Any, run: Run, *, passed: bool
) -> None:
    made = past(1)
    set_aside(made, now + (timedelta(seconds=-1) if passed else timedelta(hours=1)))
    covered = WRONG | {"status": Status.EXEMPT, "exemptions": ("e1",)}
    declared = told(name="b", basis=Basis.DECLARED, path="letter")
    scan(made, told(**covered), declared)
    found = read_json("explain", "a")
    assert found["resource"]["status"] == ("violation" if passed else "exempt")
    assert found["resource"]["exemptions"] == ([] if passed else ["e1"])
    (exemption,) = found["recorded"]["exemptions"]
    assert (exemption["id"], exemption["counted"], exemption["expired"]) == ("e1", True, passed)
    notices = [each for each in found["notices"] if "exemption e1 expired at" in each]
    assert len(notices) == passed
    assert read_json("explain", "b")["resource"]["status"] == ("unknown" if passed else "compliant")
    assert ("expired" if passed else "counts, until") in run("explain", "a").out


def test_a_configuration_that_was_changed_since_is_told(
    past: Past, told: Any, now: datetime, read_json: Any
) -> None:
    made = past(1)
    scan(made, told())
    set_aside(made, now + timedelta(days=90))
    assert read_json("explain", "a")["notices"] == [
        "the configuration was changed since: the next scan judges by it"
    ]


def test_a_damaged_store_is_refused_and_beside_a_live_read_it_is_told(
    run: Run, tmp_path: Path, serving: Any, tenant: Any, account: Any
) -> None:
    azure = serving(tenant(account()))
    tmp_path.joinpath("residency.db").write_bytes(b"not a database, at all" * 100)
    wanted = account()["id"]
    refused = run("explain", wanted, **azure.variables)
    assert (refused.code, refused.out) == (2, "")
    assert "damaged" in refused.err
    ran = run("explain", wanted, "--live", "--format", "json", **azure.variables)
    found = json.loads(ran.out)
    assert (ran.code, found["source"], found["recorded"]) == (0, "azure", None)
    assert "damaged" in found["notices"][0]


@pytest.fixture
def scanned(run: Run, manifest: Path, serving: Any, tenant: Any) -> Callable[..., Any]:
    """Scan a tenant into a store; gives it, and a way to explain what it has."""

    def make(*bodies: Any) -> tuple[Any, Callable[..., Any]]:
        azure = serving(tenant(*bodies))
        variables = {**azure.variables, "RESIDENCY_CONFIG": str(manifest)}
        assert run("scan", **variables).code == 0
        return azure, lambda *options: run("explain", bodies[0]["id"], *options, **variables)

    return make


def test_the_record_is_told_without_asking_azure(scanned: Any, account: Any) -> None:
    azure, explain = scanned(account())
    before = len(azure.simulator.requests)
    found = json.loads(explain("--format", "json").out)
    assert (found["source"], found["resource"]["status"]) == ("store", "compliant")
    read_at = {each["read_at"] for each in found["resource"]["placements"]}
    assert read_at == {found["recorded"]["scan"]["started_at"]}
    assert len(azure.simulator.requests) == before
    live = explain("--live", "--format", "json")
    assert len(azure.simulator.requests) > before
    assert (live.code, json.loads(live.out)["differs"]) == (0, [])


def test_a_live_read_says_what_is_not_as_recorded_and_remembers_nothing(
    scanned: Any, account: Any
) -> None:
    places = {"primaryLocation": "westeurope", "secondaryLocation": "northeurope"}
    azure, explain = scanned(account() | {"sku": {"name": "Standard_GRS"}, "properties": places})
    fail_over_storage(azure.simulator, account()["id"], planned=True)
    assert json.loads(explain("--format", "json").out)["resource"]["status"] == "compliant"
    found = json.loads(explain("--live", "--format", "json").out)
    assert (found["source"], found["resource"]["status"]) == ("azure", "fallback")
    assert found["differs"][0] == "compliant in the last scan, now fallback (failover-active)"
    assert any(each.startswith("only now: primary northeurope") for each in found["differs"])
    assert any(
        each.startswith("only in the last scan: primary westeurope") for each in found["differs"]
    )
    assert found["recorded"]["states"][-1]["status"] == "compliant"
    text = explain("--live").out
    assert "! compliant in the last scan, now fallback (failover-active)" in text
    assert "as recorded by scan 1" in text


def test_a_live_read_that_no_longer_sees_it_says_so(scanned: Any, account: Any) -> None:
    azure, explain = scanned(account("st1"), account("st2"))
    azure.simulator.remove(account("st1")["id"])
    found = json.loads(explain("--live", "--format", "json").out)
    assert (found["resource"], found["differs"]) == (None, ["recorded, and not seen now"])
    assert "! recorded, and not seen now" in explain("--live").out


def test_where_no_scan_is_kept_azure_is_read(
    run: Run, serving: Any, tenant: Any, account: Any
) -> None:
    azure = serving(tenant(account()))
    ran = run("explain", account()["id"], **azure.variables)
    assert (ran.code, ran.err) == (0, "")
    assert "Azure was read just now; no scan of it is recorded." in ran.out
    found = json.loads(run("explain", account()["id"], "--format", "json", **azure.variables).out)
    assert (found["source"], found["recorded"]) == ("azure", None)


def test_a_live_read_of_what_is_newer_than_the_last_scan_says_that_none_saw_it(
    scanned: Any, account: Any, run: Run, manifest: Path
) -> None:
    azure, _ = scanned(account("st1"))
    azure.simulator.put(account("st2"))
    variables = {**azure.variables, "RESIDENCY_CONFIG": str(manifest)}
    ran = run("explain", account("st2")["id"], "--live", "--format", "json", **variables)
    found = json.loads(ran.out)
    assert (found["resource"]["status"], found["recorded"]) == ("compliant", None)
    assert "was never seen by a scan of this store" in found["notices"][0]
