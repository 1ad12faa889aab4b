"""What an operation in the activity log means for where data is, by its name.

The rows of what stores data are in operation_rows.py, those of machines and other services here.
Any name that ends in `/delete` and has no row of its own is a delete. Azure writes the names in any
case, so they are compared in lower case.

What each meaning says:

- failover: the primary moves, or may move, to another region. Back is mostly the same operation.
- failback: the primary returns, where Azure has an operation of its own for that.
- switchover: Log Analytics answers from, and writes to, the other region.
- promotion: a copy elsewhere becomes writable by itself, whether or not the former primary goes on.
- in-region: a failover between replicas or zones of one region. It opens nothing.
- drill: a test failover makes a copy elsewhere; the primary stays.
- replication: whether, or which way, is copied changes, or a failover is made final; nothing moves.
- possible: done for many reasons, of which one is that another region takes over (a promotion by a
  PATCH, a priority of Traffic Manager, a standby that is started). Alone it proves nothing: only a
  change of state beside it does.

Microsoft's own failovers (Storage, Key Vault, IoT Hub, Event Grid, Data Factory, automatic failover
groups, Cosmos DB's service-managed failover) have no entry at all.
"""

import re
from collections.abc import Mapping

from residency.errors import CheckError
from residency.inventory.operation_rows import AZURE, DATA_ROWS, REST, KnownOperation, rows
from residency.model import Meaning

_DELETE = "/delete"
_DELETES = re.compile(r"[a-z0-9.-]{1,100}(?:/[a-z0-9._-]{1,100}){1,20}/delete", re.ASCII)
_SCHEMA = "https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema"

_VAULTS = "microsoft.recoveryservices/vaults"
_FABRICS = f"{_VAULTS}/replicationfabrics/replicationprotectioncontainers"
_ITEMS = f"{_FABRICS}/replicationprotecteditems"
_RECOVERY = f"{AZURE}site-recovery/site-recovery-failover"

_MACHINES = (
    *(
        row
        for on in (_ITEMS, f"{_VAULTS}/replicationrecoveryplans")
        for row in (
            *rows(
                Meaning.FAILOVER,
                on,
                "plannedfailover/action unplannedfailover/action",
                _RECOVERY,
                _ITEMS,
            ),
            *rows(
                Meaning.REPLICATION,
                on,
                "failovercommit/action reprotect/action",
                f"{AZURE}site-recovery/azure-to-azure-how-to-reprotect",
                _ITEMS,
            ),
            # the failover is taken back before it is committed
            *rows(Meaning.FAILBACK, on, "failovercancel/action", _RECOVERY, _ITEMS),
            *rows(
                Meaning.DRILL,
                on,
                "testfailover/action testfailovercleanup/action",
                f"{AZURE}site-recovery/azure-to-azure-tutorial-dr-drill",
                _ITEMS,
            ),
        )
    ),
    # which machines a plan moves from now on
    *rows(
        Meaning.REPLICATION,
        f"{_VAULTS}/replicationrecoveryplans",
        "write",
        f"{REST}site-recovery/replication-recovery-plans/update",
        _ITEMS,
    ),
    *rows(
        Meaning.FAILOVER,
        "microsoft.datareplication/replicationvaults/protecteditems",
        "plannedfailover/action",
        f"{REST}datareplication/protected-item/planned-failover",
    ),
    # what is restored is a resource of its own in the other region
    *(
        row
        for on in ("locations", "subscriptions/resourcegroups/providers/locations")
        for row in rows(
            Meaning.POSSIBLE,
            f"microsoft.dataprotection/{on}",
            "crossregionrestore/action",
            f"{REST}dataprotection/backup-instances/trigger-cross-region-restore",
            "microsoft.dataprotection/backupvaults/backupinstances",
        )
    ),
    *rows(
        Meaning.POSSIBLE,
        "microsoft.recoveryservices/locations",
        "backupcrossregionrestore/action",
        f"{REST}backup/cross-region-restore/trigger",
        f"{_VAULTS}/backupfabrics/protectioncontainers/protecteditems",
    ),
    # a standby that is started
    *rows(
        Meaning.POSSIBLE,
        "microsoft.compute/virtualmachines",
        "start/action",
        f"{REST}compute/virtual-machines/start",
    ),
    # Azure Resource Mover moves to another region
    *rows(
        Meaning.POSSIBLE,
        "microsoft.migrate/movecollections",
        "initiatemove/action commit/action",
        f"{AZURE}resource-mover/overview",
    ),
    # an experiment can cause a failover
    *rows(
        Meaning.POSSIBLE,
        "microsoft.chaos/experiments",
        "start/action",
        f"{AZURE}chaos-studio/chaos-studio-fault-library",
    ),
)

_WORKSPACES = "microsoft.operationalinsights/workspaces"
_REPLICATED = f"{AZURE}azure-monitor/logs/workspace-replication"
_ENDPOINTS = "microsoft.insights/datacollectionendpoints"

_SERVICES = (
    # either way: the roles swap
    *rows(
        Meaning.FAILOVER,
        "microsoft.devices/iothubs",
        "failover/action",
        f"{REST}iothub/iot-hub/manual-failover",
    ),
    *rows(
        Meaning.SWITCHOVER,
        "microsoft.operationalinsights/locations/workspaces",
        "failover/action",
        _REPLICATED,
        _WORKSPACES,
    ),
    *rows(Meaning.FAILBACK, _WORKSPACES, "failback/action", _REPLICATED),
    *rows(Meaning.SWITCHOVER, _ENDPOINTS, "triggerfailover/action", _REPLICATED),
    *rows(Meaning.FAILBACK, _ENDPOINTS, "triggerfailback/action", _REPLICATED),
    # regions of a pool are added and removed; it has no failover of its own
    *rows(
        Meaning.POSSIBLE,
        "microsoft.keyvault/managedhsms",
        "write",
        f"{AZURE}key-vault/managed-hsm/multi-region-replication",
    ),
    *rows(
        Meaning.POSSIBLE,
        "microsoft.network/trafficmanagerprofiles",
        "write azureendpoints/write externalendpoints/write nestedendpoints/write",
        f"{AZURE}traffic-manager/traffic-manager-routing-methods",
    ),
    *rows(
        Meaning.POSSIBLE,
        "microsoft.cdn/profiles",
        "origingroups/write origingroups/origins/write afdendpoints/routes/write",
        f"{AZURE}frontdoor/routing-methods",
    ),
    *rows(
        Meaning.POSSIBLE,
        "microsoft.network/frontdoors",
        "write backendpools/write",
        f"{AZURE}frontdoor/routing-methods",
    ),
    # a standby that is started, or the usual one that is stopped
    *rows(
        Meaning.POSSIBLE,
        "microsoft.web/sites",
        "start/action stop/action",
        f"{AZURE}reliability/reliability-app-service",
    ),
)

OPERATIONS: Mapping[str, KnownOperation] = {
    row.name: row for row in (*DATA_ROWS, *_MACHINES, *_SERVICES)
}


def known_operation(name: str) -> KnownOperation | None:
    """Find what an operation means; None for one that says nothing of where data is.

    Raises CheckError for a delete whose name is none that Azure gives: it is not kept as it came.
    """
    lowered = name.lower()
    row = OPERATIONS.get(lowered)
    if row is not None or not lowered.endswith(_DELETE):
        return row
    if not _DELETES.fullmatch(lowered):
        raise CheckError("a delete has a name that is no operation of Azure")
    return KnownOperation(
        name=lowered,
        meaning=Meaning.DELETE,
        resource_type=lowered.removesuffix(_DELETE),
        page=_SCHEMA,
    )
