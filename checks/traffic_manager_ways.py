"""The endpoints of a Traffic Manager profile as ways that its answers may lead.

https://learn.microsoft.com/azure/traffic-manager/traffic-manager-monitoring: answered with are
endpoints that are online, still being checked or never checked; if all are degraded, all of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from checks.hosts import application_at
from checks.serving import Way, number
from residency.check import Reader, items, text, value
from residency.model import Reading

ENDPOINTS = "properties.endpoints"
TARGET = "properties.targetResourceId"

TAKEN = frozenset({"online", "checkingendpoint", "unmonitored"})
NOT_TAKEN = frozenset({"disabled", "inactive", "stopped"})
DEGRADED = "degraded"


def target_ids(profile: Reading) -> Iterator[str]:
    """Give the lower-cased ids of the resources that the endpoints name."""
    for endpoint in items(profile.body, ENDPOINTS):
        yield _id(profile, endpoint)


def ways_of(profile: Reading, reader: Reader) -> Sequence[Way]:
    """Give every endpoint, and whether it is answered with; none of a profile that is disabled."""
    if (text(profile.body, "properties.profileStatus") or "").lower() == "disabled":
        return ()
    ways = every_way(profile, reader)
    are_all_degraded = {_state(way) for way in ways if way.is_taken is not False} == {DEGRADED}
    return [replace(way, is_taken=are_all_degraded) if _is_degraded(way) else way for way in ways]


def every_way(profile: Reading, reader: Reader) -> Sequence[Way]:
    """Give every endpoint, whatever becomes of those that are degraded."""
    return [_way(profile, endpoint, reader) for endpoint in items(profile.body, ENDPOINTS)]


def names_nothing(way: Way) -> bool:
    """Tell whether an endpoint names neither a resource nor a host."""
    return way.target is None and not text(way.reading.body, way.named)


def _way(profile: Reading, endpoint: str, reader: Reader) -> Way:
    state = f"{endpoint}.properties.endpointMonitorStatus"
    named = _id(profile, endpoint)
    host = text(profile.body, f"{endpoint}.properties.target") or ""
    return Way(
        reading=profile,
        state=state,
        named=f"{endpoint}.{TARGET}" if named else f"{endpoint}.properties.target",
        priority=number(profile, f"{endpoint}.properties.priority"),
        is_taken=_is_taken(profile, endpoint, state),
        target=reader.find(named) if named else application_at(host, reader),
    )


def _is_taken(profile: Reading, endpoint: str, state: str) -> bool | None:
    """Tell whether it is answered with; of a degraded one the others decide."""
    enabled = (text(profile.body, f"{endpoint}.properties.endpointStatus") or "").lower()
    monitored = (text(profile.body, state) or "").lower()
    if enabled == "disabled" or monitored in NOT_TAKEN:
        return False
    return True if monitored in TAKEN else None


def _is_degraded(way: Way) -> bool:
    return way.is_taken is None and _state(way) == DEGRADED


def _state(way: Way) -> str:
    return str(value(way.reading.body, way.state) or "").lower()


def _id(profile: Reading, endpoint: str) -> str:
    return (text(profile.body, f"{endpoint}.{TARGET}") or "").lower()
