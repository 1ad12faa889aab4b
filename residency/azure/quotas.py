"""Keeps within Azure's quotas: waits where the headers of earlier answers say that little is left.

Resource Graph counts a principal's queries, Azure Resource Manager its reads in a subscription
(https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests,
https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling).
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_GRAPH_REMAINING = "x-ms-user-quota-remaining"
_GRAPH_RESETS_AFTER = "x-ms-user-quota-resets-after"
_ARM_REMAINING = (
    "x-ms-ratelimit-remaining-subscription-reads",
    "x-ms-ratelimit-remaining-tenant-reads",
)
_CLOCK = re.compile(r"(\d+):(\d+):(\d+)")
_WINDOW_SECONDS = 5.0
_LONGEST_SECONDS = 60.0
_ARM_RESERVE = 32
_ARM_READS_PER_SECOND = 25.0


@dataclass(frozen=True, slots=True)
class Quotas:
    """From when, in the event loop's time, each quota may be used again."""

    _free_at: dict[str, float] = field(default_factory=dict)

    async def wait(self, path: str) -> None:
        """Wait until the quota that a request to `path` uses has room."""
        loop, quota = asyncio.get_running_loop(), _quota_of(path)
        while (seconds := self._free_at.get(quota, 0.0) - loop.time()) > 0:  # noqa: ASYNC110 - it waits for a time
            await asyncio.sleep(seconds)  # others may put the time off meanwhile

    def learn(self, path: str, headers: Mapping[str, str]) -> None:
        """Note what an answer says of the quota that it used."""
        seconds = _graph_seconds(headers) or _arm_seconds(headers)
        if seconds:
            quota = _quota_of(path)
            free_at = asyncio.get_running_loop().time() + seconds
            self._free_at[quota] = max(free_at, self._free_at.get(quota, 0.0))


def _quota_of(path: str) -> str:
    match path.lower().split("/"):
        case ["", "subscriptions", subscription, *_]:
            return subscription
        case [*_, "microsoft.resourcegraph", "resources"]:
            return "graph"
        case _:
            return "tenant"


def resets_after(headers: Mapping[str, str]) -> float:
    """Give the seconds after which Resource Graph's quota begins anew; 0 where nothing says so."""
    found = _CLOCK.fullmatch(headers.get(_GRAPH_RESETS_AFTER, ""))
    if found is None:
        return 0.0
    hours, minutes, seconds = (int(part) for part in found.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


def _graph_seconds(headers: Mapping[str, str]) -> float:
    if headers.get(_GRAPH_REMAINING) != "0":
        return 0.0
    return min(resets_after(headers) or _WINDOW_SECONDS, _LONGEST_SECONDS)


def _arm_seconds(headers: Mapping[str, str]) -> float:
    """Let the bucket refill while there is still room for the requests that are under way."""
    left = next((headers[name] for name in _ARM_REMAINING if name in headers), "")
    if not left.isdecimal():
        return 0.0
    return max(0.0, (_ARM_RESERVE - int(left)) / _ARM_READS_PER_SECOND)
