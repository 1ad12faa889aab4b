"""Capacities of Microsoft Fabric and Power BI: the region that was chosen, and what is not there.

Power BI is always copied to another region, and OneLake where the capacity's disaster recovery is
on; some data stays in the home region of the tenant
(https://learn.microsoft.com/fabric/security/reliability-fabric,
https://learn.microsoft.com/fabric/admin/service-admin-premium-multi-geo). Azure Resource Manager
shows neither the setting nor the home region.
"""

from collections.abc import Iterator

from residency.check import Check, Reader, at_location, documented
from residency.model import UNKNOWN_REGION, Holds, Placement, Resource, Role

RELIABILITY = "https://learn.microsoft.com/fabric/security/reliability-fabric"
MULTI_GEO = "https://learn.microsoft.com/fabric/admin/service-admin-premium-multi-geo"
HOME = "https://learn.microsoft.com/fabric/admin/find-fabric-home-region"

ELSEWHERE = (
    (RELIABILITY, "Power BI is always copied to another region, OneLake where that is on"),
    (MULTI_GEO, "some data stays in the home region of the tenant"),
)


def locate(capacity: Resource, reader: Reader) -> Iterator[Placement]:
    """State the region of a capacity, and the two places that no field of it names."""
    del reader
    yield at_location(capacity)
    for page, fact in ELSEWHERE:
        yield documented(capacity.reading, Role.REPLICA, UNKNOWN_REGION, page=page, fact=fact)


CHECKS = (
    Check(
        id="fabric-capacity",
        title="Fabric and Power BI capacities: their region, copies and home region",
        resource_types=("microsoft.fabric/capacities", "microsoft.powerbidedicated/capacities"),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.Fabric/capacities/read",
            "Microsoft.PowerBIDedicated/capacities/read",
        ),
        docs=(RELIABILITY, MULTI_GEO, HOME),
        locate=locate,
        uses_properties=False,
    ),
)
