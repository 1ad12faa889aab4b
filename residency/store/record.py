"""What a scan gives the store to remember."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from residency.model import SubscriptionState, Verdict
from residency.policy import Judged
from residency.store.events import Event
from residency.store.times import Span
from residency.store.versions import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRecord:
    """How much of one subscription a scan saw."""

    id: str
    name: str
    state: SubscriptionState
    reasons: tuple[str, ...]
    resources: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRecord:
    """One scan, ready to be remembered.

    Attributes:
        judged: All that was seen.
        gone: Ids of what is known to be gone: a direct read says so, or the activity log. What
            is neither seen nor here stands as it was last seen, and its status is unknown.
        requests: How many calls were made, by API and status code.
        versions: What counts at the time of the scan: exemptions, declarations and the policy;
            and the episodes, incidents and operations of the log that are new or otherwise.
        events: What else happened: to episodes.
        log: For which time the activity log of each subscription is known, whole.
        customers: The ids of all customers, whose digests the ledger gets.
    """

    id: str
    started_at: datetime
    finished_at: datetime
    complete: bool
    verdict: Verdict
    policy_sha256: str
    reasons: tuple[str, ...]
    subscriptions: tuple[SubscriptionRecord, ...]
    judged: tuple[Judged, ...] = field(repr=False)
    gone: frozenset[str] = frozenset()
    requests: Mapping[str, int] = field(default_factory=dict)
    log: Mapping[str, Span] = field(default_factory=dict)
    versions: tuple[Version, ...] = ()
    events: tuple[Event, ...] = ()
    customers: tuple[str, ...] = ()
