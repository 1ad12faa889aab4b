"""Microsoft Entra Domain Services: the directory, with its secrets, in every replica set.

https://learn.microsoft.com/entra/identity/domain-services/concepts-replica-sets: each replica set
is a pair of domain controllers in a region of its own, all with the same directory and all
written. The first one is in the region of the domain; it can be deleted later, and `location`
stays.
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import version_of
from residency import regions
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    facet,
    items,
    observed,
    text,
    with_fields,
)
from residency.model import Holds, Placement, Resource, Role

TYPE = "microsoft.aad/domainservices"
SETS = "properties.replicaSets"
PAGE = "https://learn.microsoft.com/entra/identity/domain-services/concepts-replica-sets"


def locate(domain: Resource, reader: Reader) -> Iterator[Placement]:
    """State the region of the first replica set, and those of the others."""
    places = partial(_replica_sets, domain, reader)
    read_at = domain.reading.read_at
    yield from facet(Role.PRIMARY, domain.id, places, read_at=read_at, decides_primary=True)


def _replica_sets(domain: Resource, reader: Reader) -> Iterator[Placement]:
    reading = with_fields(domain, reader, SETS, api_version=version_of(domain.id))
    here = regions.find(domain.location)
    named = [f"{item}.location" for item in items(reading.body, SETS)]
    away = [path for path in named if not here or regions.find(text(reading.body, path)) != here]
    if len(away) < len(named):
        yield at_location(domain)
    else:
        why = "no replica set is in it, so that it may be where the domain once was"
        yield absent(domain.reading, Role.PRIMARY, "location", why, decides_primary=True)
    if not named:
        yield absent(reading, Role.REPLICA, SETS, "every managed domain has one at least")
    for path in away:
        yield observed(reading, Role.REPLICA, path)


CHECKS = (
    Check(
        id="domain-services",
        title="Microsoft Entra Domain Services: replica sets",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.AAD/domainServices/read",),
        docs=(PAGE,),
        locate=locate,
        reads=True,
    ),
)
