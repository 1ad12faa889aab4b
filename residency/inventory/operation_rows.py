"""The operations of what stores data and of messaging; operations.py says how to read them.

Names that were not found in Microsoft's lists of permissions, and are formed here from the path of
the REST call as the activity log forms them: failover groups' `tryPlannedBeforeForcedFailover`, the
failover of IoT Hub and of Event Hubs and Service Bus namespaces, `mongoClusters`, `serverGroupsv2`,
`forceLinkToReplicationGroup`, Arc SQL availability groups, Oracle and DataReplication.
https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
"""

from collections.abc import Iterator
from dataclasses import dataclass

from residency.model import Meaning

REST = "https://learn.microsoft.com/rest/api/"
AZURE = "https://learn.microsoft.com/azure/"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOperation:
    """One operation of Azure.

    Attributes:
        name: Lower-cased, as in `microsoft.storage/storageaccounts/failover/action`.
        resource_type: The type whose data it concerns, lower-cased.
        page: Where Microsoft describes it.
    """

    name: str
    meaning: Meaning
    resource_type: str
    page: str


def rows(
    meaning: Meaning, on: str, verbs: str, page: str, of: str = ""
) -> Iterator[KnownOperation]:
    """Name operations on one type; `of` is the type whose data it concerns, where it is another."""
    for verb in verbs.split():
        yield KnownOperation(
            name=f"{on}/{verb}", meaning=meaning, resource_type=of or on, page=page
        )


_FAILOVER, _POSSIBLE, _IN_REGION = Meaning.FAILOVER, Meaning.POSSIBLE, Meaning.IN_REGION
_PROMOTION, _REPLICATION = Meaning.PROMOTION, Meaning.REPLICATION

_FORCED = "failover/action forcefailoverallowdataloss/action"
_SQL = "microsoft.sql/servers"
_DATABASES = f"{_SQL}/databases"
_INSTANCES = "microsoft.sql/managedinstances"
_COSMOS = "microsoft.documentdb/databaseaccounts"
_POSTGRES = "microsoft.dbforpostgresql/flexibleservers"
_MYSQL = "microsoft.dbformysql/flexibleservers"

