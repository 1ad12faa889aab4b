"""`residency scan`: the exit code says what was shown, and nothing unseen is ever compliant."""

import dataclasses
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from residency.cli.live import settings_for
from residency.simulator.faults import Effect, Fault
from residency.simulator.world import Body, Estate, Subscription

Run = Callable[..., Any]
Serving = Callable[[Estate], Any]
Tenant = Callable[..., Estate]
Account = Callable[..., Body]


def test_what_was_all_seen_and_is_all_at_home_ends_with_0(
    run: Run, serving: Serving, tenant: Tenant, account: Account, manifest: Path
) -> None:
    ran = run("scan", "--config", str(manifest), **serving(tenant(account())).variables)
    assert (ran.code, ran.err) == (0, "")
    assert "✔ COMPLIANT" in ran.out


def test_data_outside_the_eu_ends_with_1(
    run: Run, serving: Serving, tenant: Tenant, account: Account, manifest: Path
) -> None:
    azure = serving(tenant(account(), account("st2", location="uksouth")))
    ran = run("scan", "--config", str(manifest), **azure.variables)
    assert ran.code == 1
    assert "✖ VIOLATION" in ran.out
    assert "✖ critical" in ran.out
    assert "uksouth" in ran.out


def test_without_a_manifest_the_best_is_3_and_it_says_what_to_fix_first(
    run: Run, serving: Serving, tenant: Tenant, account: Account
) -> None:
    ran = run("scan", **serving(tenant(account())).variables)
    assert ran.code == 3
    assert "? NOT PROVEN" in ran.out
    _, _, fix = ran.out.partition("What to fix first")
    assert "scope.subscriptions" in fix


def test_a_tenant_with_nothing_in_it_is_not_proven(
    run: Run, serving: Serving, tenant: Tenant, manifest: Path
) -> None:
    ran = run("scan", "--config", str(manifest), **serving(tenant()).variables)
    assert ran.code == 3


def test_a_type_that_no_check_knows_is_not_proven(
    run: Run, serving: Serving, tenant: Tenant, account: Account, manifest: Path
) -> None:
    new = account("new", type="Microsoft.NewThing/things")
    new["id"] = new["id"].replace("Microsoft.Storage/storageAccounts", "Microsoft.NewThing/things")
    ran = run("scan", "--config", str(manifest), **serving(tenant(account(), new)).variables)
    assert ran.code == 3
    assert "microsoft.newthing/things" in ran.out


def test_a_subscription_of_the_manifest_that_is_gone_is_not_proven(
    run: Run, serving: Serving, tenant: Tenant, account: Account, manifest: Path, tmp_path: Path
) -> None:
    other = "bbbbbbbb-0000-4000-8000-000000000002"
    path = tmp_path / "two.yaml"
    path.write_text(manifest.read_text().replace("]}", f", {{id: {other}}}]}}"))
    ran = run("scan", "--config", str(path), **serving(tenant(account())).variables)
    assert ran.code == 3
    assert "? missing" in ran.out


def test_a_tenant_of_which_nothing_can_be_read_ends_with_2(
    run: Run,
    serving: Serving,
    tenant: Tenant,
    account: Account,
    manifest: Path,
    main_subscription: Subscription,
) -> None:
    shut = dataclasses.replace(main_subscription, readable=False)
    azure = serving(tenant(account(), subscriptions=(shut,)))
    ran = run("scan", "--config", str(manifest), **azure.variables)
    assert ran.code == 2


def test_an_identity_that_sees_no_subscription_ends_with_2_and_what_to_grant(
    run: Run,
    serving: Serving,
    tenant: Tenant,
    manifest: Path,
    main_subscription: Subscription,
) -> None:
    unseen = dataclasses.replace(main_subscription, listed=False)
    azure = serving(tenant(subscriptions=(unseen,)))
    ran = run("scan", "--config", str(manifest), **azure.variables)
    assert (ran.code, ran.out) == (2, "")
    assert "grant it Reader" in ran.err


def test_an_answer_that_is_not_azures_ends_with_2(
    run: Run, serving: Serving, tenant: Tenant, account: Account, manifest: Path
) -> None:
    azure = serving(tenant(account()))
    azure.simulator.faults.add(Fault(effect=Effect.HTML, path="^/subscriptions$"))
    ran = run("scan", "--config", str(manifest), **azure.variables)
    assert (ran.code, ran.out) == (2, "")


