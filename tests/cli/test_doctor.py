"""`residency doctor`: what can be read is tried, what is lost is named, and writing is shouted."""

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from residency.simulator.faults import Effect, Fault
from residency.simulator.world import Body, Estate, Subscription

Run = Callable[..., Any]
Serving = Callable[[Estate], Any]
Tenant = Callable[..., Estate]
Account = Callable[..., Body]
Doctor = Callable[..., Any]

OTHER = "bbbbbbbb-0000-4000-8000-000000000002"


def sql(group: str, *, name: str = "sql1", databases: tuple[str, ...] = ("crm",)) -> list[Body]:
    server = {
        "id": f"{group}/providers/Microsoft.Sql/servers/{name}",
        "name": name,
        "type": "Microsoft.Sql/servers",
        "location": "westeurope",
        "properties": {},
    }
    return [server, *(_database(server, each) for each in databases)]


def _database(server: Body, name: str) -> Body:
    redundancy = {"currentBackupStorageRedundancy": "Local"}
    return {
        "id": f"{server['id']}/databases/{name}",
        "name": name,
        "type": "Microsoft.Sql/servers/databases",
        "location": server["location"],
        "sku": {"name": "S1", "tier": "Standard"},
        "properties": {**redundancy, "requestedBackupStorageRedundancy": "Local"},
    }


@pytest.fixture
def group(account: Account) -> str:
    return str(account()["id"]).split("/providers/", maxsplit=1)[0]


@pytest.fixture
def with_rights(
    serving: Serving, tenant: Tenant, account: Account, group: str, main_subscription: Subscription
) -> Callable[..., Any]:
    """Serve an account, a server and its database in a subscription with these rights."""

    def make(**rights: Any) -> Any:
        changed = dataclasses.replace(main_subscription, **rights)
        return serving(tenant(account(), *sql(group), subscriptions=(changed,)))

    return make


@pytest.fixture
def doctor(run: Run, manifest: Path) -> Doctor:
    """Run the doctor; gives the exit code and the document."""

    def examined(azure: Any, config: Path = manifest) -> Any:
        ran = run("doctor", "--config", str(config), "--format", "json", **azure.variables)
        return ran.code, json.loads(ran.out)

    return examined


def check_of(document: Any, check: str, subscription: int = 0) -> Any:
    found = document["subscriptions"][subscription]["checks"]
    return next(each for each in found if each["id"] == check)


def assigning(azure: Any, *assignments: Body) -> None:
    """Let the permissions API answer with several assignments."""
    body = {"value": list(assignments)}
    azure.simulator.faults.add(
        Fault(effect=Effect.STATUS, path="authorization/permissions", status=200, body=body)
    )


def test_a_reader_of_everything_ends_with_0(
    with_rights: Callable[..., Any], run: Run, manifest: Path
) -> None:
    ran = run("doctor", "--config", str(manifest), **with_rights().variables)
    assert (ran.code, ran.err) == (0, "")
    assert "✔ every facet can be read, and nothing can be written" in ran.out
    assert "✔ sql-databases" in ran.out
    assert "CAN WRITE" not in ran.out
    assert "az role" not in ran.out


def test_what_was_tried_is_told_of_one_resource_of_each_type(
    with_rights: Callable[..., Any], doctor: Doctor
) -> None:
    _, found = doctor(with_rights())
    (tried,) = check_of(found, "sql-databases")["tried"]
    assert tried["outcome"] == "ok"
    assert tried["resource_id"].endswith("/databases/crm")
    assert tried["calls"] == 5
    (tried,) = check_of(found, "postgresql")["tried"]
    assert (tried["outcome"], tried["calls"]) == ("nothing-here", 0)
    assert check_of(found, "key-vault")["tried"] == []


def test_only_one_resource_of_a_type_is_tried(
    serving: Serving, tenant: Tenant, group: str, doctor: Doctor
) -> None:
    names = tuple(f"sql{number}" for number in range(5))
    servers = [body for name in names for body in sql(group, name=name)]
    azure = serving(tenant(*servers))
    doctor(azure)
    asked = [
        call.path for call in azure.simulator.requests if "/failovergroups" in call.path.lower()
    ]
    assert len(asked) == 1


