"""The reads of Azure Resource Manager: what a GET answers, by its path.

https://learn.microsoft.com/rest/api/resources/
"""

from collections.abc import Callable, Mapping

from residency.simulator import provider
from residency.simulator.activity import parse_filter, selected
from residency.simulator.answers import Answer, Refusal, answer_of
from residency.simulator.api_versions import check_api_version
from residency.simulator.journal import subscription_of
from residency.simulator.locations import locations
from residency.simulator.providers import list_providers, read_provider
from residency.simulator.request import Request, listed
from residency.simulator.simulator import Simulator
from residency.simulator.world import Body, Subscription

Read = Callable[[Simulator, Request], Answer]


def read(simulator: Simulator, request: Request) -> Answer:
    """Answer a GET.

    Raises:
        Refusal: As ARM refuses it.
    """
    check_api_version(request.query.get("api-version"), "", "", "")
    _check_access(simulator, request)
    match request.parts:
        case ["subscriptions"]:
            return _subscriptions(simulator, request)
        case ["tenants"]:
            return _tenants(simulator, request)
        case ["providers", *_]:
            return _tenant_level(simulator, request)
        case ["subscriptions", subscription]:
            return answer_of(_subscription(simulator, simulator.tenant.subscriptions[subscription]))
        case ["subscriptions", _, *rest]:
            return _in_subscription(simulator, request, rest)
        case _:
            raise Refusal(404, "InvalidRequestUri", f"'{request.path}' is no address of ARM.")


def _check_access(simulator: Simulator, request: Request) -> None:
    if any(f"{request.key}/".startswith(f"{one}/") for one in simulator.tenant.denied):
        raise provider.forbidden(_action(request), request.path)
    match request.parts:
        case ["subscriptions", subscription, *_]:
            known = simulator.tenant.subscriptions.get(subscription)
            if known is None or not known.listed:
                message = f"The subscription '{subscription}' could not be found."
                raise Refusal(404, "SubscriptionNotFound", message)
            if not known.readable:
                raise provider.forbidden(_action(request), request.path)
        case _:
            return


def _action(request: Request) -> str:
    _, found, rest = request.path.rpartition("/providers/")
    namespace, *segments = rest.split("/")
    return "/".join([namespace, *segments[::2], "read"]) if found else "Microsoft.Resources/read"


def _subscriptions(simulator: Simulator, request: Request) -> Answer:
    shown = [
        _subscription(simulator, one)
        for one in simulator.tenant.subscriptions.values()
        if one.listed
    ]
    return listed(request, shown, simulator.behaviour.list_page_size)


def _subscription(simulator: Simulator, subscription: Subscription) -> Body:
    return {
        "id": f"/subscriptions/{subscription.id}",
        "subscriptionId": subscription.id,
        "tenantId": simulator.tenant.tenant_id,
        "displayName": subscription.name,
        "state": subscription.state,
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
            "spendingLimit": "Off",
        },
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
    }


def _tenants(simulator: Simulator, request: Request) -> Answer:
    tenant_id = simulator.tenant.tenant_id
    tenant = {
        "id": f"/tenants/{tenant_id}",
        "tenantId": tenant_id,
        "countryCode": "NL",
        "displayName": simulator.tenant.management_group,
        "tenantType": "AAD",
    }
    return listed(request, [tenant], simulator.behaviour.list_page_size)


def _tenant_level(simulator: Simulator, request: Request) -> Answer:
    tail = "/".join(request.parts)
    if tail in _TAILS:
        return _TAILS[tail](simulator, request)
    match request.parts[1:]:
        case ["microsoft.management", "managementgroups", group, "descendants"]:
            _known_group(simulator, group)
            return listed(request, _descendants(simulator), simulator.behaviour.list_page_size)
        case [_]:
            return read_provider(simulator, request)
        case _:
            return provider.read(simulator, request)


def _known_group(simulator: Simulator, group: str) -> None:
    if group not in {simulator.tenant.management_group.lower(), simulator.tenant.tenant_id.lower()}:
        raise provider.forbidden(
            "Microsoft.Management/managementGroups/descendants/read", f"managementGroups/{group}"
        )


