"""Types of which nothing but `location`, and a page of Microsoft, tells where their data is."""

from collections.abc import Callable, Iterable, Iterator

from checks.type_table import Entry, Place, entries, own_location, pages, placed
from residency.check import Check, Reader, documented, observed, pair_copy, region_of
from residency.model import UNKNOWN_REGION, Holds, Placement, Resource, Role

GEOGRAPHY = "https://learn.microsoft.com/azure/reliability/regions-overview"
"""Every region is part of a geography, and that is the boundary within which data is kept."""

_UNSAID = "Microsoft does not say where else it is kept or handled."


def _at_location(entry: Entry, resource: Resource) -> Iterator[Placement]:
    del entry
    yield own_location(resource)


def _in_pair(entry: Entry, resource: Resource) -> Iterator[Placement]:
    """State the place and the copy in the paired region that Microsoft documents."""
    yield own_location(resource)
    if region_of(resource) not in entry.not_from:
        yield from pair_copy(
            resource.reading, Role.REPLICA, "location", page=entry.page, fact=entry.why
        )


def _unsaid(entry: Entry, resource: Resource) -> Iterator[Placement]:
    """State the place, and that there may be others which Microsoft does not name."""
    yield own_location(resource)
    role = Role.REPLICA if entry.holds is Holds.STORES else Role.PROCESSING
    page, fact = entry.page or GEOGRAPHY, f"{entry.why} {_UNSAID}"
    yield documented(resource.reading, role, UNKNOWN_REGION, page=page, fact=fact)


def _elsewhere(entry: Entry, resource: Resource) -> Iterator[Placement]:
    """State that the data is at a place that Azure does not name: a customer's site, a partner.

    At `location` is only Azure's own record of the resource
    (https://learn.microsoft.com/azure/azure-arc/servers/overview).
    """
    reading = resource.reading
    yield documented(reading, Role.PRIMARY, UNKNOWN_REGION, page=entry.page, fact=entry.why)
    yield observed(reading, Role.REPLICA, "location", metadata_only=True)


_PLACES: tuple[tuple[str, str, Holds, Place], ...] = (
    ("stores-at-location", "Data that is at its location alone", Holds.STORES, Place.LOCATION),
    (
        "runs-at-location",
        "Software that runs at its location alone",
        Holds.PROCESSES,
        Place.LOCATION,
    ),
    (
        "stores-in-pair",
        "Data with a documented copy in the paired region",
        Holds.STORES,
        Place.PAIR,
    ),
    ("stores-unsaid", "Data of which no page says where copies are", Holds.STORES, Place.UNSAID),
    ("runs-unsaid", "Software of which no page says where it runs", Holds.PROCESSES, Place.UNSAID),
    ("stores-elsewhere", "Data at a customer's site or a partner", Holds.STORES, Place.ELSEWHERE),
    (
        "runs-elsewhere",
        "Software at a customer's site or a partner",
        Holds.PROCESSES,
        Place.ELSEWHERE,
    ),
)
_STATE: dict[Place, Callable[[Entry, Resource], Iterator[Placement]]] = {
    Place.LOCATION: _at_location,
    Place.PAIR: _in_pair,
    Place.UNSAID: _unsaid,
    Place.ELSEWHERE: _elsewhere,
}


def check_of(check_id: str, title: str, holds: Holds, place: Place) -> Check:
    """Make the check of the types of one kind; those of no kind need none."""
    lines = {entry.type: entry for entry in entries(holds, place)}
    state = _STATE[place]

    def locate(resource: Resource, reader: Reader) -> Iterable[Placement]:
        return state(lines[resource.type], placed(resource, reader))

    return Check(
        id=check_id,
        title=title,
        resource_types=tuple(lines),
        holds=holds,
        can_fail_over=False,
        permissions=("Microsoft.Resources/subscriptions/resources/read",),
        docs=pages(lines.values()) or (GEOGRAPHY,),
        locate=locate,
        uses_properties=False,
    )


CHECKS: tuple[Check, ...] = tuple(
    check_of(check_id, title, holds, place)
    for check_id, title, holds, place in _PLACES
    if entries(holds, place)
)
