"""Bodies of what runs the software: web apps, clusters, identities."""

from residency.simulator.estate.bodies import TENANT_ID, Group, arm, guid
from residency.simulator.estate.groups import Product
from residency.simulator.world import Body


def plan(group: Group, name: str) -> Body:
    """Give an App Service plan."""
    properties = {"geoRegion": "West Europe", "numberOfSites": 2, "status": "Ready"}
    sku = {"name": "P1v3", "tier": "PremiumV3", "capacity": 2}
    return arm(group, "Microsoft.Web/serverfarms", name, properties, kind="linux", sku=sku)


def site(group: Group, name: str, owner: Body) -> Body:
    """Give a web app on a plan."""
    properties = {
        "defaultHostName": f"{name}.azurewebsites.net",
        "httpsOnly": True,
        "serverFarmId": owner["id"],
        "state": "Running",
    }
    return arm(group, "Microsoft.Web/sites", name, properties, kind="app,linux")


def identity(group: Group, name: str) -> Body:
    """Give a user-assigned identity."""
    properties = {
        "clientId": guid("client", name),
        "principalId": guid("principal", name),
        "tenantId": TENANT_ID,
    }
    return arm(group, "Microsoft.ManagedIdentity/userAssignedIdentities", name, properties)


def cluster(product: Product) -> Body:
    """Give a product's Kubernetes cluster; what it makes is in the group that it manages."""
    name = product.cluster_name
    properties = {
        "agentPoolProfiles": [{"count": 3, "name": "system", "vmSize": "Standard_D4s_v5"}],
        "dnsPrefix": name,
        "kubernetesVersion": "1.33",
        "nodeResourceGroup": product.node_group().name,
        "powerState": {"code": "Running"},
    }
    kind = "Microsoft.ContainerService/managedClusters"
    return arm(product.group("app"), kind, name, properties)


def registry(group: Group, name: str) -> Body:
    """Give a container registry."""
    properties = {"adminUserEnabled": False, "loginServer": f"{name}.azurecr.io"}
    sku = {"name": "Premium", "tier": "Premium"}
    return arm(group, "Microsoft.ContainerRegistry/registries", name, properties, sku=sku)


def plain(group: Group, arm_type: str, name: str, properties: Body) -> Body:
    """Give a resource of any other type."""
    return arm(group, arm_type, name, properties)
