"""The activity log: which operations that concern where data is were called, and how they ended.

It is a witness and no judge: where data is, the state of the resources says. What Azure does by
itself leaves no entry, and an entry shows minutes after it happened, so that silence proves
something only about a time that `OperationsRead.silent_on` covers. Who called is not kept.

https://learn.microsoft.com/rest/api/monitor/activity-logs/list
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from residency import clock
from residency.azure import Arm
from residency.check import moment, resource_id, text, value
from residency.errors import AzureError, CheckError
from residency.inventory.operations import known_operation
from residency.model import Caller, Operation, Outcome

LAG = timedelta(hours=1)
"""How long after an event the log is taken to be whole; Azure gives no bound, mostly minutes."""

_API_VERSION = "2015-04-01"
_SELECT = "caller,correlationId,eventTimestamp,operationName,resourceId,status"
_KEPT = timedelta(days=90)
_CLOCKS_DIFFER = timedelta(minutes=10)
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MOST_CHARACTERS = 2048
_OUTCOMES: Mapping[str, Outcome] = {
    "succeeded": Outcome.SUCCEEDED,
    "success": Outcome.SUCCEEDED,
    "failed": Outcome.FAILED,
    "failure": Outcome.FAILED,
    "canceled": Outcome.FAILED,
    "cancelled": Outcome.FAILED,
}
_OUTCOME_RANK = (Outcome.RUNNING, Outcome.FAILED, Outcome.SUCCEEDED)
_CALLER_RANK = (Caller.UNKNOWN, Caller.APPLICATION, Caller.PERSON)

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsRead:
    """What the activity log of a subscription showed, and for which time its silence is proof.

    Attributes:
        operations: Each once, oldest first; with an `error`, those that were read before it.
        since: From when the log was read: later than asked where Azure keeps it no longer.
        read_until: Up to when all entries are taken to have arrived; None where the log was not
            read whole. It is before `since` where all that was asked for is younger than the lag.
        problems: Why this may not be all that was asked for, for people.
        error: Why the log could not be read to its end.
    """

    subscription_id: str
    operations: tuple[Operation, ...]
    since: datetime
    read_until: datetime | None
    problems: tuple[str, ...] = ()
    error: AzureError | None = None

    def silent_on(self, at: datetime) -> bool:
        """Whether an operation that began at a time would be here, so that silence is proof."""
        return self.read_until is not None and self.since <= at <= self.read_until


async def read_operations(
    arm: Arm, subscription_id: str, since: datetime, until: datetime, *, lag: timedelta = LAG
) -> OperationsRead:
    """Read which known operations and deletes the log of a subscription shows in a window.

    Azure keeps 90 days: what is asked for before that is told in `problems`. A read that fails is
    told in `error`, with what was read till then.
    """
    asked_at = clock.now()
    start, problems = _kept(since, asked_at)
    read = _Read()
    if start < until:
        await read.all_of(arm, subscription_id, start, until)
        problems = (*problems, *read.problems())
    whole = start < until and not read.problems()
    return OperationsRead(
        subscription_id=subscription_id,
        operations=merged(read.seen),
        since=start,
        read_until=min(until, asked_at - lag) if whole else None,
        problems=problems,
        error=read.error,
    )


def merged(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """Make one of each that is told several times, whatever the order, oldest first.

    The events of one call share correlation id, resource and name, and windows that overlap show
    some of them twice. Where one succeeded and another failed it succeeded: something happened.
    """
    found: dict[tuple[str, str, str], Operation] = {}
    for each in operations:
        key = (each.correlation_id, each.resource_id, each.name)
        found[key] = _joined(found[key], each) if key in found else each
    return tuple(sorted(found.values(), key=_order))


def _joined(one: Operation, other: Operation) -> Operation:
    last = max(one, other, key=_finality)
    return replace(
        last,
        started_at=min(one.started_at, other.started_at),
        by=max(one.by, other.by, key=_CALLER_RANK.index),
    )


def _finality(operation: Operation) -> tuple[int, datetime]:
    ended_at = operation.ended_at or operation.started_at
    return _OUTCOME_RANK.index(operation.outcome), ended_at


def _order(operation: Operation) -> tuple[datetime, str, str, str]:
    return (
        operation.started_at,
        operation.resource_id,
        operation.name,
        operation.correlation_id,
    )


def _kept(since: datetime, asked_at: datetime) -> tuple[datetime, tuple[str, ...]]:
    """Give from when the log can be read, and what to say where that is later than asked."""
    earliest = asked_at - _KEPT + _CLOCKS_DIFFER  # Azure refuses more, by its own clock
    if since >= earliest:
        return since, ()
    told = f"asked from {_written(since)}, read from {_written(earliest)}: Azure keeps 90 days"
    return earliest, (f"activity-log-shortened: {told}",)


class _Read:
    """What is collected while the pages of the log arrive."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.seen: list[Operation] = []
        self.unreadable = 0
        self.error: AzureError | None = None

    async def all_of(
        self, arm: Arm, subscription_id: str, since: datetime, until: datetime
    ) -> None:
        """Read all pages; what was read before one that fails is kept."""
        path = (
            f"/subscriptions/{subscription_id}"
            "/providers/microsoft.insights/eventtypes/management/values"
        )
        window = f"eventTimestamp ge '{_written(since)}' and eventTimestamp le '{_written(until)}'"
        query = {"$filter": window, "$select": _SELECT}
        try:
            pages = arm.pages(path, dict[str, Any], api_version=_API_VERSION, **query)
            async for page in pages:
                for event in page:
                    self._add(event)
        except AzureError as error:
            self.error = error

    def _add(self, event: Event) -> None:
        try:
            found = operation_of(event)
        except CheckError:
            self.unreadable += 1
            return
        if found is not None:
            self.seen.append(found)

    def problems(self) -> tuple[str, ...]:
        """Say why this may not be all of it."""
        unread = self.error and f"activity-log-unread: {self.error.code}: {self.error}"
        odd = (
            self.unreadable
            and f"activity-log-unreadable: entries that say too little: {self.unreadable}"
        )
        return tuple(str(reason) for reason in (unread, odd) if reason)


