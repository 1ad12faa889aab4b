"""What the products share: the hub network, images, assistants and the registry."""

from collections.abc import Iterator

from residency.simulator.estate import ai, applications, compute, monitoring, network, vaults
from residency.simulator.estate.bodies import NORTH, WEST, Part, joined
from residency.simulator.estate.groups import (
    ASSISTANTS,
    HUB,
    IMAGES,
    NETWORK_WATCHERS,
    PLATFORM_DATA,
    PLATFORM_MONITORING,
)
from residency.simulator.world import Body

PRIVATE_ZONES = (
    "privatelink.blob.core.windows.net",
    "privatelink.database.windows.net",
    "privatelink.documents.azure.com",
    "privatelink.mysql.database.azure.com",
    "privatelink.openai.azure.com",
    "privatelink.postgres.database.azure.com",
    "privatelink.vaultcore.azure.net",
)
GALLERY = "gal_platform"


def shared_platform(product_networks: tuple[Body, ...]) -> Part:
    """Build the shared subscription; its private zones are linked to every product's network."""
    subnets = ("GatewaySubnet", "AzureFirewallSubnet", "AzureBastionSubnet", "snet-endpoints")
    hub = network.virtual_network(HUB, "vnet-hub-we", "10.10", subnets)
    zones = (network.private_zone(HUB, name, (hub, *product_networks)) for name in PRIVATE_ZONES)
    resources = (
        hub,
        *_perimeter(),
        *(body for zone in zones for body in zone),
        *_images(),
        *_operations(),
        vaults.key_vault(PLATFORM_DATA, "kv-platform-prod-we"),
        applications.registry(PLATFORM_DATA, "crexamplesoftware"),
        applications.identity(PLATFORM_DATA, "id-platform-deploy"),
    )
    return joined((Part(resources=resources), _assistant(hub)))


def _perimeter() -> Iterator[Body]:
    uses = ("afw", "bas", "vgw")
    addresses = [network.public_address(HUB, f"pip-hub-{use}-we") for use in uses]
    yield from addresses
    yield network.fronted(HUB, "azureFirewalls", "afw-hub-we", addresses[0])
    yield network.fronted(HUB, "bastionHosts", "bas-hub-we", addresses[1])
    yield network.plain(HUB, "firewallPolicies", "afwp-hub")
    yield network.plain(HUB, "virtualNetworkGateways", "vgw-hub-we")
    yield network.plain(HUB, "localNetworkGateways", "lgw-office-utrecht")
    yield network.plain(HUB, "connections", "cn-office-utrecht")
    yield network.plain(HUB, "ipGroups", "ipg-offices")
    yield network.plain(HUB, "publicIPPrefixes", "ippre-hub-we")
    yield network.plain(HUB, "ddosProtectionPlans", "ddos-hub")
    yield network.security_group(HUB, "nsg-hub-endpoints")
    yield network.route_table(HUB, "rt-hub-gateway")
    yield network.dns_zone(HUB, "example-software.example")
    for region in (WEST, NORTH):
        watcher = f"NetworkWatcher_{region}"
        yield network.plain(NETWORK_WATCHERS, "networkWatchers", watcher, location=region)


def _images() -> Iterator[Body]:
    build = compute.disk(IMAGES, "disk-image-build", size_gb=64)
    source = compute.image(IMAGES, "img-ubuntu-hardened", build)
    yield from (build, source, compute.gallery(IMAGES, GALLERY))
    for name in ("ubuntu-hardened", "batch-worker"):
        yield compute.gallery_image(IMAGES, GALLERY, name)
        for version in ("3.2.0", "3.3.0"):
            full = f"{GALLERY}/{name}/{version}"
            yield compute.image_version(IMAGES, full, source, (WEST, NORTH))


def _operations() -> Iterator[Body]:
    group = PLATFORM_MONITORING
    logs = monitoring.workspace(group, "log-platform-prod-we")
    receiver = monitoring.action_group(group, "ag-platform-oncall")
    yield from (logs, receiver)
    yield monitoring.solution(group, "SecurityInsights", logs)
    yield monitoring.query_rule(group, "sqr-platform-signins", logs)
    for use, operation in (
        ("policy", "Microsoft.Authorization/policyAssignments/write"),
        ("roles", "Microsoft.Authorization/roleAssignments/write"),
    ):
        yield monitoring.activity_alert(group, f"ala-platform-{use}", operation, receiver)
    silence = "Microsoft.AlertsManagement/actionRules"
    yield applications.plain(group, silence, "apr-maintenance-nights", {"enabled": True})


def _assistant(hub: Body) -> Part:
    """An assistant whose models all run in the account's own region: nothing wrong."""
    account = ai.account(ASSISTANTS, "oai-platform-prod-we")
    resources = (account, *network.private_endpoint(HUB, hub, account, "account"))
    models = {"gpt-4o": "Standard", "text-embedding-3-large": "ProvisionedManaged"}
    return joined((Part(resources=resources), ai.deployments(account, models)))
