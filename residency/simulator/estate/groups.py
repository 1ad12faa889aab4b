"""The subscriptions and resource groups of Example Software BV."""

from dataclasses import dataclass

from residency.simulator.estate.bodies import NORTH, WEST, Group, guid
from residency.simulator.world import Body, Subscription


def _subscription(name: str, *, readable: bool = True) -> Subscription:
    return Subscription(id=guid("subscription", name), name=name, readable=readable)


PLATFORM = _subscription("shared-platform")
MILESTONES = _subscription("qicsmilestones-prod")
DASHBOARDS = _subscription("qicsdashboards-prod")
PROCS = _subscription("procs-prod")
ARCHIVE = _subscription("archive-prod", readable=False)
TRIAL = _subscription("innovation-trial")
SUBSCRIPTIONS = (PLATFORM, MILESTONES, DASHBOARDS, PROCS, ARCHIVE, TRIAL)

PRODUCTION = {"environment": "production"}
SHARED = {"product": "Platform", **PRODUCTION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One online product: its short name in resource names, its tag, its address space."""

    key: str
    label: str
    subscription: Subscription
    network: str

    def group(self, area: str) -> Group:
        """Give the resource group of one area, such as `data`; `dr` stands in Ireland."""
        return Group(
            subscription=self.subscription,
            name=f"rg-{self.key}-{area}",
            location=NORTH if area == "dr" else WEST,
            tags={"product": self.label, **PRODUCTION},
        )

    @property
    def cluster_name(self) -> str:
        """The name of its Kubernetes cluster."""
        return f"aks-{self.key}-prod-we"

    def node_group(self) -> Group:
        """Give the group that its Kubernetes cluster manages: no tags, but a manager."""
        name = self.cluster_name
        owner = (
            f"{self.group('app').id}/providers/Microsoft.ContainerService/managedClusters/{name}"
        )
        return Group(
            subscription=self.subscription,
            name=f"MC_rg-{self.key}-app_{name}_{WEST}",
            managed_by=owner,
        )


QICS_MILESTONES = Product(
    key="milestones", label="QicsMilestones", subscription=MILESTONES, network="10.20"
)
QICS_DASHBOARDS = Product(
    key="dashboards", label="QicsDashboards", subscription=DASHBOARDS, network="10.30"
)
PROCS_PRODUCT = Product(key="procs", label="Procs", subscription=PROCS, network="10.40")
PRODUCTS = (QICS_MILESTONES, QICS_DASHBOARDS, PROCS_PRODUCT)
AREAS = ("network", "app", "data", "backup", "monitoring", "dr")


def _shared(name: str) -> Group:
    return Group(subscription=PLATFORM, name=name, tags=SHARED)


HUB = _shared("rg-platform-network")
IMAGES = _shared("rg-platform-images")
ASSISTANTS = _shared("rg-platform-ai")
PLATFORM_MONITORING = _shared("rg-platform-monitoring")
PLATFORM_DATA = _shared("rg-platform-data")
SANDBOX = Group(
    subscription=PLATFORM,
    name="rg-platform-sandbox",
    tags={"product": "Platform", "environment": "sandbox"},
)
NETWORK_WATCHERS = Group(subscription=PLATFORM, name="NetworkWatcherRG")
MOLENKAMP = Group(
    subscription=PROCS,
    name="rg-molenkamp-prod",
    tags={"product": "MolenkampRegister", "customer": "molenkamp", **PRODUCTION},
)
UNTAGGED = Group(subscription=DASHBOARDS, name="rg-temp-analytics")
ARCHIVE_DATA = Group(
    subscription=ARCHIVE,
    name="rg-archive-data",
    tags={"product": "QicsMilestones", **PRODUCTION},
)
TRIAL_GROUP = Group(subscription=TRIAL, name="rg-trial")
OTHER_GROUPS = (
    HUB,
    IMAGES,
    ASSISTANTS,
    PLATFORM_MONITORING,
    PLATFORM_DATA,
    SANDBOX,
    NETWORK_WATCHERS,
    MOLENKAMP,
    UNTAGGED,
    ARCHIVE_DATA,
    TRIAL_GROUP,
)


def resource_groups() -> tuple[Body, ...]:
    """Give the ARM body of every resource group."""
    of_products = [product.group(area) for product in PRODUCTS for area in AREAS]
    nodes = [QICS_MILESTONES.node_group(), PROCS_PRODUCT.node_group()]
    return tuple(_body(group) for group in (*of_products, *nodes, *OTHER_GROUPS))


def _body(group: Group) -> Body:
    return {
        "id": group.id,
        "name": group.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": group.location,
        **({"managedBy": group.managed_by} if group.managed_by else {}),
        **({"tags": dict(group.tags)} if group.tags else {}),
        "properties": {"provisioningState": "Succeeded"},
    }
