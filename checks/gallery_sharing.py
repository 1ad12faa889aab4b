"""Compute galleries and their definitions, and whom a gallery is shared with.

Neither holds an image itself, but a gallery can give others read access to all that it holds
(https://learn.microsoft.com/azure/virtual-machines/share-gallery).
"""

from collections.abc import Iterable, Iterator
from functools import partial

from checks.api_versions import version_of
from residency.check import Check, Reader, at_location, facet, text, unknown, value, with_fields
from residency.model import Holds, Placement, Resource, Role

GALLERY = "https://learn.microsoft.com/azure/virtual-machines/azure-compute-gallery"
SHARE = "https://learn.microsoft.com/azure/virtual-machines/share-gallery"
SHARING = "properties.sharingProfile"
PRIVATE = "private"


def locate_definition(definition: Resource, reader: Reader) -> Iterable[Placement]:
    """State where a definition is managed; its versions hold the data."""
    del reader
    yield at_location(definition)


def locate_gallery(gallery: Resource, reader: Reader) -> Iterable[Placement]:
    """State where a gallery is managed, and that its content is shared, if it is."""
    yield at_location(gallery)
    places = partial(_shared, gallery, reader)
    yield from facet(Role.EXPORT, gallery.id, places, read_at=gallery.reading.read_at)


def _shared(gallery: Resource, reader: Reader) -> Iterator[Placement]:
    """Who reads a gallery shared with groups or the community, and where, is not to be seen.

    Without a sharing profile a gallery is not shared: that is one of the three ways that the page
    names.
    """
    told = with_fields(gallery, reader, SHARING, api_version=version_of(gallery.id))
    shared_with = text(told.body, f"{SHARING}.permissions") or ""
    if value(told.body, SHARING) is not None and shared_with.lower() != PRIVATE:
        yield unknown(told, Role.EXPORT, f"{SHARING}.permissions")


CHECKS: tuple[Check, ...] = (
    Check(
        id="gallery",
        title="Compute galleries, and whether they are shared",
        resource_types=("microsoft.compute/galleries",),
        holds=Holds.NONE,
        can_fail_over=False,
        permissions=("Microsoft.Compute/galleries/read",),
        docs=(GALLERY, SHARE),
        locate=locate_gallery,
        reads=True,
    ),
    Check(
        id="gallery-definition",
        title="Definitions of images and applications in a compute gallery",
        resource_types=(
            "microsoft.compute/galleries/images",
            "microsoft.compute/galleries/applications",
        ),
        holds=Holds.NONE,
        can_fail_over=False,
        permissions=(
            "Microsoft.Compute/galleries/images/read",
            "Microsoft.Compute/galleries/applications/read",
        ),
        docs=(GALLERY,),
        locate=locate_definition,
    ),
)
