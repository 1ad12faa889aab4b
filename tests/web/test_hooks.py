"""Azure's bodies as Microsoft documents them, written out for an estate that does not exist."""

from collections.abc import Callable
from typing import Any

import pytest

HOOK = "/api/v1/hooks/azure"
KEY = "canary-hook-key/with+signs=="
BEARER = {"Authorization": f"Bearer {KEY}"}
MAIN = "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001"
GROUP = f"{MAIN}/resourceGroups/RG-Data"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/stAcme"
MACHINE = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/vm1"
DATABASE = f"{GROUP}/providers/Microsoft.Sql/servers/sql1/databases/db 1"


def event(kind: str, subject: str, **data: Any) -> dict[str, Any]:
    """Event Grid's schema: https://learn.microsoft.com/azure/event-grid/event-schema."""
    return {
        "id": "4db48cba-0000-4000-8000-000000000001",
        "topic": MAIN,
        "subject": subject,
        "eventType": kind,
        "eventTime": "2026-11-01T08:00:00.0000000Z",
        "data": data,
        "dataVersion": "2",
        "metadataVersion": "1",
    }


def cloud_event(kind: str, subject: str, **data: Any) -> dict[str, Any]:
    """https://learn.microsoft.com/azure/event-grid/cloud-event-schema."""
    return {
        "specversion": "1.0",
        "id": "4db48cba-0000-4000-8000-000000000002",
        "source": MAIN,
        "subject": subject,
        "type": kind,
        "time": "2026-11-01T08:00:00.0000000Z",
        "data": data,
    }


def written(account: str = ACCOUNT) -> dict[str, Any]:
    """https://learn.microsoft.com/azure/event-grid/event-schema-subscriptions."""
    return event(
        "Microsoft.Resources.ResourceWriteSuccess",
        account,
        authorization={"scope": account, "action": "Microsoft.Storage/storageAccounts/write"},
        resourceProvider="Microsoft.Storage",
        resourceUri=account,
        operationName="Microsoft.Storage/storageAccounts/write",
        status="Succeeded",
    )


