"""When something that concerns one customer was not seen, and why."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from residency.policy import unknown_reasons
from residency.store.reading.concern import Asked, Concerned, foreign_only
from residency.store.reading.coverage import Covered
from residency.store.reading.scans import scans_of
from residency.store.reading.spans import Spans
from residency.store.reading.withheld import Withheld
from residency.store.scans import last_log


class What(StrEnum):
    """What was not seen."""

    ALL = "everything"
    SUBSCRIPTION = "subscription"
    RESOURCE = "resource"
    LOG = "activity-log"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSeen:
    """A time in which something was not seen.

    Attributes:
        subject: The id of a subscription or resource; None for everything, and where nothing
            says whose the resource is.
        name: Of the subscription, or the type of the resource.
        count: Of how many resources this is told, where it is of those that are nobody's.
    """

    what: What
    since: datetime
    until: datetime
    reasons: tuple[str, ...]
    subject: str | None = None
    name: str = ""
    count: int = 1


def subscriptions_unread(
    connection: Connection,
    asked: Asked,
    covered: Sequence[Covered],
    own: Collection[str],
    kept: Withheld,
) -> Iterator[NotSeen]:
    """Give when subscriptions were not read whole: of known data, or of which nothing is known."""
    for since, until, each in _not_whole(connection, asked, covered):
        if each.subscription_id in own or not foreign_only(connection, each.subscription_id, asked):
            yield NotSeen(
                what=What.SUBSCRIPTION,
                since=since,
                until=until,
                reasons=(each.state, *map(kept.text, each.reasons)),
                subject=each.subscription_id,
                name=kept.text(each.name),
            )


def others_not_whole(
    connection: Connection, asked: Asked, covered: Sequence[Covered], own: Collection[str]
) -> int:
    """Count the subscriptions, of others as far as is known, that were not read whole."""
    names = {each.subscription_id for _, _, each in _not_whole(connection, asked, covered)}
    return sum(foreign_only(connection, name, asked) for name in names - set(own))


def _not_whole(
    connection: Connection, asked: Asked, covered: Sequence[Covered]
) -> Iterator[tuple[datetime, datetime, Covered]]:
    """Give the widest times in which a subscription was not read whole."""
    rows = [each for each in covered if not each.whole]
    before = scans_of(connection, {each.stretch.first.seq - 1 for each in rows})
    for each in rows:
        former = before.get(each.stretch.first.seq - 1)
        ended = each.stretch.ended
        since = max(asked.since, former.finished_at) if former else asked.since
        until = min(asked.until, ended.started_at) if ended else asked.until
        if since < until:
            yield since, until, each


def resources_unseen(found: Sequence[Concerned], spans: Spans, kept: Withheld) -> Iterator[NotSeen]:
    """Give when it was not known where a resource's data was; those of nobody are counted."""
    nobodys: Counter[NotSeen] = Counter()
    blind = _blind(found)
    for each in found:
        for stood in each.stood:
            if id(stood.judged) not in blind:
                continue
            reasons = unknown_reasons(stood.judged.reasons)
            since, until = spans.of(stood)
            if since >= until:
                continue
            told = NotSeen(
                what=What.RESOURCE,
                since=since,
                until=until,
                reasons=tuple(reasons) if stood.judged.seen else ("not-seen",),
                subject=kept.text(each.resource.id) if each.assigned else None,
                name=each.resource.type,
            )
            if each.assigned:
                yield told
            else:
                nobodys[told] += 1
    for told, count in nobodys.items():
        yield NotSeen(
            what=told.what,
            since=told.since,
            until=told.until,
            reasons=told.reasons,
            name=told.name,
            count=count,
        )


def _blind(found: Iterable[Concerned]) -> frozenset[int]:
    """Give which judgements say that something was not seen; stretches share few of them."""
    judged = {id(stood.judged): stood.judged for each in found for stood in each.stood}
    return frozenset(
        key for key, each in judged.items() if not each.seen or unknown_reasons(each.reasons)
    )


def logs_unread(
    connection: Connection,
    asked: Asked,
    covered: Sequence[Covered],
    own: Collection[str],
    kept: Withheld,
) -> Iterator[NotSeen]:
    """Give when the activity log is not known, later than it always is."""
    known = last_log(connection)
    names = {each.subscription_id: each.name for each in covered}
    for name in sorted(own):
        span = known.get(name)
        gaps = [(asked.since, asked.until)] if span is None else []
        if span is not None:
            gaps.append((asked.since, min(span.since, asked.until)))
            if asked.until - span.until > asked.lag + asked.longest:
                gaps.append((max(asked.since, span.until), asked.until))
        for since, until in gaps:
            if since < until:
                yield NotSeen(
                    what=What.LOG,
                    since=since,
                    until=until,
                    reasons=("not-read",),
                    subject=name,
                    name=kept.text(names.get(name, "")),
                )


def log_known_until(connection: Connection, asked: Asked, own: Collection[str]) -> datetime | None:
    """Give up to when the log of every subscription is known; None where that of one is not."""
    known = last_log(connection)
    if not own or not set(own) <= known.keys():
        return None
    return min(asked.until, *(known[name].until for name in own))
