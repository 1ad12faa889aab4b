"""Diagnostic settings of any resource that holds data, found in a scan."""

from typing import TYPE_CHECKING, Any

import pytest

from residency.model import Reason, Role, Status

if TYPE_CHECKING:
    from tests.scan.conftest import Azure

DATA = "aaaaaaaa-0000-4000-8000-000000000001"
JSON = {"Content-Type": "application/json"}
GROUP = f"/subscriptions/{DATA}/resourceGroups/RG/providers"
VAULT = f"{GROUP}/Microsoft.KeyVault/vaults/kv1"
LOGS = f"{GROUP}/Microsoft.OperationalInsights/workspaces/law"
SETTINGS = "/providers/microsoft.insights/diagnosticsettings"


def body(resource_id: str, arm_type: str, location: str) -> dict[str, Any]:
    name = resource_id.rpartition("/")[2]
    return {"id": resource_id, "name": name, "type": arm_type, "location": location}


@pytest.fixture
def sending(azure: "Azure") -> "Azure":
    """A vault at home that sends its logs to a workspace in the United States."""
    azure.add(
        body(VAULT, "Microsoft.KeyVault/vaults", "westeurope"),
        body(LOGS, "Microsoft.OperationalInsights/workspaces", "eastus"),
    )
    return azure


def answering(status: int, content: bytes, resource: str = VAULT) -> Any:
    """Answer for the settings of a resource, or of all whose id holds what is named."""

    def intercept(_method: str, path: str, _body: bytes) -> Any:
        if resource.lower() in path.lower() and path.lower().endswith(SETTINGS):
            return status, JSON, content
        return None

    return intercept


def vault(azure: "Azure") -> Any:
    found = {each.resource.id: each.judgement for each in azure.scan().judged}
    return found[VAULT.lower()]


def test_logs_that_are_sent_outside_the_eu_are_a_violation(sending: "Azure") -> None:
    setting = b'{"value": [{"id": "/s", "properties": {"workspaceId": "%s"}}]}' % LOGS.encode()
    sending.stage.intercept = answering(200, setting)
    judgement = vault(sending)
    exports = [
        each.placement for each in judgement.placements if each.placement.role is Role.EXPORT
    ]
    assert [(place.region, place.target) for place in exports] == [("eastus", LOGS.lower())]
    assert judgement.status is Status.VIOLATION


def test_settings_that_may_not_be_read_leave_the_resource_unknown(sending: "Azure") -> None:
    refused = b'{"error": {"code": "AuthorizationFailed", "message": "no"}}'
    sending.stage.intercept = answering(403, refused)
    judgement = vault(sending)
    assert judgement.status is Status.UNKNOWN
    assert Reason.FACET_UNREADABLE in judgement.reasons


def test_a_type_that_can_have_none_is_told_so_without_a_wrapper(sending: "Azure") -> None:
    told = b'{"code": "ResourceTypeNotSupported", "message": "no settings here"}'
    sending.stage.intercept = answering(400, told, "/microsoft.keyvault/vaults/")
    assert vault(sending).status is Status.COMPLIANT


def test_what_holds_no_data_is_not_asked(azure: "Azure") -> None:
    azure.scan()
    asked = [call.path.lower() for call in azure.calls(path="diagnosticSettings")]
    assert asked
    assert not [path for path in asked if "virtualnetworks" in path]
