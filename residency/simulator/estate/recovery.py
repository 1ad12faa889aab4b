"""Bodies of Azure Site Recovery between two Azure regions.

https://learn.microsoft.com/azure/site-recovery/azure-to-azure-architecture
"""

from datetime import datetime

from residency.simulator.estate.bodies import DISPLAY_NAMES, Part, before, child, guid, list_path
from residency.simulator.estate.vaults import RECOVERY
from residency.simulator.world import Body

_FABRICS = f"{RECOVERY}/replicationFabrics"
_ITEMS = f"{_FABRICS}/replicationProtectionContainers/replicationProtectedItems"


def fabric(vault: Body, region: str) -> Body:
    """Give the fabric that stands for an Azure region."""
    return child(
        vault["id"],
        _FABRICS,
        f"asr-a2a-default-{region}",
        {
            "bcdrState": "Valid",
            "customDetails": {"instanceType": "Azure", "location": DISPLAY_NAMES[region]},
            "friendlyName": f"asr-a2a-default-{region}",
            "health": "Normal",
            "internalIdentifier": guid("fabric", vault["id"], region),
        },
    )


def replicated_machine(vault: Body, machine: Body, copy: Body, now: datetime) -> Part:
    """Give a machine whose disk is copied to the region of `copy`, and the two fabrics."""
    here, there = machine["location"], copy["location"]
    fabrics = (fabric(vault, here), fabric(vault, there))
    container = (
        f"{fabrics[0]['id']}/replicationProtectionContainers/asr-a2a-default-{here}-container"
    )
    item = child(
        container,
        _ITEMS,
        guid("replicated", machine["id"]),
        {
            "activeLocation": "Primary",
            "friendlyName": machine["name"],
            "primaryFabricFriendlyName": fabrics[0]["name"],
            "primaryFabricProvider": "AzureFabric",
            "protectionState": "Protected",
            "providerSpecificDetails": _a2a(machine, copy, now),
            "recoveryFabricFriendlyName": fabrics[1]["name"],
            "recoveryFabricId": fabrics[1]["id"],
            "replicationHealth": "Normal",
            "testFailoverState": "None",
        },
    )
    return Part(
        children={
            list_path(vault["id"], "replicationFabrics"): fabrics,
            list_path(vault["id"], "replicationProtectedItems"): (item,),
        }
    )


def _a2a(machine: Body, copy: Body, now: datetime) -> Body:
    here, there = machine["location"], copy["location"]
    source = machine["properties"]["storageProfile"]["osDisk"]["managedDisk"]["id"]
    return {
        "fabricObjectId": machine["id"],
        "initialPrimaryFabricLocation": here,
        "initialRecoveryFabricLocation": there,
        "instanceType": "A2A",
        "lastRpoCalculatedTime": before(now, hours=0.1),
        "primaryFabricLocation": here,
        "protectedManagedDisks": [
            {
                "diskId": source,
                "diskName": source.rsplit("/", 1)[-1],
                "recoveryReplicaDiskId": copy["id"],
            }
        ],
        "recoveryAzureResourceGroupId": "/".join(copy["id"].split("/")[:5]),
        "recoveryFabricLocation": there,
        "vmProtectionState": "Protected",
    }
