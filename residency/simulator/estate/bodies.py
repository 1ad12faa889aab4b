"""What every body of the example estate is made with: ids, names, times, and parts of an estate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import NAMESPACE_DNS, uuid5

from residency.simulator.world import Body, Subscription

ESTATE = uuid5(NAMESPACE_DNS, "example-software.example")
CREATED = "2024-03-18T08:42:22.4322836Z"
"""When most things were made. Fixed: the creation time tells incarnations apart."""

DISPLAY_NAMES = {
    "eastus": "East US",
    "francecentral": "France Central",
    "germanywestcentral": "Germany West Central",
    "northeurope": "North Europe",
    "swedencentral": "Sweden Central",
    "uksouth": "UK South",
    "westeurope": "West Europe",
}
"""How Azure spells regions in nested fields (https://learn.microsoft.com/azure/reliability/regions-list)."""

WEST = "westeurope"
NORTH = "northeurope"
GLOBAL = "global"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A resource group: where a body is put, and the tags that it takes over."""

    subscription: Subscription
    name: str
    location: str = WEST
    tags: Mapping[str, str] = field(default_factory=dict)
    managed_by: str = ""

    @property
    def id(self) -> str:
        """The ARM id of the group."""
        return f"/subscriptions/{self.subscription.id}/resourceGroups/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some resources of the estate, with what only their child lists show."""

    resources: tuple[Body, ...] = ()
    children: Mapping[str, tuple[Body, ...]] = field(default_factory=dict)
    denied: tuple[str, ...] = ()


def joined(parts: Iterable[Part]) -> Part:
    """Put parts together; the items of one child list add up."""
    resources: list[Body] = []
    children: dict[str, tuple[Body, ...]] = {}
    denied: list[str] = []
    for part in parts:
        resources.extend(part.resources)
        denied.extend(part.denied)
        for path, items in part.children.items():
            children[path] = children.get(path, ()) + items
    return Part(resources=tuple(resources), children=children, denied=tuple(denied))


def guid(*names: str) -> str:
    """Derive the same GUID from the same names, each time."""
    return str(uuid5(ESTATE, "/".join(names)))


TENANT_ID = guid("tenant")


def arm_id(group: Group, arm_type: str, name: str) -> str:
    """Give the ARM id; nested types take nested names (`servers/databases` and `server/db`)."""
    namespace, *types = arm_type.split("/")
    steps = zip(types, name.split("/"), strict=True)
    return f"{group.id}/providers/{namespace}/" + "/".join("/".join(step) for step in steps)


def arm(
    group: Group,
    arm_type: str,
    name: str,
    properties: Body,
    *,
    location: str = "",
    tags: Mapping[str, str] | None = None,
    **top: object,
) -> Body:
    """Put properties in ARM's envelope; location and tags are the group's unless given."""
    own_tags = dict(group.tags if tags is None else tags)
    return {
        "id": arm_id(group, arm_type, name),
        "name": name.rsplit("/", 1)[-1],
        "type": arm_type,
        "location": location or group.location,
        **top,
        **({"tags": own_tags} if own_tags else {}),
        "properties": {"provisioningState": "Succeeded", **properties},
    }


def child(parent_id: str, arm_type: str, name: str, properties: Body, **top: object) -> Body:
    """Give an item of a child list: no location, no tags."""
    step = arm_type.rsplit("/", 1)[-1]
    return {
        "id": f"{parent_id}/{step}/{name}",
        "name": name,
        "type": arm_type,
        **top,
        "properties": properties,
    }


def list_path(parent_id: str, step: str) -> str:
    """Give the path under which the simulator keeps a child list."""
    return f"{parent_id}/{step}".lower()


def at(moment: datetime) -> str:
    """Spell a time as Azure does."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def before(now: datetime, *, hours: float) -> str:
    """Spell the time some hours before `now`."""
    return at(now - timedelta(hours=hours))
