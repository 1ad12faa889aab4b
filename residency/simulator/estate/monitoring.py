"""Bodies of Azure Monitor: alerts and their receivers hold no customer data."""

from residency.simulator.estate.bodies import GLOBAL, Group, arm
from residency.simulator.world import Body

INSIGHTS = "Microsoft.Insights"


def workspace(group: Group, name: str) -> Body:
    """Give a Log Analytics workspace."""
    properties = {
        "customerId": name,
        "retentionInDays": 90,
        "replication": {"enabled": False},
        "sku": {"name": "PerGB2018"},
    }
    return arm(group, "Microsoft.OperationalInsights/workspaces", name, properties)


def solution(group: Group, kind: str, logs: Body) -> Body:
    """Give a solution that is added to a workspace."""
    name = f"{kind}({logs['name']})"
    properties = {"workspaceResourceId": logs["id"]}
    return arm(group, "Microsoft.OperationsManagement/solutions", name, properties, tags={})


def component(group: Group, name: str, logs: Body) -> Body:
    """Give an Application Insights component that writes to a workspace."""
    properties = {
        "Application_Type": "web",
        "IngestionMode": "LogAnalytics",
        "WorkspaceResourceId": logs["id"],
    }
    return arm(group, f"{INSIGHTS}/components", name, properties, kind="web")


def action_group(group: Group, name: str) -> Body:
    """Give an action group that mails on-call."""
    receiver = {"name": "on-call", "emailAddress": "on-call@example-software.example"}
    properties = {"emailReceivers": [receiver], "enabled": True, "groupShortName": name[:12]}
    return arm(group, f"{INSIGHTS}/actionGroups", name, properties, location=GLOBAL)


def metric_alert(group: Group, target: Body, metric: str, receiver: Body) -> Body:
    """Give an alert on a metric of a resource."""
    properties = {
        "actions": [{"actionGroupId": receiver["id"]}],
        "criteria": {"allOf": [{"metricName": metric, "operator": "GreaterThan", "threshold": 80}]},
        "enabled": True,
        "scopes": [target["id"]],
        "severity": 2,
    }
    name = f"alert-{target['name']}-{metric}".lower()
    return arm(group, f"{INSIGHTS}/metricAlerts", name, properties, location=GLOBAL)


def activity_alert(group: Group, name: str, operation: str, receiver: Body) -> Body:
    """Give an alert on an operation in the activity log."""
    properties = {
        "actions": {"actionGroups": [{"actionGroupId": receiver["id"]}]},
        "condition": {"allOf": [{"equals": operation, "field": "operationName"}]},
        "enabled": True,
        "scopes": [f"/subscriptions/{group.subscription.id}"],
    }
    return arm(group, f"{INSIGHTS}/activityLogAlerts", name, properties, location=GLOBAL)


def query_rule(group: Group, name: str, logs: Body) -> Body:
    """Give an alert on a query over a workspace."""
    properties = {
        "criteria": {"allOf": [{"query": "AppExceptions | summarize count()", "threshold": 10}]},
        "enabled": True,
        "evaluationFrequency": "PT5M",
        "scopes": [logs["id"]],
    }
    return arm(group, f"{INSIGHTS}/scheduledQueryRules", name, properties)


def smart_detector(group: Group, name: str, target: Body) -> Body:
    """Give the rule that Azure adds beside each component; it is `global`."""
    properties = {
        "detector": {"id": "FailureAnomaliesDetector"},
        "scope": [target["id"]],
        "state": "Enabled",
    }
    kind = "microsoft.alertsManagement/smartDetectorAlertRules"
    return arm(group, kind, name, properties, location=GLOBAL, tags={})


def autoscale(group: Group, plan: Body) -> Body:
    """Give the scaling rules of an App Service plan."""
    profile = {"capacity": {"default": "2", "maximum": "6", "minimum": "2"}, "name": "load"}
    properties = {"enabled": True, "profiles": [profile], "targetResourceUri": plan["id"]}
    return arm(group, f"{INSIGHTS}/autoscaleSettings", f"{plan['name']}-autoscale", properties)