def test_a_database_for_which_nothing_is_asked_proves_nothing(
    serving: Serving, tenant: Tenant, group: str, doctor: Doctor
) -> None:
    _, found = doctor(serving(tenant(*sql(group, databases=("master", "zzz")))))
    (tried,) = check_of(found, "sql-databases")["tried"]
    assert tried["resource_id"].endswith("/databases/zzz")
    _, found = doctor(serving(tenant(*sql(group, databases=("master",)))))
    (tried,) = check_of(found, "sql-databases")["tried"]
    assert tried["outcome"] == "nothing-asked"


def test_a_right_lost_for_one_type_is_named_with_what_to_grant(
    with_rights: Callable[..., Any], run: Run, manifest: Path, main_subscription: Subscription
) -> None:
    azure = with_rights(not_actions=("Microsoft.Sql/*/read",))
    ran = run("doctor", "--config", str(manifest), **azure.variables)
    assert ran.code == 3
    assert "? NOT EVERYTHING can be read" in ran.out
    assert "? partial" in ran.out
    assert "less Microsoft.Sql/*/read" in ran.out
    assert "missing Microsoft.Sql/servers/databases/read" in ran.out
    assert "refused AuthorizationFailed" in ran.out
    assert "✔ storage-accounts" in ran.out
    last = ran.out.partition("What to grant")[2].splitlines()
    scope = f"/subscriptions/{main_subscription.id}"
    command = (
        f"az role assignment create --assignee IDENTITY-OBJECT-ID --role Reader --scope {scope}"
    )
    assert command in last
    assert "Microsoft.Sql/servers/failoverGroups/read" in last[-1]


def test_a_right_lost_for_one_type_is_unreadable_in_a_scan_and_not_taken_for_none(
    with_rights: Callable[..., Any], run: Run, manifest: Path, doctor: Doctor
) -> None:
    azure = with_rights(not_actions=("Microsoft.Sql/*/read",))
    ran = run("scan", "--config", str(manifest), "--format", "json", "--all", **azure.variables)
    scanned = json.loads(ran.out)
    assert ran.code == 3
    assert scanned["subscriptions"][0]["state"] == "partial"
    reasons = {each["name"]: each["reasons"] for each in scanned["resources"]}
    assert "facet-unreadable" in reasons["crm"]
    assert reasons["st1"] == []
    code, found = doctor(azure)
    assert code == 3
    for check in ("sql-servers", "sql-databases", "sql-managed-instances"):
        one = check_of(found, check)
        assert not one["readable"]
        assert not any(each["granted"] for each in one["permissions"])
    assert check_of(found, "storage-accounts")["readable"]
    assert "microsoft.sql/servers/elasticpools" in check_of(found, "holds-none")["hidden_types"]
    (tried,) = check_of(found, "sql-databases")["tried"]
    assert tried["outcome"] == "refused"
    assert {each["code"] for each in tried["refusals"]} == {"AuthorizationFailed"}


def test_the_rights_of_several_assignments_add_up(
    with_rights: Callable[..., Any], doctor: Doctor
) -> None:
    azure = with_rights()
    narrow = {"actions": ["*/read"], "notActions": ["Microsoft.Sql/*/read"]}
    assigning(azure, narrow, {"actions": ["*/READ"], "notActions": []})
    code, found = doctor(azure)
    assert code == 0
    assert check_of(found, "sql-databases")["readable"]
    assert len(found["subscriptions"][0]["rights"]["grants"]) == 2


def test_rights_to_what_the_checks_need_alone_leave_unknown_types_unseen(
    with_rights: Callable[..., Any], doctor: Doctor
) -> None:
    code, found = doctor(with_rights(actions=("Microsoft.Storage/*/read", "Microsoft.Sql/*/read")))
    (one,) = found["subscriptions"]
    assert code == 3
    assert one["rights"]["everything"] is False
    assert check_of(found, "sql-databases")["readable"]
    assert "Microsoft.KeyVault/vaults/read" in one["missing_actions"]
    assert one["grant"].endswith(f"/subscriptions/{one['id']}")


