"""Which subscriptions must be seen, which are listed, and what may be read in each."""

import re
from collections.abc import Mapping
from typing import Any

from residency.azure import Arm
from residency.check import value
from residency.errors import AccessDenied, AzureError, BadAnswer
from residency.inventory.coverage import Listed
from residency.inventory.rights import reads_everything
from residency.settings import Scope

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SUBSCRIPTIONS_VERSION = "2022-12-01"
_DESCENDANTS_VERSION = "2020-05-01"
_PERMISSIONS_VERSION = "2022-04-01"
_RESOURCES_VERSION = "2021-04-01"


async def manifest_of(arm: Arm, scope: Scope) -> Mapping[str, str] | None:
    """Give the subscriptions that must be seen with their names; None where none are named.

    Raises AzureError when the management group cannot be read: without it there is no telling
    what is missing.
    """
    expected = {str(entry.id).lower(): entry.name for entry in scope.subscriptions}
    if scope.management_group:
        path = (
            f"/providers/Microsoft.Management/managementGroups/{scope.management_group}/descendants"
        )
        for item in await arm.list(path, api_version=_DESCENDANTS_VERSION):
            if str(item.get("type", "")).lower().endswith("/subscriptions"):
                name = value(item, "properties.displayName") or ""
                expected.setdefault(_id(item, "name").lower(), str(name))
    return expected or None


async def list_subscriptions(arm: Arm) -> Mapping[str, Listed]:
    """List what this identity can see. Raises AccessDenied when that is nothing at all."""
    items = await arm.list("/subscriptions", api_version=_SUBSCRIPTIONS_VERSION)
    listed = (
        Listed(
            id=_id(item, "subscriptionId").lower(),
            name=str(item.get("displayName") or ""),
            state=str(item.get("state") or ""),
        )
        for item in items
    )
    found = {entry.id: entry for entry in listed}
    if not found:
        raise AccessDenied(
            "this identity sees no subscription at all: grant it Reader on the management group"
            " or on each subscription, and wait some minutes",
            code="NoSubscriptions",
        )
    return found


def _id(item: Mapping[str, Any], key: str) -> str:
    """Give the id of a subscription, which goes into paths; raises BadAnswer for no GUID."""
    found = item.get(key)
    if not isinstance(found, str) or not _GUID.fullmatch(found):
        raise BadAnswer(f"a subscription came without a GUID as its {key}", code="BadAnswer")
    return found


async def rights_in(arm: Arm, subscription_id: str) -> bool | AzureError:
    """Tell whether everything in a subscription may be read, or why that cannot be told."""
    path = f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/permissions"
    try:
        return reads_everything(await arm.list(path, api_version=_PERMISSIONS_VERSION))
    except AzureError as error:
        return error


async def has_resources(arm: Arm, subscription_id: str) -> bool | AzureError:
    """Ask ARM's own list whether a subscription holds anything, or why that cannot be told."""
    path = f"/subscriptions/{subscription_id}/resources"
    try:
        return bool(await arm.list(path, api_version=_RESOURCES_VERSION))
    except AzureError as error:
        return error
