"""What data factories and Synapse workspaces share: runtimes, lineage and source control.

An integration runtime moves the data, and its location need not be the factory's
(https://learn.microsoft.com/azure/data-factory/concepts-integration-runtime). One that resolves its
location copies in the region of the sink, or the closest in its geography; only in a managed
virtual network it is in the factory's own region
(https://learn.microsoft.com/azure/data-factory/managed-virtual-network-private-endpoint). Every
factory has such a runtime by default, which is listed only where somebody changed it. A self-hosted
runtime is on machines of the customer. An Azure-SSIS runtime keeps packages and what they logged in
a catalog on a SQL server of the customer
(https://learn.microsoft.com/azure/data-factory/create-azure-ssis-integration-runtime).
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from checks.by_name import at_named
from residency.check import (
    Reader,
    absent,
    at_resource,
    documented,
    facet,
    observed,
    text,
    unknown,
    value,
)
from residency.model import UNKNOWN_REGION, Placement, Reading, Resource, Role

DOCS = "https://learn.microsoft.com/azure/data-factory/"
RUNTIMES = f"{DOCS}concepts-integration-runtime"
MANAGED_NETWORK = f"{DOCS}managed-virtual-network-private-endpoint"
SSIS = f"{DOCS}create-azure-ssis-integration-runtime"
LINEAGE = f"{DOCS}connect-data-factory-to-azure-purview"
SOURCE_CONTROL = f"{DOCS}source-control"

PURVIEW = "properties.purviewConfiguration.purviewResourceId"
LOCATION = "properties.typeProperties.computeProperties.location"
CATALOG = "properties.typeProperties.ssisProperties.catalogInfo.catalogServerEndpoint"
SERVERS, INSTANCES = "microsoft.sql/servers", "microsoft.sql/managedinstances"
DEFAULT = "autoresolveintegrationruntime"
RESOLVED = "autoresolve"


def runtimes(owner: Resource, reader: Reader, *, api_version: str) -> Iterator[Placement]:
    """State where each integration runtime of a factory or workspace handles data."""
    path = f"{owner.id}/integrationRuntimes"
    places = partial(_listed, owner, reader, path, api_version)
    yield from facet(Role.PROCESSING, path, places, read_at=owner.reading.read_at)


def _listed(owner: Resource, reader: Reader, path: str, api_version: str) -> Iterator[Placement]:
    listed = reader.list(path, api_version=api_version)
    for runtime in listed:
        yield _runtime(owner, runtime)
        yield from _catalog(runtime, reader)
    if DEFAULT not in map(_name, listed):
        fact = "the default runtime copies in the region of the sink, whichever that is"
        region = UNKNOWN_REGION
        yield documented(owner.reading, Role.PROCESSING, region, page=RUNTIMES, fact=fact)


def _name(runtime: Reading) -> str:
    return (text(runtime.body, "name") or "").lower()


def _runtime(owner: Resource, runtime: Reading) -> Placement:
    if (text(runtime.body, "properties.type") or "").lower() != "managed":
        return unknown(runtime, Role.PROCESSING, "properties.type")
    location = text(runtime.body, LOCATION)
    if not location:
        return absent(runtime, Role.PROCESSING, LOCATION, "a runtime may be in any region")
    if location.lower() == RESOLVED and value(runtime.body, "properties.managedVirtualNetwork"):
        fact = "a managed virtual network is in the region of its factory or workspace"
        region = owner.location
        return documented(owner.reading, Role.PROCESSING, region, page=MANAGED_NETWORK, fact=fact)
    return observed(runtime, Role.PROCESSING, LOCATION)


def _catalog(runtime: Reading, reader: Reader) -> Iterator[Placement]:
    """State the server of the catalog, or the managed instance, whose address has a zone in it."""
    if endpoint := text(runtime.body, CATALOG):
        is_server = endpoint.lower().partition(".")[2].startswith("database.")
        yield at_named(runtime, CATALOG, reader, SERVERS if is_server else INSTANCES)


def lineage(owner: Resource, reader: Reader) -> Iterator[Placement]:
    """State the Purview account that is told which data goes where, if one is connected."""
    if text(owner.reading.body, PURVIEW):
        yield at_resource(owner.reading, PURVIEW, reader, metadata_only=True)


def source_control(owner: Resource, path: str) -> Iterator[Placement]:
    """State that the definitions are also in the Git repository that `path` describes, if any."""
    if value(owner.reading.body, path):
        target = text(owner.reading.body, f"{path}.repositoryName")
        place = unknown(owner.reading, Role.EXPORT, f"{path}.type", target=target)
        yield replace(place, metadata_only=True)
