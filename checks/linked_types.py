"""The fields in which a service names the accounts and workspaces that its data goes to."""

from checks.linked import Linked
from residency.model import Holds

_ANALYTICS = "flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration"

LINKED: tuple[Linked, ...] = (
    Linked(
        check_id="batch",
        title="Batch account and the storage account that is linked to it",
        type="microsoft.batch/batchaccounts",
        holds=Holds.PROCESSES,
        permission="Microsoft.Batch/batchAccounts/read",
        page="azure/batch/batch-application-packages",
        ids=("properties.autoStorage.storageAccountId",),
    ),
    Linked(
        check_id="container-instances",
        title="Container group, its mounted shares and its logs",
        type="microsoft.containerinstance/containergroups",
        holds=Holds.PROCESSES,
        permission="Microsoft.ContainerInstance/containerGroups/read",
        page="azure/container-instances/container-instances-volume-azure-files",
        accounts=("properties.volumes[].azureFile.storageAccountName",),
        workspaces=("properties.diagnostics.logAnalytics.workspaceId",),
    ),
    Linked(
        check_id="kubernetes-service",
        title="Cluster of Azure Kubernetes Service and the workspaces of its add-ons",
        type="microsoft.containerservice/managedclusters",
        holds=Holds.PROCESSES,
        permission="Microsoft.ContainerService/managedClusters/read",
        page="azure/azure-monitor/containers/kubernetes-monitoring-enable",
        ids=(
            "properties.addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID",
            "properties.securityProfile.defender.logAnalyticsWorkspaceResourceId",
        ),
    ),
    Linked(
        check_id="dev-test-labs",
        title="DevTest lab and its storage accounts",
        type="microsoft.devtestlab/labs",
        holds=Holds.PROCESSES,
        permission="Microsoft.DevTestLab/labs/read",
        page="javascript/api/@azure/arm-devtestlabs/lab",
        ids=tuple(
            f"properties.{use}StorageAccount"
            for use in ("default", "defaultPremium", "artifacts", "premiumDataDisk")
        ),
    ),
    Linked(
        check_id="workbooks",
        title="Workbook, also one that is saved to a storage account",
        type="microsoft.insights/workbooks",
        holds=Holds.STORES,
        permission="Microsoft.Insights/workbooks/read",
        page="azure/azure-monitor/visualize/workbooks-bring-your-own-storage",
        ids=("properties.storageUri",),
        unsaid="Azure keeps the content of a workbook that names no storage account",
    ),
    Linked(
        check_id="media-services",
        title="Media account and its storage accounts",
        type="microsoft.media/mediaservices",
        holds=Holds.STORES,
        permission="Microsoft.Media/mediaservices/read",
        page="javascript/api/@azure/arm-mediaservices/mediaservice",
        ids=("properties.storageAccounts[].id",),
    ),
    Linked(
        check_id="flow-logs",
        title="Flow log, its storage account and its workspace",
        type="microsoft.network/networkwatchers/flowlogs",
        holds=Holds.PROCESSES,
        permission="Microsoft.Network/networkWatchers/flowLogs/read",
        page="azure/network-watcher/vnet-flow-logs-overview",
        ids=("properties.storageId", f"properties.{_ANALYTICS}.workspaceResourceId"),
    ),
    Linked(
        check_id="deployment-scripts",
        title="Deployment script and the storage account of its files",
        type="microsoft.resources/deploymentscripts",
        holds=Holds.PROCESSES,
        permission="Microsoft.Resources/deploymentScripts/read",
        page="azure/templates/microsoft.resources/deploymentscripts",
        accounts=("properties.storageAccountSettings.storageAccountName",),
    ),
    Linked(
        check_id="service-fabric",
        title="Service Fabric cluster and the storage account of its diagnostics",
        type="microsoft.servicefabric/clusters",
        holds=Holds.PROCESSES,
        permission="Microsoft.ServiceFabric/clusters/read",
        page="azure/service-fabric/service-fabric-diagnostics-event-aggregation-wad",
        accounts=("properties.diagnosticsStorageAccountConfig.storageAccountName",),
    ),
)
