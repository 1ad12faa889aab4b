"""Images: managed images, and what a compute gallery keeps in several regions.

A version of a gallery image or application is copied to its target regions, which are given by
display name (https://learn.microsoft.com/azure/virtual-machines/azure-compute-gallery). A gallery
and a definition hold no image themselves, but a gallery can give others read access to all that it
holds (https://learn.microsoft.com/azure/virtual-machines/share-gallery).
"""

from collections.abc import Iterable, Iterator

from residency import regions
from residency.check import Check, Reader, absent, at_location, observed, text, unknown, value
from residency.model import Holds, Placement, Resource, Role

GALLERY = "https://learn.microsoft.com/azure/virtual-machines/azure-compute-gallery"
PROFILE = "properties.publishingProfile"
SHARING = "properties.sharingProfile.permissions"
PRIVATE = "private"


def locate_image(resource: Resource, reader: Reader) -> Iterable[Placement]:
    """State that a managed image is at its location, whatever blob or disk it was made of."""
    del reader
    yield at_location(resource)


def locate_version(resource: Resource, reader: Reader) -> Iterable[Placement]:
    """State where a version was made, and each region and edge zone that it is copied to.

    A version without target regions is kept in the region it was made in
    (https://learn.microsoft.com/cli/azure/sig/image-version); without a publishing profile there
    is nothing that says so.
    """
    del reader
    reading = resource.reading
    own = at_location(resource)
    yield own
    if value(reading.body, PROFILE) is None:
        yield absent(reading, Role.REPLICA, PROFILE, "it names the target regions")
        return
    for path in _paths(resource, f"{PROFILE}.targetRegions", "name"):
        copy = observed(reading, Role.REPLICA, path)
        if copy.unresolved or copy.region != own.region:
            yield copy
    yield from _edge_copies(resource)


def _edge_copies(resource: Resource) -> Iterator[Placement]:
    reading = resource.reading
    for path in _paths(resource, f"{PROFILE}.targetExtendedLocations", "extendedLocation.name"):
        known = regions.find_site(text(reading.body, path)) is not None
        yield (observed if known else unknown)(reading, Role.REPLICA, path)


def _paths(resource: Resource, items: str, key: str) -> Iterator[str]:
    for number in range(len(value(resource.reading.body, items) or ())):
        yield f"{items}[{number}].{key}"


def locate_container(resource: Resource, reader: Reader) -> Iterable[Placement]:
    """State where a gallery or a definition is managed, and that its content is shared, if it is.

    Who reads a gallery shared with groups or the community, and where, is not to be seen.
    """
    del reader
    yield at_location(resource)
    shared_with = text(resource.reading.body, SHARING)
    if shared_with is not None and shared_with.lower() != PRIVATE:
        yield unknown(resource.reading, Role.EXPORT, SHARING)


CHECKS: tuple[Check, ...] = (
    Check(
        id="image",
        title="Managed images of virtual machines",
        resource_types=("microsoft.compute/images",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.Compute/images/read",),
        docs=("https://learn.microsoft.com/azure/virtual-machines/capture-image-resource",),
        locate=locate_image,
    ),
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
    Check(
        id="gallery",
        title="Compute galleries and their definitions, which hold no image themselves",
        resource_types=(
            "microsoft.compute/galleries",
            "microsoft.compute/galleries/images",
            "microsoft.compute/galleries/applications",
        ),
        holds=Holds.NONE,
        can_fail_over=False,
        permissions=(
            "Microsoft.Compute/galleries/read",
            "Microsoft.Compute/galleries/images/read",
            "Microsoft.Compute/galleries/applications/read",
        ),
        docs=(GALLERY, "https://learn.microsoft.com/azure/virtual-machines/share-gallery"),
        locate=locate_container,
    ),
)