def health(make: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """https://learn.microsoft.com/azure/event-grid/event-schema-health-resources."""
    info = {
        "id": f"{MACHINE}/providers/Microsoft.ResourceHealth/availabilityStatuses/1fb6",
        "name": "1fb6",
        "type": "Microsoft.ResourceHealth/availabilityStatuses",
        "properties": {"targetResourceId": MACHINE, "availabilityState": "Unavailable"},
    }
    kind = "Microsoft.ResourceNotifications.HealthResources.AvailabilityStatusChanged"
    return make(kind, MACHINE, resourceInfo=info, apiVersion="2023-12-01")


def alert(service: str, *targets: Any) -> dict[str, Any]:
    """https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-payload-samples."""
    return {
        "schemaId": "azureMonitorCommonAlertSchema",
        "data": {
            "essentials": {
                "alertId": f"{MAIN}/providers/Microsoft.AlertsManagement/alerts/b956",
                "alertRule": "unavailable",
                "severity": "Sev1",
                "signalType": "Activity Log",
                "monitorCondition": "Fired",
                "monitoringService": service,
                "alertTargetIDs": list(targets),
                "firedDateTime": "2026-11-01T08:00:00.000Z",
                "essentialsVersion": "1.0",
                "alertContextVersion": "1.0",
            },
            "alertContext": {"properties": {"incidentType": "Incident", "stage": "Active"}},
        },
    }


BODIES: dict[str, tuple[object, tuple[str, ...]]] = {
    "a resource was written": ([written()], (ACCOUNT,)),
    "a resource was deleted, told in small letters": (
        [event("Microsoft.Resources.ResourceDeleteSuccess", ACCOUNT.lower())],
        (ACCOUNT,),
    ),
    "an action on a child, whose name has a space": (
        [event("Microsoft.Resources.ResourceActionSuccess", DATABASE, resourceUri=DATABASE)],
        (DATABASE,),
    ),
    "only data names it": (
        [event("Microsoft.Resources.ResourceWriteSuccess", "", resourceUri=ACCOUNT)],
        (ACCOUNT,),
    ),
    "several, and one twice": (
        [written(), written(DATABASE), written()],
        (ACCOUNT, DATABASE),
    ),
    "availability of a machine": ([health(event)], (MACHINE,)),
    "availability of a machine, as a cloud event": (health(cloud_event), (MACHINE,)),
    "cloud events in a batch": (
        [
            cloud_event("Microsoft.ResourceNotifications.Resources.CreatedOrUpdated", ACCOUNT),
            health(cloud_event),
        ],
        (ACCOUNT, MACHINE),
    ),
    "an alert on resources": (alert("Platform", ACCOUNT, DATABASE), (ACCOUNT, DATABASE)),
    "an alert of service health names the subscription": (alert("ServiceHealth", MAIN), (MAIN,)),
    "an alert on a group": (alert("Activity Log - Administrative", GROUP), (GROUP,)),
    "the event subscription itself was deleted": (
        [event("Microsoft.EventGrid.SubscriptionDeletedEvent", ACCOUNT)],
        (),
    ),
    "a blob was written, which moves nothing": (
        [event("Microsoft.Storage.BlobCreated", "/blobServices/default/containers/c/blobs/b")],
        (),
    ),
}


@pytest.mark.parametrize("case", BODIES)
def test_what_a_body_names_is_told_in_small_letters(site: Any, case: str) -> None:
    body, named = BODIES[case]
    got = site.tell(body)
    assert (got.status, got.json) == (200, {"resources": len(named)})
    told = [tuple(one.lower() for one in named)] if named else []
    assert site.desk.told_of == told


def test_event_grid_gets_its_code_back(site: Any) -> None:
    data = {"validationCode": "512d38b6-c7b8", "validationUrl": "https://rp.example/validate"}
    body = [event("Microsoft.EventGrid.SubscriptionValidationEvent", "", **data)]
    got = site.tell(body, {"aeg-event-type": "SubscriptionValidation"})
    assert (got.status, got.json) == (200, {"validationResponse": "512d38b6-c7b8"})
    assert site.desk.told_of == []


def test_event_grid_may_send_cloud_events_once_it_asked(site: Any) -> None:
    asked = BEARER | {"WebHook-Request-Origin": "eventgrid.azure.net"}
    got = site.ask("OPTIONS", HOOK, asked)
    assert (got.status, got.body) == (200, b"")
    assert got.headers["webhook-allowed-origin"] == "eventgrid.azure.net"
    assert got.headers["webhook-allowed-rate"] == "60"
    assert "POST" in got.headers["allow"]


def test_who_asks_without_an_origin_or_a_key_gets_no_consent(site: Any) -> None:
    assert site.ask("OPTIONS", HOOK, BEARER).status == 400
    got = site.ask("OPTIONS", HOOK, {"WebHook-Request-Origin": "evil.example"})
    assert got.status == 401
    assert "webhook-allowed-origin" not in got.headers


@pytest.mark.parametrize(
    "query",
    [
        "code=canary-hook-key/with+signs==",
        "code=canary-hook-key%2Fwith%2Bsigns%3D%3D",
        "x=1&code=wrong&code=canary-hook-key/with+signs==",
    ],
)
def test_a_key_in_the_query_is_taken(site: Any, query: str) -> None:
    assert site.ask("POST", f"{HOOK}?{query}", body=b"[]").status == 200


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {}),
        ("?code=", {}),
        ("?code=wrong", {}),
        ("?code=canary-hook-key/with+signs=", {}),
        ("?Code=canary-hook-key/with+signs==", {}),
        ("", {"Authorization": "Bearer"}),
        ("", {"Authorization": "Bearer canary-hook-key"}),
        ("", {"Authorization": f"Basic {KEY}"}),
        ("", {"Authorization": "Bearer ÿ"}),
        ("?code=%ff%00", {}),
    ],
)
def test_a_wrong_key_tells_nothing(site: Any, query: str, headers: dict[str, str]) -> None:
    got = site.ask("POST", HOOK + query, headers, b"[" + b"x" * 100)
    assert got.status == 401
    assert got.json == {"error": "The key is missing or wrong"}
    assert site.desk.told_of == []


def test_each_of_several_keys_is_taken(site: Any) -> None:
    site.desk.keys = (b"the-old-key", b"", b"the-new-key")
    for key, status in (("the-old-key", 200), ("the-new-key", 200), ("another", 401), ("", 401)):
        assert site.ask("POST", f"{HOOK}?code={key}", body=b"[]").status == status


def test_without_keys_hooks_are_off(site: Any) -> None:
    site.desk.keys = ()
    assert site.ask("POST", HOOK, BEARER, b"[]").status == 404
    assert site.ask("OPTIONS", HOOK, BEARER).status == 404


def test_a_flood_is_told_when_to_come_back(site: Any) -> None:
    got = [site.tell([]) for _ in range(125)]
    passed = [one.status for one in got].count(200)
    assert 120 <= passed <= 122
    refused = next(one for one in got if one.status == 429)
    assert refused.headers["retry-after"] == "1"


def test_who_has_no_key_uses_none_of_the_room_of_who_has(site: Any) -> None:
    for _ in range(130):
        assert site.ask("POST", HOOK, body=b"[]").status == 401
    assert site.tell([]).status == 200


def test_hooks_ask_for_their_own_key_where_the_rest_asks_for_a_password(
    serve: Callable[..., Any], write: Callable[[str], Any], password_hash: str
) -> None:
    site = serve(write(f"basic_auth_users:\n  anna: {password_hash}\n"))
    assert site.tell([written()]).status == 200
    assert site.ask("POST", HOOK, body=b"[]").status == 401
    for path in (f"{HOOK}/", f"{HOOK}/../../../metrics", "/metrics", "/-/healthy", "/-/ready"):
        assert site.ask("GET", path, BEARER).status == 401
