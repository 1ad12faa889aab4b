"""Azure Virtual Desktop: names and user names of pools, mirrored within their geography.

https://learn.microsoft.com/azure/virtual-desktop/data-locations: metadata is kept in the geography
of the region that was chosen, with geo-redundant mirrors within that geography. The desktops and
their profiles are machines and accounts of their own.
"""

from collections.abc import Iterator
from dataclasses import replace

from residency import regions
from residency.check import Check, Reader, at_location, documented
from residency.model import UNKNOWN_REGION, Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/virtual-desktop/data-locations"
PROVIDER = "microsoft.desktopvirtualization/"


def locate(resource: Resource, reader: Reader) -> Iterator[Placement]:
    """State where the metadata is, and its mirror in the other region of the geography."""
    del reader
    yield replace(at_location(resource), metadata_only=True)
    region = regions.find(resource.location)
    yield documented(
        resource.reading,
        Role.REPLICA,
        region.pair if region and region.pair else UNKNOWN_REGION,
        page=PAGE,
        fact="geo-redundant mirrors of the metadata are kept within the geography",
        metadata_only=True,
    )


CHECKS = (
    Check(
        id="virtual-desktop",
        title="Azure Virtual Desktop: metadata of pools, workspaces and applications",
        resource_types=(
            f"{PROVIDER}appattachpackages",
            f"{PROVIDER}applicationgroups",
            f"{PROVIDER}hostpools",
            f"{PROVIDER}scalingplans",
            f"{PROVIDER}workspaces",
        ),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.DesktopVirtualization/hostpools/read",
            "Microsoft.DesktopVirtualization/workspaces/read",
            "Microsoft.DesktopVirtualization/applicationgroups/read",
        ),
        docs=(PAGE,),
        locate=locate,
        uses_properties=False,
    ),
)
