"""Foundry: projects of Azure AI accounts, and the connections of accounts and projects.

Agents keep conversations, files and indexes in the resources that connections name
(https://learn.microsoft.com/azure/foundry/agents/concepts/standard-agent-setup). A capability host
tells which of those connections agents use and by name alone, so that it adds no place to them
(https://learn.microsoft.com/azure/templates/microsoft.cognitiveservices/accounts/capabilityhosts).
A connection to anything but a resource of Azure has an address, and no field says where that is.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from checks.api_versions import version_of
from checks.named_places import each_once
from residency.check import (
    Check,
    Reader,
    at_location,
    at_resource,
    documented,
    facet,
    flag,
    observed,
    text,
)
from residency.model import UNKNOWN_REGION, Holds, Placement, Reading, Resource, Role

CONNECTIONS_PAGE = (
    "https://learn.microsoft.com/azure/templates/"
    "microsoft.cognitiveservices/accounts/projects/connections"
)
AGENTS_PAGE = "https://learn.microsoft.com/azure/foundry/agents/concepts/standard-agent-setup"

FOUNDRY = "aiservices"
"""The kind of account that has projects and connections, as one that was made to have them does.

https://learn.microsoft.com/azure/foundry/concepts/architecture
"""

CATEGORY, ADDRESS = "properties.category", "properties.target"
IDS = ("properties.metadata.ResourceId", "properties.metadata.resourceId", ADDRESS)
NAMELESS = frozenset({"apikey", "customkeys", "genericrest", "generichttp"})
"""Categories that do not say whose service it is."""


def connected(account: Resource, reader: Reader) -> Iterator[Placement]:
    """State where the connections of an account lead, and the projects that no scan lists."""
    body = account.reading.body
    kind = (text(body, "kind") or "").lower()
    if kind == FOUNDRY or flag(body, "properties.allowProjectManagement"):
        yield from connections(account, reader)
        path = f"{account.id}/projects"
        places = partial(_unlisted, account, path, reader)
        yield from facet(Role.REPLICA, path, places, read_at=account.reading.read_at)


def connections(resource: Resource, reader: Reader, project_id: str = "") -> Iterator[Placement]:
    """State where the connections of an account or a project lead."""
    path = f"{project_id or resource.id}/connections"
    places = partial(_led_to, path, reader)
    yield from facet(Role.EXPORT, path, places, read_at=resource.reading.read_at)


def _led_to(path: str, reader: Reader) -> Iterator[Placement]:
    listed = reader.list(path, api_version=version_of(path))
    yield from each_once(_destination(connection, reader) for connection in listed)


def _destination(connection: Reading, reader: Reader) -> Placement:
    for path in IDS:
        if (text(connection.body, path) or "").startswith("/subscriptions/"):
            return at_resource(connection, path, reader)
    category = text(connection.body, CATEGORY) or ""
    address = text(connection.body, ADDRESS)
    whose = address if category.lower() in NAMELESS else category
    fact = f"{connection.path} {CATEGORY} = '{category}' has no id of a resource"
    gap = documented(connection, Role.EXPORT, UNKNOWN_REGION, page=CONNECTIONS_PAGE, fact=fact)
    return replace(gap, target=whose or address)


def _unlisted(account: Resource, path: str, reader: Reader) -> Iterator[Placement]:
    """State the projects that are not in the inventory, where each would speak for itself."""
    for project in reader.list(path, api_version=version_of(path)):
        project_id = (text(project.body, "id") or "").lower()
        if reader.find(project_id) is None:
            yield observed(project, Role.REPLICA, "location")
            yield from connections(account, reader, project_id)


def locate(project: Resource, reader: Reader) -> Iterator[Placement]:
    """State where a project is and where its connections lead."""
    yield at_location(project)
    yield from connections(project, reader)


CHECKS = (
    Check(
        id="ai-projects",
        title="Foundry project and its connections",
        resource_types=("microsoft.cognitiveservices/accounts/projects",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.CognitiveServices/accounts/projects/read",
            "Microsoft.CognitiveServices/accounts/projects/connections/read",
        ),
        docs=(CONNECTIONS_PAGE, AGENTS_PAGE),
        locate=locate,
        reads=True,
    ),
)
