"""What cannot be proven: unread, unnamed or unknown (docs/demo.md, "What is not proven")."""

from residency.simulator.estate import applications, storage, vaults
from residency.simulator.estate.bodies import CREATED, Group, Part, arm, joined, list_path
from residency.simulator.estate.groups import (
    ARCHIVE_DATA,
    PROCS_PRODUCT,
    QICS_DASHBOARDS,
    QICS_MILESTONES,
    UNTAGGED,
)
from residency.simulator.world import Body


def unproven() -> Part:
    """Everything that keeps a scan from saying more than it saw."""
    return joined(
        (
            hidden_archive(),
            vault_without_redundancy(),
            vault_that_answers_elsewhere(),
            partner_account(),
            new_service(),
            customer_sites(),
            unassigned(),
            unknown_services(),
        )
    )


def hidden_archive() -> Part:
    """What is in the subscription that refuses to be read: there, and not to be seen."""
    return Part(
        resources=(
            storage.storage_account(ARCHIVE_DATA, "starchiveyears01", "Standard_GRS"),
            storage.storage_account(ARCHIVE_DATA, "starchiveyears02", "Standard_GRS"),
            vaults.key_vault(ARCHIVE_DATA, "kv-archive-prod-we"),
            vaults.recovery_vault(ARCHIVE_DATA, "rsv-archive-prod-we", "GeoRedundant"),
        )
    )


def vault_without_redundancy() -> Part:
    """A recovery vault that does not show its redundancy, nor lets it be asked for."""
    group = PROCS_PRODUCT.group("backup")
    vault = vaults.recovery_vault(group, "rsv-procs-legacy-we", None)
    return Part(resources=(vault,), denied=(list_path(vault["id"], "backupstorageconfig"),))


def vault_that_answers_elsewhere() -> Part:
    """A recovery vault whose redundancy only the older answer shows: read, and fine."""
    group = QICS_DASHBOARDS.group("backup")
    vault = vaults.recovery_vault(group, "rsv-dashboards-legacy-we", None)
    return joined(
        (Part(resources=(vault,)), vaults.storage_configuration(vault, "LocallyRedundant"))
    )


def partner_account() -> Part:
    """Object replication to an account of another tenant, known by its bare name alone."""
    group = QICS_MILESTONES.group("data")
    account = storage.storage_account(group, "stmilestonesshare01", "Standard_ZRS")
    properties = {**account["properties"], "allowCrossTenantReplication": True}
    open_account = {**account, "properties": properties}
    policy = storage.replication_policy(open_account, account["name"], "stpartnerinbox", "plans")
    path = list_path(account["id"], "objectReplicationPolicies")
    return Part(resources=(open_account,), children={path: (policy,)})


def new_service() -> Part:
    """A service that is newer than the catalogue."""
    properties = {"administratorLogin": "horizon", "state": "Ready", "version": "17"}
    kind = "Microsoft.HorizonDb/clusters"
    group = QICS_DASHBOARDS.group("data")
    return Part(resources=(arm(group, kind, "hdb-dashboards-pilot", properties),))


def customer_sites() -> Part:
    """Two machines at customers: `location` is where Azure keeps their records, not their data."""
    return Part(resources=(_arc("arc-duinwende-edge01"), _arc("arc-waterhoek-edge01")))


def _arc(name: str) -> Body:
    group: Group = PROCS_PRODUCT.group("app")
    tags = {**group.tags, "customer": name.split("-")[1]}
    properties = {
        "agentVersion": "1.52.0",
        "displayName": name,
        "osType": "linux",
        "status": "Connected",
    }
    kind = "Microsoft.HybridCompute/machines"
    return arm(group, kind, name, properties, tags=tags, systemData={"createdAt": CREATED})


def unassigned() -> Part:
    """An account that nobody put a product's name on: it concerns every customer."""
    return Part(resources=(storage.storage_account(UNTAGGED, "sttempexport01", "Standard_LRS"),))


def unknown_services() -> Part:
    """Services of which the first catalogue does not know where they keep data."""
    cache = {
        "hostName": "redis-milestones-prod-we.redis.cache.windows.net",
        "linkedServers": [],
        "redisConfiguration": {"maxclients": "7500", "rdb-backup-enabled": "false"},
        "redisVersion": "6.0",
        "sku": {"name": "Premium", "family": "P", "capacity": 1},
    }
    topics = {"status": "Active", "zoneRedundant": True}
    return Part(
        resources=(
            applications.plain(
                QICS_MILESTONES.group("data"),
                "Microsoft.Cache/Redis",
                "redis-milestones-prod-we",
                cache,
            ),
            applications.plain(
                PROCS_PRODUCT.group("app"),
                "Microsoft.ServiceBus/namespaces",
                "sb-procs-prod-we",
                topics,
            ),
        )
    )