@pytest.mark.parametrize(
    ("rights", "named"),
    [
        pytest.param({"actions": ("*",)}, "*", id="an owner"),
        pytest.param(
            {"actions": ("*/read", "Microsoft.Storage/*")}, "Microsoft.Storage/*", id="a provider"
        ),
        pytest.param(
            {"actions": ("*/read", "Microsoft.Storage/storageAccounts/listKeys/action")},
            "Microsoft.Storage/storageAccounts/listKeys/action",
            id="listing keys",
        ),
        pytest.param(
            {"actions": ("*",), "not_actions": ("*/write", "*/action")},
            "*/delete",
            id="what is left",
        ),
    ],
)
def test_an_identity_that_could_write_ends_with_1_and_is_shouted(
    with_rights: Callable[..., Any],
    run: Run,
    doctor: Doctor,
    manifest: Path,
    rights: dict[str, Any],
    named: str,
) -> None:
    azure = with_rights(**rights)
    ran = run("doctor", "--config", str(manifest), **azure.variables)
    assert ran.code == 1
    assert ran.out.count("!! CAN WRITE") == 3
    assert f"main: {named}" in ran.out
    code, found = doctor(azure)
    assert code == 1
    assert found["could_write"] is True
    assert found["subscriptions"][0]["rights"]["beyond_reading"] == [named]


def test_writes_that_are_all_taken_back_are_no_writes(
    with_rights: Callable[..., Any], doctor: Doctor
) -> None:
    taken = ("*/write", "*/delete", "*/action")
    code, found = doctor(with_rights(actions=("*",), not_actions=taken))
    assert (code, found["could_write"], found["readable"]) == (0, False, True)


def test_a_data_action_reaches_content_and_is_shouted(
    with_rights: Callable[..., Any], run: Run, manifest: Path
) -> None:
    azure = with_rights()
    blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
    assigning(azure, {"actions": ["*/read"]}, {"actions": [], "dataActions": [blobs]})
    ran = run("doctor", "--config", str(manifest), **azure.variables)
    assert ran.code == 1
    assert f"main: data action {blobs}" in ran.out


def test_that_it_could_write_stands_above_what_it_cannot_read(
    with_rights: Callable[..., Any], doctor: Doctor
) -> None:
    code, found = doctor(with_rights(actions=("Microsoft.Storage/*",)))
    assert (code, found["readable"], found["could_write"]) == (1, False, True)


def test_a_denial_that_the_permissions_api_does_not_show_is_found_by_trying(
    with_rights: Callable[..., Any], doctor: Doctor, run: Run, manifest: Path, group: str
) -> None:
    azure = with_rights()
    azure.simulator.deny(f"{group}/providers/Microsoft.Sql/servers/sql1/failoverGroups")
    code, found = doctor(azure)
    assert code == 3
    one = check_of(found, "sql-servers")
    assert all(each["granted"] for each in one["permissions"])
    (tried,) = one["tried"]
    assert (one["readable"], tried["outcome"]) == (False, "refused")
    (refusal,) = tried["refusals"]
    assert refusal["code"] == "AuthorizationFailed"
    assert refusal["action"].lower() == "microsoft.sql/servers/failovergroups/read"
    ran = run("doctor", "--config", str(manifest), **azure.variables)
    assert "look for a deny assignment" in ran.out
    assert "az role" not in ran.out


def test_storage_accounts_that_the_provider_refuses_to_list_are_refused(
    with_rights: Callable[..., Any], doctor: Doctor, main_subscription: Subscription
) -> None:
    azure = with_rights()
    path = f"/subscriptions/{main_subscription.id}/providers/Microsoft.Storage/storageAccounts"
    azure.simulator.deny(path)
    code, found = doctor(azure)
    (tried,) = check_of(found, "storage-accounts")["tried"]
    assert (code, tried["outcome"]) == (3, "refused")


