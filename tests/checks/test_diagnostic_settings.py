"""What the diagnostic settings of one resource send on, and where to."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from checks.diagnostic_settings import exports, settings_path
from residency.errors import AccessDenied, AzureError, Throttled
from residency.model import Placement, Reason, Role
from residency.testing import JsonReader, resource_of

GROUP = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers"
APP = f"{GROUP}/Microsoft.Logic/workflows/orders"
OTHER_APP = f"{GROUP}/Microsoft.Logic/workflows/invoices"
STORE = f"{GROUP}/Microsoft.Storage/storageAccounts/stcrm"
WORKSPACE = f"{GROUP}/Microsoft.OperationalInsights/workspaces/log-we"
HUBS = f"{GROUP}/Microsoft.EventHub/namespaces/evh-ne"
PARTNER = f"{GROUP}/Microsoft.Datadog/monitors/dd"

INVENTORY = (
    {"id": WORKSPACE, "type": "microsoft.operationalinsights/workspaces", "location": "westeurope"},
    {"id": HUBS, "type": "microsoft.eventhub/namespaces", "location": "northeurope"},
    {"id": PARTNER, "type": "microsoft.datadog/monitors", "location": "westeurope"},
    {
        "id": STORE,
        "type": "microsoft.storage/storageaccounts",
        "location": "eastus",
        "properties": {"primaryLocation": "francecentral"},
    },
)
EXAMPLE = (
    Path(__file__).resolve().parents[2]
    / "../shared/azure/examples"
    / "microsoft.insights__diagnosticsettings__listDiagnosticSettings.json"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingReader(JsonReader):
    """Also keeps what was asked."""

    asked: list[str] = field(default_factory=list)

    def list(self, path: str, *, api_version: str) -> Any:
        self.asked.append(path)
        return JsonReader.list(self, path, api_version=api_version)


def setting(**properties: Any) -> dict[str, Any]:
    logs = [{"categoryGroup": "allLogs", "enabled": True}]
    return {"name": "s", "properties": {"logs": logs, "metrics": [], **properties}}


def sent(resource_id: str, resource_type: str, answers: dict[str, Any]) -> tuple[Placement, ...]:
    resource = resource_of({"id": resource_id, "type": resource_type, "location": "westeurope"})
    return tuple(exports(resource, JsonReader(answers=answers, inventory=INVENTORY)))


def sent_by_app(*settings: dict[str, Any]) -> tuple[Placement, ...]:
    answers = {settings_path(APP): {"value": list(settings)}}
    return sent(APP, "microsoft.logic/workflows", answers)


@pytest.mark.parametrize(
    ("name", "target", "region"),
    [
        ("workspaceId", WORKSPACE, "westeurope"),
        ("storageAccountId", STORE, "francecentral"),
        ("eventHubAuthorizationRuleId", f"{HUBS}/authorizationRules/Send", "northeurope"),
        ("serviceBusRuleId", f"{HUBS}/authorizationRules/Send", "northeurope"),
    ],
)
def test_logs_go_to_where_the_named_resource_is_written(
    name: str, target: str, region: str
) -> None:
    (place,) = sent_by_app(setting(**{name: target}))
    assert (place.role, place.region, place.unresolved) == (Role.EXPORT, region, None)


def test_one_setting_can_send_to_several_places() -> None:
    places = sent_by_app(
        setting(workspaceId=WORKSPACE, storageAccountId=STORE), setting(workspaceId=WORKSPACE)
    )
    assert [place.region for place in places] == ["westeurope", "francecentral", "westeurope"]


def test_what_goes_to_a_partner_is_not_where_its_resource_in_azure_is() -> None:
    (place,) = sent_by_app(setting(marketplacePartnerId=PARTNER, workspaceId=""))
    assert (place.region, place.target) == ("unknown", PARTNER.lower())


def test_a_destination_that_was_not_seen_is_unknown_with_its_id() -> None:
    elsewhere = f"{GROUP}/Microsoft.OperationalInsights/workspaces/elsewhere"
    (place,) = sent_by_app(setting(workspaceId=elsewhere))
    assert (place.unresolved, place.target) == (Reason.FACET_UNREADABLE, elsewhere.lower())


def test_a_setting_that_names_no_destination_sends_nobody_knows_where() -> None:
    (place,) = sent_by_app(setting(workspaceId=""))
    assert place.unresolved is Reason.REGION_UNKNOWN


def test_a_setting_whose_categories_are_all_off_sends_nothing() -> None:
    off = [{"category": "WorkflowRuntime", "enabled": False}]
    assert sent_by_app(setting(workspaceId=WORKSPACE, logs=off, metrics=off)) == ()


def test_a_resource_without_settings_sends_nothing() -> None:
    assert sent_by_app() == ()


def test_each_service_of_a_storage_account_has_settings_of_its_own() -> None:
    parts = ("", "/fileServices/default", "/queueServices/default", "/tableServices/default")
    answers: dict[str, Any] = {settings_path(f"{STORE}{part}"): {"value": []} for part in parts}
    blobs = {"value": [setting(eventHubAuthorizationRuleId=f"{HUBS}/authorizationRules/Send")]}
    answers[settings_path(f"{STORE}/blobServices/default")] = blobs
    (place,) = sent(STORE, "microsoft.storage/storageaccounts", answers)
    assert place.region == "northeurope"


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (AccessDenied("no", code="AuthorizationFailed"), Reason.FACET_UNREADABLE),
        (AzureError("odd", code="BadRequest"), Reason.FACET_UNREADABLE),
        (Throttled("no time left", code="Budget"), Reason.FACET_PENDING),
    ],
)
def test_settings_that_were_not_read_are_an_export_nobody_knows(
    error: AzureError, why: Reason
) -> None:
    answers = {settings_path(APP): error}
    (place,) = sent(APP, "microsoft.logic/workflows", answers)
    assert (place.role, place.unresolved) == (Role.EXPORT, why)


def test_a_type_that_can_have_no_settings_is_asked_once_in_a_scan() -> None:
    no = AzureError("The resource type does not support it", code="ResourceTypeNotSupported")
    reader = CountingReader(answers={settings_path(APP): no, settings_path(OTHER_APP): no})
    for app in (APP, OTHER_APP):
        resource = resource_of({"id": app, "type": "microsoft.logic/workflows"})
        assert tuple(exports(resource, reader)) == ()
    assert reader.asked == [settings_path(APP.lower())]


def test_what_one_kind_of_account_cannot_have_another_kind_may() -> None:
    no = AzureError("The resource type does not support it", code="ResourceTypeNotSupported")
    files = f"{STORE}files"
    parts = ("", "/blobServices/default", "/fileServices/default", "/queueServices/default")
    answers: dict[str, Any] = {
        settings_path(f"{account}{part}"): {"value": []}
        for account in (files, STORE)
        for part in (*parts, "/tableServices/default")
    }
    answers[settings_path(f"{files}/blobServices/default")] = no
    sends = {"value": [setting(workspaceId=WORKSPACE)]}
    answers[settings_path(f"{STORE}/blobServices/default")] = sends
    reader = JsonReader(answers=answers, inventory=INVENTORY)
    made = ((files, "FileStorage"), (STORE, "StorageV2"))
    accounts = [
        {"id": name, "type": "microsoft.storage/storageaccounts", "kind": kind}
        for name, kind in made
    ]
    found = [[each.region for each in exports(resource_of(one), reader)] for one in accounts]
    assert found == [[], ["westeurope"]]


def test_a_refusal_of_one_resource_says_nothing_of_another_of_its_type() -> None:
    found = {"value": [setting(workspaceId=WORKSPACE)]}
    answers = {settings_path(APP): AccessDenied("no"), settings_path(OTHER_APP): found}
    reader = JsonReader(answers=answers, inventory=INVENTORY)
    regions = [
        [place.region for place in exports(resource_of({"id": app, "type": "a.b/c"}), reader)]
        for app in (APP, OTHER_APP)
    ]
    assert regions == [["unknown"], ["westeurope"]]


def test_microsofts_own_example_sends_to_an_account_to_event_hubs_and_to_a_partner() -> None:
    if not EXAMPLE.is_file():
        pytest.skip("Microsoft's example bodies are not beside this checkout")
    body = json.loads(EXAMPLE.read_text(encoding="utf-8"))["responses"]["200"]["body"]
    places = sent(APP, "microsoft.logic/workflows", {settings_path(APP): body})
    assert [(place.role, place.region, place.unresolved) for place in places] == [
        (Role.EXPORT, "unknown", Reason.FACET_UNREADABLE),
        (Role.EXPORT, "unknown", Reason.FACET_UNREADABLE),
        (Role.EXPORT, "unknown", Reason.REGION_UNKNOWN),
    ]
