"""Which kept answers a scan reads again, so that none grows too old and no quota is used up.

In each subscription, whose quota it is, as many are due in a scan as let all come round within
their age, the oldest first. What was never read is read at once, up to a number
of its own, so that neither keeps the other waiting. Given the same answers, the same are due.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum, auto
from math import floor
from zlib import crc32

from residency.scan.freshness import Rule, kind_of, owners, rule_of, subscription_of
from residency.scan.kept import Key, Stamp

_MARGIN = 1.1
"""More than needed: some scans fail, and some of what is due is gone."""

_QUIET = timedelta(hours=3)
"""How long a list that was empty is believed, where it would else be read in every scan.

What a failover changes has to be set up before, and nothing can fail over that is not there.
"""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Aged = tuple[Stamp, timedelta]
"""How a kept answer stands, and how old it may grow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast things may be read in turns.

    Attributes:
        interval: Time between two scans.
        deadline: Time that a scan may take; what it gives is judged within that.
        first_reads: The most that one scan reads in a subscription of what was never read, is too
            old or was changed. None: as many as Azure's quotas let through.
        retries: The most that one scan asks again in a subscription of what failed before.
    """

    interval: timedelta
    deadline: timedelta
    first_reads: int | None = 2500
    retries: int = 100

    def rounds(self, age: timedelta) -> int:
        """Count the scans in which all that may grow this old is read again."""
        return max(1, (age - self.deadline - self.interval) // self.interval)


class Turn(StrEnum):
    """What to do with one question in this scan."""

    READ = auto()
    KEPT = auto()
    PENDING = auto()
    TOO_OLD = auto()


def max_age(path: str, ages: Mapping[str, timedelta]) -> timedelta:
    """Say how old the answer for a lower-cased path may be.

    That of its kind, and never more than that of a type of the same provider, because what is
    said of such a resource may rest on it.

    Args:
        path: What was asked.
        ages: `scan.max_age` of the settings: `default`, and types or kinds.
    """
    if len(ages) == 1:
        return ages["default"]
    kind = kind_of(path)
    providers = {_provider(part) for part in path.split("/providers/")[1:]}
    named = (age for name, age in ages.items() if name != kind and _provider(name) in providers)
    return min([ages.get(kind, ages["default"]), *named])


def _provider(name: str) -> str:
    return name.partition("/")[0]


def due(aged: Iterable[Aged], pace: Pace, began_at: datetime) -> frozenset[Key]:
    """Choose what is read again though it is not too old yet, and what failed and is tried again.

    Args:
        aged: What is kept, without what is read in every scan anyway.
        pace: How fast the scans go round.
        began_at: When this scan began.
    """
    groups: dict[tuple[str, timedelta | None], list[Stamp]] = {}
    for stamp, age in aged:
        group = subscription_of(stamp.key.path), None if stamp.failed else age
        groups.setdefault(group, []).append(stamp)
    found: set[Key] = set()
    for (name, limit), stamps in groups.items():
        most = _share(len(stamps), limit, name, pace, began_at) if limit else pace.retries
        found.update(key for _, key in sorted((each.asked_at, each.key) for each in stamps)[:most])
    return frozenset(found)


def _share(count: int, age: timedelta, subscription: str, pace: Pace, began_at: datetime) -> int:
    """Count what is due of so many in one scan; of a few, one in some of the scans.

    Not all subscriptions have theirs in the same scan.
    """
    each_scan = _MARGIN * count / pace.rounds(age)
    scan = (began_at - _EPOCH) // pace.interval
    phase = crc32(subscription.encode()) / 2**32
    return floor((scan + 1) * each_scan + phase) - floor(scan * each_scan + phase)


@dataclass(kw_only=True)
class Rotation:
    """The turns of one scan.

    Attributes:
        stamps: How all that is kept stands.
        ages: `scan.max_age` of the settings.
        pace: How fast the scans go round.
        began_at: When this scan began.
        changed: Lower-cased ids of resources to when they last changed, of the longest age at
            least: what did not fit into one scan is read in the next.
    """

    stamps: Iterable[Stamp]
    ages: Mapping[str, timedelta]
    pace: Pace
    began_at: datetime
    changed: Mapping[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Choose what is due."""
        self._judged_by = self.began_at + self.pace.deadline
        self._at_or_below = _at_or_below(self.changed)
        self._scopes = frozenset(map(_scope, self.changed))
        self._known = {
            stamp.key: (stamp, age)
            for stamp in self.stamps
            if (age := _age(stamp, self.ages)) is not None
        }
        self._due = due(self._known.values(), self.pace, self.began_at)
        self._turns: dict[Key, Turn] = {}
        self._first_reads: Counter[str] = Counter()

    def turn(self, key: Key) -> Turn:
        """Say what to do with a question; the same each time in one scan."""
        turn = self._turns.get(key)
        if turn is None:
            known = self._known.get(key)
            if known is not None and self._stands(known):
                return Turn.KEPT  # as of nearly all: nothing need be kept in mind of it
            turn = self._turns[key] = self._decide(key, known)
        return turn

    def was_read(self, key: Key) -> None:
        """Note that what is kept under a key is from this scan, or as good as it can be."""
        self._turns[key] = Turn.KEPT

    def is_fresh(self, key: Key) -> bool:
        """Whether there is a kept answer that may be given where Azure now leaves no time."""
        known = self._known.get(key)
        return known is not None and not known[0].failed and not self._is_too_old(known)

    def not_asked(self) -> frozenset[Key]:
        """Give what was due and nobody asked for: once a scan is over, that is gone."""
        return self._due - self._turns.keys()

    def _decide(self, key: Key, known: Aged | None) -> Turn:
        if key in self._due:
            return Turn.READ
        if known is None:
            return self._if_room(key, Turn.PENDING)
        return self._if_room(key, Turn.TOO_OLD if self._is_too_old(known) else Turn.KEPT)

    def _stands(self, known: Aged) -> bool:
        """Whether nothing is to be done with a kept answer: whoever asks, and as often."""
        stamp = known[0]
        is_due = stamp.key in self._due
        return not (is_due or self._is_too_old(known) or self._has_changed(stamp))

    def _if_room(self, key: Key, otherwise: Turn) -> Turn:
        """Read it, unless it is of the many and this scan has read its part of those."""
        if rule_of(key.path) is not Rule.ROTATED or self.pace.first_reads is None:
            return Turn.READ
        subscription = subscription_of(key.path)
        if self._first_reads[subscription] >= self.pace.first_reads:
            return otherwise
        self._first_reads[subscription] += 1
        return Turn.READ

    def _is_too_old(self, known: Aged) -> bool:
        stamp, age = known
        return not stamp.failed and stamp.asked_at + age < self._judged_by

    def _has_changed(self, stamp: Stamp) -> bool:
        if _scope(stamp.key.path) not in self._scopes:
            return False  # owners are in the same scope: of most answers no more need be looked at
        above = owners(stamp.key.path)
        changes = [self.changed[owner] for owner in above if owner in self.changed]
        changes += [self._at_or_below[owner] for owner in above[:1] if owner in self._at_or_below]
        return any(change >= stamp.asked_at for change in changes)


def _age(stamp: Stamp, ages: Mapping[str, timedelta]) -> timedelta | None:
    """Say how old it may grow; None: it is read in every scan."""
    if stamp.rule is not Rule.EVERY_SCAN:
        return max_age(stamp.key.path, ages)
    return min(_QUIET, max_age(stamp.key.path, ages)) if stamp.empty_at else None


def _scope(path: str) -> str:
    """Give the resource group, or whatever else, that what a path asks is in."""
    return path.partition("/providers/")[0]


def _at_or_below(changed: Mapping[str, datetime]) -> Mapping[str, datetime]:
    """Give for each resource when it, or anything below it, last changed."""
    found: dict[str, datetime] = {}
    for resource_id, changed_at in changed.items():
        for owner in owners(resource_id):
            found[owner] = max(changed_at, found.get(owner, changed_at))
    return found
