"""What Defender for Cloud and Defender for IoT send on to other resources.

- An automation sends alerts and recommendations to workspaces, event hubs and logic apps
  (https://learn.microsoft.com/azure/defender-for-cloud/continuous-export).
- A solution of Defender for IoT writes what it finds to its workspaces
  (https://learn.microsoft.com/azure/defender-for-iot/device-builders/quickstart-onboard-iot-hub).
"""

from collections.abc import Iterator

from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    at_resource,
    items,
    text,
    unknown,
    value,
)
from residency.model import Holds, Placement, Resource, Role

DOCS = "https://learn.microsoft.com/azure/"
ACTIONS = "properties.actions"
NAMED_BY = {
    "eventhub": "eventHubResourceId",
    "logicapp": "logicAppResourceId",
    "workspace": "workspaceResourceId",
}
WORKSPACE = "properties.workspace"
FURTHER = "properties.additionalWorkspaces"


def locate(automation: Resource, reader: Reader) -> Iterator[Placement]:
    """State where an automation is, and where it sends alerts unless it is switched off."""
    reading = automation.reading
    yield at_location(automation)
    if value(reading.body, "properties.isEnabled") is False:
        return
    if not items(reading.body, ACTIONS):
        yield absent(reading, Role.EXPORT, ACTIONS, "every automation has one at least")
    for action in items(reading.body, ACTIONS):
        kind = (text(reading.body, f"{action}.actionType") or "").lower()
        if kind in NAMED_BY:
            yield at_resource(reading, f"{action}.{NAMED_BY[kind]}", reader)
        else:
            yield unknown(reading, Role.EXPORT, f"{action}.actionType")


def locate_solution(solution: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a solution of Defender for IoT is, and the workspaces that it writes to."""
    reading = solution.reading
    yield at_location(solution)
    further = (f"{item}.workspace" for item in items(reading.body, FURTHER))
    first = (WORKSPACE,) if text(reading.body, WORKSPACE) else ()
    for path in (*first, *further):
        yield at_resource(reading, path, reader)


CHECKS = (
    Check(
        id="security-automations",
        title="Defender for Cloud: continuous export and workflow automation",
        resource_types=("microsoft.security/automations",),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.Security/automations/read",),
        docs=(f"{DOCS}defender-for-cloud/continuous-export",),
        locate=locate,
    ),
    Check(
        id="iot-security-solutions",
        title="Defender for IoT: solutions and their workspaces",
        resource_types=("microsoft.security/iotsecuritysolutions",),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.Security/iotSecuritySolutions/read",),
        docs=(f"{DOCS}defender-for-iot/device-builders/quickstart-onboard-iot-hub",),
        locate=locate_solution,
    ),
)
