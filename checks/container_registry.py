"""Azure Container Registry: home region, pair, replications and connected registries.

A registry is stored where it was made, and Azure may also store it in the paired region of the same
geography, except in Brazil South and Southeast Asia
(https://learn.microsoft.com/azure/container-registry/container-registry-storage). In the Premium
tier every replication can be written to, and one whose regional endpoint is disabled is kept in
step all the same
(https://learn.microsoft.com/azure/container-registry/container-registry-geo-replication).
"""

from collections.abc import Iterator
from functools import partial

from checks.api_versions import API_VERSIONS
from residency import regions
from residency.check import (
    Check,
    Reader,
    absent,
    at_location,
    facet,
    observed,
    pair_copy,
    text,
)
from residency.model import UNKNOWN_REGION, Holds, Placement, Resource, Role

DOCS = "https://learn.microsoft.com/azure/container-registry/"
STORAGE = f"{DOCS}container-registry-storage"
REPLICATIONS = f"{DOCS}container-registry-geo-replication"
CONNECTED = f"{DOCS}intro-connected-registry"
TYPE = "microsoft.containerregistry/registries"

CONFINED = frozenset({"brazilsouth", "southeastasia"})
"""Regions with a pair in which a registry stays all the same."""

WITHOUT_REPLICAS = frozenset({"basic", "standard"})
"""Tiers that have neither replications nor connected registries."""


def _locate_registry(registry: Resource, reader: Reader) -> Iterator[Placement]:
    home = at_location(registry)
    yield home
    if regions.normalise(registry.location) not in CONFINED:
        fact = "registry data may also be stored in the paired region of the same geography"
        reading = registry.reading
        yield from pair_copy(reading, Role.REPLICA, "location", page=STORAGE, fact=fact)
    tier = text(registry.reading.body, "sku.name") or ""
    if tier.lower() not in WITHOUT_REPLICAS:
        yield from _copies(registry, home, reader)


def _copies(registry: Resource, home: Placement, reader: Reader) -> Iterator[Placement]:
    read_at = registry.reading.read_at
    path = f"{registry.id}/replications"
    replicas = partial(_replications, path, home, reader)
    yield from facet(Role.REPLICA, path, replicas, read_at=read_at)
    path = f"{registry.id}/connectedRegistries"
    yield from facet(Role.REPLICA, path, partial(_connected, path, reader), read_at=read_at)


def _replications(path: str, home: Placement, reader: Reader) -> Iterator[Placement]:
    for replication in reader.list(path, api_version=API_VERSIONS[f"{TYPE}/replications"]):
        replica = observed(replication, Role.REPLICA, "location")
        if replica.region == UNKNOWN_REGION or replica.region != home.region:
            yield replica


def _connected(path: str, reader: Reader) -> Iterator[Placement]:
    """State a copy for each connected registry, which is on premises at no place that is told."""
    for connected in reader.list(path, api_version=API_VERSIONS[f"{TYPE}/connectedregistries"]):
        yield absent(connected, Role.REPLICA, "location", "it is at a customer's site")


def _locate_replication(replication: Resource, reader: Reader) -> Iterator[Placement]:
    del reader
    yield observed(replication.reading, Role.REPLICA, "location")


CHECKS = (
    Check(
        id="container-registry",
        title="Container registry: pair, replications and connected registries",
        resource_types=(TYPE,),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=(
            "Microsoft.ContainerRegistry/registries/read",
            "Microsoft.ContainerRegistry/registries/replications/read",
            "Microsoft.ContainerRegistry/registries/connectedRegistries/read",
        ),
        docs=(STORAGE, REPLICATIONS, CONNECTED),
        locate=_locate_registry,
        reads=True,
    ),
    Check(
        id="container-registry-replications",
        title="Replication of a container registry",
        resource_types=(f"{TYPE}/replications",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.ContainerRegistry/registries/replications/read",),
        docs=(REPLICATIONS,),
        locate=_locate_replication,
        uses_properties=False,
    ),
)
