"""Directories of customers: Azure AD B2C and Microsoft Entra External ID.

`location` is the geography that was chosen for a directory and decides where its users are kept
(https://learn.microsoft.com/azure/active-directory-b2c/data-residency). Europe is wider than the
EU, and so it is no proof; the region of the resource group says nothing.
"""

from collections.abc import Iterator

from residency.check import Check, Reader, observed
from residency.model import Holds, Placement, Resource, Role


def locate(directory: Resource, reader: Reader) -> Iterator[Placement]:
    """State the geography of a directory."""
    del reader
    yield observed(directory.reading, Role.PRIMARY, "location")


CHECKS = (
    Check(
        id="external-directories",
        title="Directories of customers: Azure AD B2C and Entra External ID",
        resource_types=(
            "microsoft.azureactivedirectory/b2cdirectories",
            "microsoft.azureactivedirectory/ciamdirectories",
        ),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.Resources/subscriptions/resources/read",),
        docs=(
            "https://learn.microsoft.com/azure/active-directory-b2c/data-residency",
            "https://learn.microsoft.com/entra/fundamentals/data-residency",
        ),
        locate=locate,
        uses_properties=False,
    ),
)
