"""How resources come, change and go by somebody's hand, with their entries in the logs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from residency.simulator.failovers import OPERATOR
from residency.simulator.simulator import Simulator
from residency.simulator.world import Body

_VAULTS_KEPT = timedelta(days=90)
_SECONDS = "%Y-%m-%dT%H:%M:%SZ"


def create(simulator: Simulator, body: Body, *, caller: str | None = OPERATOR) -> None:
    """Create a resource, or replace it with another of the same id."""
    _logged(simulator, body, "write", caller)


def patch(
    simulator: Simulator,
    resource_id: str,
    changes: Mapping[str, Any],
    *,
    operation: str = "",
    caller: str | None = OPERATOR,
) -> None:
    """Change fields of a resource or of an item of a child list.

    Args:
        simulator: Whose tenant it is.
        resource_id: What is changed.
        changes: A JSON merge patch: null takes a key out.
        operation: The operation's name in the logs; without it, the type's write.
        caller: Who did it; None leaves no entry in the activity log.

    Raises:
        KeyError: There is no such resource.
    """
    body = simulator.tenant.find(resource_id)
    if body is None:
        raise KeyError(resource_id)
    _logged(simulator, _merged(body, changes), "write", caller, operation=operation)


def delete(simulator: Simulator, resource_id: str, *, caller: str | None = OPERATOR) -> None:
    """Delete a resource; a storage account and a key vault stay in the list of deleted ones.

    Raises:
        KeyError: There is no such resource.
    """
    body = simulator.tenant.find(resource_id)
    if body is None:
        raise KeyError(resource_id)
    name = f"{body.get('type', 'Microsoft.Resources/resources')}/delete"
    if caller is not None:
        simulator.log(name, body["id"], caller)
    simulator.remove(resource_id, operation=name, caller=caller)
    match str(body.get("type", "")).lower():
        case "microsoft.storage/storageaccounts":
            _keep_deleted_account(simulator, body)
        case "microsoft.keyvault/vaults":
            _keep_deleted_vault(simulator, body)
        case _:
            pass


def _logged(
    simulator: Simulator, body: Body, verb: str, caller: str | None, *, operation: str = ""
) -> None:
    name = operation or f"{body.get('type', 'Microsoft.Resources/resources')}/{verb}"
    if caller is not None:
        simulator.log(name, body["id"], caller)
    simulator.put(body, operation=name, caller=caller)


def _merged(old: object, changes: object) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(changes, Mapping):
        return changes
    result = dict(old) if isinstance(old, Mapping) else {}
    for key, value in changes.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _merged(result.get(key), value)
    return result


def _keep_deleted_account(simulator: Simulator, body: Body) -> None:
    """Show the account as one that can be restored for 14 days.

    https://learn.microsoft.com/rest/api/storagerp/deleted-accounts/list
    """
    subscription, name = body["id"].split("/")[2], body["name"]
    location = body["location"]
    deleted = simulator.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    created = body["properties"].get("creationTime", deleted)
    scope = f"/subscriptions/{subscription}/providers/Microsoft.Storage"
    item = {
        "id": f"{scope}/locations/{location}/deletedAccounts/{name}",
        "name": name,
        "type": "Microsoft.Storage/deletedAccounts",
        "properties": {
            "storageAccountResourceId": body["id"],
            "location": location,
            "restoreReference": f"{name}|{created}",
            "creationTime": created,
            "deletionTime": deleted,
        },
    }
    with simulator.at_rest():
        simulator.tenant.put_child(f"{scope}/deletedAccounts", item)


def _keep_deleted_vault(simulator: Simulator, body: Body) -> None:
    """Show the vault as one that can be recovered for 90 days.

    https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/list-deleted
    """
    scope = f"/subscriptions/{body['id'].split('/')[2]}/providers/Microsoft.KeyVault"
    now = simulator.now()
    item = {
        "id": f"{scope}/locations/{body['location']}/deletedVaults/{body['name']}",
        "name": body["name"],
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": {
            "vaultId": body["id"],
            "location": body["location"],
            "tags": body.get("tags") or {},
            "deletionDate": now.strftime(_SECONDS),
            "scheduledPurgeDate": (now + _VAULTS_KEPT).strftime(_SECONDS),
        },
    }
    with simulator.at_rest():
        simulator.tenant.put_child(f"{scope}/deletedVaults", item)
