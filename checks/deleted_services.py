"""Services that keep what was deleted for some days: AI, configuration, gateways, logs, web apps.

https://learn.microsoft.com/azure/ai-services/recover-purge-resources,
https://learn.microsoft.com/azure/azure-app-configuration/concept-soft-delete,
https://learn.microsoft.com/azure/api-management/soft-delete,
https://learn.microsoft.com/azure/azure-monitor/logs/delete-workspace,
https://learn.microsoft.com/azure/app-service/app-service-undelete
"""

from checks.deleted import DOCS, PLACE, and_maybe, at, check, workspace
from residency.check import Check

CHECKS: tuple[Check, ...] = (
    check(
        "ai-account",
        "Azure AI accounts that were deleted and not purged",
        "microsoft.cognitiveservices/locations/resourcegroups/deletedaccounts",
        "Microsoft.CognitiveServices/deletedAccounts/read",
        f"{DOCS}/ai-services/recover-purge-resources",
        at("location"),
    ),
    check(
        "app-configuration",
        "App Configuration stores that were deleted and not purged",
        "microsoft.appconfiguration/locations/deletedconfigurationstores",
        "Microsoft.AppConfiguration/locations/deletedConfigurationStores/read",
        f"{DOCS}/azure-app-configuration/concept-soft-delete",
        and_maybe(PLACE, "properties.replicas", "the list does not tell the store's replicas"),
    ),
    check(
        "api-management",
        "API Management services that were deleted and not purged",
        "microsoft.apimanagement/locations/deletedservices",
        "Microsoft.ApiManagement/deletedservices/read",
        f"{DOCS}/api-management/soft-delete",
        and_maybe(
            "location",
            "properties.additionalLocations",
            "the list does not tell the further regions of the service",
        ),
    ),
    check(
        "log-analytics",
        "Log Analytics workspaces that were deleted and can be recovered",
        "microsoft.operationalinsights/deletedworkspaces",
        "Microsoft.OperationalInsights/deletedWorkspaces/read",
        f"{DOCS}/azure-monitor/logs/delete-workspace",
        workspace,
    ),
    check(
        "web-app",
        "Web apps that were deleted and can be restored",
        "microsoft.web/locations/deletedsites",
        "Microsoft.Web/deletedSites/read",
        f"{DOCS}/app-service/app-service-undelete",
        at("properties.geoRegionName"),
    ),
)
