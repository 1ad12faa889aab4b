"""Which resources changed since a time, by Resource Graph's table of changes.

It tells where to look first and again. It does not tell what did not change: tables other than that
of resources are not in it, nor are changes that a provider does not tell Resource Graph, and it is
some minutes behind.

https://learn.microsoft.com/azure/governance/resource-graph/changes/get-resource-changes
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import msgspec

from residency import clock
from residency.azure import Arm, Query, ask
from residency.inventory.queries import SUBSCRIPTIONS, SubscriptionRow

LAG = timedelta(minutes=10)
"""How far the table is taken to be behind: Microsoft says that a change shows in five minutes."""

KEPT = timedelta(days=14)
_CLOCKS_DIFFER = timedelta(minutes=10)
_MOST_CHARACTERS = 2048


class ChangeKind(StrEnum):
    """What happened to a resource."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class ChangeRow(SubscriptionRow, kw_only=True, gc=False):
    """A row of the table of changes."""

    resource_id: str | None = msgspec.field(name="resourceId", default=None)
    kind: str | None = msgspec.field(name="changeType", default=None)
    at: str | None = msgspec.field(name="changedAt", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of one resource, by its lower-cased id."""

    resource_id: str
    at: datetime
    kind: ChangeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesRead:
    """What changed, and for which subscriptions and time nothing else did as far as is shown.

    Attributes:
        changes: Oldest first.
        since: From when: later than asked where Azure keeps it no longer.
        read_until: Up to when the changes are taken to have arrived.
        problems: Subscription to the reasons why its changes may not be all.
        shortened: What is not covered because Azure keeps 14 days; or nothing.
    """

    changes: tuple[Change, ...]
    since: datetime
    read_until: datetime
    problems: Mapping[str, tuple[str, ...]]
    shortened: str = ""

    def silent_on(self, subscription_id: str, at: datetime) -> bool:
        """Whether a change in a subscription at a time would be here, had it been shown."""
        return subscription_id.lower() not in self.problems and self.since <= at <= self.read_until


def _whole(row: ChangeRow) -> ChangeRow:
    return row


def _query(span: str) -> Query[ChangeRow, ChangeRow]:
    return Query(
        name=f"changes of {span}",
        text="resourcechanges"
        f" | where todatetime(properties.changeAttributes.timestamp) > ago({span})"
        " | project id, subscriptionId,"
        " resourceId = tostring(properties.targetResourceId),"
        " changeType = tostring(properties.changeType),"
        " changedAt = tostring(properties.changeAttributes.timestamp)"
        " | order by id asc",
        row=ChangeRow,
        keep=_whole,
    )


CHANGES: Mapping[timedelta, Query[ChangeRow, ChangeRow]] = {
    timedelta(hours=1): _query("1h"),
    timedelta(hours=6): _query("6h"),
    timedelta(days=1): _query("1d"),
    KEPT: _query("14d"),
}
"""The queries, by how far back they look. A query has no parameters, and a time is never written
into one: the shortest that reaches far enough is asked, and what is too old is left out here."""


async def read_changes(arm: Arm, subscriptions: Sequence[str], since: datetime) -> ChangesRead:
    """Read what changed since a time, at most 14 days back; failures are told per subscription.

    A subscription that Resource Graph does not show at all has no changes in it either, and no
    error: that is asked, too, and told.
    """
    asked_at = clock.now()
    start = max(since, asked_at - KEPT + _CLOCKS_DIFFER)
    wanted = [each.lower() for each in subscriptions]
    shown = await ask(arm, SUBSCRIPTIONS, wanted)
    answer = await ask(arm, reaching(asked_at - start), wanted)
    changes, odd = _sorted_out(answer.rows)
    seen = {row.subscription_id.lower() for row in shown.rows}
    reasons = [
        *_told(shown.problems),
        *_told(answer.problems),
        *(
            (each, "changes-unproven: Resource Graph does not show the subscription")
            for each in wanted
            if each not in seen
        ),
        *((each, "changes-unreadable: a row of another shape") for each in odd),
    ]
    return ChangesRead(
        changes=tuple(each for each in changes if each.at >= start),
        since=start,
        read_until=asked_at - LAG,
        problems=_by_subscription(reasons),
        shortened="" if start == since else _shortened(since, start),
    )


def _shortened(since: datetime, start: datetime) -> str:
    asked, read = (f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for at in (since, start))
    return f"changes-shortened: asked from {asked}, read from {read}: Azure keeps 14 days"


def reaching(back: timedelta) -> Query[ChangeRow, ChangeRow]:
    """Give the query that looks back far enough, with room for clocks that differ."""
    enough = (span for span in sorted(CHANGES) if span >= back + _CLOCKS_DIFFER)
    return CHANGES[next(enough, KEPT)]


def _told(problems: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for subscription, reasons in problems.items():
        for reason in reasons:
            yield subscription, f"changes-unread: {reason}"


def _by_subscription(reasons: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for subscription, reason in reasons:
        if reason not in found.get(subscription, ()):
            found[subscription] = (*found.get(subscription, ()), reason)
    return found


def _sorted_out(rows: Iterable[ChangeRow]) -> tuple[list[Change], set[str]]:
    """Give the changes, oldest first, and the subscriptions with a row that cannot be read."""
    changes: set[Change] = set()
    odd: set[str] = set()
    for row in rows:
        change = change_of(row)
        if change is None:
            odd.add(row.subscription_id.lower())
        else:
            changes.add(change)
    return sorted(changes, key=lambda each: (each.at, each.resource_id, each.kind)), odd


def change_of(row: ChangeRow) -> Change | None:
    """Give what a row tells; None for one that is not what Azure documents."""
    resource_id = (row.resource_id or "").lower()
    if not resource_id.startswith("/") or not resource_id.isprintable():
        return None
    if len(resource_id) > _MOST_CHARACTERS:
        return None
    try:
        at = datetime.fromisoformat(row.at or "")
        kind = ChangeKind((row.kind or "").lower())
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        return Change(resource_id=resource_id, at=aware.astimezone(UTC), kind=kind)
    except (ValueError, OverflowError):
        return None