def test_a_call_that_fails_is_not_called_refused_and_not_ok(
    with_rights: Callable[..., Any], doctor: Doctor
) -> None:
    azure = with_rights()
    odd = Fault(
        effect=Effect.STATUS, path="failoverGroups", status=409, body={"error": {"code": "Busy"}}
    )
    azure.simulator.faults.add(odd)
    code, found = doctor(azure)
    (tried,) = check_of(found, "sql-servers")["tried"]
    assert (code, tried["outcome"]) == (3, "failed")
    assert tried["refusals"][0]["code"] == "Busy"


def test_an_answer_of_an_odd_shape_is_a_failed_trial(
    with_rights: Callable[..., Any], doctor: Doctor, group: str
) -> None:
    azure = with_rights()
    server = f"{group}/providers/Microsoft.Sql/servers/sql1"
    azure.simulator.tenant.put_child(
        f"{server}/failoverGroups",
        {"id": f"{server}/failoverGroups/x", "properties": {"databases": 7}},
    )
    code, found = doctor(azure)
    (tried,) = check_of(found, "sql-servers")["tried"]
    assert (code, tried["outcome"]) == (3, "failed")
    assert "should be a list" in tried["refusals"][0]["code"]


def test_a_type_that_resource_graph_leaves_out_is_named(
    with_rights: Callable[..., Any], doctor: Doctor, run: Run, manifest: Path, group: str
) -> None:
    azure = with_rights()
    azure.simulator.graph.remove(f"{group}/providers/Microsoft.Sql/servers/sql1")
    code, found = doctor(azure)
    assert code == 3
    assert found["subscriptions"][0]["left_out_by_resource_graph"] == {
        "error": None,
        "types": [
            {"type": "microsoft.sql/servers", "count": 1},
            {"type": "microsoft.sql/servers/databases", "count": 1},
        ],
    }
    ran = run("doctor", "--config", str(manifest), **azure.variables)
    assert "left out by Resource Graph: microsoft.sql/servers (1)" in ran.out


def test_what_could_not_be_compared_is_not_called_whole(
    with_rights: Callable[..., Any], doctor: Doctor, main_subscription: Subscription
) -> None:
    azure = with_rights()
    azure.simulator.deny(f"/subscriptions/{main_subscription.id}/resources")
    code, found = doctor(azure)
    (one,) = found["subscriptions"]
    assert (code, one["left_out_by_resource_graph"]["error"]) == (3, "AuthorizationFailed")


def test_rights_that_cannot_be_read_are_not_known(
    with_rights: Callable[..., Any], doctor: Doctor, run: Run, manifest: Path
) -> None:
    azure = with_rights()
    azure.simulator.faults.add(
        Fault(effect=Effect.STATUS, path="authorization/permissions", status=403)
    )
    code, found = doctor(azure)
    (one,) = found["subscriptions"]
    assert code == 3
    assert one["rights"]["everything"] is None
    assert {each["granted"] for each in check_of(found, "key-vault")["permissions"]} == {None}
    assert one["grant"]
    ran = run("doctor", "--config", str(manifest), **azure.variables)
    assert "? rights: not known" in ran.out
    assert "may be read" not in ran.out


def test_rights_of_another_shape_are_not_known(
    with_rights: Callable[..., Any], doctor: Doctor
) -> None:
    azure = with_rights()
    assigning(azure, {"actions": "*/read"})
    code, found = doctor(azure)
    assert (code, found["subscriptions"][0]["rights"]["error"]) == (3, "BadAnswer")


