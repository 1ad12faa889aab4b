"""What each online product has alike: network, application, storage, backups and alerts."""

from collections.abc import Iterator
from dataclasses import dataclass

from residency.simulator.estate import applications, compute, monitoring, network, storage, vaults
from residency.simulator.estate.bodies import Part, joined
from residency.simulator.estate.groups import Product
from residency.simulator.world import Body

SUBNETS = ("snet-app", "snet-data", "snet-endpoints", "snet-gateway")
CUSTOMERS = ("acme", "duinwende", "waterhoek")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A product's common part, with the resources that others point at."""

    part: Part
    network: Body
    machines: tuple[Body, ...]
    machine_disks: tuple[Body, ...]
    documents: Body
    receiver: Body


def product_stack(product: Product) -> Stack:
    """Build what each product has, in its own subscription."""
    name = f"vnet-{product.key}-prod-we"
    home = network.virtual_network(product.group("network"), name, product.network, SUBNETS)
    machines, disks, others = _machines(product, home)
    accounts = tuple(_accounts(product))
    receiver = monitoring.action_group(product.group("monitoring"), f"ag-{product.key}-oncall")
    resources = (
        home,
        *_edge(product),
        *machines,
        *disks,
        *others,
        *_web(product),
        *accounts,
        *_protected_by_endpoints(product, home, accounts),
        *_snapshots(product, disks),
        *_secrets(product),
        receiver,
        *_alerts(product, receiver, (*machines, *accounts)),
        *_observability(product),
    )
    return Stack(
        part=joined((Part(resources=resources), _backups(product, machines, accounts))),
        network=home,
        machines=machines,
        machine_disks=disks,
        documents=accounts[0],
        receiver=receiver,
    )


def _edge(product: Product) -> Iterator[Body]:
    group, key = product.group("network"), product.key
    gateway, outbound, inside = (
        network.public_address(group, f"pip-{key}-{use}-we") for use in ("agw", "nat", "lb")
    )
    yield from (gateway, outbound, inside)
    yield network.fronted(group, "applicationGateways", f"agw-{key}-prod-we", gateway)
    yield network.fronted(group, "loadBalancers", f"lb-{key}-prod-we", inside)
    yield network.plain(group, "natGateways", f"ng-{key}-prod-we")
    yield network.route_table(group, f"rt-{key}-prod-we")
    yield from (network.security_group(group, f"nsg-{key}-{part}") for part in SUBNETS)
    yield network.plain(group, "applicationSecurityGroups", f"asg-{key}-app")
    policy = "applicationGatewayWebApplicationFirewallPolicies"
    yield network.plain(group, policy, f"waf-{key}-prod")
    yield network.dns_zone(group, f"{key}.example-software.example")
    yield network.traffic_manager(group, f"tm-{key}-prod")


def _machines(
    product: Product, home: Body
) -> tuple[tuple[Body, ...], tuple[Body, ...], tuple[Body, ...]]:
    group, key = product.group("app"), product.key
    machines, disks, others = [], [], []
    for number in (1, 2):
        name = f"vm-{key}-batch-{number:02}"
        nic = network.interface(group, f"nic-{name}", home)
        machine, *own = compute.machine_with_disks(group, name, nic)
        machines.append(machine)
        disks.extend(own)
        others.append(nic)
    others += [
        compute.plain(group, "availabilitySets", f"avail-{key}-batch"),
        compute.plain(group, "proximityPlacementGroups", f"ppg-{key}-batch"),
        compute.plain(group, "sshPublicKeys", f"ssh-{key}-admin"),
        compute.plain(group, "diskEncryptionSets", f"des-{key}-prod"),
    ]
    return tuple(machines), tuple(disks), tuple(others)


def _web(product: Product) -> Iterator[Body]:
    group, key = product.group("app"), product.key
    plan = applications.plan(group, f"plan-{key}-prod-we")
    yield plan
    yield from (applications.site(group, f"app-{key}-{use}", plan) for use in ("web", "api"))
    yield monitoring.autoscale(group, plan)
    yield from (
        applications.identity(group, f"id-{key}-{use}") for use in ("web", "api", "batch", "deploy")
    )


def _accounts(product: Product) -> Iterator[Body]:
    group, key = product.group("data"), product.key
    yield storage.storage_account(group, f"st{key}files01", "Standard_RAGRS")
    yield storage.storage_account(group, f"st{key}queue01", "Standard_ZRS")
    yield storage.storage_account(group, f"st{key}logs01", "Standard_LRS")
    for customer in CUSTOMERS:
        tags = {**group.tags, "customer": customer}
        yield storage.storage_account(group, f"st{key}{customer}01", "Standard_GZRS", tags=tags)


def _protected_by_endpoints(
    product: Product, home: Body, accounts: tuple[Body, ...]
) -> Iterator[Body]:
    group = product.group("network")
    for account in accounts:
        yield from network.private_endpoint(group, home, account, "blob")


def _snapshots(product: Product, disks: tuple[Body, ...]) -> Iterator[Body]:
    group = product.group("backup")
    for disk in disks:
        yield compute.snapshot(group, f"snap-{disk['name']}-weekly", disk["id"])


def _secrets(product: Product) -> Iterator[Body]:
    group, key = product.group("data"), product.key
    yield vaults.key_vault(group, f"kv-{key}-prod-we")
    yield vaults.key_vault(group, f"kv-{key}-keys-we")


def _backups(product: Product, machines: tuple[Body, ...], accounts: tuple[Body, ...]) -> Part:
    group, key = product.group("backup"), product.key
    recovery = vaults.recovery_vault(group, f"rsv-{key}-prod-we", "GeoRedundant")
    blobs = vaults.backup_vault(group, f"bvault-{key}-prod-we", "ZoneRedundant")
    kind = "Microsoft.Storage/storageAccounts/blobServices"
    window = applications.plain(
        group, "Microsoft.Maintenance/maintenanceConfigurations", f"mc-{key}-sunday", {}
    )
    return joined(
        (
            Part(resources=(recovery, blobs, window)),
            vaults.protected_items(recovery, machines, accounts[:1]),
            vaults.backup_instances(blobs, [(account, kind) for account in accounts[1:3]]),
        )
    )


def _alerts(product: Product, receiver: Body, targets: tuple[Body, ...]) -> Iterator[Body]:
    group = product.group("monitoring")
    for target in targets:
        metric = "Availability" if "storage" in target["type"].lower() else "Percentage CPU"
        yield monitoring.metric_alert(group, target, metric.replace(" ", ""), receiver)
    for use, operation in (
        ("failover", "Microsoft.Storage/storageAccounts/failover/action"),
        ("delete", "Microsoft.Sql/servers/databases/delete"),
    ):
        name = f"ala-{product.key}-{use}"
        yield monitoring.activity_alert(group, name, operation, receiver)


def _observability(product: Product) -> Iterator[Body]:
    group, key = product.group("monitoring"), product.key
    logs = monitoring.workspace(group, f"log-{key}-prod-we")
    traces = monitoring.component(group, f"appi-{key}-prod-we", logs)
    yield from (logs, traces)
    yield monitoring.solution(group, "SecurityInsights", logs)
    yield monitoring.query_rule(group, f"sqr-{key}-exceptions", logs)
    yield monitoring.query_rule(group, f"sqr-{key}-latency", logs)
    yield monitoring.smart_detector(group, f"failure anomalies - {traces['name']}", traces)
