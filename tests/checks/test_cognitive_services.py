from typing import Any

import pytest

from checks.cognitive_services import CHECKS
from residency.errors import AccessDenied
from residency.model import Placement, Reason, Role
from residency.testing import JsonReader, run_check

(CHECK,) = CHECKS

ROOT = "/subscriptions/s/resourceGroups/g/providers"
ACCOUNT = f"{ROOT}/Microsoft.CognitiveServices/accounts/ai"
STORAGE = f"{ROOT}/Microsoft.Storage/storageAccounts/files"


def account(
    location: str | None = "westeurope", *, kind: str = "OpenAI", **properties: Any
) -> dict[str, Any]:
    return {
        "id": ACCOUNT,
        "type": "Microsoft.CognitiveServices/accounts",
        "kind": kind,
        "location": location,
        "properties": properties,
    }


def deployment(name: str, sku: str | None, **properties: Any) -> dict[str, Any]:
    body = {"id": f"{ACCOUNT}/deployments/{name}", "name": name, "properties": properties}
    return {**body, "sku": {"name": sku, "capacity": 1}} if sku else body


def reader(*deployments: dict[str, Any], **further: Any) -> JsonReader:
    answers = {f"{ACCOUNT}/deployments": {"value": list(deployments)}}
    return JsonReader(answers=answers, **further)


def processing(places: tuple[Placement, ...]) -> list[tuple[str, str]]:
    return [(place.region, place.basis) for place in places if place.role is Role.PROCESSING]


def test_an_account_keeps_its_data_at_its_location() -> None:
    (place,) = run_check(CHECK, account("West Europe"), reader())
    assert (place.role, place.region, place.basis) == (Role.PRIMARY, "westeurope", "observed")


def test_a_global_translator_is_global_and_not_unknown() -> None:
    (place,) = run_check(CHECK, account("global", kind="TextTranslation"), reader())
    assert (place.region, place.unresolved) == ("global", None)


@pytest.mark.parametrize(
    ("location", "sku", "expected"),
    [
        ("westeurope", "Standard", ("westeurope", "observed")),
        ("swedencentral", "ProvisionedManaged", ("swedencentral", "observed")),
        ("westeurope", "DataZoneStandard", ("europe", "documented")),
        ("France Central", "DataZoneProvisionedManaged", ("europe", "documented")),
        ("eastus2", "DataZoneBatch", ("unitedstates", "documented")),
        ("uksouth", "DataZoneStandard", ("unknown", "observed")),
        ("switzerlandnorth", "DataZoneStandard", ("unknown", "observed")),
        ("japaneast", "DataZoneStandard", ("unknown", "observed")),
        ("atlantis", "DataZoneStandard", ("unknown", "observed")),
        ("atlantis", "Standard", ("unknown", "observed")),
        ("westeurope", "GlobalStandard", ("global", "documented")),
        ("westeurope", "GlobalProvisionedManaged", ("global", "documented")),
        ("westeurope", "GlobalBatch", ("global", "documented")),
        ("westeurope", "DeveloperTier", ("global", "documented")),
    ],
)
def test_the_sku_of_a_deployment_tells_where_it_handles_data(
    location: str, sku: str, expected: tuple[str, str]
) -> None:
    places = run_check(CHECK, account(location), reader(deployment("gpt", sku)))
    assert processing(places) == [expected]


@pytest.mark.parametrize(
    "sku", ["Moonbeam", "StandardGlobal", "DataZoneOfMars", "Manual", "", None]
)
def test_a_sku_that_is_not_documented_is_unknown_and_never_the_account_region(
    sku: str | None,
) -> None:
    places = run_check(CHECK, account(), reader(deployment("gpt", sku)))
    assert processing(places) == [("unknown", "observed")]
    assert places[-1].unresolved is Reason.REGION_UNKNOWN


