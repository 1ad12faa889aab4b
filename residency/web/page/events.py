"""What happened, newest first, a page at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException

from residency import clock
from residency.policy import country_of
from residency.store.events import EventKind
from residency.store.reading.events import Happened, Side, events_before
from residency.store.reading.standing import Reader
from residency.web.page.incidents import Saw, saw_of
from residency.web.page.words import When, name_of, when

_MOST = 100
_MOST_DIGITS = 16
_BAD = frozenset(
    {
        EventKind.VIOLATION_OPENED,
        EventKind.BECAME_UNKNOWN,
        EventKind.SUBSCRIPTION_LOST,
        EventKind.INVENTORY_DROPPED,
        EventKind.FAILOVER_ESCALATED,
        EventKind.FAILOVER_ORDER_SKIPPED,
        EventKind.FAILOVER_OPENED,
    }
)
_GOOD = frozenset(
    {
        EventKind.VIOLATION_CLOSED,
        EventKind.SUBSCRIPTION_BACK,
        EventKind.FAILOVER_RETURNED,
        EventKind.FAILOVER_CLOSED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event.

    Attributes:
        resource: The id of the resource that it is of; empty: of something else.
        tone: `bad`, `good` or `plain`.
        told: What else it says: name and value.
    """

    number: int
    kind: str
    tone: str
    subject: str
    resource: str
    found: When
    before: str
    after: str
    told: Mapping[str, str]
    saw: Saw | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """A page of events; `older` is the number before which the next page goes on."""

    rows: tuple[EventRow, ...]
    before: int | None
    older: int | None


def events(reader: Reader, before: str | None) -> Events:
    """Read a page. Raises HTTPException: 400: `before` is no number of an event."""
    number = _number(before) if before else None
    found = events_before(reader, number, _MOST + 1)
    now, listed = clock.now(), found[:_MOST]
    return Events(
        rows=tuple(event_row(each, now) for each in listed),
        before=number,
        older=listed[-1].seq if len(found) > _MOST else None,
    )


def event_row(event: Happened, now: datetime) -> EventRow:
    """Tell of an event."""
    return EventRow(
        number=event.seq,
        kind=event.kind,
        tone=_tone(event.kind),
        subject=name_of(event.subject),
        resource=event.subject if "/providers/" in event.subject else "",
        found=when(event.scan.finished_at, now),
        before=_side(event.before),
        after=_side(event.after),
        told=dict(_told(event.after.told)),
        saw=saw_of(event.acknowledged, now),
    )


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "`before` must be the number of an event")
    return int(text)


def _tone(kind: EventKind) -> str:
    if kind in _BAD:
        return "bad"
    return "good" if kind in _GOOD else "plain"


def _side(side: Side) -> str:
    """Say what stood on one side, in a few words."""
    places = (f"{each.role} {each.region} ({country_of(each) or '?'})" for each in side.places)
    status = side.judged.status if side.judged else str(side.told.get("state", ""))
    where = ", ".join(dict.fromkeys(places))
    return f"{status}: {where}" if status and where else status or where


def _told(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in told.items():
        if name == "state" or value in (None, "", []):
            continue
        is_list = isinstance(value, list)
        joined = (" → " if name == "path" else ", ").join(map(str, value)) if is_list else value
        yield name.replace("_", " "), str(joined)
