"""Compute galleries: the versions of images and applications, and the regions that keep them.

A version is copied to its target regions, which are given by display name
(https://learn.microsoft.com/azure/virtual-machines/azure-compute-gallery).
"""

from collections.abc import Iterable, Iterator

from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    at_site,
    items,
    observed,
)
from residency.model import Holds, Placement, Resource, Role

GALLERY = "https://learn.microsoft.com/azure/virtual-machines/azure-compute-gallery"
PROFILE = "properties.publishingProfile"


def locate_version(resource: Resource, reader: Reader) -> Iterable[Placement]:
    """State where a version was made, and each region and edge zone that it is copied to.

    The home region of its source has to be among the target regions
    (https://learn.microsoft.com/cli/azure/sig/image-version), so that an answer without any target
    does not show them.
    """
    del reader
    own = at_location(resource)
    copies = (*_region_copies(resource), *_edge_copies(resource))
    yield own
    if not copies:
        yield absent(resource.reading, Role.REPLICA, PROFILE, "it names the target regions")
    yield from (copy for copy in copies if copy.unresolved or copy.region != own.region)


def _region_copies(resource: Resource) -> Iterator[Placement]:
    for item in items(resource.reading.body, f"{PROFILE}.targetRegions"):
        yield observed(resource.reading, Role.REPLICA, f"{item}.name")


def _edge_copies(resource: Resource) -> Iterator[Placement]:
    for item in items(resource.reading.body, f"{PROFILE}.targetExtendedLocations"):
        yield at_site(resource.reading, Role.REPLICA, f"{item}.extendedLocation.name")


CHECKS: tuple[Check, ...] = (
    Check(
        id="gallery-version",
        title="Versions of images and applications in a compute gallery",
        resource_types=(
            "microsoft.compute/galleries/images/versions",
            "microsoft.compute/galleries/applications/versions",
        ),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.Compute/galleries/images/versions/read",
            "Microsoft.Compute/galleries/applications/versions/read",
        ),
        docs=(GALLERY, "https://learn.microsoft.com/cli/azure/sig/image-version"),
        locate=locate_version,
    ),
)