def operation_of(event: Event) -> Operation | None:
    """Give what one event says of an operation; None for one that does not concern us.

    Raises CheckError for an event that lacks what it must have.
    """
    name = text(event, "operationName.value")
    if not name:
        raise CheckError("an event has no operation name")
    known = known_operation(name)
    if known is None:
        return None
    at = _time(event)
    outcome = _OUTCOMES.get((text(event, "status.value") or "").lower(), Outcome.RUNNING)
    return Operation(
        name=known.name,
        meaning=known.meaning,
        resource_id=_plain(resource_id(event, "resourceId")),
        resource_type=known.resource_type,
        correlation_id=_plain((text(event, "correlationId") or "").lower()),
        started_at=at,
        ended_at=None if outcome is Outcome.RUNNING else at,
        outcome=outcome,
        by=_sort_of(value(event, "caller")),
    )


def _time(event: Event) -> datetime:
    at = moment(event, "eventTimestamp")
    if at is None:
        raise CheckError("an event has no time")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise CheckError("an event has a time that no calendar has") from error


def _plain(found: str) -> str:
    """Give an id that is one line of visible text of a sane length; raises CheckError for none."""
    if not found or len(found) > _MOST_CHARACTERS or not found.isprintable():
        raise CheckError("an event has an id that is none")
    return found


def _sort_of(caller: object) -> Caller:
    """Tell a person from an application, and forget who it was."""
    if isinstance(caller, str) and "@" in caller:
        return Caller.PERSON
    if isinstance(caller, str) and _GUID.fullmatch(caller):
        return Caller.APPLICATION
    return Caller.UNKNOWN


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
