"""The shapes of the answers, for OpenAPI alone: what is answered is made by residency.documents."""

from typing import Literal

from residency.documents.explanation import Source
from residency.model import Verdict
from residency.store import EventKind
from residency.web.api.shape_entries import (
    Acknowledged,
    Counts,
    Covered,
    Declaration,
    Episode,
    Exemption,
    Incident,
    Side,
    Silence,
    Subscription,
    UnknownType,
)
from residency.web.api.shape_parts import (
    Check,
    Count,
    Explained,
    Listed,
    Recorded,
    Scan,
    Shape,
    WholeScan,
)


class Fault(Shape):
    """What is wrong, in a sentence."""

    error: str


class Explanation(Shape):
    """What `residency explain` says of the record."""

    schema: Literal["residency/explain/v1"]
    source: Source
    notices: list[str]
    differs: list[str]
    resource: Explained | None
    check: Check | None
    recorded: Recorded


class Summary(Shape):
    """The last scan, without its resources."""

    schema: Literal["residency/scan-summary/v1"]
    verdict: Verdict
    scan: WholeScan
    subscriptions: list[Subscription]
    counts: Counts
    unknown_types: list[UnknownType]


class Paged(Shape):
    """A part of what one scan left; `next` is the cursor of the part that follows."""

    scan: Scan
    next: str | None


class Resources(Paged):
    """Resources by their ids."""

    schema: Literal["residency/resources-page/v1"]
    notices: list[str]
    resources: list[Listed]


class Episodes(Paged):
    """Failovers by their beginning."""

    schema: Literal["residency/episodes-page/v1"]
    episodes: list[Episode]


class Incidents(Paged):
    """Incidents by their beginning."""

    schema: Literal["residency/incidents-page/v1"]
    incidents: list[Incident]


class Event(Shape):
    """Something that happened."""

    schema: Literal["residency/event/v1"]
    number: Count
    kind: EventKind
    subject: str
    found_by: Scan
    scan_before: Scan | None
    before: Side
    after: Side
    acknowledged: Acknowledged | None


class Events(Paged):
    """Events, the oldest first."""

    schema: Literal["residency/events-page/v1"]
    events: list[Event]


class Subscriptions(Paged):
    """Subscriptions by their ids."""

    schema: Literal["residency/subscriptions-page/v1"]
    subscriptions: list[Subscription]


class Coverage(Paged):
    """What was seen of subscriptions, and when nobody looked."""

    schema: Literal["residency/coverage-page/v1"]
    silences: list[Silence]
    coverage: list[Covered]


class Exemptions(Shape):
    """What is set aside or declared."""

    schema: Literal["residency/exemptions/v1"]
    exemptions: list[Exemption]
    declarations: list[Declaration]
