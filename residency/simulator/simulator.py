"""The simulated tenant with everything that can happen to it: one value, safe between threads."""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import RLock
from typing import TYPE_CHECKING
from uuid import uuid4

from residency.simulator.activity import ActivityLog, Operation
from residency.simulator.changes import change_record
from residency.simulator.faults import Faults
from residency.simulator.graph import Graph
from residency.simulator.graph_tables import subscription_row, table_of
from residency.simulator.journal import Call, Journal
from residency.simulator.quotas import Quotas
from residency.simulator.results import Results
from residency.simulator.tenant import Tenant
from residency.simulator.world import Body, Estate

if TYPE_CHECKING:  # a tenant without one needs no cryptography
    from residency.simulator.authority import Authority

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Give the time of this machine."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Behaviour:
    """How the simulated Azure behaves; each can be set while it runs.

    Attributes:
        graph_lag_seconds: How far Resource Graph is behind ARM.
        activity_lag_seconds: How long an event takes to show in the activity log.
        latency_seconds: What every call takes on top.
        quotas: Quotas are enforced; otherwise only shown.
        list_page_size: Items on a page of an ARM list.
        token_lifetime_seconds: How long a `$skipToken` of Resource Graph lives.
        subscription_limit: Resource Graph sees no more subscriptions than this.
        payload_limit_bytes: The largest answer of Resource Graph.
        api_versions: Lower-cased resource type to the only versions that it takes; a type that is
            not here takes any that its namespace knows.
        provider_locations: Where every resource provider is; empty: in all public regions.
    """

    graph_lag_seconds: float = 0.0
    activity_lag_seconds: float = 0.0
    latency_seconds: float = 0.0
    quotas: bool = False
    list_page_size: int = 1000
    token_lifetime_seconds: float = 600.0
    subscription_limit: int = 10_000
    payload_limit_bytes: int = 16_777_216
    api_versions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    provider_locations: Sequence[str] = ()


class Simulator:
    """A tenant, its Resource Graph, its activity log, its faults, and what was asked of it."""

    def __init__(self, estate: Estate, *, clock: Clock = utc_now) -> None:
        """Load the estate.

        Args:
            estate: The tenant to begin with.
            clock: Gives the time for quotas, lags, events and lifetimes.
        """
        self.clock = clock
        self.lock = RLock()
        self.behaviour = Behaviour()
        self.tenant = Tenant(estate)
        self.graph = Graph(self.tenant, clock)
        self.results = Results(clock)
        self.activity = ActivityLog(clock)
        self.faults = Faults()
        self.quotas = Quotas()
        self.journal = Journal()
        self.authority: Authority | None = None
        """With one, only its tokens are taken; without, any token."""
        self.data_boundary = "NotDefined"
        self.health_events: list[Body] = []
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = count()
        self._acting_at: datetime | None = None

    @property
    def requests(self) -> list[Call]:
        """Every call so far, oldest first."""
        return self.journal.so_far()

    @property
    def breaches(self) -> list[Call]:
        """Every call that a read-only monitor must never make."""
        return list(self.journal.breaches)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Hold the tenant still, with everything done that is due by now."""
        with self.lock:
            while self._due and self._due[0][0] <= self.clock():
                due, _, action = heapq.heappop(self._due)
                self._acting_at = due
                try:
                    action()
                finally:
                    self._acting_at = None
            yield

    def now(self) -> datetime:
        """Give the time at which something happens: for what was due before, when it was due."""
        return self._acting_at or self.clock()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something once the clock is that much further; at once for 0."""
        with self.lock:
            if seconds <= 0:
                action()
                return
            due = self.now() + timedelta(seconds=seconds)
            heapq.heappush(self._due, (due, next(self._numbers), action))

    def put(self, body: Body, *, operation: str = "", caller: str | None = None) -> None:
        """Create or replace a resource in ARM now, and in Resource Graph after its lag.

        Args:
            body: The whole ARM body; an item of a child list is replaced where it stands.
            operation: The operation that did it, for `resourcechanges`.
            caller: Who did it; None is Azure itself.
        """
        with self.at_rest():
            before = self.tenant.find(body["id"])
            if before is None:
                self.tenant.put(body)
            else:
                self.tenant.replace(body)
            record = change_record(before, body, self.now(), operation=operation, caller=caller)
            is_row = self.tenant.is_resource(body["id"]) or table_of(body) != "resources"
            self.after(self.behaviour.graph_lag_seconds, lambda: self._show(body, record, is_row))

    def _show(self, body: Body, record: Body, is_row: bool) -> None:  # noqa: FBT001
        if is_row:
            self.graph.put(body)
            self.graph.put(record, "resourcechanges")

    def remove(self, resource_id: str, *, operation: str = "", caller: str | None = None) -> None:
        """Delete a resource with everything under it, in Resource Graph after its lag.

        Raises:
            KeyError: There is no such resource.
        """
        with self.at_rest():
            before = self.tenant.remove(resource_id)
            if before is None:
                raise KeyError(resource_id)
            record = change_record(before, None, self.now(), operation=operation, caller=caller)
            self.after(self.behaviour.graph_lag_seconds, lambda: self._hide(before, record))

    def _hide(self, body: Body, record: Body) -> None:
        self.graph.remove(body["id"])
        self.graph.put(record, "resourcechanges")

    def log(
        self,
        name: str,
        resource_id: str,
        caller: str,
        *,
        duration_seconds: float = 0,
        outcome: str = "Succeeded",
    ) -> None:
        """Write an operation to the activity log as Azure does: started, accepted, `outcome`."""
        one = Operation(
            name=name, resource_id=resource_id, caller=caller, correlation_id=str(uuid4())
        )
        now = self.now()
        lag = self.behaviour.activity_lag_seconds
        started = one.event("Started", "", now)
        accepted = one.event("Accepted", "Accepted (HTTP Status Code: 202)", now)
        self.activity.add(started, lag_seconds=lag)
        self.activity.add(accepted, lag_seconds=lag)
        ended = now + timedelta(seconds=duration_seconds)
        self.activity.add(one.event(outcome, "", ended), lag_seconds=lag)

    def set_subscription(self, subscription_id: str, **flags: bool | str) -> None:
        """Change `listed`, `readable`, `in_graph`, `state` or `name` of a subscription.

        Raises:
            KeyError: There is no such subscription.
        """
        with self.at_rest():
            changed = self.tenant.set_subscription(subscription_id, **flags)
            self.graph.put(subscription_row(changed, self.tenant), "resourcecontainers")

    def deny(self, path: str) -> None:
        """Answer 403 for everything under a path."""
        with self.at_rest():
            self.tenant.denied.append(path.lower().rstrip("/"))

    def allow(self, path: str) -> None:
        """Take a denial back."""
        with self.at_rest():
            self.tenant.denied.remove(path.lower().rstrip("/"))
