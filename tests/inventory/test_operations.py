"""Azure's operation names mean what Microsoft says of them; a name that is near means nothing."""

import re
from collections.abc import Callable

import pytest

from residency.errors import CheckError
from residency.inventory.operations import OPERATIONS, known_operation
from residency.model import Meaning

ITEM = (
    "Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers"
    "/replicationProtectedItems"
)
PLAN = "Microsoft.RecoveryServices/vaults/replicationRecoveryPlans"
NETAPP = "Microsoft.NetApp/netAppAccounts/capacityPools/volumes"
COSMOS = "Microsoft.DocumentDB/databaseAccounts"
TRAFFIC = "Microsoft.Network/trafficManagerProfiles"

MOVES = [
    ("Microsoft.Storage/storageAccounts/failover/action", Meaning.FAILOVER),
    ("Microsoft.Sql/servers/failoverGroups/failover/action", Meaning.FAILOVER),
    ("Microsoft.Sql/servers/failoverGroups/forceFailoverAllowDataLoss/action", Meaning.FAILOVER),
    (
        "Microsoft.Sql/servers/failoverGroups/tryPlannedBeforeForcedFailover/action",
        Meaning.FAILOVER,
    ),
    ("Microsoft.Sql/servers/databases/replicationLinks/failover/action", Meaning.FAILOVER),
    (
        "Microsoft.Sql/servers/databases/replicationLinks/forceFailoverAllowDataLoss/action",
        Meaning.FAILOVER,
    ),
    ("Microsoft.Sql/servers/databases/replicationLinks/unlink/action", Meaning.PROMOTION),
    ("Microsoft.Sql/servers/databases/replicationLinks/delete", Meaning.PROMOTION),
    ("Microsoft.Sql/locations/instanceFailoverGroups/failover/action", Meaning.FAILOVER),
    (
        "Microsoft.Sql/managedInstances/distributedAvailabilityGroups/failover/action",
        Meaning.FAILOVER,
    ),
    (f"{COSMOS}/failoverPriorityChange/action", Meaning.FAILOVER),
    (f"{COSMOS}/offlineRegion/action", Meaning.FAILOVER),
    ("Microsoft.DocumentDB/mongoClusters/promote/action", Meaning.PROMOTION),
    ("Microsoft.DBforPostgreSQL/serverGroupsv2/promote/action", Meaning.PROMOTION),
    ("Microsoft.EventHub/namespaces/failover/action", Meaning.FAILOVER),
    ("Microsoft.EventHub/namespaces/disasterRecoveryConfigs/failover/action", Meaning.FAILOVER),
    ("Microsoft.ServiceBus/namespaces/failover/action", Meaning.FAILOVER),
    ("Microsoft.ServiceBus/namespaces/disasterRecoveryConfigs/failover/action", Meaning.FAILOVER),
    ("Microsoft.Devices/IotHubs/failover/action", Meaning.FAILOVER),
    ("Microsoft.Cache/redis/linkedServers/delete", Meaning.PROMOTION),
    ("Microsoft.Cache/redisEnterprise/databases/forceUnlink/action", Meaning.PROMOTION),
    (f"{NETAPP}/breakReplication/action", Meaning.PROMOTION),
    ("Microsoft.OperationalInsights/locations/workspaces/failover/action", Meaning.SWITCHOVER),
    ("Microsoft.OperationalInsights/workspaces/failback/action", Meaning.FAILBACK),
    (f"{ITEM}/plannedFailover/action", Meaning.FAILOVER),
    (f"{ITEM}/unplannedFailover/action", Meaning.FAILOVER),
    (f"{PLAN}/unplannedFailover/action", Meaning.FAILOVER),
]

STAYS = [
    ("Microsoft.Sql/servers/databases/failover/action", Meaning.IN_REGION),
    ("Microsoft.Sql/servers/elasticPools/failover/action", Meaning.IN_REGION),
    ("Microsoft.Sql/managedInstances/failover/action", Meaning.IN_REGION),
    ("Microsoft.DBforMySQL/flexibleServers/failover/action", Meaning.IN_REGION),
    ("Microsoft.DBforPostgreSQL/flexibleServers/restart/action", Meaning.IN_REGION),
    ("Microsoft.Cache/redis/forceReboot/action", Meaning.IN_REGION),
    (f"{ITEM}/testFailover/action", Meaning.DRILL),
    (f"{PLAN}/testFailoverCleanup/action", Meaning.DRILL),
    (f"{ITEM}/failoverCommit/action", Meaning.REPLICATION),
    (f"{ITEM}/reProtect/action", Meaning.REPLICATION),
    (f"{NETAPP}/reInitializeReplication/action", Meaning.REPLICATION),
    (
        "Microsoft.EventHub/namespaces/disasterRecoveryConfigs/breakPairing/action",
        Meaning.REPLICATION,
    ),
    (f"{COSMOS}/onlineRegion/action", Meaning.REPLICATION),
]

