"""Which quotas a request uses, and the headers that tell what is left of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from residency.simulator.answers import Refusal
from residency.simulator.journal import subscription_of
from residency.simulator.quotas import (
    ARM_READS_BUCKET,
    GRAPH_QUERIES,
    Grant,
    resets_after,
    retry_after,
)
from residency.simulator.request import Request
from residency.simulator.simulator import Simulator
from residency.simulator.world import Body

_GRAPH_MESSAGE = (
    "Client application has been throttled and should not attempt to repeat the request until an "
    "amount of time has elapsed."
)
_ACCOUNTS = "/providers/microsoft.storage/storageaccounts"


def graph_limit(simulator: Simulator, request: Request) -> Mapping[str, str]:
    """Count a query of Resource Graph; give the headers of its answer.

    Raises:
        Refusal: The principal has used its queries.
    """
    if not simulator.behaviour.quotas:
        remaining = GRAPH_QUERIES - 1
        grant = Grant(allowed=True, remaining=remaining, wait_seconds=5)
    else:
        grant = simulator.quotas.graph(request.principal, simulator.clock().timestamp())
    headers = {
        "x-ms-user-quota-remaining": str(grant.remaining),
        "x-ms-user-quota-resets-after": resets_after(grant),
    }
    if not grant.allowed:
        raise _throttled("RateLimiting", _GRAPH_MESSAGE, grant, headers)
    return headers


def arm_limit(simulator: Simulator, request: Request) -> Mapping[str, str]:
    """Count a read of ARM, and of Microsoft.Storage where it is one; give the answer's headers.

    Raises:
        Refusal: A bucket or a window is empty.
    """
    subscription = subscription_of(request.path)
    level = "subscription" if subscription else "tenant"
    name = f"x-ms-ratelimit-remaining-{level}-reads"
    if not simulator.behaviour.quotas:
        return {name: str(ARM_READS_BUCKET - 1)}
    now = simulator.clock().timestamp()
    grant = simulator.quotas.arm(request.principal, subscription, now)
    headers = {name: str(grant.remaining)}
    if not grant.allowed:
        message = f"Number of requests for {level} '{subscription}' exceeded the limit."
        raise _throttled("SubscriptionRequestsThrottled", message, grant, headers)
    storage = _storage(simulator, request, subscription, now)
    if storage is not None and not storage.allowed:
        message = "The request is being throttled as the limit has been reached for this operation."
        raise _throttled("TooManyRequests", message, storage, headers)
    return headers


def _storage(
    simulator: Simulator, request: Request, subscription: str, now_seconds: float
) -> Grant | None:
    call = storage_call(request.key)
    if call is None:
        return None
    body = simulator.tenant.find(call.account) if call.account else None
    region = region_of(body) if body else ""
    return simulator.quotas.storage(subscription, region, now_seconds, is_list=call.is_list)


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageCall:
    """A call that Microsoft.Storage counts.

    Attributes:
        account: The lower-cased id of the account that it is about; empty for the list of all.
        is_list: It lists; otherwise it reads one thing.
    """

    account: str
    is_list: bool


def storage_call(path: str) -> StorageCall | None:
    """Tell what a lower-cased path asks of Microsoft.Storage; None where it asks another."""
    before, found, rest = path.partition(_ACCOUNTS)
    if not found or not before or "/providers/" in rest:  # an extension is another provider's
        return None
    names = [name for name in rest.split("/") if name]
    account = f"{before}{_ACCOUNTS}/{names[0]}" if names else ""
    return StorageCall(account=account, is_list=len(names) % 2 == 0)


def region_of(body: Body) -> str:
    """Give the region that an account counts in, whatever its spelling."""
    return str(body["location"]).replace(" ", "").lower()


def _throttled(code: str, message: str, grant: Grant, headers: Mapping[str, str]) -> Refusal:
    return Refusal(429, code, message, headers={**headers, "Retry-After": retry_after(grant)})
