"""Copies of metadata are told apart from copies of messages, and exports name where they go."""

from typing import Any

import pytest

from checks.event_grid import CHECKS as EVENT_GRID
from checks.event_hubs import CHECKS as EVENT_HUBS
from checks.notification_hubs import CHECKS as NOTIFICATION_HUBS
from checks.service_bus import CHECKS as SERVICE_BUS
from residency.check import Check
from residency.errors import AccessDenied
from residency.model import Placement, Reason, Role
from residency.testing import JsonReader, run_check

GROUP = "/subscriptions/s/resourceGroups/g/providers"
PARTNER = f"{GROUP}/Microsoft.EventHub/namespaces/partner"
SEEN = ({"id": PARTNER, "type": "Microsoft.EventHub/namespaces", "location": "northeurope"},)
DENIED = AccessDenied("no", code="AuthorizationFailed")


def found(
    check: Check, kind: str, answers: dict[str, Any], sku: str = "Standard", **properties: Any
) -> tuple[Placement, ...]:
    resource_id = f"{GROUP}/{kind}/n"
    body = {
        "id": resource_id,
        "type": kind,
        "location": "westeurope",
        "sku": {"name": sku},
        "properties": properties,
    }
    told = {resource_id: body} | {f"{resource_id}{path}": told for path, told in answers.items()}
    return run_check(check, body, JsonReader(answers=told, inventory=SEEN))


def alias(role: str | None) -> dict[str, Any]:
    return {"value": [{"properties": {"role": role, "partnerNamespace": PARTNER}}]}


@pytest.mark.parametrize("role", ["Primary", "PrimaryNotReplicating", None, "Odd"])
def test_an_alias_copies_metadata_only_unless_this_is_its_secondary(role: str | None) -> None:
    answers = {"/disasterRecoveryConfigs": alias(role), "/eventhubs": {"value": []}}
    _, copy = found(EVENT_HUBS[0], "Microsoft.EventHub/namespaces", answers)
    assert (copy.role, copy.region, copy.metadata_only) == (Role.REPLICA, "northeurope", True)
    assert copy.target == PARTNER.lower()


def test_a_migration_copies_metadata_only() -> None:
    migration = {"value": [{"properties": {"targetNamespace": PARTNER}}]}
    answers = {"/migrationConfigurations": migration}
    _, copy = found(SERVICE_BUS[0], "Microsoft.ServiceBus/namespaces", answers)
    assert (copy.role, copy.metadata_only) == (Role.REPLICA, True)


def test_a_tier_that_is_not_told_is_asked_for_everything() -> None:
    places = found(SERVICE_BUS[0], "Microsoft.ServiceBus/namespaces", {}, sku="")
    assert [place.unresolved for place in places[1:]] == [Reason.FACET_UNREADABLE] * 2


@pytest.mark.parametrize("region", ["Default", "NorthEurope"])
def test_notification_hubs_copy_metadata_only(region: str) -> None:
    kind = "Microsoft.NotificationHubs/namespaces"
    _, copy = found(NOTIFICATION_HUBS[0], kind, {}, replicationRegion=region)
    assert (copy.region, copy.metadata_only) == ("northeurope", True)


@pytest.mark.parametrize(
    ("boundary", "regions"),
    [("WithinGeopair", ["northeurope"]), ("withinregion", []), ("WithinPlanet", ["unknown"])],
)
def test_event_grid_copies_metadata_only_as_far_as_its_boundary(
    boundary: str, regions: list[str]
) -> None:
    kind = "Microsoft.EventGrid/domains"
    answers: dict[str, Any] = {"/eventSubscriptions": {"value": []}, "/topics": {"value": []}}
    _, *copies = found(EVENT_GRID[0], kind, answers, dataResidencyBoundary=boundary)
    assert [place.region for place in copies] == regions
    assert all(place.metadata_only for place in copies if place.region != "unknown")


def test_subscriptions_that_may_not_be_read_are_no_better_than_unknown() -> None:
    answers = {"/eventSubscriptions": DENIED}
    kind = "Microsoft.EventGrid/systemTopics"
    export = found(EVENT_GRID[0], kind, answers)[-1]
    assert (export.role, export.unresolved) == (Role.EXPORT, Reason.FACET_UNREADABLE)


def test_a_webhook_is_named_by_its_address_without_its_secret() -> None:
    properties = {"endpointBaseUrl": "https://example.com/hook", "endpointUrl": "https://x?key=1"}
    hook = {"properties": {"destination": {"endpointType": "WebHook", "properties": properties}}}
    answers = {"/eventSubscriptions": {"value": [hook]}}
    export = found(EVENT_GRID[0], "Microsoft.EventGrid/partnerTopics", answers)[-1]
    assert (export.target, export.unresolved) == ("https://example.com/hook", Reason.REGION_UNKNOWN)
    assert "key" not in str(export.evidence)


def test_capture_that_does_not_say_whether_it_is_on_is_stated() -> None:
    capture = {"destination": {"properties": {"storageAccountResourceId": f"{GROUP}/a.b/c/d"}}}
    hubs = {"value": [{"properties": {"captureDescription": capture}}]}
    answers = {"/disasterRecoveryConfigs": {"value": []}, "/eventhubs": hubs}
    _, export = found(EVENT_HUBS[0], "Microsoft.EventHub/namespaces", answers)
    assert (export.role, export.unresolved) == (Role.EXPORT, Reason.FACET_UNREADABLE)
