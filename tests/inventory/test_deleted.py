"""What was deleted and is kept is seen, is nobody's live resource, and is never passed over."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from residency.model import Reason, Status, SubscriptionState, Verdict
from residency.policy import Judged
from residency.scan import Scan
from residency.simulator.faults import Effect
from residency.simulator.lifecycle import delete

if TYPE_CHECKING:
    from tests.scan.conftest import Azure, Body, Build

Find = Callable[[Scan, str], Judged]

WHEN = "2026-10-28T09:00:00Z"
LTR = "longTermRetentionBackups"
INSTANCE_LTR = "longTermRetentionManagedInstanceBackups"


def under(subscription: str, namespace: str, rest: str) -> str:
    return f"/subscriptions/{subscription}/providers/{namespace}/{rest}"


def put(azure: "Azure", path: str, **item: Any) -> None:
    """Put something into a list of deleted things."""
    azure.simulator.tenant.put_child(path, item)


def vault(azure: "Azure", build: "type[Build]", region: str = "westeurope") -> None:
    path = under(build.apps, "Microsoft.KeyVault", "deletedVaults")
    group = f"/subscriptions/{build.apps}/resourceGroups/RG"
    put(
        azure,
        path,
        id=under(build.apps, "Microsoft.KeyVault", f"locations/{region}/deletedVaults/kv-old"),
        name="kv-old",
        type="Microsoft.KeyVault/deletedVaults",
        properties={
            "vaultId": f"{group}/providers/Microsoft.KeyVault/vaults/kv-old",
            "location": region,
            "tags": {"product": "crm"},
        },
    )


def long_term(
    azure: "Azure",
    build: "type[Build]",
    database: str,
    *,
    region: str = "westeurope",
    server: str = "sql-west",
    deleted: str | None = None,
    redundancy: str = "Local",
) -> None:
    where = under(build.data, "Microsoft.Sql", f"locations/{region}")
    name = "66666666-6666-4666-8666-666666666666;133000000000000000"
    owner = f"longTermRetentionServers/{server}/longTermRetentionDatabases/{database}"
    put(
        azure,
        f"{where}/{LTR}",
        id=f"{where}/{owner}/{LTR}/{name}",
        name=name,
        type=f"Microsoft.Sql/locations/longTermRetentionServers/longTermRetentionDatabases/{LTR}",
        properties={
            "serverName": server,
            "databaseName": database,
            "databaseDeletionTime": deleted,
            "backupStorageRedundancy": redundancy,
        },
    )


def of_type(found: Scan, resource_type: str) -> list[Judged]:
    return [each for each in found.judged if each.resource.type == resource_type]


def reasons(found: Scan, subscription: str) -> tuple[str, ...]:
    return next(each.reasons for each in found.coverage if each.id == subscription)


def test_a_deleted_vault_is_a_resource_with_the_places_that_it_still_has(
    azure: "Azure", build: "type[Build]", judged: Find
) -> None:
    vault(azure, build)
    found = azure.scan()
    kept = judged(found, "/deletedvaults/kv-old")
    assert kept.resource.type == "microsoft.keyvault/locations/deletedvaults"
    assert [place.placement.region for place in kept.judgement.placements] == [
        "westeurope",
        "northeurope",
    ]
    assert kept.judgement.status is Status.COMPLIANT
    assert found.verdict is Verdict.COMPLIANT


def test_a_deleted_vault_outside_the_eu_is_a_violation_though_nothing_live_is_there(
    azure: "Azure", build: "type[Build]", judged: Find
) -> None:
    vault(azure, build, "eastus")
    found = azure.scan()
    assert judged(found, "/deletedvaults/kv-old").judgement.status is Status.VIOLATION
    assert found.verdict is Verdict.VIOLATION


def test_what_was_deleted_still_belongs_to_whom_it_belonged(
    azure: "Azure", build: "type[Build]", judged: Find
) -> None:
    vault(azure, build)
    products = {"Crm": {"label": "Crm", "match": {"tags": {"product": "crm"}}}}
    found = azure.scan(estate={"products": products})
    kept = judged(found, "/deletedvaults/kv-old")
    assert (kept.attribution.product, kept.resource.resource_group) == ("Crm", "rg")


def test_a_deleted_storage_account_is_unknown_and_no_live_one(
    azure: "Azure", build: "type[Build]", judged: Find
) -> None:
    account = build.account(build.data, "stgrs")
    delete(azure.simulator, account["id"])
    found = azure.scan()
    kept = judged(found, "/deletedaccounts/stgrs")
    assert kept.judgement.status is Status.UNKNOWN
    assert kept.judgement.reasons == (Reason.REGION_UNKNOWN,)
    assert found.verdict is Verdict.NOT_PROVEN
    live = {each.resource.name for each in of_type(found, "microsoft.storage/storageaccounts")}
    assert live == {"stlrs", "stapps"}
    assert not azure.calls(path="stgrs")


@pytest.mark.parametrize(
    ("group", "name"), [("RG", "ai-old"), ("deletedAccounts", "ai-old"), ("RG", "kv")]
)
def test_what_a_list_shows_under_its_former_id_is_not_taken_for_live(
    azure: "Azure", build: "type[Build]", group: str, name: str
) -> None:
    scope = f"/subscriptions/{build.apps}/resourceGroups/{group}/providers"
    put(
        azure,
        under(build.apps, "Microsoft.CognitiveServices", "deletedAccounts"),
        id=f"{scope}/Microsoft.CognitiveServices/accounts/{name}",
        name=name,
        type="Microsoft.CognitiveServices/accounts",
        location="westeurope",
        kind="OpenAI",
        properties={},
    )
    found = azure.scan()
    assert of_type(found, "microsoft.cognitiveservices/accounts") == []
    (kept,) = of_type(found, "microsoft.cognitiveservices/locations/resourcegroups/deletedaccounts")
    assert kept.resource.id.endswith(f"microsoft.cognitiveservices/deletedaccounts/{name}")
    assert kept.resource.resource_group == group.lower()
    assert not azure.calls(path=f"{name}/deployments")


def test_a_long_term_backup_of_a_database_that_is_gone_is_found_in_any_region(
    azure: "Azure", build: "type[Build]"
) -> None:
    long_term(azure, build, "forgotten", region="eastus", server="sql-gone")
    found = azure.scan()
    (kept,) = [each for each in found.judged if each.resource.type.endswith(LTR.lower())]
    assert kept.judgement.status is Status.VIOLATION
    assert found.verdict is Verdict.VIOLATION


@pytest.mark.parametrize(
    ("database", "deleted", "kept"),
    [
        pytest.param("crm", None, 0, id="its database is there"),
        pytest.param("CRM", None, 0, id="its database is there in another spelling"),
        pytest.param("crm", WHEN, 1, id="its database was deleted and made anew"),
        pytest.param("old", None, 1, id="there is no such database"),
    ],
)
def test_a_long_term_backup_is_a_resource_only_where_its_database_is_gone(
    azure: "Azure", build: "type[Build]", database: str, deleted: str | None, kept: int
) -> None:
    long_term(azure, build, database, deleted=deleted)
    found = azure.scan()
    assert len([each for each in found.judged if each.resource.type.endswith(LTR.lower())]) == kept


@pytest.mark.parametrize(
    ("account", "deleted", "kept"), [("cosmos", None, 0), ("cosmos", WHEN, 1), ("other", None, 1)]
)
def test_an_account_that_can_be_restored_is_a_resource_only_where_it_is_gone(
    azure: "Azure", build: "type[Build]", account: str, deleted: str | None, kept: int
) -> None:
    kind = "restorableDatabaseAccounts"
    name = "33333333-3333-4333-8333-333333333333"
    put(
        azure,
        under(build.data, "Microsoft.DocumentDB", kind),
        id=under(build.data, "Microsoft.DocumentDB", f"locations/westeurope/{kind}/{name}"),
        name=name,
        type=f"Microsoft.DocumentDB/locations/{kind}",
        properties={
            "accountName": account,
            "restorableLocations": [{"locationName": "West Europe"}],
            **({"deletionTime": deleted} if deleted else {}),
        },
    )
    found = azure.scan()
    assert len(of_type(found, f"microsoft.documentdb/locations/{kind}".lower())) == kept
    assert found.verdict is Verdict.COMPLIANT


def test_a_provider_that_is_not_registered_is_not_asked(
    azure: "Azure", build: "type[Build]"
) -> None:
    azure.scan()
    assert not azure.calls("microsoft.apimanagement")
    assert not azure.calls("microsoft.sql", f"{build.apps}/providers")
    assert not azure.calls("microsoft.keyvault", f"{build.data}/providers")


def test_lists_of_a_region_are_asked_once_in_every_region_of_the_provider(
    azure: "Azure", build: "type[Build]"
) -> None:
    azure.scan()
    where = under(build.data, "microsoft.sql", "locations")
    paths = (call.path.lower() for call in azure.calls(path=where))
    asked = Counter(path for path in paths if not path.endswith("/syncdatabaseids"))
    regions = ("westeurope", "northeurope", "eastus")
    kinds = (LTR.lower(), INSTANCE_LTR.lower())
    assert asked == Counter(f"{where}/{region}/{kind}" for region in regions for kind in kinds)


@pytest.mark.parametrize(
    ("path", "namespace"),
    [
        ("/providers/Microsoft.KeyVault/deletedVaults", "Microsoft.KeyVault"),
        ("/locations/eastus/longTermRetentionBackups", "Microsoft.Sql"),
        ("/subscriptions/[^/]+/providers$", "providers"),
    ],
)
@pytest.mark.parametrize(("status", "code"), [(403, "SimulatedFault"), (404, "SimulatedFault")])
def test_a_list_that_cannot_be_read_makes_its_subscription_partial_and_nothing_proven(
    azure: "Azure", path: str, namespace: str, status: int, code: str
) -> None:
    azure.fault(Effect.STATUS, path=path, status=status)
    found = azure.scan()
    why = (f"deleted-unread: {namespace}: {code}",)
    struck = [each for each in found.coverage if each.reasons == why]
    assert struck
    assert {each.state for each in struck} == {SubscriptionState.PARTIAL}
    assert "subscription-partial" in found.reasons
    assert not found.complete
    assert found.verdict is Verdict.NOT_PROVEN


def test_a_subscription_that_names_no_provider_at_all_has_not_told_what_was_deleted(
    azure: "Azure", build: "type[Build]"
) -> None:
    azure.fault(Effect.STATUS, path=f"{build.apps}/providers$", status=200, body={"value": []})
    found = azure.scan()
    assert reasons(found, build.apps) == ("deleted-unread: providers: NoneListed",)
    assert not found.complete


def test_a_provider_that_names_no_region_leaves_its_lists_of_regions_unread(
    azure: "Azure", build: "type[Build]"
) -> None:
    kinds = [{"resourceType": "servers", "locations": [], "apiVersions": ["2025-01-01"]}]
    provider = {
        "namespace": "Microsoft.Sql",
        "registrationState": "Registered",
        "resourceTypes": kinds,
    }
    body = {"value": [provider]}
    azure.fault(Effect.STATUS, path=f"{build.apps}/providers$", status=200, body=body)
    refused = {"error": {"code": "InvalidResourceType", "message": "no such list"}}
    azure.fault(Effect.STATUS, path="/Microsoft.Sql/longTerm", status=404, body=refused)
    found = azure.scan()
    assert reasons(found, build.apps) == ("deleted-unread: Microsoft.Sql: InvalidResourceType",)
    assert not found.complete


def test_a_list_with_another_shape_is_not_an_empty_one(
    azure: "Azure", build: "type[Build]"
) -> None:
    body: Body = {"value": [{"name": "kv-old", "properties": {"location": "eastus"}}]}
    azure.fault(Effect.STATUS, path="/deletedVaults$", status=200, body=body)
    found = azure.scan()
    assert reasons(found, build.apps) == ("deleted-unread: Microsoft.KeyVault: BadAnswer",)


def test_a_type_that_azure_itself_does_not_know_hides_nothing(
    azure: "Azure", build: "type[Build]"
) -> None:
    own = [{"resourceType": "vaults", "locations": ["West Europe"], "apiVersions": ["2026-05-15"]}]
    provider = {
        "namespace": "Microsoft.KeyVault",
        "registrationState": "Registered",
        "resourceTypes": own,
    }
    azure.fault(
        Effect.STATUS, path=f"{build.apps}/providers$", status=200, body={"value": [provider]}
    )
    error = {"error": {"code": "InvalidResourceType", "message": "no such type"}}
    azure.fault(Effect.STATUS, path="/deletedManagedHSMs$", status=404, body=error)
    assert reasons(azure.scan(), build.apps) == ()
    azure.fault(Effect.STATUS, path="/deletedVaults$", status=403)
    assert reasons(azure.scan(), build.apps) == (
        "deleted-unread: Microsoft.KeyVault: SimulatedFault",
    )
