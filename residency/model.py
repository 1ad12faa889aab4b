"""The words of the monitor as frozen values: what every layer says to the next.

One meaning each (docs/policy.md): a *resource* has *placements*; a placement has a *role*, a
*region*, a *basis* and its *evidence*. Nothing here reads, judges or prints.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

UNKNOWN_REGION = "unknown"
"""The region of a placement that could not be named; never a guess."""


class Role(StrEnum):
    """What a copy of the data is for."""

    PRIMARY = "primary"
    REPLICA = "replica"
    BACKUP = "backup"
    PROCESSING = "processing"
    EXPORT = "export"


class Basis(StrEnum):
    """How it is known that the data is there."""

    OBSERVED = "observed"
    DOCUMENTED = "documented"
    DECLARED = "declared"


class Zone(StrEnum):
    """Where a region stands under a policy, best first."""

    HOME = "home"
    FAILOVER = "failover"
    EXCEPTIONAL = "exceptional"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class Holds(StrEnum):
    """What a resource type does with customer data."""

    STORES = "stores"
    PROCESSES = "processes"
    NONE = "none"


class Status(StrEnum):
    """What the policy says of a resource, for operations; worst first."""

    VIOLATION = "violation"
    UNKNOWN = "unknown"
    FALLBACK = "fallback"
    EXEMPT = "exempt"
    COMPLIANT = "compliant"


class Severity(StrEnum):
    """How bad a violation is, worst first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Reason(StrEnum):
    """Why a resource has its status; every one that applies is given."""

    OUTSIDE_EU = "outside-eu"
    PRIMARY_MISPLACED = "primary-misplaced"
    FAILOVER_ACTIVE = "failover-active"
    FAILOVER_OVERDUE = "failover-overdue"
    ORDER_SKIPPED = "order-skipped"
    EXCEPTIONAL_REGION = "exceptional-region"
    REGION_UNKNOWN = "region-unknown"
    TYPE_UNKNOWN = "type-unknown"
    FACET_UNREADABLE = "facet-unreadable"
    FACET_PENDING = "facet-pending"
    STALE = "stale"
    RETENTION_OVERDUE = "retention-overdue"
    DELETED_EARLY = "deleted-early"


class Verdict(StrEnum):
    """What one scan shows."""

    COMPLIANT = "compliant"
    VIOLATION = "violation"
    NOT_PROVEN = "not-proven"


class SubscriptionState(StrEnum):
    """How much of a subscription this identity could read."""

    READ = "read"
    PARTIAL = "partial"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    UNEXPECTED = "unexpected"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What proves a placement: the API, the path in its answer, the value, and when it was read.

    `against` is what Resource Graph shows instead, where the two differ: the provider wins.
    """

    api: str
    path: str
    value: str
    read_at: datetime
    against: str = ""

    def __str__(self) -> str:
        """Give the evidence in one line, as outputs print it."""
        told = f"{self.api} {self.path} = '{self.value}'"
        return f"{told} (resourcegraph: '{self.against}')" if self.against else told


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One JSON answer of Azure: where it came from and when, so that a fact can cite it.

    `path` is empty for the resource's own row and the resource path for anything else. `shown` is
    what Resource Graph shows of the same resource, where this is what its provider says. `derived`
    keeps what was worked out of this reading (`residency.check.derived`); one that is made of it
    by `replace` says something else, and begins without.
    """

    api: str
    path: str
    body: Mapping[str, Any]
    read_at: datetime
    shown: Mapping[str, Any] | None = None
    derived: dict[object, Any] | None = field(default=None, init=False, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One ARM resource. `id` and `type` are lower-cased; `reading.body` is its ARM body or row.

    The body has ARM's own keys: location, kind, sku, tags, properties, managedBy,
    extendedLocation. `tags` repeats the tags as plain text for attribution.
    """

    id: str
    type: str
    name: str
    subscription_id: str
    resource_group: str
    reading: Reading
    tags: Mapping[str, str] = field(default_factory=dict)
    managed_by: str = ""

    @property
    def location(self) -> str:
        """Azure's raw `location`, or nothing; not always where the data is."""
        raw = self.reading.body.get("location")
        return raw if isinstance(raw, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failover:
    """What the service, the log or the store says of how a primary came to be where it is.

    `path` lists the regions where the primary stood before, oldest first. `since` is the time
    that the service or the log gives, or None when it gives none. `explained` is true when
    something recorded explains why the failover countries were skipped.
    """

    path: tuple[str, ...]
    since: datetime | None
    evidence: Evidence
    explained: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """One place where a resource's data is.

    Attributes:
        region: Normal form, or `unknown`.
        country: Set only where there is no Azure region (a declared customer site).
        unresolved: Why the place could not be established; then the zone is unknown.
        decides_primary: The facet that could not be read would tell which copy is written.
        writer: A field says that this copy is the one that is written to.
        metadata_only: Microsoft documents that this copy holds metadata only.
        failover: How a primary came here, where a field or a log tells.
        target: The resource (id or name) that an export goes to.
        subject: The resource whose data this is, where it is not the one that was checked.
    """

    role: Role
    region: str
    basis: Basis
    evidence: Evidence
    country: str | None = None
    unresolved: Reason | None = None
    decides_primary: bool = False
    writer: bool = False
    metadata_only: bool = False
    failover: Failover | None = None
    target: str | None = None
    subject: str | None = None


class Meaning(StrEnum):
    """What an operation of Azure means for where data is."""

    FAILOVER = "failover"
    FAILBACK = "failback"
    SWITCHOVER = "switchover"
    PROMOTION = "promotion"
    IN_REGION = "in-region"
    DRILL = "drill"
    REPLICATION = "replication"
    POSSIBLE = "possible"
    DELETE = "delete"


class Outcome(StrEnum):
    """How an operation ended, as far as the activity log shows."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Caller(StrEnum):
    """What sort of caller began an operation; who it was is never kept."""

    PERSON = "person"
    APPLICATION = "application"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call to Azure Resource Manager that has to do with where data is, by the activity log.

    Attributes:
        name: Azure's operation name, lower-cased.
        resource_id: What it was called on, lower-cased; a failover group and not its databases.
        resource_type: The type whose data it concerns, lower-cased.
        correlation_id: What its events have in common, lower-cased.
        started_at: Its first event that was seen.
        ended_at: Its last event with this outcome; None while it runs, or where none was seen.
    """

    name: str
    meaning: Meaning
    resource_id: str
    resource_type: str
    correlation_id: str
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome
    by: Caller

    @property
    def moved(self) -> bool:
        """Whether it is one that moves where data is written, and succeeded."""
        moving = {Meaning.FAILOVER, Meaning.FAILBACK, Meaning.SWITCHOVER, Meaning.PROMOTION}
        return self.meaning in moving and self.outcome is Outcome.SUCCEEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthEvent:
    """What Azure Service Health says of a disruption, maintenance or advisory.

    Attributes:
        kind: Azure's event type in lower case, such as `serviceissue`.
        status: `active` or `resolved`.
        impacts: Each service with each region that it is impacted in, in normal form or `unknown`.
    """

    tracking_id: str
    kind: str
    status: str
    started_at: datetime | None
    mitigated_at: datetime | None
    updated_at: datetime | None
    impacts: tuple[tuple[str, str], ...]

    @property
    def services(self) -> tuple[str, ...]:
        """Give the services that are impacted, in Azure's words."""
        return tuple(sorted({service for service, _ in self.impacts}))

    @property
    def regions(self) -> tuple[str, ...]:
        """Give the regions that are impacted."""
        return tuple(sorted({region for _, region in self.impacts}))
