"""Azure Maps: where accounts are, and what they are asked is not there.

Maps is a global service. Requests are kept in Europe or in the United States by the address that
callers choose (https://learn.microsoft.com/azure/azure-maps/geographic-scope), and no field of an
account tells which. Creator keeps indoor maps in its region, and Microsoft may copy them to the
other one of its geography (https://learn.microsoft.com/azure/azure-maps/creator-geographic-scope).
"""

from collections.abc import Iterator

from residency.check import (
    Check,
    Reader,
    at_location,
    at_resource,
    documented,
    items,
    region_of,
    text,
)
from residency.model import UNKNOWN_REGION, Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/azure-maps/geographic-scope"
CREATOR_PAGE = "https://learn.microsoft.com/azure/azure-maps/creator-geographic-scope"
LINKED = "properties.linkedResources"

OTHERS = {
    "northeurope": "westeurope",
    "westeurope": "northeurope",
    "eastus2": "westus2",
    "westus2": "eastus2",
}
"""The other region of the geography of each region that Creator is in."""


def locate_account(account: Resource, reader: Reader) -> Iterator[Placement]:
    """State where an account is, that requests go elsewhere, and the storage that it uses."""
    reading = account.reading
    yield at_location(account)
    fact = "callers choose by the address where requests are kept: eu.atlas, us.atlas or neither"
    yield documented(reading, Role.PROCESSING, UNKNOWN_REGION, page=PAGE, fact=fact)
    for item in items(reading.body, LINKED):
        if text(reading.body, f"{item}.id"):
            yield at_resource(reading, f"{item}.id", reader)


def locate_creator(creator: Resource, reader: Reader) -> Iterator[Placement]:
    """State where indoor maps are, and where copies of them may be."""
    del reader
    yield at_location(creator)
    other = OTHERS.get(region_of(creator) or "", UNKNOWN_REGION)
    fact = "customer data may be replicated to other regions of the same geographic area"
    yield documented(creator.reading, Role.REPLICA, other, page=CREATOR_PAGE, fact=fact)


CHECKS = (
    Check(
        id="maps",
        title="Azure Maps account and the storage that it is linked to",
        resource_types=("microsoft.maps/accounts",),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.Maps/accounts/read",),
        docs=(PAGE,),
        locate=locate_account,
    ),
    Check(
        id="maps-creator",
        title="Azure Maps Creator: indoor maps",
        resource_types=("microsoft.maps/accounts/creators",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.Maps/accounts/creators/read",),
        docs=(CREATOR_PAGE,),
        locate=locate_creator,
        uses_properties=False,
    ),
)
