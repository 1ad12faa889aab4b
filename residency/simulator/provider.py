"""Lists and single resources of the resource providers, child lists included."""

import json
import re
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

from residency.simulator.answers import Answer, Refusal, answer_of, encode
from residency.simulator.api_versions import check_api_version, check_offered
from residency.simulator.request import Request, bounds, page
from residency.simulator.simulator import Simulator
from residency.simulator.world import Body

_STORAGE_ACCOUNT = "microsoft.storage/storageaccounts"
_SYNC_LAG = timedelta(minutes=5)
_AFTER_FAILOVER = {"GRS": "Standard_LRS", "GZRS": "Standard_ZRS"}

_SERVICE = re.compile(r"/(?:blob|file|queue|table)services/default$")


def read(simulator: Simulator, request: Request) -> Answer:
    """Answer a GET of `{scope}/providers/{namespace}/{type}[/{name}…]`.

    Raises:
        Refusal: There is no such thing, the api-version is wrong, or it may not be read.
    """
    scope, _, rest = request.path.rpartition("/providers/")
    namespace, *segments = rest.split("/")
    if not segments:
        raise Refusal(404, "InvalidResourceType", f"'{request.path}' is no resource.")
    kind = "/".join(segments[::2])
    found = simulator.tenant.find(request.path)
    location = str((found or {}).get("location", ""))
    version = request.query.get("api-version")
    check_api_version(version, namespace, kind, location)
    check_offered(version, simulator.behaviour.api_versions, namespace, kind)
    authorize(simulator, request, f"{namespace}/{kind}/read")
    is_list = len(segments) % 2 == 1
    if is_list:
        return _list(simulator, request, scope.lower(), segments)
    if found is None:
        raise _absent(simulator, request.path, scope.lower(), f"{namespace}/{kind}")
    return answer_of(_single(simulator, request, found, f"{namespace}/{kind}".lower()))


def _single(simulator: Simulator, request: Request, body: Body, kind: str) -> Body:
    expand = request.query.get("$expand", "").lower().split(",")
    if kind != _STORAGE_ACCOUNT or "georeplicationstats" not in expand:
        return body
    stats = geo_replication_stats(simulator, body)
    return {**body, "properties": {**body["properties"], **stats}} if stats else body


def geo_replication_stats(simulator: Simulator, body: Body) -> dict[str, Any]:
    """Give `geoReplicationStats` of an account that has a secondary; nothing otherwise.

    https://learn.microsoft.com/azure/storage/common/last-sync-time-get
    """
    if not body.get("properties", {}).get("secondaryLocation"):
        return {}
    if (known := simulator.tenant.geo_replication.get(body["id"].lower())) is not None:
        return {"geoReplicationStats": known}
    sku = str(body["sku"]["name"])
    synced = simulator.clock() - _SYNC_LAG
    return {
        "geoReplicationStats": {
            "status": "Live",
            "lastSyncTime": synced.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "canFailover": True,
            "canPlannedFailover": True,
            "postFailoverRedundancy": sku_after_failover(sku),
            "postPlannedFailoverRedundancy": sku,
        }
    }


def sku_after_failover(sku: str) -> str:
    """Name the redundancy that is left after an unplanned failover.

    https://learn.microsoft.com/azure/storage/common/storage-disaster-recovery-guidance
    """
    redundancy = sku.rpartition("_")[2].removeprefix("RA")
    return _AFTER_FAILOVER.get(redundancy, sku)


def _list(simulator: Simulator, request: Request, scope: str, segments: list[str]) -> Answer:
    tenant, path = simulator.tenant, request.key
    ids, items = tenant.ids(path), tenant.children(path)
    parent = _parent(path, scope, segments, is_told=bool(ids) or items is not None)
    if parent and not tenant.exists(parent):
        raise Refusal(404, "ParentResourceNotFound", f"'{parent}' could not be found.")
    others = [encode(item) for item in items or () if not tenant.is_resource(str(item.get("id")))]
    total = len(ids) + len(others)
    place, link = bounds(request, total, simulator.behaviour.list_page_size)
    shown = [tenant.raw(one) for one in ids[place]]
    rest = slice(max(0, place.start - len(ids)), max(0, place.stop - len(ids)))
    return page([*shown, *others[rest]], next_link=link)


def _parent(path: str, scope: str, segments: list[str], *, is_told: bool) -> str:
    """Find what has to be there for a list to be there.

    Locations are no resources, and neither is all that stands between a list that the estate tells
    of and the resource that it belongs to. Every storage account has its services.
    """
    if len(segments) == 1 or segments[0].lower() == "locations":
        return _SERVICE.sub("", scope)
    if is_told:
        return path.removesuffix("/" + "/".join(segments[2:]).lower())
    return path.rpartition("/")[0]


def generic_list(simulator: Simulator, request: Request) -> Answer:
    """Answer `GET …/resources`: every resource, without its properties.

    https://learn.microsoft.com/rest/api/resources/resources/list
    """
    ids = simulator.tenant.ids(request.key)
    size = simulator.behaviour.list_page_size
    place, link = bounds(request, len(ids), size)
    expand = request.query.get("$expand", "").lower()
    items = [_without_properties(simulator.tenant.raw(one), expand) for one in ids[place]]
    return page(items, next_link=link)


def _without_properties(raw: bytes, expand: str) -> bytes:
    body = json.loads(raw)
    properties = body.pop("properties", None) or {}
    for name in ("createdTime", "changedTime", "provisioningState"):
        if name.lower() in expand and properties.get(name):
            body[name] = properties[name]
    return encode(body)


def authorize(simulator: Simulator, request: Request, action: str) -> None:
    """Refuse what the monitor's role in the subscription does not let it do."""
    subscription = simulator.tenant.subscriptions.get(_subscription(request))
    if subscription is None:
        return
    wanted = action.lower()
    allowed = any(fnmatchcase(wanted, one.lower()) for one in subscription.actions)
    refused = any(fnmatchcase(wanted, one.lower()) for one in subscription.not_actions)
    if refused or not allowed:
        raise forbidden(action, request.path)


def _subscription(request: Request) -> str:
    parts = request.parts
    return parts[1] if len(parts) > 1 and parts[0] == "subscriptions" else ""


def forbidden(action: str, scope: str) -> Refusal:
    """Refuse as ARM does where a role assignment is missing."""
    return Refusal(
        403,
        "AuthorizationFailed",
        "The client 'monitor' with object id '00000000-0000-0000-0000-00000000000a' does not have "
        f"authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. "
        "If access was recently granted, please refresh your credentials.",
    )


def _absent(simulator: Simulator, path: str, scope: str, kind: str) -> Refusal:
    if "/resourcegroups/" in scope and not simulator.tenant.exists(scope):
        group = scope.split("/")[4]
        return Refusal(
            404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found."
        )
    name = path.rpartition("/")[2]
    return Refusal(
        404, "ResourceNotFound", f"The Resource '{kind}/{name}' under '{scope}' was not found."
    )
