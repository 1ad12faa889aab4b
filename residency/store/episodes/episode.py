"""An episode: a failover of one resource with a beginning, an end (or still open), a path, a cause.

Nobody's name is in it: of who called for it is kept only whether it was a person or a program.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from residency.model import Caller, Evidence, Failover, Zone

_NAMESPACE = UUID("6f0d1a4e-2c52-5b1c-9a39-5d5b5a9f2f7e")
_GRAVITY = (Zone.HOME, Zone.FAILOVER, Zone.EXCEPTIONAL, Zone.OUTSIDE)


class Cause(StrEnum):
    """Who or what made the primary move."""

    OPERATOR = "operator"
    PROVIDER = "provider"
    UNKNOWN = "unknown"


class CauseBasis(StrEnum):
    """How the cause is known; what is not known is inferred from nothing better."""

    OBSERVED = "observed"
    INFERRED = "inferred"


class Purpose(StrEnum):
    """Why it was done, as people recorded it: the `reason` of an episode."""

    DISRUPTION = "disruption"
    TEST = "test"
    MIGRATION = "migration"
    UNKNOWN = "unknown"


class Told(StrEnum):
    """What tells the time of a beginning or an end, the least exact first.

    `seen` is a scan: it happened at some time since the last scan that saw the opposite.
    """

    SEEN = "seen"
    LOG = "log"
    SERVICE = "service"


class Ending(StrEnum):
    """How an episode ended.

    `allowed`: the primary stands where it stood, and the policy now calls that home.
    """

    RETURNED = "returned"
    DELETED = "deleted"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One failover of one resource, or of the ends of one group.

    Attributes:
        resource_id: The end that it is told of; `resource_ids` has every end.
        path: The regions where the primary stood, home first, and not the one it returned to.
        zones: What the policy called each region of the path when it was first seen there.
        ordered: The policy names failover countries, which come before the exceptional ones.
        started_at: The best known time of the beginning; by then it had left home.
        started_after: The last time that it was seen, or proven, at home; None if it never was.
        ended_after: The last time that it was seen, or proven, away before it ended.
        operation: The operation of the log that began it, if there is one.
        health: Tracking ids of Service Health events of that time on the region that it left.
        explained: Something recorded explains why the failover countries were skipped.
        unseen_since: Since when it could not be established where an open episode stands.
        revision: Counts the versions, so that each can be kept: one more for each change.
    """

    id: str
    resource_id: str
    resource_ids: tuple[str, ...]
    resource_type: str
    path: tuple[str, ...]
    zones: tuple[Zone, ...]
    ordered: bool
    started_at: datetime
    started_after: datetime | None
    started_by: Told
    ended_at: datetime | None = None
    ended_after: datetime | None = None
    ended_by: Told | None = None
    ending: Ending | None = None
    cause: Cause = Cause.UNKNOWN
    cause_basis: CauseBasis = CauseBasis.INFERRED
    operation: str | None = None
    caller: Caller | None = None
    reason: Purpose = Purpose.UNKNOWN
    explained: bool = False
    health: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    incident_id: str | None = None
    unseen_since: datetime | None = None
    revision: int = 1

    @property
    def open(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    @property
    def from_region(self) -> str:
        """Where the primary stood before."""
        return self.path[0]

    @property
    def to_region(self) -> str:
        """Where the primary stands now, or stood last before the end."""
        return self.path[-1]

    @property
    def skipped_the_order(self) -> bool:
        """Whether it went to an exceptional region without a failover country first."""
        reached = self.zones[1:]
        if self.explained or not self.ordered or Zone.EXCEPTIONAL not in reached:
            return False
        return Zone.FAILOVER not in reached[: reached.index(Zone.EXCEPTIONAL)]


def new_id(kind: str, *facts: str) -> str:
    """Derive an id that the same facts always give."""
    return str(uuid5(_NAMESPACE, "|".join((kind, *facts))))


def is_worse(zone: Zone, than: Zone) -> bool:
    """Whether a zone is farther from home than another; one that is unknown is the farthest."""
    return _rank(zone) > _rank(than)


def _rank(zone: Zone) -> int:
    return _GRAVITY.index(zone) if zone in _GRAVITY else len(_GRAVITY)


def revised(before: Episode, after: Episode) -> Episode:
    """Count a version more if anything changed."""
    same = replace(after, revision=before.revision)
    return before if same == before else replace(after, revision=before.revision + 1)


def annotate(episode: Episode, reason: Purpose, *, explained: bool) -> Episode:
    """Record why it was done, and whether that explains a skipped order."""
    return revised(episode, replace(episode, reason=reason, explained=explained))


def failover_of(episode: Episode, read_at: datetime) -> Failover:
    """Give an open episode as what the policy takes for an explanation of where a primary is."""
    proof = Evidence(
        api="store",
        path=f"episode {episode.id}",
        value=" to ".join(episode.path),
        read_at=read_at,
    )
    return Failover(
        path=episode.path[:-1],
        since=episode.started_at,
        evidence=proof,
        explained=episode.explained,
    )


def path_of(regions: Sequence[str]) -> tuple[str, ...]:
    """Leave out a region that only repeats the one before it."""
    return tuple(
        region for place, region in enumerate(regions) if not place or region != regions[place - 1]
    )
