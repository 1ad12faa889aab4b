"""Azure's request quotas as counters with an injectable clock; off until switched on.

Resource Graph: https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests
ARM: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
Microsoft.Storage: https://learn.microsoft.com/azure/storage/common/scalability-targets-resource-provider
"""

from dataclasses import dataclass
from math import ceil

GRAPH_QUERIES = 15
GRAPH_WINDOW_SECONDS = 5.0
ARM_READS_BUCKET = 250
ARM_READS_PER_SECOND = 25.0
STORAGE_READS = 800
STORAGE_LISTS = 100
STORAGE_WINDOW_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a quota says to one request.

    Attributes:
        allowed: The request may go on.
        remaining: How many more may follow at once.
        wait_seconds: Until the window ends, or until the next token.
    """

    allowed: bool
    remaining: int
    wait_seconds: float


class TokenBucket:
    """A bucket that refills all the time."""

    def __init__(self, capacity: int, refill_per_second: float, now_seconds: float) -> None:
        """Start full."""
        self.capacity = capacity
        self.refill_per_second = refill_per_second
        self._level = float(capacity)
        self._at = now_seconds

    def take(self, now_seconds: float) -> Grant:
        """Take one token, if there is one."""
        gained = max(0.0, now_seconds - self._at) * self.refill_per_second
        self._level = min(float(self.capacity), self._level + gained)
        self._at = now_seconds
        if self._level < 1:
            wait = (1 - self._level) / self.refill_per_second
            return Grant(allowed=False, remaining=0, wait_seconds=wait)
        self._level -= 1
        return Grant(allowed=True, remaining=int(self._level), wait_seconds=0)


class Window:
    """A number of requests in a fixed window that opens with the first of them."""

    def __init__(self, limit: int, window_seconds: float) -> None:
        """Start with the whole limit."""
        self.limit = limit
        self.window_seconds = window_seconds
        self._used = 0
        self._opened: float | None = None

    def take(self, now_seconds: float) -> Grant:
        """Count one request, if the window has room."""
        if self._opened is None or now_seconds >= self._opened + self.window_seconds:
            self._opened, self._used = now_seconds, 0
        wait = self._opened + self.window_seconds - now_seconds
        if self._used >= self.limit:
            return Grant(allowed=False, remaining=0, wait_seconds=wait)
        self._used += 1
        return Grant(allowed=True, remaining=self.limit - self._used, wait_seconds=wait)


class Quotas:
    """Every quota of the tenant, by whom it counts.

    Attributes:
        refused: How many requests came too early: what a careful client keeps at 0.
    """

    def __init__(self) -> None:
        """Start with nothing used."""
        self.refused = 0
        self._graph: dict[str, Window] = {}
        self._arm: dict[tuple[str, str], TokenBucket] = {}
        self._storage: dict[tuple[str, str, bool], Window] = {}

    def graph(self, principal: str, now_seconds: float) -> Grant:
        """Count a Resource Graph query of a principal; every page is one."""
        new = Window(GRAPH_QUERIES, GRAPH_WINDOW_SECONDS)
        return self._counted(self._graph.setdefault(principal, new).take(now_seconds))

    def arm(self, principal: str, subscription: str, now_seconds: float) -> Grant:
        """Count a read of a principal in a subscription, or in the tenant where it is empty."""
        new = TokenBucket(ARM_READS_BUCKET, ARM_READS_PER_SECOND, now_seconds)
        return self._counted(self._arm.setdefault((principal, subscription), new).take(now_seconds))

    def storage(
        self, subscription: str, region: str, now_seconds: float, *, is_list: bool
    ) -> Grant:
        """Count a call to Microsoft.Storage, by the region of the account that it is about.

        The list of a subscription's accounts is about no region; what is listed under an account
        (its object replication policies) counts as a list in the account's region.
        """
        new = Window(STORAGE_LISTS if is_list else STORAGE_READS, STORAGE_WINDOW_SECONDS)
        window = self._storage.setdefault((subscription, region, is_list), new)
        return self._counted(window.take(now_seconds))

    def _counted(self, grant: Grant) -> Grant:
        self.refused += not grant.allowed
        return grant


def retry_after(grant: Grant) -> str:
    """Give whole seconds for `Retry-After`, at least one."""
    return str(max(1, ceil(grant.wait_seconds)))


def resets_after(grant: Grant) -> str:
    """Give hh:mm:ss for `x-ms-user-quota-resets-after`."""
    minutes, seconds = divmod(ceil(grant.wait_seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"
