"""Types that hold no customer data: judged by their location alone."""

from collections.abc import Iterable

from checks.type_table import Place, entries, own_location, pages, placed
from residency.check import Check, Reader, is_at_site
from residency.model import Holds, Placement, Resource

GLOBAL = "global"

_TYPES = entries(Holds.NONE, Place.LOCATION)


def locate(resource: Resource, reader: Reader) -> Iterable[Placement]:
    """State where a resource stands that holds no customer data.

    `global` is no place: such a type has nothing that could be anywhere
    (https://learn.microsoft.com/azure/reliability/regions-nonregional-services). A child without
    a location is where the resource is that it is part of.
    """
    found = placed(resource, reader)
    if found.location.strip().lower() != GLOBAL or is_at_site(found):
        yield own_location(found)


CHECKS: tuple[Check, ...] = (
    Check(
        id="holds-none",
        title="Networks, shells, identities, rules and containers, which hold no customer data",
        resource_types=tuple(entry.type for entry in _TYPES),
        holds=Holds.NONE,
        can_fail_over=False,
        permissions=("Microsoft.Resources/subscriptions/resources/read",),
        docs=pages(_TYPES),
        locate=locate,
        uses_properties=False,
    ),
)
