"""What each online product has of its own, all of it as the promise says."""

from residency.simulator.estate import (
    applications,
    compute,
    databases,
    instances,
    network,
    sql,
    storage,
    vaults,
)
from residency.simulator.estate.bodies import NORTH, WEST, Group, Part, joined
from residency.simulator.estate.groups import (
    PROCS_PRODUCT,
    QICS_DASHBOARDS,
    QICS_MILESTONES,
    Product,
)
from residency.simulator.world import Body


def milestones() -> Part:
    """QicsMilestones: PostgreSQL, a managed instance with its partner in Ireland, a cluster."""
    data, standby = QICS_MILESTONES.group("data"), QICS_MILESTONES.group("dr")
    home = instances.instance(data, "sqlmi-milestones-prod-we")
    away = instances.instance(standby, "sqlmi-milestones-dr-ne")
    names = ("milestones", "milestones-history")
    instance_databases = [
        instances.instance_database(group, owner, name)
        for group, owner in ((data, home), (standby, away))
        for name in names
    ]
    return joined(
        (
            Part(resources=(home, away, *instance_databases)),
            instances.instance_failover_group("fog-milestones", (data, home), (standby, away)),
            Part(
                resources=(
                    databases.postgresql(
                        data, "psql-milestones-audit-we", geo_backup=True, role="None"
                    ),
                )
            ),
            _cluster(QICS_MILESTONES),
            _standby(QICS_MILESTONES),
        )
    )


def dashboards() -> Part:
    """QicsDashboards: Cosmos DB, and a failover group that stands as it should."""
    data = QICS_DASHBOARDS.group("data")
    account = databases.cosmos_account(
        data, "cosmos-dashboards-prod", (WEST, NORTH), backup="Continuous"
    )
    telemetry = databases.cosmos_account(data, "cosmos-dashboards-usage", (WEST,), backup="Geo")
    west = sql_server(data, "sql-dashboards-prod-we", ("dashboards", "tenants", "reports"))
    north = sql_server(
        QICS_DASHBOARDS.group("dr"), "sql-dashboards-dr-ne", ("dashboards", "tenants", "reports")
    )
    pool = sql.elastic_pool(data, west[0], "pool-tenants")
    return joined(
        (
            Part(resources=(account, telemetry, pool, *everything(west), *everything(north))),
            sql.failover_group("fog-dashboards", west, north, writer=west[0]),
            _standby(QICS_DASHBOARDS),
        )
    )


def procs() -> Part:
    """Procs: MySQL with a replica in Ireland, and a server without a partner."""
    data, standby = PROCS_PRODUCT.group("data"), PROCS_PRODUCT.group("dr")
    source = databases.mysql(data, "mysql-procs-prod-we", geo_backup=True, role="Source")
    alone = sql_server(data, "sql-procs-config-we", ("config", "identity"))
    return joined(
        (
            Part(resources=(source, *everything(alone))),
            databases.mysql_replica(standby, "mysql-procs-dr-ne", source),
            _cluster(PROCS_PRODUCT),
            _standby(PROCS_PRODUCT),
        )
    )


def sql_server(group: Group, name: str, names: tuple[str, ...]) -> tuple[Body, list[Body]]:
    """Give a server with its databases."""
    server = sql.server(group, name)
    return server, [sql.database(group, server, each) for each in names]


def everything(server: tuple[Body, list[Body]]) -> tuple[Body, ...]:
    """Give a server and its databases in one row."""
    return (server[0], *server[1])


def _cluster(product: Product) -> Part:
    """A Kubernetes cluster, and what it makes in the group that it manages: no tags there."""
    group = product.node_group()
    volumes = [compute.disk(group, f"pvc-{product.key}-{number}") for number in range(3)]
    address = network.public_address(group, "kubernetes-outbound")
    return Part(
        resources=(
            applications.cluster(product),
            *volumes,
            address,
            network.fronted(group, "loadBalancers", "kubernetes", address),
            network.security_group(group, "aks-agentpool-nsg"),
            applications.identity(group, f"{product.cluster_name}-agentpool"),
        )
    )


def _standby(product: Product) -> Part:
    """The group that waits in Ireland (`policy.standby`): declared, so not misplaced."""
    group, key = product.group("dr"), product.key
    third = product.network.removeprefix("10.")
    home = network.virtual_network(group, f"vnet-{key}-dr-ne", f"10.1{third}", ("snet-app",))
    return Part(
        resources=(
            home,
            network.security_group(group, f"nsg-{key}-dr"),
            storage.storage_account(group, f"st{key}dr01", "Standard_ZRS"),
            storage.storage_account(group, f"st{key}drfiles01", "Standard_GRS"),
            vaults.key_vault(group, f"kv-{key}-dr-ne"),
            compute.disk(group, f"disk-{key}-seed-ne"),
        )
    )
