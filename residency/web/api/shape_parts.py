"""The shapes of what stands in answers, for OpenAPI alone."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from residency.model import (
    Basis,
    Holds,
    Reason,
    Role,
    Severity,
    Status,
    Zone,
)
from residency.store import EventKind
from residency.store.episodes import Cause, Purpose

Count = Annotated[int, msgspec.Meta(ge=0)]
Time = Annotated[datetime, msgspec.Meta(tz=True)]
Bodies = dict[str, Any]


class Shape(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Every key is there, and there are no others."""


class Scan(Shape):
    """A scan, as other documents name it."""

    scan: Count
    id: str
    started_at: Time
    finished_at: Time


class WholeScan(Scan):
    """A scan, with what it says of itself."""

    complete: bool
    policy_sha256: str
    reasons: list[str]


class Stretch(Shape):
    """The scans that found something so; `to` found it otherwise."""

    from_: Scan = msgspec.field(name="from")
    last_seen: Scan
    to: Scan | None


class Judgement(Shape):
    """What the policy said of a resource, and whose that was."""

    status: Status
    severity: Severity | None
    reasons: list[Reason]
    exemptions: list[str]
    holds: Holds | None
    seen: bool
    product: str | None
    customers: list[str]
    environment: str


class State(Judgement):
    """A judgement, and how long it stood."""

    # Not also a Stretch: a struct has one base.

    from_: Scan = msgspec.field(name="from")
    last_seen: Scan
    to: Scan | None


class Place(Shape):
    """A place with what proves it."""

    role: Role
    region: str
    country: str | None
    basis: Basis
    evidence: str
    unresolved: Reason | None
    failed_over_from: list[str]


class Placed(Place):
    """A place, and how long it stood."""

    from_: Scan = msgspec.field(name="from")
    last_seen: Scan
    to: Scan | None


class ZonedPlace(Shape):
    """A place, and its zone."""

    role: Role
    region: str
    country: str | None
    zone: Zone
    basis: Basis
    evidence: str


class DatedPlace(ZonedPlace):
    """A place, its zone, and when it was read."""

    read_at: Time | None


class Listed(Judgement):
    """A resource as a scan left it."""

    id: str
    type: str
    name: str
    subscription_id: str
    resource_group: str
    placements: list[ZonedPlace]


class Explained(Shape):
    """A resource as its record still holds."""

    id: str
    type: str
    name: str
    subscription_id: str
    resource_group: str
    status: Status
    severity: Severity | None
    reasons: list[Reason]
    exemptions: list[str]
    product: str | None
    customers: list[str]
    environment: str
    placements: list[DatedPlace]


class Check(Shape):
    """What placed a resource."""

    id: str
    title: str
    docs: list[str]


class NamedPolicy(Shape):
    """A policy that the last scan judged by."""

    name: str
    from_: Scan = msgspec.field(name="from")
    body: Bodies


class NamedExemption(Shape):
    """An exemption that names a resource, or counts for it."""

    id: str
    reasons: list[str]
    owner: str
    ticket: str
    expires: Time
    expired: bool
    counted: bool


class Failover(Shape):
    """A failover of the resource that is explained."""

    id: str
    path: list[str]
    cause: Cause
    reason: Purpose
    open: bool
    started_at: Time
    started_after: Time | None
    ended_at: Time | None
    ended_after: Time | None


class Happening(Shape):
    """What happened to the resource that is explained."""

    number: Count
    kind: EventKind
    found_by: Scan
    told: Bodies


class Recorded(Shape):
    """All that is recorded of a resource."""

    scan: Scan
    policy_sha256: str
    there: bool
    states: list[State]
    placements: list[Placed]
    policies: list[NamedPolicy]
    exemptions: list[NamedExemption]
    episodes: list[Failover]
    events: list[Happening]
