"""How much was seen: each subscription, and the times in which nobody looked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from residency.store.reading.coverage import Covered, Silence, Why
from residency.web.page.known import Known
from residency.web.page.words import When, when

_WHY = {
    Why.BEFORE_THE_FIRST: "before the first scan",
    Why.GIVEN_UP: "its evidence was given up",
    Why.NO_SCAN: "no scan",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRow:
    """How much of a subscription the last scan saw, and since when that is so."""

    id: str
    name: str
    state: str
    whole: bool
    reasons: tuple[str, ...]
    resources: int
    since: When


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceRow:
    """A time in which nobody looked."""

    since: When
    until: When
    why: str


def subscription_rows(known: Known, now: datetime) -> tuple[SubscriptionRow, ...]:
    """Tell of each subscription, those with gaps first."""
    ranked = sorted(
        known.subscriptions, key=lambda each: (each.whole, each.name, each.subscription_id)
    )
    return tuple(
        _subscription(each, known.sizes.get(each.subscription_id, 0), now) for each in ranked
    )


def silence_rows(silences: tuple[Silence, ...], now: datetime) -> Iterator[SilenceRow]:
    """Tell of the times in which nobody looked, newest first."""
    for each in reversed(silences):
        since, until = when(each.since, now), when(each.until, now)
        yield SilenceRow(since=since, until=until, why=_WHY[each.why])


def _subscription(covered: Covered, resources: int, now: datetime) -> SubscriptionRow:
    return SubscriptionRow(
        id=covered.subscription_id,
        name=covered.name or covered.subscription_id,
        state=covered.state,
        whole=covered.whole,
        reasons=covered.reasons,
        resources=resources,
        since=when(covered.stretch.first.finished_at, now),
    )
