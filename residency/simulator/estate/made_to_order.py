"""What is hosted for one customer alone, under a stricter contract: the Netherlands and no more."""

from residency.simulator.estate import compute, network, sql, storage, vaults
from residency.simulator.estate.bodies import Part
from residency.simulator.estate.groups import MOLENKAMP
from residency.simulator.estate.products import everything


def molenkamp() -> Part:
    """A register for Molenkamp: all of it stays at home, except what the key vault copies.

    Its key vault is copied to the paired region, which no field shows and no setting stops: that
    breaks `netherlands-only`, and would be fine under the default policy.
    """
    group = MOLENKAMP
    home = network.virtual_network(group, "vnet-molenkamp-prod-we", "10.50", ("snet-app",))
    server = sql.server(group, "sql-molenkamp-prod-we")
    databases = [
        sql.database(group, server, name, backup="Zone") for name in ("register", "register-log")
    ]
    account = storage.storage_account(group, "stmolenkampdocs01", "Standard_ZRS")
    vault = vaults.backup_vault(group, "bvault-molenkamp-prod-we", "ZoneRedundant")
    disk = compute.disk(group, "disk-molenkamp-import")
    return Part(
        resources=(
            home,
            network.security_group(group, "nsg-molenkamp-prod"),
            *network.private_endpoint(group, home, server, "sqlServer"),
            *network.private_endpoint(group, home, account, "blob"),
            *everything((server, databases)),
            account,
            vault,
            disk,
            compute.snapshot(group, "snap-molenkamp-import-daily", disk["id"]),
            vaults.key_vault(group, "kv-molenkamp-prod-we"),
        )
    )
