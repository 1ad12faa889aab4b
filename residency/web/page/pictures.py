"""The pictures of the pages: where the data is, and what moved when."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from markupsafe import Markup

from residency.model import Zone
from residency.pictures import (
    Kind,
    MapWords,
    Mark,
    Span,
    TimelineWords,
    europe_map,
    timeline,
)
from residency.store.reading.coverage import Silence
from residency.store.reading.failovers import Told
from residency.web.page.where import PlaceRow
from residency.web.page.words import counted

LOOKING_BACK = timedelta(days=30)

_ZONES = {
    Zone.HOME: "home",
    Zone.FAILOVER: "failover",
    Zone.EXCEPTIONAL: "exceptional: elsewhere in the EU",
    Zone.OUTSIDE: "outside the EU",
    Zone.UNKNOWN: "unknown",
}
_KINDS = {
    Zone.HOME: Kind.HOME,
    Zone.FAILOVER: Kind.FALLBACK,
    Zone.EXCEPTIONAL: Kind.EXCEPTIONAL,
    Zone.OUTSIDE: Kind.OUTSIDE,
    Zone.UNKNOWN: Kind.UNKNOWN,
}
_MAP_WORDS = MapWords(zones=_ZONES, nothing="EU, no place found", elsewhere="Not on this map")
_NOBODY_LOOKED = "nobody looked"
_DAY, _MONTHS = timedelta(days=1), timedelta(days=28)


@lru_cache(maxsize=4)
def map_of(places: tuple[PlaceRow, ...]) -> Markup:
    """Draw where the data is; the table of the same rows stands beside it."""
    return Markup(  # noqa: S704 - residency.pictures escapes every text
        europe_map(
            dict(_marks(places)),
            title="Where the data is",
            description="Places of data by country; the table below has the same numbers.",
            words=_MAP_WORDS,
            prefix="map",
        )
    )


def _marks(places: Sequence[PlaceRow]) -> Iterator[tuple[str, Mark]]:
    """Mark each country, and put beside the map what has none or is unknown in one that has."""
    zones = Counter(row.country for row in places)
    for row in places:
        label = row.country or ", ".join(row.regions) or "no one country"
        is_apart = not row.country or (row.zone == Zone.UNKNOWN and zones[row.country] > 1)
        name = f"{label} {row.zone}" if is_apart else row.country
        yield name, Mark(zone=Zone(row.zone), count=row.total, label=label)


def timeline_of(incidents: Iterable[Told], quiet: Iterable[Silence], now: datetime) -> Markup:
    """Draw the incidents of the last 30 days, and when nobody looked."""
    spans = [*_unseen(quiet), *map(_span, incidents)]
    return Markup(  # noqa: S704 - residency.pictures escapes every text
        timeline(
            spans,
            since=now - LOOKING_BACK,
            until=now,
            title="Incidents of the last 30 days",
            description="When data was moved, and when nobody looked; times are UTC.",
            words=_TIMELINE_WORDS,
            prefix="timeline",
        )
    )


def _unseen(quiet: Iterable[Silence]) -> Iterator[Span]:
    for each in quiet:
        yield Span(lane=_NOBODY_LOOKED, since=each.since, until=each.until, kind=Kind.UNSEEN)


def _span(told: Told) -> Span:
    incident = told.incident
    moved = counted(len({name for each in told.episodes for name in each.resource_ids}), "resource")
    return Span(
        lane=f"incident {incident.id[:8]}",
        since=incident.started_at,
        until=incident.ended_at,
        kind=_KINDS[Zone(incident.worst_zone)],
        label=f"{moved}: {_ZONES[Zone(incident.worst_zone)]}",
    )


def _tick(moment: datetime, step: timedelta) -> str:
    of_days = "%b %Y" if step > _MONTHS else "%d %b"
    return moment.astimezone(UTC).strftime(of_days if step >= _DAY else "%H:%M")


_TIMELINE_WORDS = TimelineWords(
    kinds={
        Kind.HOME: "home",
        Kind.FALLBACK: "failover",
        Kind.EXCEPTIONAL: "exceptional",
        Kind.OUTSIDE: "outside the EU",
        Kind.UNKNOWN: "unknown",
        Kind.UNSEEN: _NOBODY_LOOKED,
    },
    lasts="lasts",
    tick=_tick,
    moment=lambda moment: f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
)
