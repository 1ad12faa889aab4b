"""What a scan found: the value that every output reads."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from residency.inventory import Coverage
from residency.model import Status, SubscriptionState, Verdict
from residency.policy import Attribution, Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """A resource that stood before, and is now neither seen nor known to be gone: unknown."""

    id: str
    type: str
    name: str
    subscription_id: str
    resource_group: str
    attribution: Attribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One run over all subscriptions.

    Attributes:
        reasons: Why it is not complete or not certain, then what people should know.
        judged: Every resource, by id. Not in the repr, which asyncio.run makes of a task's result
            when it puts the handler of Ctrl-C back.
    """

    id: str
    started_at: datetime
    finished_at: datetime
    complete: bool
    verdict: Verdict
    policy_sha256: str
    reasons: tuple[str, ...]
    coverage: tuple[Coverage, ...]
    judged: tuple[Judged, ...] = field(repr=False)
    unseen: tuple[Unseen, ...] = ()

    @property
    def counts(self) -> Mapping[Status, int]:
        """How many resources have each status."""
        found = Counter(each.judgement.status for each in self.judged)
        found[Status.UNKNOWN] += len(self.unseen)
        return {status: found.get(status, 0) for status in Status}

    @property
    def unknown_types(self) -> Mapping[str, int]:
        """The types that the catalogue lacks, with their counts, most first."""
        found = Counter(each.resource.type for each in self.judged if each.holds is None)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @property
    def saw_nothing(self) -> bool:
        """Whether no subscription could be read, and no resource was seen in another way."""
        blind = {SubscriptionState.UNREADABLE, SubscriptionState.MISSING}
        return not self.judged and all(entry.state in blind for entry in self.coverage)