@pytest.mark.parametrize("sku", ["Standard", "GlobalStandard", "DataZoneStandard", "Moonbeam"])
def test_each_deployment_is_cited_by_its_id_and_sku(sku: str) -> None:
    place = run_check(CHECK, account(), reader(deployment("gpt", sku)))[-1]
    assert f"{ACCOUNT}/deployments/gpt sku.name = '{sku}'" in str(place.evidence)


@pytest.mark.parametrize("kind", ["OpenAI", "AIServices", "SpeechServices", "NewKind"])
def test_deployments_are_asked_for_whatever_the_kind_of_account(kind: str) -> None:
    places = run_check(CHECK, account(kind=kind), reader(deployment("gpt", "GlobalStandard")))
    assert processing(places) == [("global", "documented")]


def test_deployments_that_cannot_be_listed_are_unknown_and_the_account_still_stands() -> None:
    denied = AccessDenied("no", code="AuthorizationFailed")
    places = run_check(CHECK, account(), JsonReader(answers={f"{ACCOUNT}/deployments": denied}))
    assert [(place.role, place.region) for place in places] == [
        (Role.PRIMARY, "westeurope"),
        (Role.PROCESSING, "unknown"),
    ]
    assert places[1].unresolved is Reason.FACET_UNREADABLE


def test_a_spillover_is_handled_where_the_deployment_it_names_handles_data() -> None:
    provisioned = deployment("ptu", "ProvisionedManaged", spilloverDeploymentName="Rest")
    places = run_check(CHECK, account(), reader(provisioned, deployment("rest", "GlobalStandard")))
    assert processing(places) == [("westeurope", "observed"), ("global", "documented")]


def test_a_spillover_to_a_deployment_that_is_not_listed_is_unknown() -> None:
    provisioned = deployment("ptu", "ProvisionedManaged", spilloverDeploymentName="gone")
    places = run_check(CHECK, account(), reader(provisioned))
    assert processing(places) == [("westeurope", "observed"), ("unknown", "observed")]
    assert places[-1].evidence.value == "gone"


def test_a_multi_region_account_handles_data_in_each_further_region() -> None:
    listed = [{"name": "West Europe", "value": 1}, {"name": "uksouth", "value": 0}, {"value": 2}]
    body = account(locations={"routingMethod": "Priority", "regions": listed})
    places = run_check(CHECK, body, reader())
    assert processing(places) == [("uksouth", "observed"), ("unknown", "observed")]


@pytest.mark.parametrize("listed", [None, []])
def test_a_multi_region_account_that_names_no_region_handles_data_anywhere(listed: Any) -> None:
    body = account(locations={"routingMethod": "Priority", "regions": listed})
    assert processing(run_check(CHECK, body, reader())) == [("unknown", "observed")]


def test_own_storage_is_where_that_storage_account_is_now_and_not_where_it_was_created() -> None:
    storage = {
        "id": STORAGE,
        "type": "microsoft.storage/storageaccounts",
        "location": "westeurope",
        "properties": {"primaryLocation": "northeurope"},
    }
    body = account(userOwnedStorage=[{"resourceId": STORAGE.upper()}])
    place = run_check(CHECK, body, reader(inventory=[storage]))[1]
    assert (place.role, place.region) == (Role.EXPORT, "northeurope")
    assert place.target == STORAGE.lower()
    assert place.evidence.path == f"{STORAGE.lower()} properties.primaryLocation"


def test_own_storage_that_cannot_be_read_is_an_export_to_an_unknown_region() -> None:
    body = account(userOwnedStorage=[{"resourceId": STORAGE}])
    place = run_check(CHECK, body, reader())[1]
    assert (place.role, place.region, place.target) == (Role.EXPORT, "unknown", STORAGE.lower())
    assert place.unresolved is Reason.FACET_UNREADABLE


def test_own_storage_without_an_id_is_unknown() -> None:
    place = run_check(CHECK, account(userOwnedStorage=[{}]), reader())[1]
    assert (place.region, place.target) == ("unknown", None)
    assert place.unresolved is Reason.REGION_UNKNOWN
