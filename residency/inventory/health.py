"""Azure Service Health: what Microsoft itself says of disruptions, as a witness beside the state.

Microsoft's own failovers leave no entry in the activity log, so that an event of the service in the
region at the time is all that may explain one. Emerging issues are not in the list.

https://learn.microsoft.com/rest/api/resourcehealth/events/list-by-subscription-id
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from residency.azure import Arm
from residency.check import items, moment, text
from residency.errors import AzureError, CheckError
from residency.model import HealthEvent
from residency.regions import normalise

_API_VERSION = "2024-02-01"
_TRACKING_ID = re.compile(r"[\w.-]{1,100}", re.ASCII)
_WORD = re.compile(r"[a-z]{1,50}", re.ASCII)
_MOST_CHARACTERS = 200
_EARLIEST = datetime.min.replace(tzinfo=UTC)

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthRead:
    """What Service Health shows in a subscription.

    Attributes:
        events: Each once, by tracking id; with an `error`, those that were read before it.
        since: Events that Azure updated from then on are here; some older ones are, too.
        problems: Why this may not be all that was asked for, for people.
        error: Why the list could not be read to its end.
    """

    subscription_id: str
    events: tuple[HealthEvent, ...]
    since: datetime
    problems: tuple[str, ...] = ()
    error: AzureError | None = None


async def read_health(arm: Arm, subscription_id: str, since: datetime) -> HealthRead:
    """Read the events that were updated since a time; a read that fails is told in `error`."""
    path = f"/subscriptions/{subscription_id}/providers/Microsoft.ResourceHealth/events"
    found: list[Event] = []
    error: AzureError | None = None
    try:
        pages = arm.pages(
            path, dict[str, Any], api_version=_API_VERSION, queryStartTime=_day_before(since)
        )
        async for page in pages:
            found.extend(page)
    except AzureError as failed:
        error = failed
    events, unreadable = _sorted_out(found)
    unread = error and f"health-unread: {error.code}: {error}"
    odd = unreadable and f"health-unreadable: events that say too little: {unreadable}"
    return HealthRead(
        subscription_id=subscription_id,
        events=events,
        since=since,
        problems=tuple(str(reason) for reason in (unread, odd) if reason),
        error=error,
    )


def _day_before(since: datetime) -> str:
    """Write a day as Azure wants it: without one it gives three days.

    The day before, because nothing says in which time zone Azure takes it.
    """
    day = since.astimezone(UTC) - timedelta(days=1)
    return f"{day.month}/{day.day}/{day.year}"


def _sorted_out(found: Sequence[Event]) -> tuple[tuple[HealthEvent, ...], int]:
    """Give each event once, as it was updated last, and how many could not be read."""
    events: dict[str, HealthEvent] = {}
    unreadable = 0
    for body in found:
        try:
            event = health_event_of(body)
        except CheckError:
            unreadable += 1
            continue
        known = events.get(event.tracking_id)
        if known is None or _version(known) <= _version(event):
            events[event.tracking_id] = event
    return tuple(sorted(events.values(), key=_order)), unreadable


def _version(event: HealthEvent) -> datetime:
    return event.updated_at or _EARLIEST


def _order(event: HealthEvent) -> tuple[datetime, str]:
    return event.started_at or _EARLIEST, event.tracking_id


def health_event_of(body: Event) -> HealthEvent:
    """Give what is kept of an event: no title and no text. Raises CheckError for another shape."""
    return HealthEvent(
        tracking_id=_matching(_TRACKING_ID, body, "name"),
        kind=_matching(_WORD, body, "properties.eventType"),
        status=_matching(_WORD, body, "properties.status"),
        started_at=_time(body, "properties.impactStartTime"),
        mitigated_at=_time(body, "properties.impactMitigationTime"),
        updated_at=_time(body, "properties.lastUpdateTime"),
        impacts=tuple(sorted(set(_impacts(body)))),
    )


def _impacts(body: Event) -> Iterator[tuple[str, str]]:
    for impact in items(body, "properties.impact"):
        service = _line(text(body, f"{impact}.impactedService"))
        for region in items(body, f"{impact}.impactedRegions"):
            yield service, normalise(text(body, f"{region}.impactedRegion"))


def _matching(pattern: re.Pattern[str], body: Event, path: str) -> str:
    found = text(body, path) or ""
    known = found if pattern is _TRACKING_ID else found.lower()
    if not pattern.fullmatch(known):
        raise CheckError(f"'{path}' of a health event is not what Azure documents")
    return known


def _time(body: Event, path: str) -> datetime | None:
    found = moment(body, path)
    try:
        return found and found.astimezone(UTC)
    except OverflowError as error:
        raise CheckError(f"'{path}' of a health event is no time that a calendar has") from error


def _line(found: str | None) -> str:
    """Give the name of a service on one line, without what cannot be seen."""
    seen = "".join(one if one.isprintable() else " " for one in found or "")
    return " ".join(seen.split())[:_MOST_CHARACTERS]