@pytest.mark.parametrize(
    ("flags", "code", "state"),
    [
        pytest.param({"state": "Disabled"}, 0, "disabled", id="disabled and readable"),
        pytest.param({"in_graph": False}, 2, "unreadable", id="left out by Resource Graph"),
        pytest.param({"readable": False}, 2, "unreadable", id="refused"),
    ],
)
def test_the_state_of_a_subscription_is_that_of_a_scan(
    with_rights: Callable[..., Any], doctor: Doctor, flags: dict[str, Any], code: int, state: str
) -> None:
    ended, found = doctor(with_rights(**flags))
    assert (ended, found["subscriptions"][0]["state"]) == (code, state)


def test_a_subscription_of_the_manifest_that_is_not_listed_is_missing(
    with_rights: Callable[..., Any], doctor: Doctor, manifest: Path, tmp_path: Path
) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(manifest.read_text().replace("]}", f", {{id: {OTHER}, name: other}}]}}"))
    code, found = doctor(with_rights(), path)
    _, other = found["subscriptions"]
    assert code == 3
    assert (other["state"], other["rights"]["error"]) == ("missing", "not-listed")
    assert other["checks"] == []
    assert other["grant"].endswith(f"/subscriptions/{OTHER}")


def test_an_identity_that_sees_no_subscription_ends_with_2_and_what_to_grant(
    with_rights: Callable[..., Any], run: Run, manifest: Path
) -> None:
    ran = run("doctor", "--config", str(manifest), **with_rights(listed=False).variables)
    assert (ran.code, ran.out) == (2, "")
    assert "Reader" in ran.err


def test_without_a_manifest_it_says_that_nothing_can_be_missed(
    with_rights: Callable[..., Any], run: Run
) -> None:
    ran = run("doctor", **with_rights().variables)
    assert ran.code == 0
    assert "one that is not listed is not missed" in ran.out


def test_nothing_but_reads_is_sent(with_rights: Callable[..., Any], doctor: Doctor) -> None:
    azure = with_rights(actions=("*",))
    doctor(azure)
    assert azure.simulator.breaches == []


def test_names_from_the_tenant_are_shown_as_text(with_rights: Callable[..., Any], run: Run) -> None:
    azure = with_rights(name="[bold]x\x1b[2J", actions=("*/read", "[red]*"))
    ran = run("doctor", **azure.variables)
    assert "[bold]x" in ran.out
    assert "[red]*" in ran.out
    assert "\x1b" not in ran.out


TRIAL: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["resource_type", "outcome", "resource_id", "calls", "refusals"],
    "properties": {
        "resource_type": {"pattern": "^[^A-Z]+$"},
        "outcome": {"enum": ["ok", "refused", "failed", "nothing-here", "nothing-asked"]},
        "resource_id": {"pattern": "^[^A-Z]*$"},
        "calls": {"type": "integer"},
        "refusals": {
            "type": "array",
            "items": {"type": "object", "required": ["path", "code", "action"]},
        },
    },
}
CHECK: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "readable", "resources", "permissions", "hidden_types", "tried"],
    "properties": {
        "id": {"type": "string"},
        "readable": {"type": "boolean"},
        "resources": {"type": "integer"},
        "permissions": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["action", "granted"],
                "properties": {"granted": {"type": ["boolean", "null"]}},
            },
        },
        "hidden_types": {"type": "array"},
        "tried": {"type": "array", "items": TRIAL},
    },
}


def test_the_json_has_the_documented_shape(example: Any, run: Run) -> None:
    ran = run("doctor", "--format", "json", **example.variables)
    found = json.loads(ran.out)
    assert ran.code == 3
    assert set(found) == {"schema", "readable", "could_write", "manifest", "subscriptions"}
    assert found["schema"] == "residency/doctor/v1"
    for one in found["subscriptions"]:
        jsonschema.validate(one["checks"], {"type": "array", "items": CHECK})
    path = Path(__file__).resolve().parents[2] / "docs" / "json.md"
    section = path.read_text(encoding="utf-8").partition("\n## `residency doctor --format json`")[2]
    documented = set(re.findall(r"[a-z_]+", section.partition("\n## ")[0]))
    keys = {*found, *found["subscriptions"][0], *CHECK["required"], *TRIAL["required"]}
    assert keys - documented - {"schema"} == set()
