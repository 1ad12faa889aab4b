"""Caches of Azure NetApp Files: they hold what they have read of a volume outside Azure.

https://learn.microsoft.com/azure/azure-netapp-files/cache-volumes
"""

from collections.abc import Iterator

from residency.check import Check, Reader, at_location, unknown
from residency.model import Holds, Placement, Resource, Role

ORIGIN = "properties.originClusterInformation.peerClusterName"


def locate(cache: Resource, reader: Reader) -> Iterator[Placement]:
    """State what a cache holds in its region, and that its origin is at a place outside Azure."""
    del reader
    yield at_location(cache, Role.REPLICA)
    yield unknown(cache.reading, Role.PRIMARY, ORIGIN)


CHECKS: tuple[Check, ...] = (
    Check(
        id="netapp-cache",
        title="Caches of Azure NetApp Files, whose origin is outside Azure",
        resource_types=("microsoft.netapp/netappaccounts/capacitypools/caches",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.NetApp/netAppAccounts/capacityPools/caches/read",),
        docs=("https://learn.microsoft.com/azure/azure-netapp-files/cache-volumes",),
        locate=locate,
    ),
)
