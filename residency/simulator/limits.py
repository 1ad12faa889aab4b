"""Which quotas a request uses, and the headers that tell what is left of them."""

from collections.abc import Mapping

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

_GRAPH_MESSAGE = (
    "Client application has been throttled and should not attempt to repeat the request until an "
    "amount of time has elapsed."
)
_ACCOUNTS = ["providers", "microsoft.storage", "storageaccounts"]


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
    parts = request.parts
    if not subscription or not any(parts[n : n + 3] == _ACCOUNTS for n in range(len(parts))):
        return None
    account = "/".join(["", *parts[:8]])
    body = simulator.tenant.find(account) if len(parts) == 8 else None  # noqa: PLR2004
    region = str(body["location"]) if body else ""
    return simulator.quotas.storage(subscription, region, now_seconds)


def _throttled(code: str, message: str, grant: Grant, headers: Mapping[str, str]) -> Refusal:
    return Refusal(429, code, message, headers={**headers, "Retry-After": retry_after(grant)})