def test_an_endpoint_that_is_down_ends_with_2_and_a_sentence(run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        path = tmp_path / "short.yaml"
        path.write_text("scan: {deadline: 1s, interval: 15m}\n")
        ran = run(
            "scan",
            "--config",
            str(path),
            RESIDENCY_AZURE__ENDPOINT=endpoint,
            RESIDENCY_AZURE__CREDENTIAL="none",
        )
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("residency: ")
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("polcy: {}", "polcy"),
        ("policy: {max_failover: 72}", "policy.max_failover"),
        ("azure: {credential: none}", "azure.credential"),
        ("- a list", "must hold keys and values"),
        ("a: [", "line"),
    ],
)
def test_a_configuration_that_is_wrong_ends_with_2_and_names_the_key(
    run: Run, tmp_path: Path, text: str, named: str
) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    ran = run("scan", "--config", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert str(path) in ran.err
    assert named in ran.err


@pytest.mark.parametrize(
    "arguments", [["scan", "--fast"], ["scan", "--format", "xml"], ["explain"], ["nonsense"]]
)
def test_a_mistake_in_the_command_ends_with_2(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")


def test_without_a_file_the_identity_is_the_signed_in_azure_cli(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    clean_environment: Callable[..., dict[str, str]],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.environ", clean_environment())
    assert settings_for(None).azure.credential == "azure-cli"
    monkeypatch.setattr("os.environ", clean_environment(RESIDENCY_AZURE__CREDENTIAL="default"))
    assert settings_for(None).azure.credential == "default"


def test_a_file_in_the_folder_is_used_without_being_named(
    run: Run, serving: Serving, tenant: Tenant, account: Account, manifest: Path
) -> None:
    manifest.rename(manifest.with_name("residency.yaml"))
    assert run("scan", **serving(tenant(account())).variables).code == 0


def test_json_is_all_there_is_on_stdout(
    run: Run, serving: Serving, tenant: Tenant, account: Account, manifest: Path
) -> None:
    azure = serving(tenant(account(), account("st2", location="uksouth")))
    ran = run("scan", "--config", str(manifest), "--format", "json", **azure.variables)
    found = json.loads(ran.out)
    assert (ran.code, ran.err) == (1, "")
    assert (found["schema"], found["verdict"]) == ("residency/scan/v1", "violation")
    assert [each["name"] for each in found["resources"]] == ["st2"]


def test_all_shows_what_is_compliant_as_well(
    run: Run, serving: Serving, tenant: Tenant, account: Account, manifest: Path
) -> None:
    azure = serving(tenant(account()))
    short = run("scan", "--config", str(manifest), **azure.variables)
    long = run("scan", "--config", str(manifest), "--all", **azure.variables)
    whole = run("scan", "--config", str(manifest), "--all", "--format", "json", **azure.variables)
    assert "st1" not in short.out
    assert "st1" in long.out
    (found,) = json.loads(whole.out)["resources"]
    assert (found["status"], found["severity"], found["reasons"]) == ("compliant", None, [])


PLACEMENT = {
    "type": "object",
    "required": ["role", "region", "country", "zone", "basis", "read_at", "evidence"],
    "properties": {
        "role": {"enum": ["primary", "replica", "backup", "processing", "export"]},
        "zone": {"enum": ["home", "failover", "exceptional", "outside", "unknown"]},
        "basis": {"enum": ["observed", "documented", "declared"]},
        "read_at": {"pattern": "Z$"},
    },
}
RESOURCE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "type", "name", "status", "severity", "reasons", "placements"],
    "properties": {
        **{key: {"type": "string"} for key in ("name", "subscription_id", "resource_group")},
        "id": {"pattern": "^[^A-Z]+$"},
        "type": {"pattern": "^[^A-Z]+$"},
        "status": {"enum": ["compliant", "fallback", "violation", "unknown", "exempt"]},
        "severity": {"enum": ["critical", "major", "minor", None]},
        "product": {"type": ["string", "null"]},
        "environment": {"type": "string"},
        **{key: {"type": "array"} for key in ("reasons", "exemptions", "customers")},
        "placements": {"type": "array", "items": PLACEMENT},
    },
}


def test_the_json_has_the_documented_shape(example: Any, run: Run) -> None:
    ran = run("scan", "--format", "json", "--all", **example.variables)
    found = json.loads(ran.out)
    jsonschema.validate(found["resources"], {"type": "array", "items": RESOURCE})
    assert set(found) == {
        "schema",
        "verdict",
        "scan",
        "subscriptions",
        "counts",
        "unknown_types",
        "resources",
    }
    counts = found["counts"]
    assert counts.pop("resources") == sum(counts.values()) == len(found["resources"])


def test_nothing_secret_is_in_what_is_written(
    run: Run, serving: Serving, tenant: Tenant, account: Account, manifest: Path
) -> None:
    azure = serving(tenant(account()))
    azure.simulator.faults.add(Fault(effect=Effect.STATUS, status=403, path="permissions"))
    address = "https://hc.example.org/ping/hunter2"
    for heartbeat in (address, address.replace("https", "nothing")):
        secret = {**azure.variables, "RESIDENCY_HEARTBEAT__URL": heartbeat}
        ran = run("scan", "--config", str(manifest), "--format", "json", **secret)
        for word in ("hunter2", "Bearer", "Authorization:"):
            assert word not in ran.out + ran.err
