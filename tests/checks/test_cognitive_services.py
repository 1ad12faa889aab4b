from typing import Any

import pytest

from checks.cognitive_services import CHECKS
from residency.errors import AccessDenied
from residency.model import Placement, Reason, Role, Status
from residency.policy.judgement import Facts, judge
from residency.settings import Policy
from residency.testing import READ_AT, JsonReader, run_check

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
    place, _ = run_check(CHECK, account("global", kind="TextTranslation"), reader())
    assert (place.region, place.unresolved) == ("global", None)


@pytest.mark.parametrize("location", ["westeurope", "francecentral", "switzerlandnorth", "global"])
@pytest.mark.parametrize(
    "kind", ["TextTranslation", "texttranslation", "CognitiveServices", "AIServices"]
)
def test_where_a_translator_handles_text_is_unknown_wherever_it_is(
    kind: str, location: str
) -> None:
    places = run_check(CHECK, account(location, kind=kind), reader())
    assert processing(places) == [("unknown", "documented")]
    (place,) = (each for each in places if each.role is Role.PROCESSING)
    assert place.unresolved is Reason.REGION_UNKNOWN
    assert place.evidence.path.endswith("/translator/region-support")


def test_a_translator_at_home_is_not_compliant_by_its_location_alone() -> None:
    places = run_check(CHECK, account(kind="TextTranslation"), reader())
    judged = judge(Facts(holds=CHECK.holds, placements=places), Policy(), READ_AT)
    assert (judged.status, judged.reasons) == (Status.UNKNOWN, (Reason.REGION_UNKNOWN,))


@pytest.mark.parametrize(
    ("location", "sku", "expected"),
    [
        ("francecentral", "Standard", ("francecentral", "observed")),
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


@pytest.mark.parametrize("sku", ["Standard", "ProvisionedManaged"])
@pytest.mark.parametrize(
    ("location", "other"),
    [
        ("West Europe", "northeurope"),
        ("northeurope", "westeurope"),
        ("southeastasia", "eastasia"),
        ("eastasia", "southeastasia"),
    ],
)
def test_a_regional_deployment_may_be_handled_in_the_other_country_of_its_geography(
    location: str, other: str, sku: str
) -> None:
    places = run_check(CHECK, account(location), reader(deployment("gpt", sku)))
    own = location.replace(" ", "").lower()
    assert processing(places) == [(own, "observed"), (other, "documented")]


def test_where_only_home_may_handle_data_a_regional_deployment_in_west_europe_does_not() -> None:
    places = run_check(CHECK, account(), reader(deployment("gpt", "Standard")))
    strict = Policy(standing_copies=())
    judged = judge(Facts(holds=CHECK.holds, placements=places), strict, READ_AT)
    assert (judged.status, judged.reasons) == (Status.FALLBACK, (Reason.EXCEPTIONAL_REGION,))


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
    assert processing(places)[-1] == ("global", "documented")


@pytest.mark.parametrize("kind", ["OpenAI", "SpeechServices"])
def test_an_account_of_one_other_service_translates_nothing(kind: str) -> None:
    places = run_check(CHECK, account(kind=kind), reader())
    assert processing(places) == []


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
    rest = deployment("rest", "GlobalStandard")
    places = run_check(CHECK, account("swedencentral"), reader(provisioned, rest))
    assert processing(places) == [("swedencentral", "observed"), ("global", "documented")]


def test_a_spillover_to_a_deployment_that_is_not_listed_is_unknown() -> None:
    provisioned = deployment("ptu", "ProvisionedManaged", spilloverDeploymentName="gone")
    places = run_check(CHECK, account("swedencentral"), reader(provisioned))
    assert processing(places) == [("swedencentral", "observed"), ("unknown", "observed")]
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
