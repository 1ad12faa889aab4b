"""Bodies of Microsoft.Compute (https://learn.microsoft.com/rest/api/compute)."""

from residency.simulator.estate.bodies import CREATED, DISPLAY_NAMES, Group, arm, arm_id, guid
from residency.simulator.world import Body

COMPUTE = "Microsoft.Compute"


def disk(group: Group, name: str, *, size_gb: int = 128, location: str = "") -> Body:
    """Give an unattached managed disk."""
    return arm(
        group,
        f"{COMPUTE}/disks",
        name,
        {
            "creationData": {"createOption": "Empty"},
            "diskSizeGB": size_gb,
            "diskState": "Unattached",
            "encryption": {"type": "EncryptionAtRestWithPlatformKey"},
            "timeCreated": CREATED,
            "uniqueId": guid("disk", group.id, name),
        },
        location=location,
        sku={"name": "Premium_LRS", "tier": "Premium"},
    )


def attached(body: Body, owner_id: str) -> Body:
    """Attach a disk to what manages it."""
    properties = {**body["properties"], "diskState": "Attached"}
    return {**body, "managedBy": owner_id, "properties": properties}


def snapshot(
    group: Group, name: str, source_id: str, *, location: str = "", across: bool = False
) -> Body:
    """Give an incremental snapshot; `across` regions it is a copy of another snapshot.

    https://learn.microsoft.com/azure/virtual-machines/disks-copy-incremental-snapshot-across-regions
    """
    return arm(
        group,
        f"{COMPUTE}/snapshots",
        name,
        {
            "completionPercent": 100.0,
            "creationData": {
                "createOption": "CopyStart" if across else "Copy",
                "sourceResourceId": source_id,
                "sourceUniqueId": guid("source", source_id),
            },
            "diskSizeGB": 128,
            "encryption": {"type": "EncryptionAtRestWithPlatformKey"},
            "incremental": True,
            "timeCreated": CREATED,
        },
        location=location,
        sku={"name": "Standard_ZRS", "tier": "Standard"},
    )


def virtual_machine(group: Group, name: str, nic: Body, disks: tuple[Body, Body]) -> Body:
    """Give a running machine with a disk for its system and one for its data."""
    system, data = disks
    return arm(
        group,
        f"{COMPUTE}/virtualMachines",
        name,
        {
            "hardwareProfile": {"vmSize": "Standard_D4s_v5"},
            "networkProfile": {"networkInterfaces": [{"id": nic["id"]}]},
            "storageProfile": {
                "osDisk": {
                    "createOption": "FromImage",
                    "managedDisk": {"id": system["id"], "storageAccountType": "Premium_LRS"},
                    "name": system["name"],
                    "osType": "Linux",
                },
                "dataDisks": [
                    {
                        "createOption": "Attach",
                        "lun": 0,
                        "managedDisk": {"id": data["id"], "storageAccountType": "Premium_LRS"},
                        "name": data["name"],
                    }
                ],
            },
            "timeCreated": CREATED,
            "vmId": guid("vm", group.id, name),
        },
    )


def machine_with_disks(group: Group, name: str, nic: Body) -> tuple[Body, ...]:
    """Give a machine and the two disks that it manages."""
    owner_id = arm_id(group, f"{COMPUTE}/virtualMachines", name)
    system = attached(disk(group, f"{name}-osdisk", size_gb=64), owner_id)
    data = attached(disk(group, f"{name}-data01", size_gb=512), owner_id)
    return virtual_machine(group, name, nic, (system, data)), system, data


def image(group: Group, name: str, source: Body) -> Body:
    """Give a managed image, made from a disk."""
    properties = {
        "hyperVGeneration": "V2",
        "storageProfile": {
            "osDisk": {
                "diskSizeGB": 64,
                "managedDisk": {"id": source["id"]},
                "osState": "Generalized",
                "osType": "Linux",
                "storageAccountType": "Standard_LRS",
            },
            "zoneResilient": True,
        },
    }
    return arm(group, f"{COMPUTE}/images", name, properties)


def gallery(group: Group, name: str) -> Body:
    """Give a gallery of images."""
    unique = f"{group.subscription.id}-{name.upper()}"
    return arm(group, f"{COMPUTE}/galleries", name, {"identifier": {"uniqueName": unique}})


def gallery_image(group: Group, owner: str, name: str) -> Body:
    """Give the definition of an image in a gallery."""
    properties = {
        "hyperVGeneration": "V2",
        "identifier": {"offer": name, "publisher": "ExampleSoftware", "sku": "linux"},
        "osState": "Generalized",
        "osType": "Linux",
    }
    return arm(group, f"{COMPUTE}/galleries/images", f"{owner}/{name}", properties)


def image_version(group: Group, name: str, source: Body, regions: tuple[str, ...]) -> Body:
    """Give a version (`gallery/image/1.2.3`) that is copied to each region, by display name.

    https://learn.microsoft.com/azure/virtual-machines/azure-compute-gallery
    """
    targets = [
        {
            "excludeFromLatest": False,
            "name": DISPLAY_NAMES[region],
            "regionalReplicaCount": 1,
            "storageAccountType": "Standard_ZRS",
        }
        for region in regions
    ]
    properties = {
        "publishingProfile": {
            "publishedDate": CREATED,
            "storageAccountType": "Standard_ZRS",
            "targetRegions": targets,
        },
        "storageProfile": {"source": {"id": source["id"]}},
    }
    return arm(group, f"{COMPUTE}/galleries/images/versions", name, properties)


def plain(group: Group, kind: str, name: str) -> Body:
    """Give a compute resource of which only the place matters."""
    return arm(group, f"{COMPUTE}/{kind}", name, {})
