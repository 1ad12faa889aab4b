"""Resource providers of a subscription: which are registered, their types, places and versions.

https://learn.microsoft.com/rest/api/resources/providers/list
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from residency.regions import RegionKind, all_regions
from residency.simulator import provider
from residency.simulator.answers import Answer, Refusal, answer_of
from residency.simulator.api_versions import newest_and_oldest
from residency.simulator.journal import subscription_of
from residency.simulator.request import Request, listed
from residency.simulator.simulator import Simulator
from residency.simulator.world import Body

_ACTION = "Microsoft.Resources/subscriptions/providers/read"
_DELETED = {
    "Microsoft.ApiManagement": ("deletedservices",),
    "Microsoft.AppConfiguration": ("deletedConfigurationStores",),
    "Microsoft.CognitiveServices": ("deletedAccounts",),
    "Microsoft.DataProtection": ("locations/deletedVaults",),
    "Microsoft.DocumentDB": ("restorableDatabaseAccounts",),
    "Microsoft.KeyVault": ("deletedVaults", "deletedManagedHSMs"),
    "Microsoft.OperationalInsights": ("deletedWorkspaces",),
    "Microsoft.RecoveryServices": ("locations/deletedVaults",),
    "Microsoft.Sql": (
        "locations/longTermRetentionBackups",
        "locations/longTermRetentionManagedInstanceBackups",
    ),
    "Microsoft.Storage": ("deletedAccounts",),
    "Microsoft.Web": ("deletedSites",),
}
"""The providers that keep what was deleted, with the lists that show it."""


def list_providers(simulator: Simulator, request: Request) -> Answer:
    """Answer `GET /subscriptions/{id}/providers`.

    Raises:
        Refusal: It may not be read.
    """
    provider.authorize(simulator, request, _ACTION)
    found = _found(simulator, subscription_of(request.path))
    names = {name.lower(): name for name in (*found, *_DELETED)}
    shown = [_provider(simulator, request, name, found) for name in sorted(names.values())]
    return listed(request, shown, simulator.behaviour.list_page_size)


def read_provider(simulator: Simulator, request: Request) -> Answer:
    """Answer `GET …/providers/{namespace}`, for a subscription or the tenant.

    Raises:
        Refusal: It may not be read, or nobody has heard of it.
    """
    provider.authorize(simulator, request, _ACTION)
    found = _found(simulator, subscription_of(request.path))
    wanted = request.parts[-1]
    known = {name.lower(): name for name in (*_DELETED, *found, *_with_versions(simulator))}
    if wanted not in known:
        message = f"The resource namespace '{wanted}' is invalid."
        raise Refusal(404, "InvalidResourceNamespace", message)
    return answer_of(_provider(simulator, request, known[wanted], found))


def _provider(
    simulator: Simulator, request: Request, name: str, found: dict[str, set[str]]
) -> Body:
    kinds = {kind.lower(): kind for kind in _DELETED.get(name, ())}
    own = {kind.lower(): kind for kind in found.get(name.lower(), ())}
    closed = {kind: kind for kind in _with_versions(simulator).get(name.lower(), ())}
    scope = request.path.partition("/providers")[0]
    return {
        "id": f"{scope}/providers/{name}",
        "namespace": name,
        "registrationPolicy": "RegistrationRequired",
        "registrationState": "Registered" if name.lower() in found else "NotRegistered",
        "resourceTypes": [
            _type(simulator, name, kind) for kind in {**closed, **own, **kinds}.values()
        ],
    }


def _type(simulator: Simulator, namespace: str, kind: str) -> dict[str, Any]:
    closed = simulator.behaviour.api_versions.get(f"{namespace}/{kind}".lower())
    return {
        "resourceType": kind,
        "locations": list(simulator.behaviour.provider_locations or _everywhere()),
        "apiVersions": list(closed or newest_and_oldest(namespace)),
        "capabilities": "None",
    }


@lru_cache(maxsize=1)
def _everywhere() -> tuple[str, ...]:
    return tuple(
        region.display_name
        for region in all_regions()
        if region.cloud == "AzureCloud" and region.kind is RegionKind.PUBLIC
    )


def _with_versions(simulator: Simulator) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for resource_type in simulator.behaviour.api_versions:
        namespace, _, kind = resource_type.partition("/")
        kinds.setdefault(namespace, set()).add(kind)
    return kinds


def _found(simulator: Simulator, subscription: str) -> dict[str, set[str]]:
    """Give the namespaces, lower-cased, that a subscription uses, with the types that it has."""
    found: dict[str, set[str]] = {}
    for one in simulator.tenant.ids(f"/subscriptions/{subscription}/resources"):
        namespace, *segments = one.rpartition("/providers/")[2].split("/")
        found.setdefault(namespace, set()).add("/".join(segments[::2]))
    for name, kinds in _DELETED.items():
        if any(_is_told(simulator, subscription, name, kind) for kind in kinds):
            found.setdefault(name.lower(), set())
    return found


def _is_told(simulator: Simulator, subscription: str, namespace: str, kind: str) -> bool:
    paths = _lists(f"/subscriptions/{subscription}/providers/{namespace}/{kind}".lower())
    return any(simulator.tenant.children(path) is not None for path in paths)


def _lists(path: str) -> Iterator[str]:
    before, found, kind = path.partition("/locations/")
    if not found:
        yield path
        return
    for name in _everywhere():
        yield f"{before}/locations/{name.replace(' ', '').lower()}/{kind}"
