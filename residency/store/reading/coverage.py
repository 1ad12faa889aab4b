"""How much of each subscription was seen, and when nobody looked."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from sqlalchemy import Connection, func, select

from residency.model import SubscriptionState
from residency.store.reading.scans import (
    Stretch,
    Stretches,
    last_scan_before,
    times_between,
)
from residency.store.tables import COVERAGE, PRUNED, SCAN
from residency.store.times import Span, moment_of

_WHOLE = frozenset(
    {SubscriptionState.READ, SubscriptionState.DISABLED, SubscriptionState.UNEXPECTED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How much of one subscription a stretch of scans saw."""

    subscription_id: str
    name: str
    state: SubscriptionState
    reasons: tuple[str, ...]
    stretch: Stretch

    @property
    def whole(self) -> bool:
        """Whether all of it was read."""
        return not self.reasons and self.state in _WHOLE


class Why(StrEnum):
    """Why nothing was seen in a time."""

    BEFORE_THE_FIRST = "before-the-first-scan"
    GIVEN_UP = "evidence-given-up"
    NO_SCAN = "no-scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A time in which nothing was seen of anything, and why."""

    since: datetime
    until: datetime
    why: Why


def coverage(connection: Connection) -> tuple[Covered, ...]:
    """Read how much of each subscription was seen, from which scan until which."""
    query = select(COVERAGE).order_by(COVERAGE.c.subscription_id, COVERAGE.c.from_scan)
    rows = connection.execute(query).all()
    stretches = Stretches(connection, rows)
    return tuple(
        Covered(
            subscription_id=row.subscription_id,
            name=row.name,
            state=SubscriptionState(row.state),
            reasons=tuple(json.loads(row.reasons)),
            stretch=stretches.of(row),
        )
        for row in rows
    )


def silences(
    connection: Connection, since: datetime, until: datetime, longest: timedelta
) -> tuple[Silence, ...]:
    """Give the times between two moments in which nothing was seen, oldest first.

    Args:
        connection: Sees one state throughout.
        since: The beginning.
        until: The end.
        longest: How far apart two scans may begin before the time between counts as not seen.
    """
    found = [*_lost(connection, since, until), *_between(connection, since, until, longest)]
    return tuple(sorted(found, key=lambda each: (each.since, each.until)))


def _lost(connection: Connection, since: datetime, until: datetime) -> Iterator[Silence]:
    """Give what lies before the first scan, and what evidence was given up of."""
    first = connection.scalar(select(func.min(SCAN.c.started_at)))
    began = moment_of(first) if first else until
    given_up = select(func.max(PRUNED.c.until_scan)).scalar_subquery()
    kept = connection.scalar(select(func.min(SCAN.c.started_at)).where(SCAN.c.seq > given_up))
    pruned = connection.scalar(select(func.count()).select_from(PRUNED)) or 0
    if pruned:
        began = moment_of(kept) if kept else until
    if since < began:
        why = Why.GIVEN_UP if pruned else Why.BEFORE_THE_FIRST
        yield Silence(since=since, until=min(began, until), why=why)


def _between(
    connection: Connection, since: datetime, until: datetime, longest: timedelta
) -> Iterator[Silence]:
    before = last_scan_before(connection, since)
    former = [Span(before.started_at, before.finished_at)] if before else []
    scans = [*former, *times_between(connection, since, until)]
    yield from _gaps(scans, since, longest)
    if scans and until - scans[-1].since > longest:
        yield Silence(since=max(since, scans[-1].until), until=until, why=Why.NO_SCAN)


def _gaps(scans: list[Span], since: datetime, longest: timedelta) -> Iterator[Silence]:
    for (began, ended), (until, _) in pairwise(scans):
        if until - began > longest and until > since:
            yield Silence(since=max(since, ended), until=until, why=Why.NO_SCAN)
