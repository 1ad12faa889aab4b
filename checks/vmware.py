"""Azure VMware Solution: a private cloud in one region, and add-ons that copy machines elsewhere.

A cloud that is stretched over two zones stays in its region
(https://learn.microsoft.com/azure/reliability/reliability-vmware-solution). Site Recovery Manager
with vSphere Replication, and HCX, copy machines to another site, which no field of Azure names
(https://learn.microsoft.com/azure/azure-vmware/disaster-recovery-using-vmware-site-recovery-manager,
https://learn.microsoft.com/azure/azure-vmware/install-vmware-hcx).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency.check import Check, Reader, at_location, facet, text, unknown
from residency.model import Holds, Placement, Resource, Role

DOCS = "https://learn.microsoft.com/azure/"
TYPE = "microsoft.avs/privateclouds"
KIND = "properties.addonType"

WITHOUT_COPIES = frozenset({"arc"})
"""Add-ons that manage machines and copy none; any other may copy them."""


def locate(cloud: Resource, reader: Reader) -> Iterator[Placement]:
    """State the region of the cloud, and that an add-on may copy to a site that is not told."""
    yield at_location(cloud)
    path = f"{cloud.id}/addons"
    places = partial(_copies, path, reader)
    yield from facet(Role.REPLICA, path, places, read_at=cloud.reading.read_at)


def _copies(path: str, reader: Reader) -> Iterator[Placement]:
    for addon in reader.list(path, api_version=API_VERSIONS[f"{TYPE}/addons"]):
        if (text(addon.body, KIND) or "").lower() not in WITHOUT_COPIES:
            yield unknown(addon, Role.REPLICA, KIND)


CHECKS = (
    Check(
        id="vmware-solution",
        title="Azure VMware Solution and its replicating add-ons",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.AVS/privateClouds/read", "Microsoft.AVS/privateClouds/addons/read"),
        docs=(
            f"{DOCS}reliability/reliability-vmware-solution",
            f"{DOCS}azure-vmware/disaster-recovery-using-vmware-site-recovery-manager",
            f"{DOCS}azure-vmware/install-vmware-hcx",
        ),
        locate=locate,
        reads=True,
    ),
)
