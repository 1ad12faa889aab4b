"""What Azure tells of the time since the last scan, beside the state of the resources.

The activity log says which operations were called, the table of changes which resources are other
than they were. Both are late and neither is whole, so that each says how far it can be trusted.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from residency import clock
from residency.azure import Arm
from residency.inventory.activity import OperationsRead, merged, read_operations
from residency.inventory.changes import ChangeKind, ChangesRead, read_changes
from residency.inventory.each import of_each
from residency.model import Meaning, Operation, Outcome
from residency.scan.plans import Traced
from residency.store import Event
from residency.store.times import Span

_FIRST = timedelta(days=90) - timedelta(minutes=15)
"""How far back a first look goes: what the activity log keeps."""

_OVERLAP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was told of the time since the last scan.

    Attributes:
        operations: What the activity log has; some of it was known before.
        log: For which time the log of each subscription is known, from its start to its end.
        changed: Lower-cased ids of resources to when they last changed.
        changes_until: Up to when the changes of every subscription are known; None where not.
        created: When resources were made, by lower-cased id.
        notices: What people should know of what could not be read.
        events: What happened of which no state will ever tell.
    """

    operations: tuple[Operation, ...] = ()
    log: Mapping[str, Span] = field(default_factory=dict)
    changed: Mapping[str, datetime] = field(default_factory=dict)
    created: Mapping[str, datetime] = field(default_factory=dict)
    changes_until: datetime | None = None
    notices: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def deleted(self) -> Mapping[str, datetime]:
        """When resources were last deleted, by lower-cased id, as far as the log shows."""
        return _newest(
            (each.resource_id, each.ended_at)
            for each in self.operations
            if each.meaning is Meaning.DELETE and each.outcome is Outcome.SUCCEEDED
            if each.ended_at is not None
        )

    def with_traced(self, traced: Traced) -> "Heard":
        """Add what recovery plans did."""
        operations = merged((*self.operations, *traced.operations))
        return replace(self, operations=operations, events=traced.events)

    def deleted_after(self, at: datetime) -> frozenset[str]:
        """Name what was deleted after a time, and not made again, as far as both are told."""
        return frozenset(
            name
            for name, ended_at in self.deleted.items()
            if ended_at > max(at, self.created.get(name, at))
        )


async def hear(
    arm: Arm,
    subscriptions: Sequence[str],
    known: Mapping[str, Span],
    changed_since: datetime,
    lag: timedelta,
) -> Heard:
    """Read the activity log and the table of changes; what fails is told, and fails nothing.

    Args:
        arm: The way to Azure.
        subscriptions: Those that are listed.
        known: For which time each subscription's log is known.
        changed_since: From when changes matter.
        lag: How long an entry of the log may take to arrive.
    """
    at = clock.now()

    async def read(subscription: str) -> OperationsRead:
        span = known.get(subscription)
        since = span.until - _OVERLAP if span else at - _FIRST
        return await read_operations(arm, subscription, since, at, lag=lag)

    reads, changes = await asyncio.gather(
        of_each(subscriptions, read), read_changes(arm, subscriptions, changed_since)
    )
    operations = merged(each for found in reads.values() for each in found.operations)
    return Heard(
        operations=operations,
        log={**known, **dict(_spans(reads.values(), known))},
        changed=_newest([*_changes(changes), *_touched(operations)]),
        created=_newest(
            (each.resource_id, each.at)
            for each in changes.changes
            if each.kind is ChangeKind.CREATE
        ),
        changes_until=None if changes.problems else changes.read_until,
        notices=tuple(_notices(reads.values(), changes)),
    )


def _spans(
    reads: Iterable[OperationsRead], known: Mapping[str, Span]
) -> Iterable[tuple[str, Span]]:
    """Give the time for which each log is known: after a gap, the time since."""
    for read in reads:
        if read.read_until is None:
            continue
        former = known.get(read.subscription_id)
        since = former.since if former and read.since <= former.until else read.since
        yield read.subscription_id, Span(since, max(since, read.read_until))


def _changes(changes: ChangesRead) -> Iterable[tuple[str, datetime]]:
    return ((each.resource_id, each.at) for each in changes.changes)


def _touched(operations: Iterable[Operation]) -> Iterable[tuple[str, datetime]]:
    """What was operated on counts as changed, until the operation has ended."""
    return ((each.resource_id, each.ended_at or clock.now()) for each in operations)


def _newest(found: Iterable[tuple[str, datetime]]) -> Mapping[str, datetime]:
    newest: dict[str, datetime] = {}
    for name, at in found:
        newest[name] = max(at, newest.get(name, at))
    return newest


def _notices(reads: Collection[OperationsRead], changes: ChangesRead) -> Iterable[str]:
    """Tell what could not be read; by Azure's code, because its sentences name who asked."""
    unread = Counter(read.error.code for read in reads if read.error)
    for code, count in sorted(unread.items()):
        yield f"activity-log-unread: {code}: {count} subscriptions"
    yield from (
        f"activity-log-odd: {read.subscription_id}: {problem}"
        for read in reads
        for problem in read.problems
        if not read.error
    )
    doubtful = Counter(problem for found in changes.problems.values() for problem in found)
    for problem, count in sorted(doubtful.items()):
        yield f"{problem}: {count} subscriptions"
