"""Traffic Manager: DNS that answers with one of several applications, and holds nothing itself.

A nested profile counts by the way that leads to it, so it states nothing by itself
(https://learn.microsoft.com/azure/traffic-manager/traffic-manager-nested-profiles). What the states
of endpoints are now is asked of the provider, which tells it before Resource Graph does. A host
that no resource names is no place, as an answer with it sends no data anywhere; an endpoint that
names neither a resource nor a host leaves open what is answered with.
"""

from collections.abc import Iterable, Iterator

from checks.api_versions import API_VERSIONS
from checks.serving import Way, former_region, in_use, stated, undecided
from checks.traffic_manager_ways import TARGET, every_way, names_nothing, target_ids, ways_of
from residency.check import Check, Reader, absent, at_location, text, unreadable
from residency.errors import AzureError, CheckError
from residency.model import Holds, Placement, Resource, Role

DOCS = "https://learn.microsoft.com/azure/traffic-manager/"
TYPE = "microsoft.network/trafficmanagerprofiles"
GLOBAL = "global"


def locate(profile: Resource, reader: Reader) -> Iterator[Placement]:
    """State where each application is that the profile answers with; itself it is nowhere."""
    if profile.location.strip().lower() != GLOBAL:
        yield at_location(profile)
    nested = reader.once("nested Traffic Manager profiles", lambda: _nested(reader))
    if profile.id in nested:
        return
    try:
        places = list(_answers(profile.id, reader, None, frozenset()))
    except (AzureError, CheckError) as error:
        places = list(_unread(profile, reader, error))
    yield from places


def _nested(reader: Reader) -> frozenset[str]:
    return frozenset(
        named
        for profile in reader.of_type(TYPE)
        for named in target_ids(profile.reading)
        if f"/{TYPE}/" in named and named != profile.id
    )


def _answers(
    profile_id: str, reader: Reader, former: str | None, above: frozenset[str]
) -> Iterator[Placement]:
    """Follow the endpoints that are in use, through nested profiles, each once."""
    profile = reader.get(profile_id, api_version=API_VERSIONS[TYPE])
    method = (text(profile.body, "properties.trafficRoutingMethod") or "").lower()
    ways = ways_of(profile, reader)
    taken = in_use(ways, by_priority=method == "priority") if method else None
    yield from _unnamed(ways if taken is None else taken)
    if taken is None:
        yield from undecided(_known(ways))
        return
    first = former or (former_region(ways) if method == "priority" else None)
    seen = above | {profile_id}
    for way in _known(taken):
        if way.target is None or way.target.type != TYPE:
            yield stated(way, first)
        elif way.target.id not in seen:
            yield from _answers(way.target.id, reader, first, seen)


def _known(ways: Iterable[Way]) -> Iterator[Way]:
    """Leave out hosts that no resource names: an answer with one sends no data anywhere."""
    yield from (way for way in ways if way.target or way.named.endswith(TARGET))


def _unnamed(ways: Iterable[Way]) -> Iterator[Placement]:
    """State of endpoints in use that name nothing at all that an application is not known."""
    for way in ways:
        if way.is_taken is not False and names_nothing(way):
            why = "neither a resource nor a host is named, so what is answered with is not known"
            yield absent(way.reading, Role.EXPORT, way.named, why)


def _unread(
    profile: Resource, reader: Reader, error: AzureError | CheckError
) -> Iterator[Placement]:
    """Leave open, for each application that the row names, whether it gets the traffic."""
    ways = every_way(profile.reading, reader)
    subjects: list[str | None] = [way.target.id for way in ways if way.target]
    if not subjects or any(names_nothing(way) for way in ways):
        subjects.append(None)
    for subject in subjects:
        yield unreadable(
            Role.PRIMARY,
            error,
            path=profile.id,
            read_at=profile.reading.read_at,
            decides_primary=True,
            subject=subject,
        )


CHECKS = (
    Check(
        id="traffic-manager",
        title="Traffic Manager: who gets the traffic",
        resource_types=(TYPE,),
        holds=Holds.NONE,
        can_fail_over=False,
        permissions=("Microsoft.Network/trafficManagerProfiles/read",),
        docs=(
            f"{DOCS}traffic-manager-monitoring",
            f"{DOCS}traffic-manager-nested-profiles",
            f"{DOCS}traffic-manager-routing-methods",
        ),
        locate=locate,
        reads=True,
    ),
)
