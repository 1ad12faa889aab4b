"""Managed images: each is at its own location, whatever blob or disk it was made of."""

from collections.abc import Iterable

from residency.check import Check, Reader, at_location
from residency.model import Holds, Placement, Resource


def locate(image: Resource, reader: Reader) -> Iterable[Placement]:
    """State that a managed image is at its location.

    https://learn.microsoft.com/azure/virtual-machines/capture-image-resource
    """
    del reader
    yield at_location(image)


CHECKS: tuple[Check, ...] = (
    Check(
        id="image",
        title="Managed images of virtual machines",
        resource_types=("microsoft.compute/images",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.Compute/images/read",),
        docs=("https://learn.microsoft.com/azure/virtual-machines/capture-image-resource",),
        locate=locate,
    ),
)