_DATA = (
    # planned, unplanned and back
    *rows(
        _FAILOVER,
        "microsoft.storage/storageaccounts",
        "failover/action",
        f"{REST}storagerp/storage-accounts/failover",
    ),
    # geo-redundant again after an unplanned failover
    *rows(
        _POSSIBLE,
        "microsoft.storage/storageaccounts",
        "write",
        f"{AZURE}storage/common/storage-initiate-account-failover",
    ),
    *rows(
        _FAILOVER,
        f"{_SQL}/failovergroups",
        f"{_FORCED} tryplannedbeforeforcedfailover/action",
        f"{REST}sql/failover-groups/failover",
        _DATABASES,
    ),
    *rows(
        _FAILOVER,
        f"{_DATABASES}/replicationlinks",
        _FORCED,
        f"{REST}sql/replication-links/failover",
        _DATABASES,
    ),
    *rows(
        _PROMOTION,
        f"{_DATABASES}/replicationlinks",
        "unlink/action delete",
        f"{REST}sql/replication-links/delete",
        _DATABASES,
    ),
    # what failover groups were called before
    *rows(
        _FAILOVER,
        f"{_SQL}/disasterrecoveryconfiguration",
        _FORCED,
        f"{AZURE}azure-sql/database/failover-group-sql-db",
        _DATABASES,
    ),
    *rows(
        _FAILOVER,
        "microsoft.sql/locations/instancefailovergroups",
        _FORCED,
        f"{REST}sql/instance-failover-groups/failover",
        _INSTANCES,
    ),
    *rows(
        _FAILOVER,
        f"{_INSTANCES}/distributedavailabilitygroups",
        "failover/action setrole/action",
        f"{REST}sql/distributed-availability-groups/failover",
        _INSTANCES,
    ),
    *rows(
        _FAILOVER,
        "microsoft.azurearcdata/sqlserverinstances/availabilitygroups",
        _FORCED,
        "https://learn.microsoft.com/sql/sql-server/azure-arc/manage-availability-group",
        "microsoft.azurearcdata/sqlserverinstances",
    ),
    # to another instance, which may be in another region
    *rows(
        _POSSIBLE,
        f"{_INSTANCES}/databases",
        "startmove/action completemove/action",
        f"{AZURE}azure-sql/managed-instance/database-copy-move-how-to",
    ),
    *rows(_IN_REGION, _DATABASES, "failover/action", f"{REST}sql/databases/failover"),
    *rows(
        _IN_REGION, f"{_SQL}/elasticpools", "failover/action", f"{REST}sql/elastic-pools/failover"
    ),
    *rows(_IN_REGION, _INSTANCES, "failover/action", f"{REST}sql/managed-instances/failover"),
    *rows(
        _FAILOVER,
        _COSMOS,
        "failoverprioritychange/action offlineregion/action",
        f"{REST}cosmos-db-resource-provider/database-accounts/failover-priority-change",
    ),
    # the writes do not return by it
    *rows(
        _REPLICATION,
        _COSMOS,
        "onlineregion/action",
        f"{REST}cosmos-db-resource-provider/database-accounts/online-region",
    ),
    # regions are added, removed and ordered by it
    *rows(_POSSIBLE, _COSMOS, "write", f"{AZURE}cosmos-db/how-to-manage-database-account"),
    *rows(
        _PROMOTION,
        "microsoft.documentdb/mongoclusters",
        "promote/action",
        f"{REST}mongocluster/mongo-clusters/promote",
    ),
    *rows(
        _PROMOTION,
        "microsoft.dbforpostgresql/servergroupsv2",
        "promote/action",
        f"{REST}postgresqlhsc/clusters/promote-read-replica",
    ),
    # a PATCH with replica.promoteMode promotes
    *rows(
        _POSSIBLE,
        _POSTGRES,
        "write virtualendpoints/write",
        f"{AZURE}postgresql/read-replica/concepts-read-replicas-promote",
    ),
    # with restartWithFailover
    *rows(
        _IN_REGION,
        _POSTGRES,
        "restart/action",
        f"{AZURE}postgresql/high-availability/concepts-high-availability",
    ),
    # a PATCH with replicationRole None stops replication
    *rows(_POSSIBLE, _MYSQL, "write", f"{AZURE}mysql/flexible-server/concepts-read-replicas"),
    *rows(_IN_REGION, _MYSQL, "failover/action", f"{REST}mysql/flexibleserver/servers/failover"),
    *rows(
        _FAILOVER,
        "oracle.database/autonomousdatabases",
        "failover/action switchover/action",
        f"{REST}oracle/autonomous-databases/switchover",
    ),
    # the secondary takes writes once it is unlinked
    *rows(
        _PROMOTION,
        "microsoft.cache/redis/linkedservers",
        "delete",
        f"{AZURE}azure-cache-for-redis/cache-how-to-geo-replication",
        "microsoft.cache/redis",
    ),
    # links two caches, and links them the other way round after a failover
    *rows(
        _POSSIBLE,
        "microsoft.cache/redis/linkedservers",
        "write",
        f"{REST}redis/linked-server/create",
        "microsoft.cache/redis",
    ),
    *rows(
        _IN_REGION,
        "microsoft.cache/redis",
        "forcereboot/action",
        f"{REST}redis/redis/force-reboot",
    ),
    # of several that all take writes, one is cut off
    *rows(
        _PROMOTION,
        "microsoft.cache/redisenterprise/databases",
        "forceunlink/action",
        f"{REST}redis/redisenterprisecache/databases/force-unlink",
    ),
    *rows(
        _REPLICATION,
        "microsoft.cache/redisenterprise/databases",
        "forcelinktoreplicationgroup/action",
        f"{REST}redis/redisenterprisecache/databases/force-link-to-replication-group",
    ),
    # the destination volume takes writes
    *rows(
        _PROMOTION,
        "microsoft.netapp/netappaccounts/capacitypools/volumes",
        "breakreplication/action",
        f"{AZURE}azure-netapp-files/cross-region-replication-manage-disaster-recovery",
    ),
    # which way is copied may turn round
    *rows(
        _REPLICATION,
        "microsoft.netapp/netappaccounts/capacitypools/volumes",
        "reinitializereplication/action resyncreplication/action deletereplication/action",
        f"{AZURE}azure-netapp-files/cross-region-replication-manage-disaster-recovery",
    ),
)

_MESSAGES = tuple(
    row
    for namespaces, area in (
        ("microsoft.eventhub/namespaces", "event-hubs"),
        ("microsoft.servicebus/namespaces", "service-bus-messaging"),
    )
    for row in (
        # a promotion of the secondary
        *rows(_FAILOVER, namespaces, "failover/action", f"{AZURE}{area}/use-geo-replication"),
        # the alias, and entities without their messages
        *rows(
            _FAILOVER,
            f"{namespaces}/disasterrecoveryconfigs",
            "failover/action",
            f"{AZURE}reliability/reliability-{area.removesuffix('-messaging')}",
            namespaces,
        ),
        *rows(
            _REPLICATION,
            f"{namespaces}/disasterrecoveryconfigs",
            "breakpairing/action",
            f"{AZURE}reliability/reliability-{area.removesuffix('-messaging')}",
            namespaces,
        ),
    )
)

DATA_ROWS: tuple[KnownOperation, ...] = (*_DATA, *_MESSAGES)
