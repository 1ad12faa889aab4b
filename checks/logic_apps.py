"""Logic apps: a workflow runs in its region, and its connectors where the connections are.

https://learn.microsoft.com/azure/reliability/reliability-logic-apps: a logic app is in one region,
and nothing copies it to another. A connection calls a service through a connector whose addresses
are those of the region (https://learn.microsoft.com/azure/connectors/introduction); no field tells
where that service is.
"""

from collections.abc import Iterator
from functools import partial

from residency.check import Check, Reader, at_location, at_resource, facet, text, unknown, value
from residency.errors import CheckError
from residency.model import Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/reliability/reliability-logic-apps"
CONNECTORS_PAGE = "https://learn.microsoft.com/azure/connectors/introduction"
CONNECTIONS = "properties.parameters.$connections.value"
API = "properties.api.name"


def locate_workflow(workflow: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a workflow runs and keeps its history, and where its connectors run."""
    yield at_location(workflow)
    places = partial(_connections, workflow, reader)
    yield from facet(Role.PROCESSING, CONNECTIONS, places, read_at=workflow.reading.read_at)


def _connections(workflow: Resource, reader: Reader) -> Iterator[Placement]:
    connections = value(workflow.reading.body, CONNECTIONS) or {}
    if not isinstance(connections, dict):
        raise CheckError(f"'{CONNECTIONS}' should be an object")
    for name in connections:
        path = f"{CONNECTIONS}.{name}.connectionId"
        yield at_resource(workflow.reading, path, reader, role=Role.PROCESSING)


def locate_connection(connection: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a connector runs, and that the service behind it is somewhere unknown."""
    del reader
    yield at_location(connection)
    api = text(connection.reading.body, API)
    yield unknown(connection.reading, Role.EXPORT, API, target=api)


CHECKS = (
    Check(
        id="logic-apps",
        title="Logic app (Consumption) and its connectors",
        resource_types=("microsoft.logic/workflows",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.Logic/workflows/read",),
        docs=(PAGE, CONNECTORS_PAGE),
        locate=locate_workflow,
    ),
    Check(
        id="api-connections",
        title="API connection of logic apps",
        resource_types=("microsoft.web/connections",),
        holds=Holds.PROCESSES,
        can_fail_over=False,
        permissions=("Microsoft.Web/connections/read",),
        docs=(CONNECTORS_PAGE,),
        locate=locate_connection,
    ),
)