def _descendants(simulator: Simulator) -> list[Body]:
    group = f"/providers/Microsoft.Management/managementGroups/{simulator.tenant.management_group}"
    return [
        {
            "id": f"/subscriptions/{one.id}",
            "type": "/subscriptions",
            "name": one.id,
            "properties": {"displayName": one.name, "parent": {"id": group}},
        }
        for one in simulator.tenant.subscriptions.values()
    ]


def _data_boundary(simulator: Simulator, _request: Request) -> Answer:
    name = simulator.tenant.tenant_id
    return answer_of(
        {
            "name": name,
            "id": f"/providers/Microsoft.Resources/dataBoundaries/{name}",
            "properties": {
                "dataBoundary": simulator.data_boundary,
                "provisioningState": "Succeeded",
            },
        }
    )


def _in_subscription(simulator: Simulator, request: Request, rest: list[str]) -> Answer:
    tail = "/".join(rest)
    if tail in _TAILS:
        return _TAILS[tail](simulator, request)
    if tail.endswith("providers/microsoft.authorization/permissions"):
        return _permissions(simulator, request)
    match rest:
        case ["providers", _]:
            return read_provider(simulator, request)
        case _ if "providers" in rest:
            return provider.read(simulator, request)
        case ["resourcegroups", name]:
            return answer_of(_group(simulator, request.key, name))
        case ["resourcegroups", name, "resources"]:
            _group(simulator, request.key.removesuffix("/resources"), name)
            return provider.generic_list(simulator, request)
        case _:
            raise Refusal(404, "InvalidRequestUri", f"'{request.path}' is no address of ARM.")


def _locations(simulator: Simulator, request: Request) -> Answer:
    extended = request.query.get("includeextendedlocations", "").lower() == "true"
    shown = list(locations(_one(simulator, request).id, with_extended=extended))
    return listed(request, shown, simulator.behaviour.list_page_size)


def _one(simulator: Simulator, request: Request) -> Subscription:
    return simulator.tenant.subscriptions[request.parts[1]]


def _health(simulator: Simulator, request: Request) -> Answer:
    return listed(request, simulator.health_events, simulator.behaviour.list_page_size)


def _groups(simulator: Simulator, request: Request) -> Answer:
    groups, prefix = simulator.tenant.groups, f"{request.key}/"
    found = [_shown(groups[key]) for key in sorted(groups) if key.startswith(prefix)]
    return listed(request, found, simulator.behaviour.list_page_size)


def _group(simulator: Simulator, path: str, name: str) -> Body:
    body = simulator.tenant.groups.get(path)
    if body is None:
        message = f"Resource group '{name}' could not be found."
        raise Refusal(404, "ResourceGroupNotFound", message)
    return _shown(body)


def _shown(body: Body) -> Body:
    return {
        "type": "Microsoft.Resources/resourceGroups",
        "properties": {"provisioningState": "Succeeded"},
        **body,
    }


def _permissions(simulator: Simulator, request: Request) -> Answer:
    subscription = _one(simulator, request)
    held = {
        "actions": list(subscription.actions),
        "notActions": list(subscription.not_actions),
        "dataActions": [],
        "notDataActions": [],
    }
    return listed(request, [held], simulator.behaviour.list_page_size)


def _events(simulator: Simulator, request: Request) -> Answer:
    subscription = subscription_of(request.path)
    wanted = parse_filter(request.query.get("$filter"), simulator.clock())
    select = request.query.get("$select")
    events = [selected(one, select) for one in simulator.activity.read(subscription, wanted)]
    return listed(request, events, simulator.behaviour.list_page_size)


_TAILS: Mapping[str, Read] = {
    "locations": _locations,
    "providers": list_providers,
    "resources": provider.generic_list,
    "resourcegroups": _groups,
    "providers/microsoft.insights/eventtypes/management/values": _events,
    "providers/microsoft.resourcehealth/events": _health,
    "providers/microsoft.resources/databoundaries/default": _data_boundary,
}
