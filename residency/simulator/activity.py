"""The activity log: what people and programs did through Azure Resource Manager.

What Azure does by itself (a Microsoft-managed failover) leaves no entry here.
https://learn.microsoft.com/rest/api/monitor/activity-logs/list
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from residency.simulator.answers import Refusal
from residency.simulator.world import Body

RETENTION = timedelta(days=90)
_SUBMITTED_AFTER_SECONDS = 13
_CLAUSE = re.compile(r"^(\w+)\s+(eq|ge|le)\s+'([^']*)'$")
_MATCHES: Mapping[str, Callable[[Body], str]] = {
    "resourcegroupname": lambda event: event["resourceGroupName"],
    "resourceuri": lambda event: event["resourceId"],
    "resourceprovider": lambda event: event["resourceProviderName"]["value"],
    "correlationid": lambda event: event["correlationId"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """The only filter that the API takes: a window of time, and at most one field."""

    since: datetime
    until: datetime | None = None
    field: str = ""
    value: str = ""

    def matches(self, event: Body) -> bool:
        """Tell whether an event is asked for."""
        at = datetime.fromisoformat(event["eventTimestamp"])
        if at < self.since or (self.until is not None and at > self.until):
            return False
        return not self.field or _MATCHES[self.field](event).lower() == self.value.lower()


def parse_filter(text: str | None, now: datetime) -> Filter:
    """Read `$filter`.

    Raises:
        Refusal: It is missing, has no start, starts over 90 days ago, or asks for anything else.
    """
    if not text:
        raise _refused("The $filter parameter is required and needs at least eventTimestamp ge.")
    since: datetime | None = None
    until: datetime | None = None
    fields: list[tuple[str, str]] = []
    for clause in re.split(r"\s+and\s+", text.strip(), flags=re.IGNORECASE):
        match = _CLAUSE.match(clause.strip())
        if match is None:
            raise _refused(f"'{clause}' is not supported in $filter.")
        match (match[1].lower(), match[2], match[3]):
            case ("eventtimestamp", "ge", value):
                since = _moment(value)
            case ("eventtimestamp", "le", value):
                until = _moment(value)
            case (name, "eq", value) if name in _MATCHES:
                fields.append((name, value))
            case _:
                raise _refused(f"'{clause}' is not supported in $filter.")
    if since is None or len(fields) > 1:
        raise _refused("$filter takes one eventTimestamp ge and at most one field.")
    if since < now - RETENTION:
        raise _refused("The start time cannot be more than 90 days in the past.")
    name, value = fields[0] if fields else ("", "")
    return Filter(since=since, until=until, field=name, value=value)


def _refused(message: str) -> Refusal:
    return Refusal(400, "BadRequest", message)


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise _refused(f"'{value}' is not a time.") from error
    if moment.tzinfo is None:
        raise _refused(f"'{value}' names no time zone.")
    return moment


class ActivityLog:
    """The events of every subscription, each with the moment from which it can be read."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Start empty."""
        self._clock = clock
        self._events: list[tuple[datetime, Body]] = []

    def add(self, event: Body, *, lag_seconds: float) -> None:
        """Write an event down; it shows once `lag_seconds` have passed since it happened."""
        at = datetime.fromisoformat(event["eventTimestamp"])
        self._events.append((at + timedelta(seconds=lag_seconds), event))

    def read(self, subscription: str, wanted: Filter) -> Iterator[Body]:
        """Yield the readable events of a subscription, newest first, as Azure orders them."""
        now = self._clock()
        found = [
            event
            for visible_from, event in self._events
            if visible_from <= now
            and event["subscriptionId"].lower() == subscription
            and wanted.matches(event)
        ]
        yield from sorted(found, key=lambda event: str(event["eventTimestamp"]), reverse=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call of somebody that changed something.

    Attributes:
        name: Azure's operation name, such as `Microsoft.Storage/storageAccounts/failover/action`.
        caller: A user principal name or an application's object id.
        correlation_id: What its events have in common.
    """

    name: str
    resource_id: str
    caller: str
    correlation_id: str

    def event(self, status: str, sub_status: str, at: datetime) -> Body:
        """Give one event of the operation: Started, Accepted, Succeeded or Failed."""
        parts = self.resource_id.split("/")
        event_id = str(uuid4())
        level = "Error" if status == "Failed" else "Informational"
        return {
            "authorization": {"action": self.name, "scope": self.resource_id},
            "caller": self.caller,
            "category": _named("Administrative"),
            "correlationId": self.correlation_id,
            "description": "",
            "eventDataId": event_id,
            "eventName": _named("BeginRequest" if status == "Started" else "EndRequest"),
            "eventTimestamp": _written(at),
            "id": f"{self.resource_id}/events/{event_id}/ticks/{_ticks(at)}",
            "level": level,
            "operationId": self.correlation_id,
            "operationName": _named(self.name),
            "resourceGroupName": parts[4] if len(parts) > 5 else "",  # noqa: PLR2004
            "resourceId": self.resource_id,
            "resourceProviderName": _named(self.name.split("/")[0]),
            "status": _named(status),
            "subStatus": _named(sub_status),
            "submissionTimestamp": _written(at + timedelta(seconds=_SUBMITTED_AFTER_SECONDS)),
            "subscriptionId": parts[2],
        }


def selected(event: Body, select: str | None) -> Mapping[str, Any]:
    """Keep the fields that `$select` names, or all."""
    if not select:
        return event
    names = {name.strip().lower() for name in select.split(",")}
    return {key: value for key, value in event.items() if key.lower() in names}


def _named(value: str) -> dict[str, str]:
    return {"value": value, "localizedValue": value}


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _ticks(at: datetime) -> int:
    return int(at.timestamp() * 10_000_000) + 621_355_968_000_000_000
