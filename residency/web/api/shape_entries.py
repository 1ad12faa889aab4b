"""The shapes of the entries of lists, for OpenAPI alone."""

from residency.model import (
    Holds,
    SubscriptionState,
    Zone,
)
from residency.store.episodes import CauseBasis
from residency.store.reading.coverage import Why
from residency.store.reading.lives import Life
from residency.web.api.shape_parts import (
    Bodies,
    Count,
    Failover,
    Judgement,
    Place,
    Shape,
    Stretch,
    Time,
)


class Subscription(Shape):
    """How much of a subscription was seen."""

    id: str
    name: str
    state: SubscriptionState
    reasons: list[str]
    whole: bool
    resources: Count


class Counts(Shape):
    """Resources by status."""

    resources: Count
    violation: Count
    unknown: Count
    fallback: Count
    exempt: Count
    compliant: Count


class UnknownType(Shape):
    """A type that no check knows."""

    type: str
    count: Count


class Episode(Failover):
    """A failover of one resource."""

    incident_id: str
    resource_id: str
    resource_type: str
    from_region: str
    to_region: str
    cause_basis: CauseBasis
    products: list[str]
    customers: list[str]


class Acknowledged(Shape):
    """Who saw it first."""

    at: Time
    by_role: str


class Incident(Shape):
    """Failovers that belong together."""

    id: str
    zone: Zone
    worst_zone: Zone
    open: bool
    started_at: Time
    ended_at: Time | None
    episodes: list[str]
    products: list[str]
    affected_customers: Count
    acknowledged: Acknowledged | None


class Side(Shape):
    """What stood before, or stands after."""

    state: Judgement | None
    placements: list[Place]
    told: Bodies


class Covered(Stretch):
    """How much of a subscription was seen, and from when until when."""

    id: str
    name: str
    state: SubscriptionState
    reasons: list[str]
    whole: bool


class Silence(Shape):
    """A time in which nobody looked."""

    since: Time
    until: Time
    why: Why


class Version(Stretch):
    """How scans had something that is configured."""

    body: Bodies


class Lived(Shape):
    """Of what is configured: how long it counts still, and for what."""

    id: str
    resources: list[str]
    owner: str
    expires: Time
    life: Life
    edited: bool
    matches: int | None
    covers: int | None
    matches_nothing: bool
    covers_nothing: bool
    versions: list[Version]


class Instruction(Shape):
    """The customer's own request."""

    customer: str
    reference: str
    date: str


class Exemption(Lived):
    """What is set aside, of which resources."""

    reasons: list[str]
    why: str
    ticket: str
    instruction: Instruction | None


class Declaration(Lived):
    """Where data is said to be."""

    types: list[str]
    country: str
    holds: Holds
    source: str