PROVES_NOTHING_ALONE = [
    "Microsoft.Storage/storageAccounts/write",
    f"{COSMOS}/write",
    "Microsoft.DBforPostgreSQL/flexibleServers/write",
    "Microsoft.DBforMySQL/flexibleServers/write",
    "Microsoft.KeyVault/managedHSMs/write",
    f"{TRAFFIC}/write",
    f"{TRAFFIC}/azureEndpoints/write",
    "Microsoft.Cdn/profiles/originGroups/origins/write",
    "Microsoft.Network/frontDoors/write",
    "Microsoft.Web/sites/start/action",
    "Microsoft.Compute/virtualMachines/start/action",
]

MEANS_NOTHING = [
    "",
    "Microsoft.Storage/storageAccounts/listKeys/action",
    "Microsoft.Storage/storageAccounts/failover",
    "Microsoft.Storage/storageAccounts/failover/action/",
    " Microsoft.Storage/storageAccounts/failover/action",
    "Microsoft.Network/virtualNetworks/write",
    "Microsoft.Sql/servers/failoverGroups/write",
    "Microsoft.Storage/storageAccounts/blobServices/deleteSomething/action",
    "delete",
]


@pytest.mark.parametrize(("name", "meaning"), MOVES)
@pytest.mark.parametrize("spelled", [str, str.upper, str.lower])
def test_an_operation_that_moves_the_primary_is_known_in_any_case(
    name: str, meaning: Meaning, spelled: Callable[[str], str]
) -> None:
    found = known_operation(spelled(name))
    assert found is not None
    assert found.meaning is meaning


@pytest.mark.parametrize(("name", "meaning"), STAYS)
def test_what_is_called_a_failover_and_moves_no_primary_is_told_apart(
    name: str, meaning: Meaning
) -> None:
    found = known_operation(name)
    assert found is not None
    assert found.meaning is meaning


@pytest.mark.parametrize("name", PROVES_NOTHING_ALONE)
def test_a_call_with_many_uses_is_only_possible(name: str) -> None:
    found = known_operation(name)
    assert found is not None
    assert found.meaning is Meaning.POSSIBLE


@pytest.mark.parametrize("name", MEANS_NOTHING)
def test_a_name_that_is_only_near_means_nothing(name: str) -> None:
    assert known_operation(name) is None


@pytest.mark.parametrize(
    ("name", "resource_type"),
    [
        ("Microsoft.Storage/storageAccounts/delete", "microsoft.storage/storageaccounts"),
        ("Microsoft.EventHub/namespaces/Delete", "microsoft.eventhub/namespaces"),
        (
            "Microsoft.Resources/subscriptions/resourcegroups/delete",
            "microsoft.resources/subscriptions/resourcegroups",
        ),
        ("Microsoft.Sql/servers/failoverGroups/delete", "microsoft.sql/servers/failovergroups"),
        ("Contoso.New-Thing/a_b/c.d/delete", "contoso.new-thing/a_b/c.d"),
    ],
)
def test_any_delete_is_known_by_its_end(name: str, resource_type: str) -> None:
    found = known_operation(name)
    assert found is not None
    assert (found.meaning, found.resource_type) == (Meaning.DELETE, resource_type)


@pytest.mark.parametrize(
    "name",
    [
        "/delete",
        "a/delete",
        "<script>alert(1)</script>/x/delete",
        "Microsoft.Storage/storage\nAccounts/delete",
        "Microsoft.Storage//delete",
        "Microsoft.Stör/x/delete",
        "a/" + "b" * 101 + "/delete",
        "a" + "/b" * 21 + "/delete",
    ],
)
def test_a_delete_with_a_name_that_azure_never_gives_is_an_error_and_not_nothing(name: str) -> None:
    with pytest.raises(CheckError):
        known_operation(name)


@pytest.mark.parametrize(
    ("name", "resource_type"),
    [
        ("Microsoft.Sql/servers/failoverGroups/failover/action", "microsoft.sql/servers/databases"),
        (
            "Microsoft.OperationalInsights/locations/workspaces/failover/action",
            "microsoft.operationalinsights/workspaces",
        ),
        (f"{PLAN}/plannedFailover/action", ITEM.lower()),
        ("Microsoft.Cache/redis/linkedServers/delete", "microsoft.cache/redis"),
    ],
)
def test_the_type_is_that_of_the_data_and_not_of_what_was_called(
    name: str, resource_type: str
) -> None:
    found = known_operation(name)
    assert found is not None
    assert found.resource_type == resource_type


def test_every_row_has_a_lower_case_name_a_type_and_a_page_of_microsoft() -> None:
    for name, row in OPERATIONS.items():
        assert re.fullmatch(r"[a-z0-9.]+(?:/[a-z0-9]+)+/(?:action|write|delete)", name), name
        assert name == row.name
        assert re.fullmatch(r"[a-z]+\.[a-z]+(?:/[a-z0-9]+)+", row.resource_type), name
        assert row.page.startswith("https://learn.microsoft.com/"), name


def test_no_write_is_taken_for_a_failover() -> None:
    harmless = {Meaning.POSSIBLE, Meaning.REPLICATION}
    writes = [row for row in OPERATIONS.values() if row.name.endswith("/write")]
    assert writes
    assert {row.meaning for row in writes} <= harmless
