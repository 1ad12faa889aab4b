"""When the data of a customer was not seen, resource by resource, and which gaps can be bridged."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from residency.report.covering import Gap, gaps_of, joined, within
from residency.report.recorded import CustomerMonth
from residency.store.reading.stays import Had
from residency.store.reading.unseen import NotSeen, What
from residency.store.times import Span

_AT_ONCE = timedelta.resolution


class Gaps:
    """The gaps of one customer's month, each as long as it truly was."""

    def __init__(self, recorded: CustomerMonth) -> None:
        """Sort what was not seen by what it is of."""
        self._recorded = recorded
        own = {each.resource.subscription_id for each in recorded.had}
        told = recorded.answer.not_seen
        self._silences = [_span(each) for each in told if each.what is What.ALL]
        self._unread: dict[str | None, list[Span]] = {}
        for each in told:
            if each.what is What.SUBSCRIPTION:
                key = each.subject if each.subject in own else None
                self._unread.setdefault(key, []).append(_span(each))
        self._moves = list(_moves(recorded))

    def of_all(self) -> tuple[Gap, ...]:
        """Give the times in which nobody looked, or not where data may be that nobody knows of."""
        blind = [*self._silences, *self._unread.get(None, ())]
        return self._within(gaps_of(blind, lambda _: False))

    def of(self, had: Had) -> tuple[Gap, ...]:
        """Give the times in which it was not known where the data of one resource was."""
        unread = self._unread.get(had.resource.subscription_id, ())
        blind = [*self._silences, *unread, *had.blind]
        return self._within(gaps_of(blind, self._is_same(had)))

    def _within(self, gaps: Iterable[Gap]) -> tuple[Gap, ...]:
        period = self._recorded.period
        return tuple(each for each in gaps if within([each.since_until], period))

    def _is_same(self, had: Had) -> Callable[[Span], bool]:
        """Say of a gap whether the same was known on both sides, and the log shows no move."""
        log = self._recorded.logs.get(had.resource.subscription_id)

        def is_same(gap: Span) -> bool:
            before, after = had.facts_at(gap.since), self._facts_after(had, gap.until)
            is_known = before is not None and before == after
            is_read = log is not None and log.since <= gap.since and gap.until <= log.until
            return is_known and is_read and not any(_overlap(gap, each) for each in self._moves)

        return is_same

    def _facts_after(self, had: Had, moment: datetime) -> tuple[int, ...] | None:
        """Give the facts that the first scan after a moment found."""
        ends = self._recorded.ends
        at = bisect_left(ends, moment)
        return had.facts_at(ends[at]) if at < len(ends) else None


def counted(
    every: Iterable[Gap], by_resource: Iterable[Iterable[Gap]]
) -> Iterator[tuple[Gap, int]]:
    """Give each gap once, oldest first, with how many resources it was of.

    Args:
        every: Those of nothing that is known; they are of no resource, unless it has the same.
        by_resource: Those of each resource.
    """
    found: Counter[Gap] = Counter()
    for own in by_resource:
        found.update(own)
    left = [each for each in every if not _has(found, each)]
    yield from sorted(
        (*found.items(), *((each, 0) for each in left)), key=lambda told: told[0].since_until
    )


def _has(found: Iterable[Gap], gap: Gap) -> bool:
    return any(each.since_until == gap.since_until for each in found)


def _span(told: NotSeen) -> Span:
    return Span(told.since, told.until)


def _moves(recorded: CustomerMonth) -> Iterator[Span]:
    """Give when something may have moved: what the activity log names, and failovers."""
    for touched in recorded.answer.touched:
        yield Span(touched.started_at, (touched.ended_at or touched.started_at) + _AT_ONCE)
    for failover in recorded.answer.failovers:
        since = failover.started_after or failover.started_at
        yield Span(since, failover.started_at + _AT_ONCE)
        if failover.ended_at:
            yield Span(failover.ended_after or failover.ended_at, failover.ended_at + _AT_ONCE)


def _overlap(one: Span, other: Span) -> bool:
    return bool(within(joined([one]), other))
